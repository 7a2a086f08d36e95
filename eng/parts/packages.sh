# Debian packages: one apt-get call for whatever is missing.
# shellcheck shell=bash

MISSING=()

# Packages with servers, or with the unit files of others, among all that may come with what is installed here.
SERVER_PACKAGES=(
  docker.io containerd docker-registry nginx-common haproxy ceph-base ceph-mon ceph-osd radosgw smartmontools
  swift-proxy swift-account swift-container swift-object
)

# Notes package $2 when command $1 is not there. Commands are asked, not packages: another origin will do.
need() {
  PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null || MISSING+=("$2")
}

collect_missing() {
  need curl curl
  need ip iproute2
  need iptables iptables
  need dockerd docker.io
  need containerd containerd
  [ -f /etc/ssl/certs/ca-certificates.crt ] || MISSING+=(ca-certificates)
  local option
  for option in "$@"; do
    case $option in
      stores) need docker-registry docker-registry; need openssl openssl
        need ceph-mon ceph-mon; need ceph-osd ceph-osd; need radosgw radosgw; need ceph-authtool ceph-common ;;
      swift) need swift-proxy-server swift-proxy; need swift-account-server swift-account
        need swift-container-server swift-container; need swift-object-server swift-object ;;
      clients) need wget wget; need wrk wrk; need git git; need dpkg-deb dpkg
        need chromium chromium; need chromedriver chromium-driver ;;
      chromium) need chromium chromium ;;
      rivals) need nginx nginx-light; need haproxy haproxy; need wrk wrk ;;
    esac
  done
}

installed_servers() {
  # It fails for names that it does not know.
  { dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "${SERVER_PACKAGES[@]}" 2>/dev/null || true; } |
    sed -n 's/^ii *//p' | sort
}

# Installs what the engine needs and what the options name: stores, swift, clients, chromium, rivals.
install_packages() {
  collect_missing "$@"
  if [ ${#MISSING[@]} = 0 ]; then return; fi
  command -v apt-get >/dev/null || die "missing: ${MISSING[*]} (this script can install them on Debian only)"
  say "installing ${MISSING[*]} (to test with and against; none is started now or at boot)"
  # Debian starts a server at its installation unless this policy forbids it: the tests run their own, elsewhere.
  local policy=/usr/sbin/policy-rc.d own_policy=
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    own_policy=1
  fi
  local result=0 servers
  servers=$(installed_servers)
  apt_install "${MISSING[@]}" || result=$?
  [ -z "$own_policy" ] || rm -f $policy
  [ $result = 0 ] || die "apt-get failed; its output is in $RUN_DIR/apt.log"
  keep_from_boot "$servers"
}

# The policy above speaks of now; an enabled unit would still start at the next boot. Only units of packages that were
# installed here are disabled: $1 are the servers that were there before.
keep_from_boot() {
  command -v systemctl >/dev/null || return 0
  local package units=()
  for package in $(comm -13 <(echo "$1") <(installed_servers)); do
    mapfile -t -O ${#units[@]} units < <(dpkg-query -L "$package" |
      sed -n 's|^\(/usr\)*/lib/systemd/system/\([^/@]*\.[a-z]*\)$|\2|p')
  done
  [ ${#units[@]} = 0 ] || systemctl --quiet disable "${units[@]}" >/dev/null 2>&1 || true
}

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >"$RUN_DIR/apt.log" 2>&1 </dev/null
}
