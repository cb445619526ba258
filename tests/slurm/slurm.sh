#!/usr/bin/env bash
# oligosim slurm against a real Slurm, started here for the purpose: an array of shards of which one is killed, the
# merge that must not run then, the resubmission of what is missing, and a merge with the bytes of one run.
#   tests/slurm/slurm.sh PROGRAM
# Needs root and Debian's slurmctld, slurmd, slurm-client and munge; says so and exits 77 without them.
set -euo pipefail
program=$(readlink -f "$1")
for needed in slurmctld slurmd sbatch munged; do
  PATH=$PATH:/usr/sbin command -v "$needed" >/dev/null || { echo "skipped: no $needed"; exit 77; }
done
[[ $(id -u) == 0 ]] || { echo "skipped: not root"; exit 77; }
export PATH=$PATH:/usr/sbin

folder=$(mktemp -d /tmp/oligosim-slurm-XXXXXX)
chmod 755 "$folder"
daemons=()
finish() {
  local status=$?
  if [[ $status != 0 ]]; then tail -n 20 "$folder"/*.log "$folder"/o*/slurm/*.log 2>/dev/null || true; fi
  for ((k = ${#daemons[@]} - 1; k >= 0; --k)); do kill "${daemons[k]}" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$folder"
  exit "$status"
}
trap finish EXIT

# munged runs as the owner of its folder.
mkdir -p "$folder/munge" "$folder/state" "$folder/spool"
head -c 1024 /dev/urandom >"$folder/munge/key"
chmod 600 "$folder/munge/key"
munged --force --foreground --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
  --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed" \
  >"$folder/munged.log" 2>&1 &
daemons+=($!)

host=$(hostname -s)
port=$((20000 + RANDOM % 20000))
cat >"$folder/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
KillWait=1
SlurmdParameters=config_overrides
NodeName=$host NodeAddr=127.0.0.1 CPUs=4 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$folder/slurm.conf
for _ in {1..50}; do [[ -S $folder/munge/socket ]] && break; sleep 0.1; done
slurmctld -D -c >"$folder/slurmctld.log" 2>&1 &
daemons+=($!)
slurmd -D -N "$host" >"$folder/slurmd.log" 2>&1 &
daemons+=($!)
for _ in {1..300}; do [[ $(sinfo -h -o %t 2>/dev/null) == idle ]] && break; sleep 0.1; done
[[ $(sinfo -h -o %t) == idle ]] || { echo "Slurm did not start"; exit 1; }

cat >"$folder/study.yaml" <<'END'
study: plain
seed: 3
replicates: 60000
replicates_per_block: 100
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial: {enrollment: {patients: 400, rate_per_month: 20}}
design: {kind: fixed, primary: cox, looks: [{at_events: 280, of: os}]}
truth: {patients: 40000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: cox, method: cox, endpoint: os, terms: [arm]}, {name: km, method: kaplan_meier, endpoint: os, by: arm}]
END
"$program" run "$folder/study.yaml" --out "$folder/whole" --threads 2 >/dev/null 2>&1

# jobs_end SECONDS: waits until no job is left that could still run.
jobs_end() {
  for ((tenth = 0; tenth < 10 * $1; ++tenth)); do
    [[ -z $(squeue -h) ]] && return
    sleep 0.1
  done
  squeue
  echo "jobs did not end"
  exit 1
}

# As people name folders: a blank, an apostrophe, and what Slurm would fill in.
out="$folder/o u't %j"
"$program" slurm "$folder/study.yaml" --shards 4 --out "$out" --sbatch=--cpus-per-task=1 | tee "$folder/submitted"
grep -q '^array job [0-9]' "$folder/submitted"
grep -q '^merge job [0-9]' "$folder/submitted"
# The third shard dies in the middle of its work.
for ((tenth = 0; tenth < 600; ++tenth)); do
  [[ $(stat -c %s "$out/shard-3-of-4/blocks.log" 2>/dev/null || echo 0) -gt 20000 ]] && break
  sleep 0.1
done
pkill -KILL -f -- "shard-3-of-4 --threads"
jobs_end 120
[[ ! -e $out/summary.csv ]] || { echo "merged although a shard was killed"; exit 1; }

"$program" slurm "$folder/study.yaml" --shards 4 --out "$out" --sbatch=--cpus-per-task=1 2>&1 | tee "$folder/again"
grep -q '^oligosim: 3 of 4 shards are finished; to run: 3$' "$folder/again"
jobs_end 120
[[ $(find "$out/slurm" -name '*_3.log' | wc -l) == 2 && -e $(find "$out/slurm" -name 'merge_*.log' | tail -1) ]]
cmp "$folder/whole/summary.csv" "$out/summary.csv"
cmp "$folder/whole/summary.json" "$out/summary.json"

# srun starts the parts by itself: each finds its place in the environment.
srun -n 3 "$program" run "$folder/study.yaml" --out "$folder/srun" --threads 1 2>"$folder/srun.log" >/dev/null
[[ $(grep -c '^oligosim: SLURM_PROCID makes this part' "$folder/srun.log") == 3 ]]
"$program" merge "$folder"/srun/shard-* --out "$folder/srun" >/dev/null
cmp "$folder/whole/summary.csv" "$folder/srun/summary.csv"
echo "the merged results have the bytes of one run"
