#!/bin/bash
# Runs the forwarder's tests on real sockets once more over TLS, on each engine. By hand: it takes some four minutes.
#
#   eng/tls.sh [openssl] [runtime]                     (both)
#
# Left out are tests of what a bridge between the test's plain socket and TLS hides: the address of the client, whether a
# closed listener can be reached, and a PROXY header, which lies before TLS; and those that speak TLS themselves.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

engines=()
while [ $# -gt 0 ]; do
  case $1 in
    openssl | runtime) engines+=("$1") ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    *) die "no such engine: $1; there are openssl and runtime" ;;
  esac
  shift
done
[ ${#engines[@]} -gt 0 ] || engines=(openssl runtime)

check_sdk
cd "$ROOT"
project=WunderProxy.Forwarding.Tests
dotnet build "tests/$project" -v quiet -nologo -clp:NoSummary -p:RunAnalyzers=false
for engine in "${engines[@]}"; do
  say "$engine"
  WUNDERPROXY_TEST_TLS=$engine dotnet test "artifacts/bin/$project/debug/$project.dll" \
    --filter "FullyQualifiedName~Tests.Exchanges&FullyQualifiedName!~Exchanges.Secure&FullyQualifiedName!~AllocationTests&FullyQualifiedName!~ApiStampTests&Name!~Shutdown_says_close_then_drainsName!~Shutdown_says_close_then_drains&Name!~Header_is_read_on_real_sockets"
done
