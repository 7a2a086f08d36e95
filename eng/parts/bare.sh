# A fresh Debian in a folder, and a run in it as on a machine of its own.
# shellcheck shell=bash

# What apt, NuGet and git need to get out of this network.
PASSED_ON='^([a-zA-Z]+_proxy|[A-Z]+_PROXY|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|GIT_SSL_CAINFO|(NUGET|NuGet|VSS_NUGET)[A-Za-z0-9_]*)='

# Prints SITE, RELEASE, COMPONENT and keyring of every source of packages that apt has for the suite here.
bare_sources() {
  apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT) $(SIGNED_BY)' 'Created-By: Packages' |
    awk -v suite="$suite" '$2 == suite || index($2, suite "-") == 1 { sub(/\$\(SIGNED_BY\)/, ""); print }'
}

bare_make() {
  local root=$BARE/root mirror
  mirror=$(bare_sources | awk -v suite="$suite" '$2 == suite { print $1; exit }')
  [ -n "$mirror" ] || die "apt has no source of $suite here: /etc/apt/sources.list must name one"
  bare_disk
  say "making a root of $suite from $mirror"
  [ -z "$cache" ] || mkdir -p "$cache"
  retry 3 debootstrap bare_debootstrap "$root" "$mirror" || { tail -n 20 "$BARE/debootstrap.log" >&2; die "no root was made"; }
  bare_apt "$root"
  bare_network "$root"
  bare_sdk "$root"
  git clone --quiet --no-hardlinks "$ROOT" "$root/srv/wunderproxy"
}

bare_disk() {
  case $(stat -f -c %T "$BARE") in
    overlayfs | tmpfs | ramfs) warn "$BARE lies on an overlay or in memory, where a Docker engine works badly: set WUNDERPROXY_BARE_DIR" ;;
  esac
}

bare_debootstrap() {
  local proxy options=(--variant=minbase)
  [ -z "$cache" ] || options+=("--cache-dir=$cache")
  proxy=$(apt-config dump --format '%v' Acquire::http::Proxy)
  rm -rf --one-file-system "$1"
  http_proxy=${proxy:-${http_proxy:-}} debootstrap "${options[@]}" "$suite" "$1" "$2" >"$BARE/debootstrap.log" 2>&1
}

# The same mirrors, and how they are reached.
bare_apt() {
  local site release component keyring
  bare_sources | while read -r site release component keyring; do
    [ -z "$keyring" ] || install -D -m 644 "$keyring" "$1$keyring"
    echo "deb ${keyring:+[signed-by=$keyring] }$site $release $component"
  done >"$1/etc/apt/sources.list"
  apt-config dump | grep -iE '^Acquire::(https?|Check-|Force|Retries)' >"$1/etc/apt/apt.conf.d/90network" || true
  if [ -e /etc/apt/auth.conf ]; then cp -p /etc/apt/auth.conf "$1/etc/apt/"; fi
  if [ -d /etc/apt/auth.conf.d ]; then cp -Rp /etc/apt/auth.conf.d "$1/etc/apt/"; fi
  [ -z "$cache" ] || echo 'APT::Keep-Downloaded-Packages "true";' >"$1/etc/apt/apt.conf.d/91cache"
}

bare_network() {
  local file
  cp -L /etc/resolv.conf /etc/hosts "$1/etc/"
  # Authorities of one's own, which the package ca-certificates takes up when it is installed.
  if [ -d /usr/local/share/ca-certificates ]; then
    mkdir -p "$1/usr/local/share/ca-certificates"
    cp -RL /usr/local/share/ca-certificates/. "$1/usr/local/share/ca-certificates/"
  fi
  for file in .nuget/NuGet/NuGet.Config .config/NuGet/NuGet.Config; do
    [ ! -f "$HOME/$file" ] || install -D -m 600 "$HOME/$file" "$1/root/$file"
  done
  if [ -d /etc/opt/NuGet ]; then mkdir -p "$1/etc/opt" && cp -R /etc/opt/NuGet "$1/etc/opt/"; fi
}

# Where the SDK lies here, for bare_run.
bare_sdk() {
  sdk=$(dirname "$(readlink -f "$(type -P dotnet)")")
  mkdir -p "$1/usr/share/dotnet"
  ln -s /usr/share/dotnet/dotnet "$1/usr/local/bin/dotnet"
}

bare_list_packages() { dpkg-query --admindir="$BARE/root/var/lib/dpkg" -W; }

# Runs demo and check in namespaces of their own: for mounts and processes, not for the network, nor for control groups.
# SIGKILL to the first process there, or our end, is the end of all others.
bare_run() {
  local variables=() pair
  while IFS= read -r -d '' pair; do variables+=("$pair"); done < <(env -0 | grep -zE "$PASSED_ON")
  setsid setpriv --pdeathsig KILL unshare --mount --ipc --uts --pid --fork --kill-child=KILL \
    "$ROOT/eng/parts/bare/enter.sh" "$BARE/root" "$sdk" "$cache" \
    /usr/bin/env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb \
    ${variables[@]+"${variables[@]}"} /srv/wunderproxy/eng/parts/bare/inside.sh "$demo" "$check" ${options[@]+"${options[@]}"} &
  room=$!
  wait "$room" || return 1
}

# Ends what runs in the root, in order if it obeys, and removes what outlives it: bridges and control groups of an engine
# that was killed.
bare_end() {
  local first file id
  if [ -n "$room" ] && kill -0 "$room" 2>/dev/null; then
    say "ending what runs in the root"
    # The list has no line end, which `read` would take for a failure.
    first=$(cat "/proc/$room/task/$room/children") || true
    [ -z "$first" ] || kill -TERM $first || true
    trap 'kill -KILL "$room"' INT TERM HUP
    wait_until 600 "the end of what runs in the root" bare_is_over || kill -KILL "$room" || true
    wait "$room" || true
  fi
  for file in "$BARE"/root/tmp/*/engine/network; do
    [ ! -f "$file" ] || (RUN_DIR=${file%/engine/network}; . "$ROOT/eng/parts/engine.sh"; engine_remove_network)
  done
  for file in "$BARE"/root/tmp/*/engine/data/containers/*; do
    id=${file##*/}
    for file in /sys/fs/cgroup/docker/"$id" /sys/fs/cgroup/*/docker/"$id"; do
      [ ! -d "$file" ] || rmdir "$file" || true
    done
  done
}

bare_is_over() { ! kill -0 "$room" 2>/dev/null; }
