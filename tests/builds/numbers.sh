# The numbers of a build, and how two builds' are compared. Sourced, never run.
# shellcheck shell=bash

tables=(two_arms/summary.csv paper/summary.csv analyze/estimates.csv)

# make_tables PROGRAM SOURCE FOLDER: the tables above; prints the checks of the selftest that fail.
make_tables() {
  local program=$1 source=$2 folder=$3
  rm -rf "$folder"
  "$program" run "$source/configs/selftest/two_arms.yaml" --replicates 2000 --out "$folder/two_arms" >/dev/null
  "$program" run "$source/configs/studies/paper_replication.yaml" --replicates 100 --out "$folder/paper" >/dev/null
  "$program" analyze "$source/configs/plans/song2025.yaml" --data "$source/tests/reference/data/song2025_like.csv" \
    --out "$folder/analyze" >/dev/null 2>&1
  "$program" selftest --out "$folder/selftest" | grep -v "^passed" || true
}

# Largest difference, relative to the larger of 1 and the number, of two tables; other texts must be equal.
compare() {
  [ -s "$1" ] && [ -s "$2" ] || { echo "one of them is not there"; return 1; }
  paste -d '\n' "$1" "$2" | awk -F, '
    NR % 2 { n = split($0, first, ","); next }
    { if (split($0, second, ",") != n) { print "rows differ: " $0; bad = 1; exit }
      for (k = 1; k <= n; ++k) {
        if (first[k] == second[k]) continue
        if (first[k] !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ || second[k] !~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/) { print first[k] " against " second[k]; bad = 1; continue }
        d = first[k] - second[k]; d = d < 0 ? -d : d
        size = first[k] < 0 ? -first[k] : first[k]; size = size > 1 ? size : 1
        if (d / size > largest) largest = d / size
        if (d / size > 1e-12 && ++shown <= 5) print "  " $0 " against " first[k]
      } }
    END { printf "largest difference %.3g\n", largest; exit bad || largest > 1e-12 }'
}

# compare_tables FOLDER OTHER: fails where any differ by more than 1e-12.
compare_tables() {
  local table failed=0
  for table in "${tables[@]}"; do
    echo "$2 against $1, $table:"
    compare "$1/$table" "$2/$table" || failed=1
  done
  return $failed
}
