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
