# Shared by the scripts of this folder; source it, do not run it.
# shellcheck shell=bash

set -euo pipefail

# What the caller's shell happens to have decides nothing: no script reads standard input, and containers run as users
# who could not read what a stricter mask makes.
exec </dev/null
umask 022
unset CDPATH

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
RUN_DIR=${WUNDERPROXY_TEST_DIR:-/tmp/wunderproxy-test}
ENV_FILE=$RUN_DIR/env

# A CA bundle named here makes the registry's storage drivers fail at start; everything is on loopback anyway.
unset AWS_CA_BUNDLE
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# The SDK may lie in a folder that cannot be written, and no certificate of it is wanted.
export DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK=1 DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
# The SDK itself would need the ICU library, which nothing of ours uses; names of cultures it then takes as they come.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY=false

# Everything that we talk to lies on this machine, whatever proxy leads out of it.
no_proxy="${no_proxy:-${NO_PROXY:-}},localhost,127.0.0.1,::1" no_proxy=${no_proxy#,}
NO_PROXY=$no_proxy
export no_proxy NO_PROXY

# Without the settings of a user's .curlrc.
curl() { command curl -q "$@"; }

say() { printf '%s\n' "== $*"; }
warn() { printf '%s\n' "!! $*" >&2; }
die() { warn "$*"; exit 1; }

# Without a home folder neither dotnet nor NuGet starts; a temporary folder that is not there fails whoever uses one.
if [ ! -d "${HOME:-}" ]; then
  HOME=$(getent passwd "$(id -u)" | cut -d: -f6) || true
  [ -d "$HOME" ] || { HOME=$ROOT/artifacts/home; mkdir -p "$HOME"; }
  export HOME
fi
if [ -n "${TMPDIR:-}" ] && [ ! -d "$TMPDIR" ]; then
  warn "TMPDIR=$TMPDIR is no folder: /tmp is used"
  unset TMPDIR
fi

# True while process $1 runs here and its command line contains $2. A zombie has an empty command line. A process under
# another root (a container, eng/bare.sh) is not ours, whatever it is called.
is_running() {
  local line
  [ -n "${1:-}" ] && [ "/proc/$1/root" -ef / ] && line=$({ tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null) || return 1
  case $line in *"$2"*) return 0 ;; *) return 1 ;; esac
}

# Runs "$3..." until it succeeds, at most $1 seconds; $2 says what is awaited.
wait_until() {
  local seconds=$1 what=$2 deadline
  shift 2
  deadline=$((SECONDS + seconds))
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || { warn "$what: not there after ${seconds} s"; return 1; }
    sleep 0.1
  done
}

# Runs "$3..." until it succeeds, at most $1 times, and waits 1, 2, 4 … seconds between; $2 says what is tried. A server
# that has just come up, a registry under load and a mirror say no now and then.
retry() {
  local tries=$1 what=$2 try pause=1
  shift 2
  for ((try = 1; ; try++)); do
    if "$@"; then return; fi
    [ "$try" -lt "$tries" ] || { warn "$what: failed $tries times"; return 1; }
    warn "$what: try $try of $tries failed, once more in $pause s"
    sleep "$pause"
    pause=$((pause < 16 ? pause * 2 : 16))
  done
}

# Stops the process of pid file $1 whose command line contains $2: TERM, then KILL after $3 seconds.
stop_pid_file() {
  local pid deadline
  pid=$(cat "$1" 2>/dev/null || true)
  deadline=$((SECONDS + ${3:-10}))
  if is_running "$pid" "$2"; then
    kill "$pid" 2>/dev/null || true
    while is_running "$pid" "$2" && [ $SECONDS -lt $deadline ]; do sleep 0.1; done
    if is_running "$pid" "$2"; then kill -9 "$pid" 2>/dev/null || true; fi
  fi
  rm -f "$1"
}

# Prints the ids of processes whose command line contains $1, ours and our ancestors' excepted.
pids_with() {
  local file pid
  for file in /proc/[0-9]*/cmdline; do
    pid=${file#/proc/}
    pid=${pid%/cmdline}
    if [ "$pid" != $$ ] && [ "$pid" != "$BASHPID" ] && [ "$pid" != "$PPID" ] && is_running "$pid" "$1"; then
      echo "$pid"
    fi
  done
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Prints a port of 127.0.0.1 where nobody listens, outside the range from which the kernel picks for connections.
free_port() {
  local port
  for _ in $(seq 200); do
    port=$((10240 + RANDOM % 20000))
    if port_is_free "$port"; then echo "$port"; return; fi
  done
  die "no free port found"
}

random_hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }

# Keeps KEY=VALUE lines in the file that tests and scripts read.
set_env() {
  local pair key
  for pair in "$@"; do
    key=${pair%%=*}
    { grep -v "^$key=" "$ENV_FILE" 2>/dev/null || true; echo "$pair"; } >"$ENV_FILE.new"
    mv "$ENV_FILE.new" "$ENV_FILE"
  done
}

load_env() {
  [ -f "$ENV_FILE" ] || die "nothing is set up in $RUN_DIR: run eng/setup.sh first"
  set -a
  # shellcheck disable=SC1090
  . "$ENV_FILE"
  set +a
}

# Unmounts everything below folder $1, innermost first.
unmount_below() {
  awk -v below="$1/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r |
    while read -r mount; do umount -l "$mount" 2>/dev/null || true; done
}

need_root() {
  [ "$(id -u)" = 0 ] || die "this needs root: it installs Debian packages and runs a Docker engine of its own"
}

check_sdk() {
  if dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then return; fi
  die "the .NET SDK 10 is missing: https://dotnet.microsoft.com/download/dotnet/10.0, or run
     curl -sSL https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0 --install-dir /usr/share/dotnet
     and link /usr/share/dotnet/dotnet to /usr/local/bin/dotnet"
}

# Runs dotnet "$@", which restores packages, and says what it said when it fails; once more when a package source did.
dotnet_restoring() {
  local output try
  for try in 1 2 3 4; do
    output=$(dotnet "$@" -v quiet -nologo 2>&1) && return
    grep -qE 'NU1301|NU1302|NU1801|service index|Response status code|timed out|SSL connection' <<<"$output" || break
    [ "$try" = 4 ] || { warn "a package source failed: try $((try + 1)) follows"; sleep $((try * 5)); }
  done
  printf '%s\n' "$output" >&2
  return 1
}

# Publishes project $1 into folder $2, framework-dependent and compiled ahead so that it starts quickly. $3 is its
# configuration (Release); the rest goes to dotnet. The symbols of a native program that lay there go with it.
publish() {
  rm -rf "$2" "$2.symbols"
  dotnet_restoring publish "$ROOT/$1" -c "${3:-Release}" -r linux-x64 -p:SelfContained=false -p:PublishReadyToRun=true \
    -o "$2" "${@:4}" || die "$1 was not published"
}

# Publishes project $1 into folder $2 as one native file, its symbols into $2.symbols; further arguments as above. Any trim
# or AOT warning fails it. Where nothing has changed since the last time, nothing is compiled.
publish_native() {
  rm -rf "$2" "$2.symbols"
  dotnet_restoring publish "$ROOT/$1" -c "${3:-Release}" -r linux-x64 -p:PublishAot=true \
    -o "$2" "${@:4}" || die "$1 was not published"
  mkdir "$2.symbols"
  mv "$2"/*.dbg "$2.symbols"
}
