#!/bin/bash
# Measures how long deploys and rollbacks take beside what the container itself needs, started by hand, in the same rounds.
#
#   benchmarks/deploy/deploy.sh [--s3] [--rounds N] [--help for the rest]
#
# Publishes WunderProxy and uses the test engine, and with --s3 the test S3 server, of eng/setup.sh.
#   DEPLOY_PROGRAM=PATH   measure that wunderproxy and publish none
. "$(dirname "${BASH_SOURCE[0]}")/../../eng/lib.sh"

arguments=() s3=''
for argument in "$@"; do
  case $argument in
    --s3) s3=1 ;;
    -h | --help) exec python3 "$ROOT/benchmarks/deploy/deploy.py" --help ;;
    *) arguments+=("$argument") ;;
  esac
done

need_root
if [ ! -f "$ENV_FILE" ]; then
  if [ -n "$s3" ]; then "$ROOT/eng/setup.sh"; else "$ROOT/eng/setup.sh" --engine-only; fi
fi
load_env
program=${DEPLOY_PROGRAM:-$ROOT/artifacts/publish/wunderproxy/wunderproxy}
[ -n "${DEPLOY_PROGRAM:-}" ] || "$ROOT/eng/publish.sh"
if [ -n "$s3" ]; then
  export AWS_ENDPOINT_URL=$WUNDERPROXY_TEST_S3_ENDPOINT AWS_ACCESS_KEY_ID=$WUNDERPROXY_TEST_S3_ACCESS_KEY
  export AWS_SECRET_ACCESS_KEY=$WUNDERPROXY_TEST_S3_SECRET_KEY
  arguments+=(--store "$WUNDERPROXY_TEST_S3_BUCKET")
fi
exec python3 -B "$ROOT/benchmarks/deploy/deploy.py" --program "$program" --docker-host "$WUNDERPROXY_TEST_DOCKER_HOST" ${arguments[@]+"${arguments[@]}"}
