# Debian packages: one apt-get call for whatever is missing. Every program and file outside the repository that a script
# or a test uses stands here, or belongs to Debian's required packages.
# shellcheck shell=bash

MISSING=()

# Notes a package that is missing, once.
miss() { case " ${MISSING[*]-} " in *" $1 "*) ;; *) MISSING+=("$1") ;; esac; }

PACKAGES_LOCK=/run/lock/wunderproxy-packages
APT_LOG=${APT_LOG:-$RUN_DIR/apt.log}

# Packages with servers, or with the unit files of others, among all that may come with what is installed here.
SERVER_PACKAGES=(
  docker.io containerd docker-registry nginx-common prometheus haproxy keepalived ceph-base ceph-mon ceph-osd radosgw smartmontools
  swift-proxy swift-account swift-container swift-object
)

# Notes package $2 when command $1 is not there. Commands are asked, not packages: another origin will do.
need() {
  PATH=$PATH:/usr/sbin:/sbin type -P "$1" >/dev/null || miss "$2"
}

need_file() { [ -e "$1" ] || miss "$2"; }

need_library() { PATH=$PATH:/sbin ldconfig -p | grep -q "^[[:space:]]*$1 " || miss "$2"; }

# A program that runs in an image with nothing else in it; Debian's package busybox has one of the same name that does not.
need_static() {
  if [ ! -x "$1" ] || ldd "$1" >/dev/null 2>&1; then miss "$2"; fi
}

# Notes what is missing for each of the uses that the arguments name.
collect_missing() {
  local use
  MISSING=()
  for use in "$@"; do
    case $use in
      # What the SDK needs to restore and build.
      sdk) need_file /etc/ssl/certs/ca-certificates.crt ca-certificates; need_library libssl.so.3 libssl3 ;;
      engine) need curl curl; need ip iproute2; need iptables iptables; need dockerd docker.io; need containerd containerd
        need_file /etc/ssl/certs/ca-certificates.crt ca-certificates; need_library libssl.so.3 libssl3 ;;
      stores) need docker-registry docker-registry; need openssl openssl
        need ceph ceph-common; need ceph-authtool ceph-common; need monmaptool ceph-base
        need ceph-mon ceph-mon; need ceph-osd ceph-osd; need radosgw radosgw; need radosgw-admin ceph-common
        # What most test containers run.
        need_static /bin/busybox busybox-static ;;
      swift) need swift-proxy-server swift-proxy; need swift-account-server swift-account
        need swift-container-server swift-container; need swift-object-server swift-object
        need swift-ring-builder swift ;;
      clients) need wget wget; need wrk wrk; need git git; need dpkg-deb dpkg; need setpriv util-linux
        need prlimit util-linux
        need chromium chromium; need chromedriver chromium-driver ;;
      chromium) need chromium chromium ;;
      # What links the native program. Microsoft's list has zlib1g-dev too, which is not needed: libz.a comes with the runtime's
      # NuGet package, microsoft.netcore.app.runtime.nativeaot.linux-x64, which a publish restores.
      native) need gcc gcc; need ld binutils; need objcopy binutils; need_file /usr/include/stdio.h libc6-dev ;;
      rivals) need nginx nginx-light; need haproxy haproxy; need keepalived keepalived; need genhash keepalived; need wrk wrk ;;
      # The comparison of benchmarks/; its --profile also takes strace and perf, where they are.
      compare) need nginx nginx-light; need haproxy haproxy; need gcc gcc; need_file /usr/include/stdio.h libc6-dev
        need openssl openssl; need_file /usr/include/openssl/ssl.h libssl-dev; need make make; need python3 python3
        need ip iproute2; need taskset util-linux ;;
      soak) need curl curl; need openssl openssl ;;
      # The benchmark of deploys; its containers run this machine's busybox.
      deploy) need python3 python3; need_static /bin/busybox busybox-static ;;
      # certutil makes the browser of a test trust the server.
      acme) need pebble pebble; need pebble-challtestsrv pebble; need certutil libnss3-tools; need chromium chromium; need openssl openssl ;;
      prometheus) need prometheus prometheus; need promtool prometheus ;;
      testssl) need testssl testssl.sh; need openssl openssl ;;
      bare) need debootstrap debootstrap; need git git; need unshare util-linux; need pivot_root util-linux ;;
      *) die "nobody knows what $use needs" ;;
    esac
  done
}

installed_servers() {
  # It fails for names that it does not know.
  { dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "${SERVER_PACKAGES[@]}" 2>/dev/null || true; } |
    sed -n 's/^ii *//p' | sort
}

# Installs what is missing for the uses that the arguments name: sdk, native, engine, stores, swift, clients, chromium, rivals,
# compare, soak, deploy, acme, prometheus, testssl, bare.
install_packages() {
  collect_missing "$@"
  if [ ${#MISSING[@]} = 0 ]; then return; fi
  [ "$(id -u)" = 0 ] || die "missing: ${MISSING[*]}; install them, or run this as root"
  command -v apt-get >/dev/null || die "missing: ${MISSING[*]} (this script can install them on Debian only)"
  # Others may install at the same time: one after the other, or the first one's policy below would end too early.
  (
    flock -w 1800 8 || die "others have been installing packages for half an hour ($PACKAGES_LOCK)"
    collect_missing "$@"
    [ ${#MISSING[@]} = 0 ] || install_missing 8>&-
  ) 8>"$PACKAGES_LOCK" || exit 1
  collect_missing "$@"
  [ ${#MISSING[@]} = 0 ] || die "installed, and yet something is missing that these packages should have: ${MISSING[*]}"
}

install_missing() {
  say "installing ${MISSING[*]} (to test with and against; none is started now or at boot)"
  # Debian starts a server at its installation unless this policy forbids it: the tests run their own, elsewhere.
  local policy=/usr/sbin/policy-rc.d servers
  if [ ! -e $policy ]; then
    trap "rm -f $policy" EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
  fi
  servers=$(installed_servers)
  mkdir -p "$(dirname "$APT_LOG")"
  : >"$APT_LOG"
  retry 6 "apt-get" apt_install "${MISSING[@]}" || { tail -n 20 "$APT_LOG" >&2; die "apt-get failed; its output is in $APT_LOG"; }
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

# One try. What a killed installation left is put in order first; a source that fails does not matter when others have all
# that is wanted.
apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  local options=(-qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  {
    dpkg --configure -a
    apt-get "${options[@]}" update
    apt-get "${options[@]}" install -y --no-install-recommends "$@"
  } >>"$APT_LOG" 2>&1
}
