#!/bin/bash
# Enters the root $1 for good, with the SDK of folder $2 mounted in, and the package cache $3 if there is one; then runs the
# rest. The first process of namespaces for mounts and processes. Under a mere chroot the engine's exec into a container
# would find no files: it resolves them from the root of the mount namespace.
set -euo pipefail
root=$1 sdk=$2 cache=$3
shift 3
mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mkdir -m 1777 run/lock
mount --bind "$sdk" usr/share/dotnet
mount -o remount,bind,ro usr/share/dotnet
[ -z "$cache" ] || mount --bind "$cache" var/cache/apt/archives
hostname bare
mkdir old
pivot_root . old
cd /
umount -l /old
rmdir /old
exec "$@"
