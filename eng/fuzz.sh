#!/bin/sh
# Fuzzes: eng/fuzz.sh [--target parsers|proxy] [--count N] [--seed N] [--transport epoll|sockets]
#             [--tls openssl|runtime] [--first N]
# "proxy" sends its inputs through the built program, from hostile clients to a hostile application. Exit 1 and the input,
# with the command that runs it again, on a broken invariant.
set -eu
cd "$(dirname "$0")/.."
exec dotnet run -c Release --project tests/WunderProxy.Fuzz -- "$@"
