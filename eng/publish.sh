#!/bin/bash
# Publishes WunderProxy for this kind of machine: one native file that needs no .NET to run. Takes a minute or two.
#
#   eng/publish.sh [--portable] [FOLDER]              (artifacts/publish/wunderproxy)
#
# --portable publishes the framework-dependent program instead, compiled ahead for a quick start: it needs the .NET 10
# runtime, but neither gcc nor the minute to be made, and costs a little less CPU per request (benchmarks/README.md).
#
# With the default folder the image follows by: docker build -t wunderproxy .
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$ROOT/eng/parts/native.sh"

portable='' folder=$ROOT/artifacts/publish/wunderproxy
while [ $# -gt 0 ]; do
  case $1 in
    --portable) portable=1 ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    # With a slash at the end the symbols would go into it, and so into the image.
    *) folder=${1%/} ;;
  esac
  shift
done
check_sdk
if [ -n "$portable" ]; then
  publish src/WunderProxy "$folder"
  say "published to $folder: the portable program, which needs the .NET 10 runtime"
else
  need_native
  publish_native src/WunderProxy "$folder"
  say "published to $folder: wunderproxy, $(($(stat -c %s "$folder/wunderproxy") / 1000000)) MB"
fi
