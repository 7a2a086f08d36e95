#!/bin/bash
# The one check: format, build without warnings, every test, the integration tests against a real Docker engine, a real
# S3 server and a real registry, the fault suite in a few rounds (eng/chaos.sh has its full form). Sets up what is missing
# and stops what it started. Last line: `N passed, N failed`.
#
#   eng/test.sh [--keep] [--transport NAME] [PROJECT…]
#
# --keep leaves engine, S3 and registry running. --transport sockets has the programs of the integration tests use that
# transport; the other tests that know of transports run on each anyway. PROJECT is a folder name in tests/.
#
# Results of every project lie in artifacts/test-results.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What the tests need beyond engine, S3 server and registry (see eng/setup.sh).
WITH=(swift clients chromium rivals)

keep='' projects=()
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=1 ;;
    --transport) export WUNDERPROXY_TEST_TRANSPORT=${2:?--transport takes a name}; shift ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    *) projects+=("$1") ;;
  esac
  shift
done

RESULTS=$ROOT/artifacts/test-results
passed=0 failed=0 skipped=0 setup_pid='' own_setup=''

finish() {
  local code=$?
  trap - EXIT
  [ -z "$setup_pid" ] || wait "$setup_pid" 2>/dev/null || true
  if [ -n "$own_setup" ] && [ -z "$keep" ]; then "$ROOT/eng/teardown.sh" || true; fi
  if [ $code != 0 ] && [ $failed = 0 ]; then failed=1; fi
  local skipped_part=
  [ $skipped = 0 ] || skipped_part=", $skipped skipped"
  say "took ${SECONDS} s"
  echo "$passed passed, $failed failed$skipped_part"
  [ $failed = 0 ] || exit 1
}
trap finish EXIT
trap 'exit 130' INT TERM

check_sdk
rm -rf "$RESULTS"
mkdir -p "$RESULTS"
cd "$ROOT"

# The set-up mostly waits for downloads and for servers to start: the build goes on beside it.
[ -f "$RUN_DIR/.wunderproxy-test" ] || own_setup=1
setup_options=()
for name in ${WITH[@]+"${WITH[@]}"}; do setup_options+=(--with "$name"); done
"$ROOT/eng/setup.sh" ${setup_options[@]+"${setup_options[@]}"} >"$RESULTS/setup.log" 2>&1 </dev/null &
setup_pid=$!

say "white space"
dotnet format whitespace . --folder --verify-no-changes --exclude artifacts </dev/null || failed=1
say "build"
dotnet build WunderProxy.sln -v quiet -nologo -clp:NoSummary </dev/null

if [ ${#projects[@]} = 0 ]; then
  # The fast ones first; the integration tests last, when the set-up is ready.
  for folder in tests/*Tests; do [ "${folder##*/}" = WunderProxy.IntegrationTests ] || projects+=("${folder##*/}"); done
  projects+=(WunderProxy.IntegrationTests)
fi

counter() { sed -n "s/.*<Counters [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

# Runs the tests of project $1 that filter $2 takes, as $3, and adds up what the result file says.
run_tests() {
  local project=$1 filter=$2 name=$3 code=0 results=$RESULTS/$3.trx start=$SECONDS
  say "tests of $name"
  # A caller under nohup leaves SIGHUP ignored, and what is ignored stays so in every child: tests send it.
  env --default-signal=HUP dotnet test "artifacts/bin/$project/debug/$project.dll" --filter "$filter" \
    --logger "trx;LogFileName=$results" --logger 'console;verbosity=minimal' \
    --results-directory "$RESULTS" --blame-hang --blame-hang-timeout 8m --blame-hang-dump-type none \
    >"$RESULTS/$name.log" 2>&1 </dev/null || code=$?
  local project_passed=0 project_failed=0 total executed
  if [ -f "$results" ]; then
    project_passed=$(counter "$results" passed)
    project_failed=$(counter "$results" failed)
    total=$(counter "$results" total)
    executed=$(counter "$results" executed)
    skipped=$((skipped + total - executed))
  fi
  # A test host that died reports no failed test: that is a failure all the same.
  if [ $code != 0 ] && [ "$project_failed" = 0 ]; then project_failed=1; fi
  if [ "$project_failed" != 0 ]; then cat "$RESULTS/$name.log"; fi
  passed=$((passed + project_passed))
  failed=$((failed + project_failed))
  say "$name: $project_passed passed, $project_failed failed, $((SECONDS - start)) s"
}

for project in "${projects[@]}"; do
  if [ "$project" = WunderProxy.IntegrationTests ]; then
    say "set-up of engine, S3 server and registry"
    code=0
    wait "$setup_pid" || code=$?
    setup_pid=''
    cat "$RESULTS/setup.log"
    [ $code = 0 ] || die "the set-up failed"
    "$ROOT/eng/images.sh" --push --wunderproxy
  fi
  run_tests "$project" 'TestCategory!=Faults' "$project"
done
# After the others and by themselves: they end engines, fill disks and measure under load.
case " ${projects[*]} " in
  *" WunderProxy.IntegrationTests "*)
    run_tests WunderProxy.IntegrationTests TestCategory=Faults WunderProxy.IntegrationTests.Faults ;;
esac
