#!/bin/bash
# Sets up what tests and demo need: a Docker engine, a Docker registry and an S3 server, all apart from the machine's own.
# Safe to run again: what runs is kept, what died is started anew. eng/teardown.sh takes everything away.
#
#   eng/setup.sh [--with swift] [--with clients] [--with chromium] [--with rivals] [--with acme] [--with prometheus] [--with native] [--engine-only]
#
# Everything lies below $WUNDERPROXY_TEST_DIR (default /tmp/wunderproxy-test); addresses and keys are in its file `env`.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

with=()
engine_only=
while [ $# -gt 0 ]; do
  case $1 in
    --with)
      case ${2:-} in
        swift | clients | chromium | rivals | acme | prometheus | native) with+=("$2") ;;
        *) die "--with takes swift, clients, chromium, rivals, acme, prometheus or native" ;;
      esac
      shift 2 ;;
    --engine-only) engine_only=1; shift ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) die "unknown option $1" ;;
  esac
done

need_root
check_sdk
mkdir -p "$RUN_DIR"
touch "$RUN_DIR/.wunderproxy-test"
for part in packages engine s3 registry swift; do . "$ROOT/eng/parts/$part.sh"; done

# Two set-ups of one folder at once wait for each other; the servers must not inherit the lock.
exec 9>"$RUN_DIR/.lock"
flock -w 1800 9 || die "another set-up of $RUN_DIR has been running for half an hour"
[ -n "$engine_only" ] || with+=(stores)
install_packages engine ${with[@]+"${with[@]}"} 9>&-

# Starts "$2_start" in the background, on other ports once more when it fails; $1 is its name for people. Both engine and
# S3 take seconds: they start together. The inner & is for `set -e`, which does not hold left of an ||.
started=()
start_part() {
  (
    "$2_start" 9>&- &
    wait $! && exit
    warn "$1 did not start: once more"
    "$2_start" 9>&- &
    wait $!
  ) &
  started+=("$!:$1")
}

say "starting a Docker engine$([ -n "$engine_only" ] || echo ", an S3 server and a registry") below $RUN_DIR"
start_part "the Docker engine" engine
if [ -z "$engine_only" ]; then
  start_part "the registry" registry
  start_part "the S3 server" s3
  case " ${with[*]-} " in *" swift "*) start_part "the second S3 server" swift ;; esac
fi
failed=
for job in "${started[@]}"; do
  wait "${job%%:*}" || { warn "${job#*:} did not start"; failed=1; }
done
[ -z "$failed" ] || exit 1

set_env "WUNDERPROXY_TEST_DOCKER_HOST=unix://$ENGINE_SOCKET"
if [ -z "$engine_only" ]; then
  set_env "WUNDERPROXY_TEST_REGISTRY_PORT=$(registry_port)"
  s3_environment
  case " ${with[*]-} " in *" swift "*) swift_environment ;; esac
fi
say "ready: $ENV_FILE has the addresses; eng/teardown.sh stops it all"
