#!/bin/bash
# The one check: format, build without warnings, every test, the integration tests against a real Docker engine, a real
# S3 server and a real registry, the fault suite in a few rounds (eng/chaos.sh has its full form). Sets up what is missing
# and stops what it started. Last line: `N passed, N failed`; exit 1 when anything failed, or nothing was tested.
#
#   eng/test.sh [--keep] [--transport NAME] [--filter FILTER] [PROJECT…]
#
# --keep leaves engine, S3 and registry running. --transport sockets has the programs of the integration tests use that
# transport; the other tests that know of transports run on each anyway. PROJECT is a folder name in tests/; FILTER takes
# some of the tests, in the words of `dotnet test`.
#
# The integration tests run the native program, and its image. With WUNDERPROXY_TEST_BUILD=portable they run the one that
# needs the .NET runtime: half a minute instead of two until they begin, and no C compiler.
#
# Results of every project lie in artifacts/test-results.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What the tests need beyond engine, S3 server and registry (see eng/setup.sh).
WITH=(swift clients chromium rivals acme prometheus)
INTEGRATION=WunderProxy.IntegrationTests
RESULTS=$ROOT/artifacts/test-results
APT_LOG=$RESULTS/apt.log
passed=0 failed=0 skipped=0 child='' setup_pid='' prepare_pid='' temporary=''

# From here on the last line says how it went, whatever happens.
finish() {
  local code=$?
  trap - EXIT INT TERM HUP
  stop_group "$child"
  stop_group "$prepare_pid"
  if [ -n "$setup_pid" ]; then wait "$setup_pid" 2>/dev/null || code=1; fi
  if [ -n "$keep" ]; then own_setup=''; fi
  leave_run_dir || true
  remove_temporary
  if [ $failed = 0 ] && { [ $code != 0 ] || [ $passed = 0 ]; }; then failed=1; fi
  [ $skipped = 0 ] || say "$skipped skipped"
  list_failures
  say "took ${SECONDS} s"
  [ ! -d "$RESULTS" ] || echo "$passed passed, $failed failed" >"$RESULTS/result"
  echo "$passed passed, $failed failed"
  [ $failed = 0 ] || exit 1
}

# Names each failed test with the beginning of its message. Last, because where a log is kept only in part that is its
# end, and what a failed test's programs wrote can be megabytes.
list_failures() {
  local results
  for results in "$RESULTS"/*.trx; do
    [ -f "$results" ] || continue
    awk -v most=12 '
      function plain(text) {
        gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&quot;/, "\"", text); gsub(/&#xD;/, "", text)
        gsub(/&amp;/, "\\&", text)
        return text
      }
      /<UnitTestResult / && / outcome="Failed"/ {
        name = $0; sub(/.* testName="/, "", name); sub(/".*/, "", name)
        print "== failed: " plain(name); failed = 1
      }
      failed && /<Message>/ { message = 1; lines = 0; sub(/.*<Message>/, "") }
      message {
        ended = sub(/<\/Message>.*/, "")
        if (lines++ < most) print "     " substr(plain($0), 1, 300)
        if (ended) message = failed = 0
      }' "$results"
  done
}

# Runs "$@" in a session of its own. In the background, since the shell obeys a signal only after what runs in the
# foreground; with the signals that a background process ignores, or a caller under nohup, since tests send them.
run() {
  setsid env --default-signal=HUP,INT,QUIT "$@" &
  child=$!
  local code=0
  wait "$child" || code=$?
  child=''
  return $code
}

# Ends session $1, if there is one, with everything that runs in it.
stop_group() {
  [ -n "$1" ] || return 0
  kill -TERM -- "-$1" 2>/dev/null || true
  wait_until 10 "the end of what was running" no_group "$1" || kill -KILL -- "-$1" 2>/dev/null || true
}
no_group() { ! kill -0 -- "-$1" 2>/dev/null; }

remove_temporary() {
  [ -n "$temporary" ] || return 0
  unmount_below "$temporary"
  rm -rf "$temporary"
}

keep='' FILTER='' projects=()
. "$ROOT/eng/parts/usage.sh"
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
while [ $# -gt 0 ]; do
  case $1 in
    --keep) keep=1 ;;
    --transport) export WUNDERPROXY_TEST_TRANSPORT=${2:?--transport takes a name}; shift ;;
    --filter) FILTER=${2:?--filter takes an expression}; shift ;;
    -h | --help) trap - EXIT; sed -n '2,15s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    *) projects+=("$(basename "$1")") ;;
  esac
  shift
done
cd "$ROOT"
for project in ${projects[@]+"${projects[@]}"}; do
  [ -f "tests/$project/$project.csproj" ] && case $project in *Tests) ;; *) false ;; esac ||
    die "$project is no test project; there are: $(cd tests && echo ./*Tests | sed 's|\./||g')"
