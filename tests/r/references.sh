#!/usr/bin/env bash
# The reference values under tests/reference, and what studies have of R, are what R gives today: runs each script of scripts/reference in a copy of
# the tree and compares. Exit code 77 (skipped) where R or one of its packages is missing.
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}"
source=$PWD

if ! command -v Rscript >/dev/null; then
  echo "skipped: there is no Rscript on this machine"
  exit 77
fi
for package in survival cmprsk rpact mvtnorm boot; do
  if ! Rscript -e "quit(status = !requireNamespace('$package', quietly = TRUE))" >/dev/null 2>&1; then
    echo "skipped: R has no package $package"
    exit 77
  fi
done

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/tests" "$copy/scripts" "$copy/configs"
cp -r "$source/tests/reference" "$copy/tests/"
cp -r "$source/scripts/reference" "$copy/scripts/"
cp -r "$source"/configs/{selftest,disease} "$copy/configs/"
cd "$copy"
for script in scripts/reference/*.R; do
  [[ $script == */csv.R || $script == */restricted.R || $script == */compare.R ]] && continue
  echo "$script"
  Rscript "$script" >/dev/null 2>"$copy/messages" || { cat "$copy/messages"; exit 1; }
done
Rscript scripts/reference/compare.R "$source/tests/reference" tests/reference
for folder in configs/selftest configs/disease; do
  Rscript scripts/reference/compare.R "$source/$folder" "$folder"
done
