#!/bin/bash
# What the access log costs: access-log.sh [OPTION of compare.sh…]
# Measures the program without an access log beside itself with the text form, the JSON form and the text form in a file of its
# own, in the same rounds; a second one without is the control: what its row shows is noise. 60 rounds take some four minutes.
#   COMPARE_PROGRAM=PATH   measure that wunderproxy and build none
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
case " $* " in *" --help "* | *" -h "*) sed -n '2,5s/^# \{0,1\}//p' "$0"; exec "$here/compare.sh" --help ;; esac

file=$(mktemp -u)
trap 'rm -f "$file"' EXIT
forward='{program} forward {listener} --upstream {upstream} --threads {workers} --access-log'
"$here/compare.sh" --rounds 60 --scenarios small --targets off,control,text,json,file --baseline off --bound 0.06 \
  --also "off=$forward none" --also "control=$forward none" --also "text=$forward text" --also "json=$forward json" \
  --also "file=$forward text --access-log-file $file --access-log-file-count 0" "$@"
