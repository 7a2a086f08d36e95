# What is missing for a native build, and whether one can be made here.
# shellcheck shell=bash

. "$ROOT/eng/parts/packages.sh"

can_build_native() {
  collect_missing native
  [ ${#MISSING[@]} = 0 ]
}

need_native() {
  can_build_native || die "the native program needs a C compiler's linker, and ${MISSING[*]} is missing:
     apt-get install ${MISSING[*]}, or eng/setup.sh --with native; --portable publishes the program that needs the .NET runtime"
}

# Prints which program the tests run, native or portable.
tested_build() {
  case ${WUNDERPROXY_TEST_BUILD:-native} in
    native | portable) echo "${WUNDERPROXY_TEST_BUILD:-native}" ;;
    *) die "WUNDERPROXY_TEST_BUILD is native or portable, not $WUNDERPROXY_TEST_BUILD" ;;
  esac
}

# Publishes the program that the integration tests start, in the build of tested_build. They start it hundreds of times: it
# is compiled for speed and yet the debug configuration, with its assertions, as the one beside the tests.
TEST_PROGRAM=$ROOT/artifacts/test-program
publish_test_program() {
  local build publish=publish_native
  build=$(tested_build)
  [ "$build" = native ] || publish=publish
  $publish src/WunderProxy "$TEST_PROGRAM" Debug -p:RunAnalyzers=false
}
