#!/usr/bin/env bash
# Whether two builds of the program give the same bytes: every shipped study, summary.csv and estimates.csv.
#   bench/parity.sh BEFORE AFTER [REPLICATES]
set -euo pipefail
before=$(realpath "$1")
after=$(realpath "$2")
replicates=${3:-60}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

status=0
for study in configs/studies/*.yaml bench/studies/*.yaml; do
  name=$(basename "$study" .yaml)
  for side in before after; do
    "${!side}" run "$study" --replicates "$replicates" --keep-estimates --out "$work/$side/$name" >/dev/null 2>&1
  done
  for file in summary.csv estimates.csv; do
    lines=$(wc -l <"$work/before/$name/$file")
    if cmp -s "$work/before/$name/$file" "$work/after/$name/$file"; then
      echo "same     $name/$file ($lines lines)"
    else
      echo "DIFFERS  $name/$file"
      status=1
    fi
  done
done
exit $status
