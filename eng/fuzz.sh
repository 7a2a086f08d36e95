#!/bin/sh
# Fuzzes the parsers: eng/fuzz.sh [--target parsers] [--count N] [--seed N]. Exit 1 and the input on a broken invariant.
set -eu
cd "$(dirname "$0")/.."
exec dotnet run -c Release --project tests/WunderProxy.Fuzz -- "$@"
