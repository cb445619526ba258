#!/usr/bin/env bash
# What a run leaves for R works there: read_results.R reads and draws the folder, and check_design.R finds the boundaries
# and the probabilities of the program. results.sh PROGRAM. Exit code 77 (skipped) where R or a package is missing.
set -euo pipefail
program=$1
for package in rpact ggplot2; do
  if ! Rscript -e "quit(status = !requireNamespace('$package', quietly = TRUE))" >/dev/null 2>&1; then
    echo "skipped: R is missing here, or has no package $package"
    exit 77
  fi
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

study() {  # NAME DESIGN ANALYSIS ARMS NO_EFFECT CHECK [PATIENTS]
  cat >"$folder/$1.yaml" <<YAML
study: $1
replicates: 2000
disease: {os: {median_months: 10}, outcomes: {response: {probability: 0.3}}}
arms: {$4}
trial: {enrollment: {patients: ${7:-200}, over_months: 12}, randomization: {blocks: [4]}}
truth: {patients: 20000}
design: {primary: effect, $2}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: effect, $3}
    - {name: curves, method: kaplan_meier, endpoint: os, at_months: [6, 12]}
scenarios: {"null": {$5}, "a \"quoted\" one": {}}
YAML
  "$program" run "$folder/$1.yaml" --out "$folder/$1" >/dev/null 2>"$folder/messages" || { cat "$folder/messages"; exit 1; }
  (cd "$folder/$1" && Rscript read_results.R >/dev/null && test -s read_results.pdf)
  (cd "$folder/$1" && Rscript -e 'suppressMessages(source("check_design.R"))' -e "$6" >/dev/null)
  echo "$1: as R has it"
}

two_arms='control: {}, new: {effects: {os: {hazard_ratio: 0.7}}}'
no_effect='arms.new.effects.os.hazard_ratio: 1'
test='method: log_rank, endpoint: os, by: arm'
looks='looks: [{at_events: 80, of: os}, {at_events: 160, of: os}]'
# The formula is asymptotic; simulated shares are within 0.02 and their Monte Carlo error of it.
close='stopifnot(abs(comparison[, 1] - comparison[, 2]) < 0.02 + 4 * sqrt(comparison[, 1] * (1 - comparison[, 1]) / 2000))'
same="stopifnot(abs(boundaries[, 1] - boundaries[, 2]) < 1e-5); $close"
study obrien_fleming "kind: group_sequential, $looks" "$test" "$two_arms" "$no_effect" "$same"
study spending "kind: group_sequential, $looks, efficacy: {spending: hwang_shih_decani, gamma: -3},
  futility: {spending: kim_demets, rho: 2, beta: 0.2}" "$test" "$two_arms" "$no_effect" "$same"
study wang_tsiatis "kind: group_sequential, $looks, efficacy: {boundary: wang_tsiatis, delta: 0.25},
  futility: {hazard_ratio: [1], binding: true}" "$test" "$two_arms" "$no_effect" "$same"
study user "kind: group_sequential, $looks, sides: 2, alpha: 0.05, efficacy: {spending: user, cumulative: [0.01, 0.05]}" \
  "$test" "$two_arms" "$no_effect" "$same"
study fixed "kind: fixed, sides: 2, alpha: 0.05, looks: [{at_events: 150, of: os}]" "$test" "$two_arms" "$no_effect" "$close"
study simon "kind: simon, p0: 0.1, p1: 0.3, alpha: 0.05, power: 0.8, choose: optimal, min_follow_up_months: 1" \
  "method: proportion, outcome: response, missing: failure" "one: {}" "disease.outcomes.response.probability: 0.1" \
  'stopifnot(abs(comparison[, 1] - comparison[, 2]) < 4 * sqrt(comparison[, 1] * (1 - comparison[, 1]) / 2000))' 29
