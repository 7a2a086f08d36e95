#!/bin/bash
# Coverage of the rooms that read and carry untrusted bytes, by the tests of WunderProxy.Forwarding alone:
# lines and branches of each folder. Exit 1 below the bound in Http1/ or Exchanges/ and its folders.
#
#   eng/coverage.sh [--missing]      --missing names every line of these rooms that is not covered, or only in part
#
# The full report, Cobertura, lies in artifacts/coverage.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Per cent of lines, and of branches.
BOUND=95
BOUND_ROOMS='Http1 Exchanges Exchanges/Answers Exchanges/Bodies Exchanges/Clients'

missing=0
while [ $# -gt 0 ]; do
  case $1 in
    --missing) missing=1 ;;
    -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) die "unknown option $1" ;;
  esac
  shift
done

cd "$ROOT"
RESULTS=$ROOT/artifacts/coverage
rm -rf "$RESULTS"
mkdir -p "$RESULTS"
say "tests of WunderProxy.Forwarding, counted"
code=0
# Those about allocation go a hundred thousand times where others have been.
dotnet test tests/WunderProxy.Forwarding.Tests --filter 'FullyQualifiedName!~AllocationTests' \
  --settings eng/coverage.runsettings --collect 'XPlat Code Coverage' --results-directory "$RESULTS" \
  >"$RESULTS/tests.log" 2>&1 </dev/null || code=$?
[ $code = 0 ] || { cat "$RESULTS/tests.log"; die "the tests failed"; }
report=$(find "$RESULTS" -name coverage.cobertura.xml | head -n 1)
[ -n "$report" ] || die "there is no report"

# A method that awaits, or has lambdas, is several classes of the report: its lines are counted once, its branches added up.
awk -v bound="$BOUND" -v rooms="$BOUND_ROOMS" -v missing="$missing" '
  function attribute(name,    rest) {
    if (!match($0, " " name "=\"[^\"]*\"")) return ""
    rest = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
    return rest
  }
  function percent(part, whole) { return whole ? 100 * part / whole : 100 }
  /<class / { file = attribute("filename"); sub(/.*WunderProxy\.Forwarding\//, "", file) }
  /<methods>/ { in_methods = 1 }
  /<\/methods>/ { in_methods = 0 }
  /<line / && !in_methods && file !~ /\.g\.cs$/ {
    line = attribute("number")
    key = file SUBSEP line
    if (!(key in hits)) hits[key] = 0
    if (attribute("hits") > 0) hits[key] = 1
    condition = attribute("condition-coverage")
    if (match(condition, /[0-9]+\/[0-9]+/)) {
      split(substr(condition, RSTART, RLENGTH), parts, "/")
      taken[key] += parts[1]
      branches[key] += parts[2]
    }
  }
  END {
    for (key in hits) {
      split(key, part, SUBSEP)
      room = part[1] ~ /\// ? part[1] : "."
      sub(/\/[^\/]*$/, "", room)
      lines[room]++
      lines_hit[room] += hits[key]
      branches_of[room] += branches[key]
      branches_taken[room] += taken[key]
      if (missing && index(" " rooms " ", " " room " ") && (!hits[key] || taken[key] < branches[key]))
        printf "%s:%05d  %s\n", part[1], part[2],
          hits[key] ? taken[key] " of " branches[key] " branches" : "not covered" | "sort"
    }
    close("sort")
    printf "%-24s %15s  %15s\n", "folder", "lines", "branches"
    for (room in lines) {
      line_rate = percent(lines_hit[room], lines[room])
      branch_rate = percent(branches_taken[room], branches_of[room])
      verdict = ""
      if (index(" " rooms " ", " " room " ")) {
        seen++
        low = line_rate < bound || branch_rate < bound
        failed += low
        verdict = low ? "below " bound : "at least " bound
      }
      printf "%-24s %5d/%5d %4.1f%%  %5d/%5d %4.1f%%  %s\n", room, lines_hit[room], lines[room], line_rate,
        branches_taken[room], branches_of[room], branch_rate, verdict | "sort"
    }
    close("sort")
    exit failed > 0 || seen != split(rooms, unused, " ")
  }' "$report"
