#!/bin/bash
# The fault suite in its full form: kill -9 at every point of every operation, engine and store going away, a full disk,
# deployers at once, a thousand switches, guarded switches. docs/faults.md says what it shows. Exit 1 when a test failed.
#
#   eng/chaos.sh [--ci] [FILTER]      --ci: a few rounds; FILTER: a part of a test's name
#
# Runs the native program, as eng/test.sh does, or with WUNDERPROXY_TEST_BUILD=portable the one that needs the .NET runtime;
# WUNDERPROXY_TEST_PROGRAM names another one. Needs what eng/setup.sh --with swift --with acme sets up, and sets it up when it is
# not there.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

rounds=full store_rounds=100 filter='(Category=Faults|FullyQualifiedName~KillPoint|FullyQualifiedName~DeployersAtOnce)'
while [ $# -gt 0 ]; do
  case $1 in
    --ci) rounds=ci store_rounds=5 ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    *) filter="$filter&FullyQualifiedName~$1" ;;
  esac
  shift
done

need_root
check_sdk
. "$ROOT/eng/parts/usage.sh"
. "$ROOT/eng/parts/native.sh"
build=$(tested_build)
with=(--with swift --with acme)
[ "$build" = portable ] || with+=(--with native)
trap leave_run_dir EXIT
trap 'exit 130' INT TERM HUP
enter_run_dir
"$ROOT/eng/setup.sh" "${with[@]}"
"$ROOT/eng/images.sh" --push

name=WunderProxy.IntegrationTests
dotnet_restoring restore "$ROOT/tests/$name"
dotnet build "$ROOT/tests/$name" --no-restore -v quiet -nologo -clp:NoSummary
if [ -z "${WUNDERPROXY_TEST_PROGRAM:-}" ]; then
  say "publishing the $build program"
  publish_test_program
  export WUNDERPROXY_TEST_PROGRAM=$TEST_PROGRAM/wunderproxy
fi
say "faults, $rounds form, $(date -u +%F)"
code=0
WUNDERPROXY_FAULT_ROUNDS=$rounds WUNDERPROXY_TEST_ROUNDS=$store_rounds \
  dotnet test "$ROOT/artifacts/bin/$name/debug/$name.dll" --filter "$filter" \
  --logger 'console;verbosity=normal' </dev/null || code=$?
say "took ${SECONDS} s"
exit $code
