#!/bin/bash
# Runs the forwarder's tests on real sockets once more over TLS, on each engine. By hand: it takes some four minutes.
#   eng/tls.sh [openssl|runtime]...
# Left out are tests of what a bridge between the test's plain socket and TLS hides: the address of the client, and
# whether a closed listener can be reached.
set -euo pipefail
cd "$(dirname "$0")/.."

project=tests/WunderProxy.Forwarding.Tests
dotnet build "$project" -v quiet -nologo -clp:NoSummary -p:RunAnalyzers=false
for engine in "${@:-openssl runtime}"; do
  for each in $engine; do
    echo "== $each"
    WUNDERPROXY_TEST_TLS=$each dotnet test artifacts/bin/WunderProxy.Forwarding.Tests/debug/WunderProxy.Forwarding.Tests.dll \
      --filter "FullyQualifiedName~Tests.Exchanges&FullyQualifiedName!~AllocationTests&FullyQualifiedName!~ApiStampTests&Name!~Shutdown_says_close_then_drains"
  done
done
