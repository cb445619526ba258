# What quickstart, test, install and prove-bare share. Sourced from the repository's root, never run.
# shellcheck shell=bash

# One locale, so that messages and sort orders are the same everywhere.
export LC_ALL=C

start_log() {
  log=$1
  mkdir -p "$(dirname "$log")"
  : >"$log"
}

# fail STATUS WHAT: the end of the log, what failed, and out.
fail() {
  {
    tail -n 40 "$log"
    printf '\n%s failed (exit code %s); the whole log is %s/%s\n' "$2" "$1" "$PWD" "$log"
  } >&2
  exit "$1"
}

# step WHAT COMMAND...: one line of progress, everything else into the log.
step() {
  local what=$1 begin=$SECONDS status=0
  shift
  printf '%s ...' "$what"
  "$@" </dev/null >>"$log" 2>&1 || status=$?
  if [[ $status != 0 ]]; then
    printf ' failed\n'
    fail "$status" "$what"
  fi
  printf ' %d s\n' $((SECONDS - begin))
}

# Memory that may be used, in MB: what the kernel says is available, or the control group's limit if that is
# less; 0 where neither can be read.
memory_mb() {
  local available=0 limit
  if [[ -r /proc/meminfo ]]; then
    available=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo)
  fi
  limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null || echo max)
  if [[ $limit =~ ^[0-9]+$ ]] && ((limit / 1048576 < available)); then
    available=$((limit / 1048576))
  fi
  echo "${available:-0}"
}

# A translation unit with Eigen takes up to 1.5 GB; a machine may have many cores and little memory.
job_count() {
  local cores by_memory
  cores=$(nproc)
  by_memory=$(($(memory_mb) / 1536))
  ((by_memory >= 1)) || by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}

# build PRESET
build() {
  step "configuring" cmake --preset "$1"
  step "building" cmake --build --preset "$1" --parallel "$(job_count)"
}
