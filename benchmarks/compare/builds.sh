#!/bin/bash
# Compares the native program with the portable one, nginx and HAProxy, in the same rounds: builds.sh [OPTION of compare.sh…]
# Publishes both, prints the sizes of programs and image, then all of compare.sh in 60 rounds with the portable program twice,
# as baseline and as control: what the control's rows show is noise. An hour and a half; `--rounds 10 --scenarios
# small,10k,chunked,startup` takes three minutes.
#   BUILDS_NATIVE=FOLDER, BUILDS_PORTABLE=FOLDER   take these and publish none
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
case " $* " in *" --help "* | *" -h "*) sed -n '2,6s/^# \{0,1\}//p' "$0"; exec "$here/compare.sh" --help ;; esac

native=${BUILDS_NATIVE:-$root/artifacts/compare/native}
portable=${BUILDS_PORTABLE:-$root/artifacts/compare/portable}

# Installs what is missing, as root, as compare.sh does; it would come to that only after publishing.
uses=(compare)
[ -n "${BUILDS_NATIVE:-}" ] || uses+=(native)
APT_LOG=$root/artifacts/compare/apt.log bash -c '. "$0/eng/lib.sh"; . "$ROOT/eng/parts/packages.sh"; install_packages "$@"' \
  "$root" "${uses[@]}" >&2 || exit 2

[ -n "${BUILDS_NATIVE:-}" ] || "$root/eng/publish.sh" "$native" >&2
[ -n "${BUILDS_PORTABLE:-}" ] || "$root/eng/publish.sh" --portable "$portable" >&2

megabytes() { awk '{ printf "%.1f MB\n", $1 / 1e6 }'; }
echo "native program: $(stat -c %s "$native/wunderproxy" | megabytes), one file"
echo "portable program: $(du -sb "$portable" | megabytes) in $(find "$portable" -type f | wc -l) files, without the .NET runtime"
# The image of eng/images.sh --wunderproxy, if the test engine is there and has it.
(
  set -a
  # shellcheck disable=SC1090,SC1091
  . "${WUNDERPROXY_TEST_DIR:-/tmp/wunderproxy-test}/env"
  curl -qsf --unix-socket "${WUNDERPROXY_TEST_DOCKER_HOST#unix://}" http://engine/images/wunderproxy:test/json |
    sed -n 's/.*"Size":\([0-9]*\).*/\1/p' | megabytes | sed 's/^/image wunderproxy:test, base included: /'
) 2>/dev/null || true
echo

line='forward {listener} --upstream {upstream} --access-log {log} --threads {workers}'
COMPARE_PROGRAM=$native/wunderproxy exec "$here/compare.sh" --rounds 60 --baseline portable \
  --also "portable=$portable/wunderproxy $line" --also "control=$portable/wunderproxy $line" "$@"
