#!/bin/bash
# What metrics and traces cost when they are sent to a collector: exports.sh [OPTION of compare.sh…]
# Measures the program that sends nothing beside itself with metrics every second, and with metrics and the spans of 1% of the
# requests, in the same rounds; a second one that sends nothing is the control: what its row shows is noise. 60 rounds take some
# four minutes.
#   COMPARE_PROGRAM=PATH   measure that wunderproxy and build none
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
case " $* " in *" --help "* | *" -h "*) sed -n '2,6s/^# \{0,1\}//p' "$0"; exec "$here/compare.sh" --help ;; esac

port=24099
forward='{program} forward {listener} --upstream {upstream} --threads {workers} --access-log none'
sending="env OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:$port OTEL_METRIC_EXPORT_INTERVAL=1000"
exec "$here/compare.sh" --rounds 60 --scenarios small --targets off,control,metrics,traces --baseline off --bound 0.01 \
  --beside "python3 {driver}/collector.py 127.0.0.1 $port" --also "off=$forward" --also "control=$forward" \
  --also "metrics=$sending OTEL_TRACES_SAMPLER=always_off $forward" \
  --also "traces=$sending OTEL_TRACES_SAMPLER=parentbased_traceidratio OTEL_TRACES_SAMPLER_ARG=0.01 $forward" "$@"