done
if [ ${#projects[@]} = 0 ]; then
  # The fast ones first; the integration tests last, when the set-up is ready.
  for folder in tests/*Tests; do [ "${folder##*/}" = $INTEGRATION ] || projects+=("${folder##*/}"); done
  projects+=($INTEGRATION)
fi
integration=''
case " ${projects[*]} " in *" $INTEGRATION "*) integration=1 ;; esac

check_sdk
rm -rf "$RESULTS"
mkdir -p "$RESULTS"
# One for the tests, which leave nothing behind then; not below a long one of the caller's: paths of sockets are short.
temporary=$(TMPDIR='' mktemp -d /tmp/wunderproxy-tests.XXXX)
# Some tests call as another user, who has to find what lies below.
chmod 711 "$temporary"

# What the build itself needs cannot wait for the set-up below.
. "$ROOT/eng/parts/native.sh"
build=$(tested_build)
install_packages sdk

# The set-up mostly waits for downloads and for servers to start: the build goes on beside it.
if [ -n "$integration" ]; then
  enter_run_dir
  [ "$build" = portable ] || WITH+=(native)
  setup_options=()
  for name in "${WITH[@]}"; do setup_options+=(--with "$name"); done
  "$ROOT/eng/setup.sh" "${setup_options[@]}" >"$RESULTS/setup.log" 2>&1 &
  setup_pid=$!
fi

say "white space"
run dotnet format whitespace . --folder --verify-no-changes --exclude artifacts || failed=1
say "build"
dotnet_restoring restore WunderProxy.sln || die "packages were not restored"
run dotnet build WunderProxy.sln --no-restore -v quiet -nologo -clp:NoSummary || die "the build failed"

# What the integration tests run is compiled beside the other tests, which wait for a part of their time.
if [ -n "$integration" ]; then
  setsid bash "$ROOT/eng/parts/prepare.sh" "$setup_pid" >"$RESULTS/prepare.log" 2>&1 &
  prepare_pid=$!
  export WUNDERPROXY_TEST_PROGRAM=${WUNDERPROXY_TEST_PROGRAM:-$TEST_PROGRAM/wunderproxy}
fi

counter() { sed -n "s/.*<Counters [^>]*\b$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }

# Runs the tests of project $1 that filter $2 takes, as $3, and adds up what the result file says.
run_tests() {
  local project=$1 filter="$2${FILTER:+&($FILTER)}" name=$3 code=0 results=$RESULTS/$3.trx start=$SECONDS
  say "tests of $name"
  TMPDIR=$temporary run dotnet test "artifacts/bin/$project/debug/$project.dll" --filter "$filter" \
    --logger "trx;LogFileName=$results" --logger 'console;verbosity=minimal' \
    --results-directory "$RESULTS" --blame-hang --blame-hang-timeout 8m --blame-hang-dump-type none \
    >"$RESULTS/$name.log" 2>&1 || code=$?
  local project_passed=0 project_failed=0 total executed
  if [ -f "$results" ] && total=$(counter "$results" total) && [ -n "$total" ]; then
    project_passed=$(counter "$results" passed)
    project_failed=$(counter "$results" failed)
    executed=$(counter "$results" executed)
    skipped=$((skipped + total - executed))
  fi
  # A test host that died reports no failed test, nor does one that found no tests: a failure all the same.
  if [ $code != 0 ] || [ "$project_passed" = 0 ]; then
    if [ "$project_failed" = 0 ] && ! { [ $code = 0 ] && [ -n "$FILTER" ]; }; then project_failed=1; fi
  fi
  if [ "$project_failed" != 0 ]; then cat "$RESULTS/$name.log"; fi
  passed=$((passed + project_passed))
  failed=$((failed + project_failed))
  say "$name: $project_passed passed, $project_failed failed, $((SECONDS - start)) s"
}

for project in "${projects[@]}"; do
  if [ "$project" = $INTEGRATION ]; then
    say "set-up of engine, S3 server and registry"
    code=0
    wait "$setup_pid" || code=$?
    setup_pid=''
    cat "$RESULTS/setup.log"
    [ $code = 0 ] || die "the set-up failed"
    wait "$prepare_pid" || code=$?
    prepare_pid=''
    cat "$RESULTS/prepare.log"
    [ $code = 0 ] || die "the program under test, or an image, was not made"
  fi
  run_tests "$project" 'TestCategory!=Faults' "$project"
done
# After the others and by themselves: they end engines, fill disks and measure under load.
[ -z "$integration" ] || run_tests $INTEGRATION TestCategory=Faults $INTEGRATION.Faults
