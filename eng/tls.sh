#!/bin/bash
# TLS in its full form, by hand: what the one check runs over TLS is a part of it. Exit 1 when anything failed.
#
#   eng/tls.sh [--handshakes N] [--part PART]… [openssl] [runtime]            (all parts on both engines; 1,000,000)
#
#   forwarder    the forwarder's tests on real sockets, once more over TLS: four minutes for each engine
#   program      real clients, hostile ends, 200 switches and 100 exchanges of certificates: five minutes
#   fuzz         200,000 inputs of the fuzzer of the running program: five minutes
#   handshakes   N of them, most of which complete; the memory of the program and the SSL objects of the transport are
#                counted: half an hour for a million
#   testssl      testssl.sh, its findings compared with eng/parts/testssl-ENGINE.txt: a minute
#
# Of the forwarder's tests those are left out in which a bridge between the test's plain socket and TLS hides what they look
# at (the address of the client, whether a closed listener can be reached, a PROXY header before TLS, how little a client
# takes at a time), and those that speak TLS themselves. Parts but the first run the native program, as eng/test.sh does, or
# another one with the same variables.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

engines=() parts=() handshakes=1000000
while [ $# -gt 0 ]; do
  case $1 in
    openssl | runtime) engines+=("$1") ;;
    --handshakes) handshakes=${2:?--handshakes takes a number}; shift ;;
    --part)
      case ${2:-} in
        forwarder | program | fuzz | handshakes | testssl) parts+=("$2") ;;
        *) die "--part takes forwarder, program, fuzz, handshakes or testssl" ;;
      esac
      shift ;;
    -h | --help) sed -n '2,16s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    *) die "no such engine: $1; there are openssl and runtime" ;;
  esac
  shift
done
[ ${#engines[@]} -gt 0 ] || engines=(openssl runtime)
[ ${#parts[@]} -gt 0 ] || parts=(forwarder program fuzz handshakes testssl)
runs() { case " ${parts[*]} " in *" $1 "*) ;; *) return 1 ;; esac; }

check_sdk
cd "$ROOT"
. "$ROOT/eng/parts/usage.sh"
. "$ROOT/eng/parts/native.sh"
forwarding=WunderProxy.Forwarding.Tests integration=WunderProxy.IntegrationTests failed=()

# Runs the tests of project $1 that filter $2 takes, on engine $engine.
run_tests() {
  WUNDERPROXY_TEST_TLS=$engine dotnet test "artifacts/bin/$1/debug/$1.dll" --filter "$2" \
    --logger 'console;verbosity=normal'
}

# Prints what testssl.sh finds at 127.0.0.1:$1, but for what it says of the certificate and of itself.
findings() {
  local file left_out='id|engine_problem|service|cert|DNS|OCSP|TLS_timestamp|cipher_order_ '
  # Whether testssl.sh sees the tickets of the runtime depends on when they come; none of them can be used.
  [ "$engine" = openssl ] || left_out="$left_out|TLS_session_ticket|sessionresumption_ticket"
  file=$(mktemp -u)
  testssl --quiet --color 0 --warnings batch --nodns none --openssl "$(command -v openssl)" --protocols --std --fs \
    --server-preference --server-defaults --vulnerable --csvfile "$file" "https://127.0.0.1:$1" >&2 || true
  # Columns: id, address, port, severity, finding, CVE, CWE.
  sed -n 's/^"\([^"]*\)","[^"]*","[^"]*","\([^"]*\)","\([^"]*\)",.*/\1 \2 \3/p' "$file" |
    grep -vE "^($left_out)"
  rm -f "$file"
}

compare_findings() {
  local program=${WUNDERPROXY_TEST_PROGRAM:?} port work proxy code=0
  work=$(mktemp -d)
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/localhost.key" \
    -out "$work/localhost.crt" -days 90 -subj /CN=localhost -addext subjectAltName=DNS:localhost 2>/dev/null
  chmod 600 "$work/localhost.key"
  port=$(free_port)
  "$program" forward --upstream 127.0.0.1:9 --tls "127.0.0.1:$port" --tls-redirect 127.0.0.1:0 --tls-engine "$engine" \
    --tls-directory "$work" --access-log none --shutdown-grace 0s 2>"$work/log" &
  proxy=$!
  if wait_until 30 "the program ($work/log)" is_taken "$port"; then
    findings "$port" >"$work/findings" 2>"$work/testssl"
    diff "$ROOT/eng/parts/testssl-$engine.txt" "$work/findings" || code=1
  else
    code=1
  fi
  kill "$proxy" 2>/dev/null || true
  wait "$proxy" || true
  [ $code = 1 ] || rm -rf "$work"
  return $code
}
is_taken() { ! port_is_free "$1"; }

run_part() {
  case $1 in
    forwarder) run_tests $forwarding "FullyQualifiedName~Tests.Exchanges&FullyQualifiedName!~Exchanges.Secure&FullyQualifiedName!~AllocationTests&FullyQualifiedName!~ApiStampTests&Name!~Client_that_takes_little_at_a_time&Name!~Shutdown_says_close_then_drains&Name!~Header_is_read_on_real_sockets" ;;
    program) run_tests $integration "Name!~Memory_does_not_grow&(FullyQualifiedName~CurlTests|FullyQualifiedName~WgetTests|FullyQualifiedName~HttpClientTests|FullyQualifiedName~BrowserTests|FullyQualifiedName~GitTests|FullyQualifiedName~LoadToolTests|FullyQualifiedName~HostileClientTests|FullyQualifiedName~HostileUpstreamTests|FullyQualifiedName~DescriptorTests|FullyQualifiedName~IntegrationTests.Tls)" ;;
    fuzz) eng/fuzz.sh --target proxy --tls "$engine" --count 200000 ;;
    handshakes)
      export WUNDERPROXY_TEST_HANDSHAKES=$handshakes
      run_tests $integration "Name~Memory_does_not_grow" &&
        { [ "$engine" = runtime ] || run_tests $forwarding "Name~Sessions_and_contexts_are_freed"; } ;;
    testssl) compare_findings ;;
  esac
}

if runs program || runs handshakes || runs testssl; then
  need_root
  with=(--with clients --with chromium)
  [ "$(tested_build)" = portable ] || with+=(--with native)
  trap leave_run_dir EXIT
  trap 'exit 130' INT TERM HUP
  enter_run_dir
  "$ROOT/eng/setup.sh" "${with[@]}"
  ! runs testssl || install_packages testssl
  ! runs program || "$ROOT/eng/images.sh" --push
fi
for project in $forwarding $integration; do
  dotnet_restoring restore "tests/$project"
  dotnet build "tests/$project" --no-restore -v quiet -nologo -clp:NoSummary -p:RunAnalyzers=false
done
if [ -z "${WUNDERPROXY_TEST_PROGRAM:-}" ] && { runs program || runs handshakes || runs testssl; }; then
  say "publishing the $(tested_build) program"
  publish_test_program
  export WUNDERPROXY_TEST_PROGRAM=$TEST_PROGRAM/wunderproxy
fi
for engine in "${engines[@]}"; do
  for part in "${parts[@]}"; do
    say "$part, $engine"
    run_part "$part" || failed+=("$part, $engine")
  done
done
say "took ${SECONDS} s"
[ ${#failed[@]} = 0 ] || { for each in "${failed[@]}"; do warn "failed: $each"; done; exit 1; }
