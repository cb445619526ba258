#!/usr/bin/env bash
# Builds without optimization, with it, and by clang give the same numbers to 1e-12: builds.sh SOURCE [FOLDER]
# The builds are kept in FOLDER. Exit codes: 0; 1 they differ; 77 skipped, without clang.
set -euo pipefail
source=$(readlink -f "$1")
folder=$(readlink -m "${2:-$(mktemp -d)}")
command -v clang++ >/dev/null || { echo "skipped: there is no clang++"; exit 77; }

build() {  # NAME COMPILER FLAGS
  cmake -S "$source" -B "$folder/$1" -G Ninja -DCMAKE_CXX_COMPILER="$2" -DCMAKE_BUILD_TYPE=None \
    -DCMAKE_CXX_FLAGS="$3" -DOLIGOSIM_TESTS=OFF -DOLIGOSIM_BENCH=OFF -DOLIGOSIM_CHARTS=OFF >"$folder/$1.log" 2>&1
  cmake --build "$folder/$1" -j"${JOBS:-2}" >>"$folder/$1.log" 2>&1 || { tail -20 "$folder/$1.log"; exit 1; }
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

mkdir -p "$folder"
build plain g++ -O0
build optimized g++ -O3
build clang clang++ -O3
status=0
for name in plain optimized clang; do
  rm -rf "$folder/out-$name"
  "$folder/$name/oligosim" run "$source/configs/selftest/two_arms.yaml" --replicates 2000 --out "$folder/out-$name/two_arms" >/dev/null
  "$folder/$name/oligosim" run "$source/configs/studies/paper_replication.yaml" --replicates 100 --out "$folder/out-$name/paper" >/dev/null
  "$folder/$name/oligosim" analyze "$source/configs/plans/song2025.yaml" --data "$source/tests/reference/data/song2025_like.csv" \
    --out "$folder/out-$name/analyze" >/dev/null 2>&1
  "$folder/$name/oligosim" selftest --out "$folder/out-$name/selftest" | grep -v "^passed" || true
done
for other in plain clang; do
  for table in two_arms/summary.csv paper/summary.csv analyze/estimates.csv; do
    echo "$other against optimized, $table:"
    compare "$folder/out-optimized/$table" "$folder/out-$other/$table" || status=1
  done
done
exit $status
