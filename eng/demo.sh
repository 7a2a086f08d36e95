#!/bin/bash
# Shows the main job: deploys a real application container, replaces it under load, rolls it back, and counts what was lost.
#
#   eng/demo.sh [--keep]                 --keep leaves it running, with a URL to look at
#
# Sets up what is missing (a Docker engine apart from the machine's own) and takes away what it started.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

REQUESTS=10000 RATE=800
keep=''
case ${1:-} in
  --keep) keep=1 ;;
  '') ;;
  -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) die "unknown option $1" ;;
esac

DEMO=$RUN_DIR/demo
PROGRAM=$ROOT/artifacts/publish/wunderproxy/wunderproxy
LOAD_CLIENT=$ROOT/artifacts/bin/WunderProxy.LoadClient/release/wunderproxy-load
prepared='' load_process=''
. "$ROOT/eng/parts/usage.sh"
. "$ROOT/eng/parts/native.sh"

finish() {
  local code=$?
  trap - EXIT
  if [ $code = 0 ] && [ -n "$keep" ]; then exit 0; fi
  [ $code = 0 ] || tail -n 20 "$DEMO/service.log" >&2 2>/dev/null || true
  if [ -n "$prepared" ]; then
    stop_pid_file "$DEMO/pid" "$DEMO" 10
    remove_containers || true
    remove_by_hand || true
    rm -rf "$DEMO"
  fi
  leave_run_dir || true
  exit $code
}

remove_containers() {
  engine_api GET "containers/json?all=1&filters=$(url_encode '{"label":["wunderproxy.app=demo"]}')" |
    sed 's/"Id":"/\n&/g' | sed -n 's/^"Id":"\([0-9a-f]\{64\}\)".*/\1/p' |
    while read -r id; do engine_api DELETE "containers/$id?force=1&v=1"; done
}

remove_by_hand() { engine_api DELETE "containers/demo-by-hand?force=1&v=1" -o /dev/null; }

# Starts the image of r1 without WunderProxy and says how long it takes until its first good answer: what no deploy can beat.
start_by_hand() {
  local begin milliseconds port
  remove_by_hand
  begin=$(date +%s%N)
  engine_api POST "containers/create?name=demo-by-hand" -H 'Content-Type: application/json' -o /dev/null -f -d "{
    \"Image\": \"localhost:${WUNDERPROXY_TEST_REGISTRY_PORT:-8080}/demo:r1\", \"Env\": [\"REVISION=r1\"],
    \"HostConfig\": { \"PortBindings\": { \"9292/tcp\": [{ \"HostIp\": \"127.0.0.1\", \"HostPort\": \"\" }] } } }"
  engine_api POST "containers/demo-by-hand/start" -o /dev/null -f
  port=$(engine_api GET "containers/demo-by-hand/json" | grep -o '"HostPort":"[0-9][0-9]*"' | head -n 1 | tr -dc 0-9)
  wait_until 20 "the container started by hand" answers_soon "http://127.0.0.1:$port/up"
  milliseconds=$((($(date +%s%N) - begin) / 1000000))
  remove_by_hand
  say "by hand: create, start and polling until the first good answer take $(seconds_of $milliseconds) s"
}

# Asks every 10 ms for a second.
answers_soon() {
  for _ in $(seq 100); do
    if curl -sf -o /dev/null --max-time 1 "$1"; then return; fi
    sleep 0.01
  done
  return 1
}

seconds_of() { printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)); }

