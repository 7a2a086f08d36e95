#!/bin/bash
# The long form of the tests of slow clients: 500 clients at 10 KiB/s beside fast ones of an application with one worker, with
# and without buffering; 1,000 clients that stop reading 20 MiB; a full disk. Fast clients are timed from when the worker has
# sent all slow responses (without buffering, from the start). By hand: some eight minutes and 5 GB of disk.
# Needs root, for the full disk. Prints what it measures.
#
#   eng/slow-clients.sh [epoll|sockets]                (both)
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

filter="FullyQualifiedName~Buffering.SlowClientTests"
while [ $# -gt 0 ]; do
  case $1 in
    epoll | sockets) filter+="&FullyQualifiedName~$1" ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) die "unknown option $1" ;;
  esac
  shift
done

check_sdk
cd "$ROOT"
project=WunderProxy.IntegrationTests
dotnet build "tests/$project" -v quiet -nologo -clp:NoSummary -p:RunAnalyzers=false
WUNDERPROXY_TEST_BUFFERS=full dotnet test "artifacts/bin/$project/debug/$project.dll" \
  --filter "$filter" --logger "console;verbosity=detailed"
