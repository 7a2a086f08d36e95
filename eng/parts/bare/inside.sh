#!/bin/bash
# Runs the demo if $1 says so and the check if $2 does, with the other arguments, and writes the sum to /srv/result. The
# first process of its namespace: what is left ends with it, so it passes SIGTERM on and waits for the end.
set -um
demo=$1 check=$2 passed=0 failed=0 child='' stopped=''
shift 2
trap 'stopped=1; [ -z "$child" ] || kill -TERM -- "-$child" 2>/dev/null' TERM

run() {
  local code
  [ -z "$stopped" ] || return 1
  "$@" </dev/null &
  child=$!
  wait "$child"
  code=$?
  # A signal ends the wait, not the child.
  while kill -0 "$child" 2>/dev/null; do wait "$child"; code=$?; done
  child=''
  return $code
}

cd /srv/wunderproxy || exit 1
if [ -n "$demo" ]; then
  if run eng/demo.sh; then passed=1; else failed=1; fi
fi
if [ -n "$check" ]; then
  code=0
  run .ci/run "$@" || code=1
  read -r check_passed _ check_failed _ 2>/dev/null <artifacts/test-results/result || { check_passed=0 check_failed=1; }
  [ $code = 0 ] || [ "$check_failed" != 0 ] || check_failed=1
  passed=$((passed + check_passed)) failed=$((failed + check_failed))
fi
echo "$passed passed, $failed failed" >/srv/result
[ $failed = 0 ]
