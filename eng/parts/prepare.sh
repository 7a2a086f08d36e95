#!/bin/bash
# Makes what the integration tests start and what their engine runs: the program under test, unless another one is named,
# and the images. eng/test.sh runs this beside its other tests, in a session of its own.
#
#   eng/parts/prepare.sh PID              (of the set-up, whose end it awaits)
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
. "$ROOT/eng/parts/native.sh"

# The tests come first: this takes what they leave of the processors. Where the kernel weighs sessions against each other
# (autogroups), the niceness of a process counts only inside its own, and that of the session is set in another place.
renice -n 19 $$ >/dev/null
{ echo 19 >/proc/self/autogroup; } 2>/dev/null || true
# Build processes that stayed from before would not be bound by that.
export MSBUILDDISABLENODEREUSE=1

# Whether it went well is for eng/test.sh to ask, whose child it is.
tail --pid="$1" -f /dev/null
[ -n "${WUNDERPROXY_TEST_PROGRAM:-}" ] || publish_test_program
"$ROOT/eng/images.sh" --push --wunderproxy
