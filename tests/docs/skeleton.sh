#!/usr/bin/env bash
# scripts/skeleton in a copy of the tree: what it writes compiles, and is registered where it is looked for.
# skeleton.sh SOURCE COMPILER
set -euo pipefail
source=$1
compiler=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$source" && tar cf - scripts engine models tests/statistics tests/models tests/reference) | tar xf - -C "$folder"
cd "$folder"
before=$(cat models/analysis/methods.cpp models/design/registry.cpp models/disease/registry.cpp | wc -l)

scripts/skeleton statistic odd_mean >/dev/null
scripts/skeleton design odd_looks >/dev/null
scripts/skeleton disease odd_course >/dev/null
grep -q '^      {"odd_mean", "odd mean", read_odd_mean, ' models/analysis/methods.cpp
grep -q '^      {"odd_looks", "odd looks", read_odd_looks},$' models/design/registry.cpp
grep -q '^    {"odd_course", "odd course", read_odd_course},$' models/disease/registry.cpp
after=$(cat models/analysis/methods.cpp models/design/registry.cpp models/disease/registry.cpp | wc -l)
((after == before + 4)) || { echo "$((after - before)) lines were added to the registries, not 3 and an include"; exit 1; }

# A name that is taken, and one that is none, are refused and change nothing.
for wrong in "statistic odd_mean" "design simon" "disease survival" "statistic OddMean" "method odd"; do
  # shellcheck disable=SC2086
  if scripts/skeleton $wrong >/dev/null 2>&1; then echo "accepted: $wrong"; exit 1; fi
done
((after == $(cat models/analysis/methods.cpp models/design/registry.cpp models/disease/registry.cpp | wc -l)))

for file in engine/statistics/odd_mean.cpp models/analysis/methods/odd_mean_method.cpp models/analysis/methods.cpp \
  models/design/odd_looks.cpp models/design/registry.cpp models/disease/odd_course/model.cpp \
  models/disease/registry.cpp tests/statistics/odd_mean_test.cpp tests/models/design/odd_looks_test.cpp \
  tests/models/disease/disease_odd_course_test.cpp; do
  "$compiler" -std=c++20 -march=x86-64-v3 -Wall -Wextra -Wshadow -Wno-missing-field-initializers -Wno-psabi -Werror \
    -fsyntax-only -I . "$file" || { echo "does not compile: $file"; exit 1; }
done
