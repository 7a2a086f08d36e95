#!/bin/bash
# How much of the two planes their unit tests reach, without the integration tests: lines and branches of each folder.
# Exit 1 when a room of the data plane that reads or carries untrusted bytes, Http1 or Exchanges, or the control plane
# as a whole is below its bound.
#
#   eng/coverage.sh [--missing] [Forwarding] [Deployments]
#
# --missing names every line that is not covered, or only in part, of all that has a bound. One plane may be named alone.
# The full reports, Cobertura, lie in artifacts/coverage.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What must be reached: a room with the folders in it, or `*` for the whole plane, then per cent of lines and of branches.
declare -A BOUNDS=(
  [Forwarding]='Http1 95 95 Exchanges 95 95'
  [Deployments]='* 90 85'
)
# Tests about allocation go a hundred thousand times where others have been.
declare -A FILTERS=([Forwarding]='FullyQualifiedName!~AllocationTests' [Deployments]='')

missing=0 planes=()
while [ $# -gt 0 ]; do
  case $1 in
    --missing) missing=1 ;;
    Forwarding | Deployments) planes+=("$1") ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) die "unknown option $1" ;;
  esac
  shift
done
[ ${#planes[@]} -gt 0 ] || planes=(Forwarding Deployments)

cd "$ROOT"
RESULTS=$ROOT/artifacts/coverage
rm -rf "$RESULTS"
mkdir -p "$RESULTS"

# Runs the tests of plane $1 and tells how far they reach; fails below a bound.
measure() {
  local plane=$1 results=$RESULTS/$1 code=0 report
  mkdir -p "$results"
  say "tests of WunderProxy.$plane, counted"
  dotnet test "tests/WunderProxy.$plane.Tests" --filter "${FILTERS[$plane]}" \
    --settings eng/coverage.runsettings --collect 'XPlat Code Coverage' --results-directory "$results" \
    >"$results/tests.log" 2>&1 </dev/null || code=$?
  [ $code = 0 ] || { cat "$results/tests.log"; die "the tests failed"; }
  report=$(find "$results" -name coverage.cobertura.xml | head -n 1)
  [ -n "$report" ] || die "there is no report"
  judge "$plane" <"$report"
}

# Reads a report. A method that awaits, or has lambdas, is several classes of it: its lines are counted once, its branches
# added up.
judge() {
  awk -v plane="WunderProxy.$1" -v bounds="${BOUNDS[$1]}" -v missing="$missing" '
    function attribute(name,    rest) {
      if (!match($0, " " name "=\"[^\"]*\"")) return ""
      rest = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
      return rest
    }
    function percent(part, whole) { return whole ? 100 * part / whole : 100 }
    function room_of(folder) { sub(/\/.*/, "", folder); return folder }
    function is_bound(folder) { return ("*" in line_bound) || (room_of(folder) in line_bound) }
    function add(name, key) {
      lines[name]++
      lines_hit[name] += hits[key]
      branches_of[name] += branches[key]
      branches_taken[name] += taken[key]
    }
    function show(name, what, verdict) {
      return sprintf("%-28s %5d/%5d %4.1f%%  %5d/%5d %4.1f%%  %s", what, lines_hit[name], lines[name],
        percent(lines_hit[name], lines[name]), branches_taken[name], branches_of[name],
        percent(branches_taken[name], branches_of[name]), verdict)
    }
    BEGIN {
      count = split(bounds, part, " ")
      for (i = 1; i <= count; i += 3) { line_bound[part[i]] = part[i + 1]; branch_bound[part[i]] = part[i + 2] }
    }
    /<package / { is_ours = attribute("name") == plane }
    /<class / { file = attribute("filename"); sub(".*" plane "/", "", file) }
    /<methods>/ { in_methods = 1 }
    /<\/methods>/ { in_methods = 0 }
    /<line / && is_ours && !in_methods && file !~ /\.g\.cs$/ {
      key = file SUBSEP attribute("number")
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
        folder = part[1] ~ /\// ? part[1] : "."
        sub(/\/[^\/]*$/, "", folder)
        folders[folder]
        add("in " folder, key)
        add("room " room_of(folder), key)
        add("room *", key)
        if (missing && is_bound(folder) && (!hits[key] || taken[key] < branches[key]))
          printf "%s:%05d  %s\n", part[1], part[2],
            hits[key] ? taken[key] " of " branches[key] " branches" : "not covered" | "sort"
      }
      close("sort")
      printf "%-28s %16s  %16s\n", plane, "lines", "branches"
      for (folder in folders) print show("in " folder, folder, "") | "sort"
      close("sort")
      for (room in line_bound) {
        name = "room " room
        low = !lines[name] || percent(lines_hit[name], lines[name]) < line_bound[room] ||
          percent(branches_taken[name], branches_of[name]) < branch_bound[room]
        failed += low
        print show(name, room == "*" ? "all of it" : "all of " room,
          (low ? "below " : "at least ") line_bound[room] " and " branch_bound[room]) | "sort"
      }
      close("sort")
      exit failed > 0
    }'
}

failed=0
for plane in "${planes[@]}"; do measure "$plane" || failed=1; done
exit $failed
