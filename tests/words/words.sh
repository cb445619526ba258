#!/usr/bin/env bash
# Help, manual page and completion, as their readers take them. words.sh PROGRAM help|man|bash|zsh|fish. Exit code 77
# (skipped) where that reader is not installed.
set -euo pipefail
program=$1
reader=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

need() {
  command -v "$1" >/dev/null && return
  echo "skipped: no $1"
  exit 77
}

commands() { "$program" --help | sed -n '/^Subcommands:/,$s/^  \([a-z]\+\) .*/\1/p'; }

check_help() {
  local count=0 command
  for command in $(commands); do
    "$program" "$command" --help | sed -n '/^Examples:/,$p' | grep "oligosim $command" >/dev/null ||
      { echo "no example in the help of $command"; exit 1; }
    ((++count))
  done
  ((count >= 14)) || { echo "only $count commands"; exit 1; }
}

check_man() {
  need man
  "$program" man >"$folder/oligosim.1"
  LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 "$folder/oligosim.1" >"$folder/text" 2>"$folder/warnings"
  cat "$folder/warnings"
  [[ ! -s $folder/warnings ]]
  local command
  for command in $(commands); do
    grep -q "oligosim $command" <(col -b <"$folder/text") || { echo "not in the manual page: $command"; exit 1; }
  done
  if command -v mandoc >/dev/null; then mandoc -T lint -W warning "$folder/oligosim.1"; fi
}

# offered WORD...: what bash offers at the last of these words, in order, on one line.
offered() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  _oligosim
  printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd '|'
}

expect() {  # WHAT OFFERED
  [[ $2 == "$1" ]] || { printf 'expected %s\noffered  %s\n' "$1" "$2"; exit 1; }
}

check_bash() {
  # shellcheck disable=SC1090
  source <("$program" completion bash)
  complete -p oligosim | grep -q _oligosim
  mkdir "$folder/in"
  cd "$folder/in"
  mkdir results "a folder"
  touch study.yaml "a study.yaml"
  expect "--help|--version|$(commands | sort | paste -sd '|')" "$(offered oligosim '')"
  expect "reference|replay|report|run" "$(offered oligosim r)"
  expect "--scenario|--seed|--shard" "$(offered oligosim run study.yaml --s)"
  expect "a folder|results" "$(offered oligosim run study.yaml --out '')"
  expect "a folder|a study.yaml|results|study.yaml" "$(offered oligosim run '')"
  expect "results" "$(offered oligosim report re)"
  expect "plan" "$(offered oligosim schema pl)"
  expect "results" "$(offered oligosim run --out = re)"
  expect "" "$(offered oligosim run --seed '')"
}

check_zsh() {
  need zsh
  "$program" completion zsh >"$folder/_oligosim"
  zsh -n "$folder/_oligosim"
  grep -q "'--out\[folder for the results\]:DIR:_files -/'" "$folder/_oligosim"
  # shellcheck disable=SC2016
  zsh -f -c 'fpath=('"$folder"' $fpath); autoload -U compinit; compinit -u -D; [[ $_comps[oligosim] == _oligosim ]]'
}

check_fish() {
  need fish
  "$program" completion fish >"$folder/oligosim.fish"
  local words
  words=$(HOME=$folder fish -c "source $folder/oligosim.fish; complete -C 'oligosim '" | cut -f 1 | sort | paste -sd ' ')
  expect "$(commands | sort | paste -sd ' ')" "$words"
  words=$(HOME=$folder fish -c "source $folder/oligosim.fish; complete -C 'oligosim run x.yaml --sh'" | cut -f 1)
  expect "--shard" "$words"
}

"check_$reader"
