#!/bin/bash
# What response buffering costs while clients keep up: buffering.sh [OPTION of compare.sh…]
# Measures the program with buffering, as it is by default, beside itself without, in the same rounds; a second one without
# is the control: what its row shows is noise. 40 rounds of 10 KiB and of 1 MiB take some six minutes.
#   COMPARE_PROGRAM=PATH   measure that wunderproxy and build none
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
case " $* " in *" --help "* | *" -h "*) sed -n '2,5s/^# \{0,1\}//p' "$0"; exec "$here/compare.sh" --help ;; esac

without='{program} forward {listener} --upstream {upstream} --access-log {log} --threads {workers} --no-buffer-responses'
exec "$here/compare.sh" --rounds 40 --scenarios 10k,1m --targets wunderproxy,without,control --baseline without \
  --also "without=$without" --also "control=$without" "$@"
