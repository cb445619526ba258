#!/usr/bin/env bash
# Another Debian release, with its compiler and libraries, gives the numbers of this machine's program to 1e-12:
#   debian.sh SOURCE PROGRAM [SUITE [FOLDER]]
# The source is built in a minimal system of the suite (trixie) and its tables and selftest are kept in FOLDER. Needs root,
# mmdebstrap and the network. Exit codes: 0; 1 they differ; 77 skipped, without root or mmdebstrap.
set -euo pipefail
source=$(readlink -f "$1")
program=$(readlink -f "$2")
suite=${3:-trixie}
folder=$(readlink -m "${4:-$(mktemp -d)}")
[[ $(id -u) == 0 ]] && command -v mmdebstrap >/dev/null || { echo "skipped: no root, or no mmdebstrap"; exit 77; }
# shellcheck source=tests/builds/numbers.sh
. "$source/tests/builds/numbers.sh"
mkdir -p "$folder"

"$source/scripts/prove-bare" --worktree --suite "$suite" --base "$folder/$suite.tar" --keep "$folder/$suite" '
  scripts/install build
  cmake --preset release -DOLIGOSIM_CHARTS=OFF >log 2>&1 && cmake --build --preset release >>log 2>&1 || { tail -20 log; exit 1; }
  . tests/builds/numbers.sh
  mkdir kept
  c++ --version | head -n 1 | tee kept/compiler
  make_tables build/release/oligosim . kept/tables'
make_tables "$program" "$source" "$folder/here"
cd "$folder"
compare_tables here "$suite/tables"
