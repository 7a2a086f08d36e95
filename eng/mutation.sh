#!/bin/bash
# Mutation testing of the room Http1, by its own tests: changes the code in a thousand small ways, and counts the
# changes that no test notices. Takes hours on a busy machine; files given are done alone.
#
#   eng/mutation.sh [FILE…]      eng/mutation.sh MessageFraming.cs HeadParser.cs
#
# Works on a copy of the committed sources, so that building goes on beside it. The reports lie in artifacts/mutation.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

options=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    *) options+=(--mutate "**/Http1/$1") ;;
  esac
  shift
done

RESULTS=$ROOT/artifacts/mutation
COPY=$(mktemp -d)
trap 'rm -rf "$COPY"' EXIT
mkdir -p "$RESULTS"
git -C "$ROOT" archive HEAD | tar -x -C "$COPY"
cd "$COPY"
dotnet tool restore
cd tests/WunderProxy.Forwarding.Tests
nice -n 10 dotnet stryker --skip-version-check --output "$RESULTS" ${options[@]+"${options[@]}"}
