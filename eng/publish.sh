#!/bin/bash
# Publishes WunderProxy: framework-dependent (needs the .NET 10 runtime), compiled ahead for a quick start.
#
#   eng/publish.sh [FOLDER]              (artifacts/publish/wunderproxy)
#
# With the default folder the image follows by: docker build -t wunderproxy .
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in -*) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
check_sdk
folder=${1:-$ROOT/artifacts/publish/wunderproxy}
publish src/WunderProxy "$folder"
say "published to $folder"
