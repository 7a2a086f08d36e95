#!/bin/bash
# Stops whatever eng/setup.sh started, leftovers of a killed run included, and removes its folder.
#
#   eng/teardown.sh [--unless-used]      --unless-used: not while eng/test.sh or eng/demo.sh of any checkout runs with it
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

unless_used=''
case ${1:-} in
  --unless-used) unless_used=1 ;;
  '') ;;
  -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) die "unknown option $1" ;;
esac

[ -d "$RUN_DIR" ] || exit 0
[ -f "$RUN_DIR/.wunderproxy-test" ] || die "$RUN_DIR was not made by eng/setup.sh: left alone"
need_root
for part in usage engine s3 registry swift; do . "$ROOT/eng/parts/$part.sh"; done
# Before the lock is tried: who leaves in between sees it.
[ -z "$unless_used" ] || touch "$RUN_DIR/.left"
exec 8>"$USAGE_LOCK"
if ! flock -n 8; then
  if [ -n "$unless_used" ]; then
    say "others still use $RUN_DIR: the last of them takes it away"
    exit 0
  fi
  warn "a test run or a demo still uses $RUN_DIR, and will fail"
fi
stop_pid_file "$RUN_DIR/demo/pid" "$RUN_DIR/demo" 10
swift_stop
registry_stop
s3_stop
engine_stop
unmount_below "$RUN_DIR"
rm -rf "$RUN_DIR"
say "stopped and removed $RUN_DIR"
