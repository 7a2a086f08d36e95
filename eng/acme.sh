#!/bin/bash
# Renews a certificate of 60 seconds twenty times under load, from a real ACME server: no request may fail, and no client
# may see an expired certificate. By hand: it takes some twelve minutes. The one check renews twice.
#
#   eng/acme.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in
  '') ;;
  -h | --help) sed -n '2,6s/^# \{0,1\}//p' "$0"; exit 0 ;;
  *) die "unknown argument $1" ;;
esac

check_sdk
. "$ROOT/eng/parts/packages.sh"
install_packages acme
cd "$ROOT"
project=WunderProxy.IntegrationTests
dotnet build "tests/$project" -v quiet -nologo -clp:NoSummary -p:RunAnalyzers=false
WUNDERPROXY_TEST_ACME=full dotnet test "artifacts/bin/$project/debug/$project.dll" \
  --filter FullyQualifiedName~CertificateRenewalTests --logger "console;verbosity=normal"
