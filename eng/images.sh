#!/bin/bash
# Builds the sample application as images localhost:REGISTRY_PORT/APP:REVISION in the test engine, without pulling anything.
#
#   eng/images.sh [--app NAME] [--push] [--wunderproxy] [REVISION…]      (sample, r1 r2)
#
# --push also pushes them to the test registry; --wunderproxy builds wunderproxy:test from the Dockerfile in the root too,
# native or, with WUNDERPROXY_TEST_BUILD=portable, on a .NET runtime.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

app=sample push='' wunderproxy='' revisions=()
while [ $# -gt 0 ]; do
  case $1 in
    --app) app=$2; shift 2 ;;
    --push) push=1; shift ;;
    --wunderproxy) wunderproxy=1; shift ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) die "unknown option $1" ;;
    *) revisions+=("$1"); shift ;;
  esac
done
[ ${#revisions[@]} -gt 0 ] || revisions=(r1 r2)

check_sdk
load_env
. "$ROOT/eng/parts/images.sh"
. "$ROOT/eng/parts/native.sh"

# Checkouts that share the engine take turns; compilers that stay must not inherit the lock.
exec 9>"$RUN_DIR/.images"
flock 9
base_images
images=$RUN_DIR/images
mkdir -p "$images"
rebuild=''
if [ ! -f "$images/sample/publish/sample.dll" ] ||
  [ -n "$(find "$ROOT/samples" -type f -newer "$images/sample/publish/sample.dll" -print -quit)" ]; then
  say "publishing the sample application"
  rebuild=1
  publish samples/WunderProxy.Sample "$images/sample/publish" 9>&-
fi
cp "$ROOT/samples/WunderProxy.Sample/Dockerfile" "$images/sample/"
for revision in "${revisions[@]}"; do
  image=localhost:${WUNDERPROXY_TEST_REGISTRY_PORT:-8080}/$app:$revision
  { [ -z "$rebuild" ] && image_exists "$image"; } || build_image "$images/sample" "$image" "REVISION=$revision" "RUNTIME_BASE=$BASE_IMAGE"
  [ -z "$push" ] || push_image "$image"
  say "image $image"
done
if [ -n "$wunderproxy" ]; then
  build=$(tested_build)
  base=$DEPS_IMAGE options=()
  [ "$build" = native ] || { base=$BASE_IMAGE; options=(--portable); }
  rm -rf "$images/wunderproxy"
  mkdir "$images/wunderproxy"
  "$ROOT/eng/publish.sh" ${options[@]+"${options[@]}"} "$images/wunderproxy/publish" 9>&-
  rm -rf "$images/wunderproxy/publish.symbols"
  cp "$ROOT/Dockerfile" "$images/wunderproxy/"
  build_image "$images/wunderproxy" wunderproxy:test PUB=publish "RUNTIME_BASE=$base"
  say "image wunderproxy:test"
fi