# The launch config of revision $1: which image, what environment, which path says that it is healthy.
write_config() {
  cat >"$DEMO/$1.json" <<JSON
{
  "ContainerConfig": { "Env": ["REVISION=$1"] },
  "HostConfig": { "PortBindings": { "9292/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "" }] } },
  "HealthCheckPath": "/up",
  "Revision": "$1"
}
JSON
}

served_revision() { curl -s -o /dev/null -D - --max-time 5 "http://127.0.0.1:$proxy_port/" | tr -d '\r' | sed -n 's/^[Xx]-[Rr]evision: //p'; }

# Runs the command "$2…", after which revision $1 must be served, and says how long it took from command to traffic.
change_to() {
  local revision=$1 begin milliseconds
  shift
  tell "switching $revision"
  begin=$(date +%s%N)
  "$PROGRAM" "$@" --manager "127.0.0.1:$api_port" 2>&1 | sed 's/^/   /'
  [ "$(served_revision)" = "$revision" ] || die "the proxy serves '$(served_revision)', not $revision"
  milliseconds=$((($(date +%s%N) - begin) / 1000000))
  tell switched
  say "$revision in service, $(seconds_of $milliseconds) s from command to traffic"
}

# Tells the load client of a switch, if it runs, and waits until it has noted it.
tell() {
  [ -n "$load_process" ] || return 0
  echo "$1" >&8
  read -r -t 10 _ <&7
}

need_root
check_sdk
trap finish EXIT
trap 'exit 130' INT TERM HUP
enter_run_dir
"$ROOT/eng/setup.sh" --engine-only
load_env
. "$ROOT/eng/parts/images.sh"
[ ! -d "$DEMO" ] || { stop_pid_file "$DEMO/pid" "$DEMO" 10; remove_containers; remove_by_hand; rm -rf "$DEMO"; }
mkdir -p "$DEMO/state"
prepared=1

options=()
if can_build_native; then
  say "building WunderProxy as a native program, the load client and the sample application"
else
  say "building the portable WunderProxy (${MISSING[*]} is not here for the native one), the load client and the sample application"
  options=(--portable)
fi
"$ROOT/eng/publish.sh" ${options[@]+"${options[@]}"} >/dev/null
dotnet_restoring build "$ROOT/tests/WunderProxy.LoadClient" -c Release
"$ROOT/eng/images.sh" --app demo r1 r2

proxy_port=$(free_port)
api_port=$(free_port)
say "starting WunderProxy: proxy on 127.0.0.1:$proxy_port, manager API on 127.0.0.1:$api_port, store in $DEMO/store"
setsid "$PROGRAM" run "file:$DEMO/store" demo demo --proxy "127.0.0.1:$proxy_port" --api "127.0.0.1:$api_port" \
  --state-dir "$DEMO/state" --docker-host "$WUNDERPROXY_TEST_DOCKER_HOST" --access-log none --shutdown-grace 0s \
  --registry-port "${WUNDERPROXY_TEST_REGISTRY_PORT:-8080}" >"$DEMO/service.log" 2>&1 </dev/null &
echo $! >"$DEMO/pid"
wait_until 20 "the manager API" curl -sf "http://127.0.0.1:$api_port/livez"

write_config r1
write_config r2
start_by_hand
say "deploying r1"
change_to r1 deploy "file:$DEMO/store" demo --config "$DEMO/r1.json" --by demo

say "load: at least $REQUESTS requests, $RATE per second over 16 connections, GETs, POSTs and streams, nothing sent twice"
coproc LOAD { "$LOAD_CLIENT" "127.0.0.1:$proxy_port" --rate $RATE --requests $REQUESTS 2>&1; }
load_process=$LOAD_PID
# Copies: the shell closes its own as soon as the load client has ended, with the figures still unread.
exec 7<&"${LOAD[0]}" 8>&"${LOAD[1]}"
say "deploying r2 under load"
change_to r2 deploy "file:$DEMO/store" demo --config "$DEMO/r2.json" --by demo
say "rolling back under load"
change_to r1 rollback "file:$DEMO/store" demo --by demo

echo stop >&8
sed 's/^/   /' <&7
code=0
wait "$load_process" || code=$?
[ $code = 0 ] || die "requests were lost or answered by an old revision"
say "nothing failed and nothing was stale"
if [ -n "$keep" ]; then
  say "left running: http://127.0.0.1:$proxy_port/ is the application, http://127.0.0.1:$api_port/ the status page; eng/teardown.sh ends it"
fi
say "took ${SECONDS} s"
