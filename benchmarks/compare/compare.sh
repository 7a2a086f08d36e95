#!/bin/sh
# Compares WunderProxy with nginx and HAProxy on this machine: compare.sh [--quick] [--help for the rest].
# Installs what is missing (Debian packages, as root), builds the proxy and the measuring tools, and measures.
#   COMPARE_PROGRAM=PATH   measure that wunderproxy and build none; empty: only the rivals
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out="$root/artifacts/compare"

# Names what is missing, or installs it as root, without starting any of these servers.
APT_LOG=$out/apt.log bash -c '. "$0/eng/lib.sh"; . "$ROOT/eng/parts/packages.sh"; install_packages compare' "$root" >&2 || exit 2
PATH="$PATH:/usr/sbin"

case " $* " in
*" --help "* | *" -h "* | *" --render "*) exec python3 "$here/driver/compare.py" "$@" ;;
esac

make -s -C "$here/tools" OUT="$out/tools"
if [ -z "${COMPARE_PROGRAM+set}" ]; then
  echo "building wunderproxy (the native program)" >&2
  "$root/eng/publish.sh" "$out/wunderproxy" >&2
  COMPARE_PROGRAM="$out/wunderproxy/wunderproxy"
fi

# An own network namespace has no other traffic, no packet filter and no connection tracking in the way.
measure='exec python3 "$@"'
if [ "$(id -u)" = 0 ] && unshare --net true 2>/dev/null; then
  measure='ip link set lo up && exec python3 "$@"'
  isolate='unshare --net'
fi
# An own session is one scheduling group; setsid in the background keeps the process id, so it can be stopped.
# shellcheck disable=SC2086
setsid ${isolate:-} sh -c "$measure" sh "$here/driver/compare.py" "$@" \
  --tools "$out/tools" --program "$COMPARE_PROGRAM" </dev/null &
pid=$!
trap 'kill -TERM $pid 2>/dev/null' INT TERM HUP
wait $pid && status=0 || status=$?
kill -0 $pid 2>/dev/null && { wait $pid || true; }
exit $status
