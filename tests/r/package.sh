#!/usr/bin/env bash
# The R package of scripts/r: R CMD check, with its own tests on this program. package.sh PROGRAM SOURCE. Exit code 77
# (skipped) where there is no R.
set -euo pipefail
if ! command -v R >/dev/null; then
  echo "skipped: no R"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export OLIGOSIM=$1
export LC_ALL=C.UTF-8  # R CMD check warns where it must try a locale of its own
source=$2
cd "$folder"
export R_DEFAULT_INTERNET_TIMEOUT=5  # seconds, in which a machine without network gives up asking for rsimsum
R CMD build "$source" >build.log 2>&1 || { cat build.log; exit 1; }
_R_CHECK_FORCE_SUGGESTS_=false R CMD check --no-manual oligosim_*.tar.gz >check.log 2>&1 || status=$?
cat check.log
if [[ ${status:-0} != 0 ]] || ! grep -qE '^Status: (OK|[0-9]+ NOTEs?)$' check.log; then
  cat oligosim.Rcheck/tests/*.fail oligosim.Rcheck/*.log 2>/dev/null
  exit 1
fi
