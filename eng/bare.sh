#!/bin/bash
# Runs demo and check on a machine that has nothing: in a fresh Debian of required packages alone, with the .NET SDK
# mounted in, from a clone of what is committed. Shows what scripts and tests take from a machine by accident. Last line:
# `N passed, N failed`, the demo counted as one; exit 1 when anything failed.
#
#   eng/bare.sh [--demo-only | --check-only] [--keep] [--cache DIR] [--suite NAME] [--filter FILTER] [PROJECT…]
#
# --cache keeps downloaded packages in DIR, for the next time; --keep leaves the root behind, to look at; --suite is a
# release of Debian (bookworm); FILTER and PROJECT are those of eng/test.sh. The root lies in $WUNDERPROXY_BARE_DIR, or
# else in /var/tmp, and needs 6 GB; a Docker engine runs in it, so the disk below must not be an overlay.
#
# What belongs to a network and not to a machine comes from here: apt's mirrors and keys, NuGet's configuration, name
# resolution, proxies and certificate authorities. The kernel is shared, with its control groups and its network.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

suite=bookworm demo=1 check=1 keep='' cache='' options=()
while [ $# -gt 0 ]; do
  case $1 in
    --demo-only) check='' ;;
    --check-only) demo='' ;;
    --keep) keep=1 ;;
    --cache) cache=$(realpath -m "${2:?--cache takes a folder}"); shift ;;
    --suite) suite=${2:?--suite takes a name}; shift ;;
    --filter) options+=(--filter "${2:?--filter takes an expression}"); shift ;;
    -h | --help) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    *) options+=("$1") ;;
  esac
  shift
done
[ -n "$demo$check" ] || die "--demo-only and --check-only leave nothing to do"

need_root
check_sdk
. "$ROOT/eng/parts/packages.sh"
. "$ROOT/eng/parts/bare.sh"
BARE=$(TMPDIR='' mktemp -d "${WUNDERPROXY_BARE_DIR:-/var/tmp}/wunderproxy-bare.XXXXXX")
APT_LOG=$BARE/apt.log
room=''

finish() {
  local code=$? line
  trap - EXIT INT TERM HUP
  bare_end
  trap '' INT TERM HUP
  line=$(cat "$BARE/root/srv/result" 2>/dev/null) || true
  if [ -n "$keep" ]; then say "left behind: $BARE"; else rm -rf --one-file-system "$BARE"; fi
  say "took ${SECONDS} s"
  # Without a result something failed before the check could count; a run that was ended has failed, whatever it counted.
  line=${line:-0 passed, 1 failed}
  case $line in
    *', 0 failed') [ $code = 0 ] || line="${line% 0 failed} 1 failed" ;;
    *) [ $code != 0 ] || code=1 ;;
  esac
  echo "$line"
  exit $code
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

install_packages bare
[ -z "$(git -C "$ROOT" status --porcelain)" ] || warn "what is not committed is not tried"
bare_make
say "a fresh $suite with $(bare_list_packages | wc -l) packages, made in ${SECONDS} s"
bare_run
