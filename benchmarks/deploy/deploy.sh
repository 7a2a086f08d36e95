#!/bin/bash
# Measures how long deploys and rollbacks take beside what the container itself needs, started by hand, in the same rounds.
#
#   benchmarks/deploy/deploy.sh [--s3] [--rounds N] [--delay SECONDS] [--ways command,api] [--json FILE]
#
# --s3 keeps history and launch configs in the test S3 server instead of a folder; --rounds is 7 and --delay, from a
# container's start until it listens, 0.1 unless given; --json writes all figures, in seconds, to a file.
#   DEPLOY_PROGRAM=PATH   measure that wunderproxy and publish none
#
# Sets up what is missing (packages, a Docker engine apart from the machine's own, an S3 server) and takes away what it
# started.
. "$(dirname "${BASH_SOURCE[0]}")/../../eng/lib.sh"

arguments=() s3='' measuring=''
for argument in "$@"; do
  case $argument in
    --s3) s3=1 ;;
    -h | --help) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) arguments+=("$argument") ;;
  esac
done
. "$ROOT/eng/parts/usage.sh"
. "$ROOT/eng/parts/packages.sh"

finish() {
  local code=$?
  trap - EXIT
  if [ -n "$measuring" ]; then
    kill "$measuring" 2>/dev/null || true
    wait "$measuring" || true
  fi
  leave_run_dir || true
  exit $code
}

need_root
check_sdk
trap finish EXIT
trap 'exit 130' INT TERM HUP
enter_run_dir
setup=() uses=(deploy)
[ -n "$s3" ] || setup=(--engine-only)
[ -n "${DEPLOY_PROGRAM:-}" ] || uses+=(native)
"$ROOT/eng/setup.sh" ${setup[@]+"${setup[@]}"}
install_packages "${uses[@]}"
load_env
program=${DEPLOY_PROGRAM:-$ROOT/artifacts/publish/wunderproxy/wunderproxy}
[ -n "${DEPLOY_PROGRAM:-}" ] || "$ROOT/eng/publish.sh"
if [ -n "$s3" ]; then
  export AWS_ENDPOINT_URL=$WUNDERPROXY_TEST_S3_ENDPOINT AWS_ACCESS_KEY_ID=$WUNDERPROXY_TEST_S3_ACCESS_KEY
  export AWS_SECRET_ACCESS_KEY=$WUNDERPROXY_TEST_S3_SECRET_KEY
  arguments+=(--store "$WUNDERPROXY_TEST_S3_BUCKET")
fi

# In the background, since the shell obeys a signal only after what runs in the foreground.
python3 -B "$ROOT/benchmarks/deploy/deploy.py" --program "$program" --docker-host "$WUNDERPROXY_TEST_DOCKER_HOST" \
  ${arguments[@]+"${arguments[@]}"} &
measuring=$!
code=0
wait "$measuring" || code=$?
measuring=''
exit $code
