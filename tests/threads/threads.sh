#!/usr/bin/env bash
# No data race: the program and oneTBB built with the thread sanitizer run studies on four threads.
#   threads.sh SOURCE ONETBB [FOLDER]
# ONETBB: the source of oneTBB (apt-get source onetbb). The builds are kept in FOLDER. Exit codes: 0; 1 a race.
set -euo pipefail
source=$(readlink -f "$1")
onetbb=$(readlink -f "$2")
folder=$(readlink -m "${3:-$(mktemp -d)}")
mkdir -p "$folder"

logged() {  # LOG COMMAND...
  local log=$1
  shift
  "$@" >"$log" 2>&1 || { tail -20 "$log"; exit 1; }
}

if [[ ! -e $folder/tbb/lib/libtbb.so ]]; then
  logged "$folder/tbb.log" cmake -S "$onetbb" -B "$folder/tbb-build" -G Ninja -DTBB_TEST=OFF -DTBB_STRICT=OFF \
    -DTBB_SANITIZE=thread -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_INSTALL_PREFIX="$folder/tbb" -DCMAKE_INSTALL_LIBDIR=lib
  logged "$folder/tbb.log" cmake --build "$folder/tbb-build" -j"${JOBS:-2}" --target install
fi
logged "$folder/program.log" cmake -S "$source" -B "$folder/program" -G Ninja -DCMAKE_PREFIX_PATH="$folder/tbb" -DCMAKE_BUILD_TYPE=None \
  -DCMAKE_CXX_FLAGS="-O1 -g -fsanitize=thread" -DOLIGOSIM_TESTS=OFF -DOLIGOSIM_BENCH=OFF -DOLIGOSIM_CHARTS=OFF
logged "$folder/program.log" cmake --build "$folder/program" -j"${JOBS:-2}"
ldd "$folder/program/oligosim" | grep -q "$folder/tbb/lib/libtbb" || { echo "the program does not use the oneTBB built here"; exit 1; }

export TSAN_OPTIONS="halt_on_error=0 exitcode=66 log_path=$folder/race"
rm -rf "$folder"/race.* "$folder"/out-*
status=0
check() {  # NAME ARGUMENTS...
  local name=$1 code=0
  shift
  "$folder/program/oligosim" "$@" >"$folder/$name.out" 2>&1 || code=$?
  echo "$name: exit code $code"
  [[ $code == 0 ]] || status=1
}
check two_arms run "$source/configs/selftest/two_arms.yaml" --replicates 2000 --threads 4 --keep-estimates --out "$folder/out-two_arms"
check paper run "$source/configs/studies/paper_replication.yaml" --replicates 40 --threads 4 --out "$folder/out-paper"
check assurance run "$source/configs/studies/randomized_pfs.yaml" --replicates 200 --threads 4 --out "$folder/out-assurance"
check intervals run "$source/configs/studies/interval_coverage.yaml" --replicates 40 --threads 4 --out "$folder/out-intervals"
check analyze analyze "$source/configs/plans/song2025.yaml" --data "$source/tests/reference/data/song2025_like.csv" --out "$folder/out-analyze"
check size size "$source/configs/studies/examples/celestial.yaml" --threads 4 --out "$folder/out-size"
races=$(cat "$folder"/race.* 2>/dev/null | grep -c '^WARNING: ThreadSanitizer' || true)
echo "$races races"
[[ $races == 0 && $status == 0 ]]
