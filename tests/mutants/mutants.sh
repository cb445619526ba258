#!/usr/bin/env bash
# Does a test notice? Each line of mutants.txt changes one place of the source; the tests named there must then fail:
# mutants.sh SOURCE [FIRST [LAST]]. The source is copied, the copy built once, then again for each mutant.
# Exit codes: 0 all were noticed; 1 some were not.
set -uo pipefail
source=$(readlink -f "$1")
first=${2:-1}
last=${3:-1000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$source"/{app,bench,cmake,configs,engine,models,tests,CMakeLists.txt,CMakePresets.json} "$work"
cd "$work"
cmake --preset test -DOLIGOSIM_CHARTS=OFF >log 2>&1 || { tail log; exit 1; }

number=0 unnoticed=0 noticed=0
while IFS='|' read -r file old new target filter; do
  [[ -z $file || $file == "#"* ]] && continue
  number=$((number + 1))
  [[ $number -lt $first || $number -gt $last ]] && continue
  python3 - "$file" "$old" "$new" <<'PY' || { echo "$number: $file: the place is not there: $old"; unnoticed=$((unnoticed + 1)); continue; }
import sys
path, old, new = sys.argv[1:]
text = open(path).read()
if text.count(old) < 1: sys.exit(1)
open(path, "w").write(text.replace(old, new, 1))
PY
  if ! cmake --build --preset test -j"${JOBS:-2}" --target "$target" >log 2>&1; then
    verdict="does not compile"
    noticed=$((noticed + 1))
  elif timeout 600 "build/test/$target" --gtest_filter="$filter" >log 2>&1; then
    verdict="NOT NOTICED"
    unnoticed=$((unnoticed + 1))
  else
    verdict="noticed"
    noticed=$((noticed + 1))
  fi
  echo "$number: $file: $old -> $new: $verdict"
  cp "$source/$file" "$file"
done <"$source/tests/mutants/mutants.txt"
echo "$noticed noticed, $unnoticed not"
[[ $unnoticed == 0 ]]
