#!/bin/bash
# Half an hour of mixed load while the service switches between two revisions every second: nothing may fail, be stale or
# grow. Prints a line a minute (requests, switches, memory) and a verdict; exit status 1 when anything failed.
#
#   eng/soak.sh [--minutes N] [--rate REQUESTS_PER_SECOND] [--transport epoll|sockets] [--plain]      (30, 600, epoll)
#
# Clients speak TLS, a fifth of them with a handshake for each request, and ask for compressed answers; certificates are read
# again every ten seconds. --plain leaves TLS and compression out.
#
# Runs the native program, or with WUNDERPROXY_TEST_BUILD=portable the one that needs the .NET runtime. Needs the test engine:
# eng/setup.sh [--engine-only] starts it; when it does not run, this script starts it and stops it.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

minutes=30 rate=600 transport=epoll plain=''
while [ $# -gt 0 ]; do
  case $1 in
    --minutes) minutes=$2; shift 2 ;;
    --rate) rate=$2; shift 2 ;;
    --transport) transport=$2; shift 2 ;;
    --plain) plain=1; shift ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) die "unknown option $1" ;;
  esac
done

check_sdk
. "$ROOT/eng/parts/usage.sh"
. "$ROOT/eng/parts/native.sh"
build=$(tested_build)
[ "$build" = portable ] || install_packages native
[ -n "$plain" ] || install_packages soak
enter_run_dir
[ -f "$ENV_FILE" ] || "$ROOT/eng/setup.sh" --engine-only
load_env
"$ROOT/eng/images.sh" --app soak r1 r2

work=$RUN_DIR/soak
rm -rf "$work"
mkdir -p "$work/store" "$work/state"
say "publishing the $build WunderProxy and the load client"
publish=publish_native
[ "$build" = native ] || publish=publish
$publish src/WunderProxy "$work/WunderProxy"
publish tests/WunderProxy.LoadClient "$work/WunderProxy.LoadClient"

proxy=127.0.0.1:$(free_port)
listener=(--proxy "$proxy") client_options=()
if [ -z "$plain" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$work/tls.key" -out "$work/tls.crt" 2>"$work/openssl.log" ||
    die "no certificate: $work/openssl.log"
  listener=(--proxy "unix:$work/plain" --tls "$proxy" --tls-certificate "$work/tls.crt" --tls-key "$work/tls.key" --compress)
  client_options=(--tls "$work/tls.crt" --accept-encoding "br, gzip")
fi
api=127.0.0.1:$(free_port)
service='' client=''
finish() {
  local code=$?
  [ -z "$client" ] || kill "$client" 2>/dev/null || true
  if [ -n "$service" ]; then
    kill "$service" 2>/dev/null || true
    wait "$service" 2>/dev/null || true
  fi
  remove_containers
  # After a failure all stays, with its logs.
  [ $code != 0 ] || leave_run_dir
}
remove_containers() {
  local id socket=${WUNDERPROXY_TEST_DOCKER_HOST#unix://}
  curl -sfG --unix-socket "$socket" 'http://engine/containers/json?all=1' \
    --data-urlencode 'filters={"label":["wunderproxy.app=soak"]}' | grep -o '"Id":"[0-9a-f]\{64\}"' | cut -d'"' -f4 |
    while read -r id; do curl -s --unix-socket "$socket" -X DELETE "http://engine/containers/$id?force=1&v=1" >/dev/null; done
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

"$work/WunderProxy/wunderproxy" run "file:$work/store" soak soak "${listener[@]}" --api "$api" --transport "$transport" \
  --registry-port "${WUNDERPROXY_TEST_REGISTRY_PORT:-8080}" --docker-host "$WUNDERPROXY_TEST_DOCKER_HOST" \
  --state-dir "$work/state" --access-log none --shutdown-grace 0s >"$work/service.log" 2>&1 </dev/null &
service=$!
call() { curl -sS --max-time 60 -X POST "http://$api/$1" -H 'Accept: application/json' --data-binary "$2"; }
wait_until 20 "the manager API" curl -sf "http://$api/livez"

declare -A hashes
for revision in r1 r2; do
  config="{\"ContainerConfig\":{},\"HostConfig\":{},\"HealthCheckPath\":\"/up\",\"Revision\":\"$revision\"}"
  answer=$(call deploy "$config")
  hashes[$revision]=$(grep -o '"Hash":"[0-9a-f]*"' <<<"$answer" | cut -d'"' -f4)
  [ -n "${hashes[$revision]}" ] || die "deploy of $revision: $answer"
done
say "r1 and r2 are deployed; load on $proxy for $minutes minutes"

coproc LOAD { exec "$work/WunderProxy.LoadClient/wunderproxy-load" "$proxy" --rate "$rate" --connections 16 \
  ${client_options[@]+"${client_options[@]}"}; } 2>"$work/load.err"
client=$LOAD_PID
tell() { echo "$*" >&"${LOAD[1]}" && IFS= read -r -t 10 _ <&"${LOAD[0]}" || die "the load client does not answer"; }

status_number() { grep -o "\"$1\":[0-9]*" "$work/status.json" | head -n 1 | cut -d: -f2; }
resident() { awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$service/status"; }

switches=0 refused=0 current=r2 first_memory='' started=$SECONDS next_report=$((SECONDS + 60))
end=$((SECONDS + minutes * 60))
while [ $SECONDS -lt $end ]; do
  second=$SECONDS
  target=r1
  [ $current = r1 ] && target=r2
  call launch "${hashes[$target]}" >"$work/launch.json"
  tell "switching $target"
  if curl -sf --max-time 60 -X POST "http://$api/switch" --data-binary "${hashes[$target]}" >"$work/switch.out"; then
    tell switched
    current=$target
    switches=$((switches + 1))
  else
    tell refused
    refused=$((refused + 1))
    cp "$work/launch.json" "$work/refused-launch-$refused.json"
  fi
  # Reads the certificates again.
  [ -n "$plain" ] || [ $((SECONDS % 10)) != 0 ] || kill -HUP "$service"
  if [ $SECONDS -ge $next_report ] || [ $SECONDS -ge $end ]; then
    next_report=$((next_report + 60))
    curl -sf -o "$work/status.json" -H 'Accept: application/json' "http://$api/status" || die "/status does not answer"
    memory=$(resident)
    first_memory=${first_memory:-$memory}
    printf '%4d s: %d switches, %d refused; %d MiB resident, %d MiB managed heap, %s in flight\n' $((SECONDS - started)) \
      "$switches" "$refused" "$memory" "$(($(status_number HeapSize) / 1048576))" "$(status_number InFlight)"
  fi
  while [ $SECONDS -eq "$second" ]; do sleep 0.05; done
done

echo stop >&"${LOAD[1]}"
report=$(cat <&"${LOAD[0]}")
client=''
say "the $build program: $switches switches, $refused refused; memory $first_memory MiB after the first minute, $memory MiB at the end"
printf '%s\n' "$report"
[ -n "$plain" ] || ! grep -q '(0 compressed)' <<<"$report" || die "nothing was compressed"
grep -q 'failed 0, stale 0' <<<"$report" || die "requests failed or were stale; the service's log: $work/service.log"
[ "$memory" -le $((first_memory + first_memory / 4 + 16)) ] || die "memory has grown"
[ "$switches" -gt $((refused * 10)) ] || die "too many switches were refused"
say "passed"
