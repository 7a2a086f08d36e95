# Who uses $RUN_DIR: several checkouts may run at once with the same servers, and the last of them takes the servers away.
# shellcheck shell=bash

USAGE_LOCK=/run/lock/wunderproxy-$(printf '%s' "$RUN_DIR" | sha256sum | cut -c1-16)
own_setup='' usage_holder=''

# Says that we use it, until leave_run_dir or our end, however we end. Waits while somebody takes it away. A process of its
# own holds the lock: ours would be inherited by servers and compilers that stay.
enter_run_dir() {
  exec {usage_ready}< <(exec setpriv --pdeathsig KILL flock -s -F "$USAGE_LOCK" sh -c 'echo; exec sleep infinity')
  usage_holder=$!
  read -r -u "$usage_ready" || die "$USAGE_LOCK cannot be locked"
  [ -f "$RUN_DIR/.wunderproxy-test" ] || own_setup=1
}

# Takes away what we set up, or what others did who left before us; not while somebody uses it.
leave_run_dir() {
  [ -n "$usage_holder" ] || return 0
  kill "$usage_holder" 2>/dev/null || true
  wait "$usage_holder" 2>/dev/null || true
  usage_holder=''
  if [ -n "$own_setup" ] || [ -e "$RUN_DIR/.left" ]; then "$ROOT/eng/teardown.sh" --unless-used; fi
}
