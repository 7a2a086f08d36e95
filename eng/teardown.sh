#!/bin/bash
# Stops whatever eng/setup.sh started, leftovers of a killed run included, and removes its folder.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[ -d "$RUN_DIR" ] || exit 0
[ -f "$RUN_DIR/.wunderproxy-test" ] || die "$RUN_DIR was not made by eng/setup.sh: left alone"
need_root
for part in engine s3 registry swift; do . "$ROOT/eng/parts/$part.sh"; done
stop_pid_file "$RUN_DIR/demo/pid" "$RUN_DIR/demo" 10
swift_stop
registry_stop
s3_stop
engine_stop
unmount_below "$RUN_DIR"
rm -rf "$RUN_DIR"
say "stopped and removed $RUN_DIR"
