#!/bin/bash
# Takes the pictures of the page that docs/images has: light, dark and on a phone; from a real service under load, which is
# deployed to. By hand, about four minutes, after eng/setup.sh --with chromium.
#
#   eng/pictures.sh [FOLDER]                (docs/images)
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1-} in -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
folder=$(mkdir -p "${1:-$ROOT/docs/images}" && cd "${1:-$ROOT/docs/images}" && pwd)
check_sdk
cd "$ROOT"
project=WunderProxy.IntegrationTests
dotnet build "tests/$project" -v quiet -nologo -clp:NoSummary -p:RunAnalyzers=false
WUNDERPROXY_TEST_PICTURES=$folder dotnet test "artifacts/bin/$project/debug/$project.dll" \
  --filter "FullyQualifiedName~StatusPageTests.Page_is_live" --logger "console;verbosity=detailed"
ls -l "$folder"
