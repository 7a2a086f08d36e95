# Images without pulling anything: two bases are put together from this machine's own libraries and .NET runtime, as small
# as those that one would pull.
# shellcheck shell=bash

# For the native program, and for programs that need the runtime.
DEPS_IMAGE=wunderproxy-base/runtime-deps:10.0
BASE_IMAGE=wunderproxy-base/aspnet:10.0

engine_api() {
  local method=$1 path=$2
  shift 2
  curl -sS --unix-socket "${WUNDERPROXY_TEST_DOCKER_HOST#unix://}" -X "$method" "$@" "http://engine/$path"
}

url_encode() {
  local i char out=
  for ((i = 0; i < ${#1}; i++)); do
    char=${1:i:1}
    case $char in [a-zA-Z0-9._~/:-]) out+=$char ;; *) out+=$(printf '%%%02X' "'$char") ;; esac
  done
  printf '%s' "$out"
}

image_exists() { engine_api GET "images/$1/json" -o /dev/null -f 2>/dev/null; }

# Fails with the engine's message when the stream of progress lines in $2 holds an error, or is a refusal; $1 says what was
# done.
check_progress() {
  if [ -s "$2" ] && ! grep -q '"error"\|^{"message"' "$2"; then return; fi
  warn "$1 failed"
  grep '"error"\|^{"message"' "$2" >&2 || echo "the engine said nothing" >&2
  return 1
}

base_images() {
  image_exists "$DEPS_IMAGE" || base_image "$DEPS_IMAGE"
  image_exists "$BASE_IMAGE" || base_image "$BASE_IMAGE" base_runtime DOTNET_ROOT=/usr/share/dotnet
}

# Makes image $1: the C library, OpenSSL, certificates, two users, /tmp. No shell: nothing to run but the program that
# comes. $2 adds to the folder in $work, $3 to the environment.
base_image() {
  say "making the base image $1 from this machine's own libraries"
  local work=$RUN_DIR/base
  rm -rf "$work"
  mkdir -p "$work"/{app,tmp,etc/ssl/certs,lib64}
  chmod 1777 "$work/tmp"
  copy_libraries libc libm libdl libpthread librt libssl libcrypto libresolv libnss_dns libnss_files
  cp -L /lib64/ld-linux-x86-64.so.2 "$work/lib64/" 2>/dev/null || cp -L /lib/ld-linux-aarch64.so.1 "$work/lib/"
  cp -L /etc/ssl/certs/ca-certificates.crt "$work/etc/ssl/certs/"
  printf 'root:x:0:0:root:/root:/\napp:x:1654:1654:app:/app:/\n' >"$work/etc/passwd"
  printf 'root:x:0:\napp:x:1654:\n' >"$work/etc/group"
  echo 'hosts: files dns' >"$work/etc/nsswitch.conf"
  ${2:-true}
  tar -C "$work" -c . | engine_api POST "images/create?fromSrc=-&repo=${1%:*}&tag=${1#*:}&changes=$(base_changes "${3:-}")" \
    -H 'Content-Type: application/x-tar' --data-binary @- -H 'Expect:' >"$RUN_DIR/base.out"
  rm -rf "$work"
  check_progress "the import of the base image" "$RUN_DIR/base.out"
}

# Copies the libraries of these names into the folder in $work.
copy_libraries() {
  local library path
  for library in "$@"; do
    for path in $(ldconfig -p | awk -v name="$library.so" 'index($1, name) == 1 && /x86-64|AArch64/ { print $NF }'); do
      mkdir -p "$work$(dirname "$path")"
      cp -L "$path" "$work$path"
    done
  done
}

# Adds the .NET runtime and the libraries that it loads beyond those of a native program.
base_runtime() {
  local dotnet library
  copy_libraries libgcc_s libstdc++ libz
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  mkdir -p "$work"/usr/{bin,share/dotnet/shared}
  cp -a "$dotnet/dotnet" "$dotnet/host" "$work/usr/share/dotnet/"
  for library in Microsoft.NETCore.App Microsoft.AspNetCore.App; do newest_runtime "$dotnet/shared/$library" "$work/usr/share/dotnet/shared"; done
  ln -s /usr/share/dotnet/dotnet "$work/usr/bin/dotnet"
}

# Prints what the import adds to the image; $1 is a NAME=VALUE of its environment, or empty.
base_changes() {
  local change
  for change in "ENV PATH=/usr/bin DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_EnableDiagnostics=0${1:+ $1}" 'WORKDIR /app'; do
    printf '%s&changes=' "$(url_encode "$change")"
  done
}

# Copies the newest 10.x of the shared framework in folder $1 to folder $2.
newest_runtime() {
  local version
  version=$(find "$1" -mindepth 1 -maxdepth 1 -name '10.*' -printf '%f\n' | sort -V | tail -n 1)
  [ -n "$version" ] || die "no .NET 10 runtime in $1"
  mkdir -p "$2/${1##*/}"
  cp -a "$1/$version" "$2/${1##*/}/"
}

# Builds the folder $1 (with a Dockerfile) as image $2; further arguments are build arguments NAME=VALUE.
build_image() {
  local folder=$1 image=$2 pair arguments=''
  shift 2
  for pair in "$@"; do arguments+=",\"${pair%%=*}\":\"${pair#*=}\""; done
  arguments=${arguments#,}
  tar -C "$folder" -c . | engine_api POST "build?t=$(url_encode "$image")&buildargs=$(url_encode "{$arguments}")" \
    -H 'Content-Type: application/x-tar' -H 'Expect:' --data-binary @- >"$RUN_DIR/build.out"
  check_progress "the build of $image" "$RUN_DIR/build.out"
}

# Pushes image $1, which names a registry; that it allows everyone is said by the empty login.
push_image() { retry 4 "the push of $1" push_once "$1"; }
push_once() {
  engine_api POST "images/${1%:*}/push?tag=${1##*:}" -H 'X-Registry-Auth: e30=' >"$RUN_DIR/push.out" &&
    check_progress "the push of $1" "$RUN_DIR/push.out"
}
