#!/usr/bin/env bash
# The rules of the house that a compiler does not check. tests/architecture.sh includes|tree [ROOT]
# Prints each line that breaks a rule; exit code 1 if there is any.
set -uo pipefail
export LC_ALL=C
check=${1:?includes or tree}
cd "${2:-$(dirname "${BASH_SOURCE[0]}")/..}" || exit 2
failed=0

# refuse WHAT LINES: the lines that break the rule, none if it is kept.
refuse() {
  [[ -n $2 ]] || return 0
  printf '%s:\n%s\n' "$1" "$2"
  failed=1
}

# includes PATTERN FOLDER...: FILE:LINE:TEXT of every include whose header, with its < or ", matches.
includes() {
  local pattern=$1
  shift
  grep -rnE --include='*.hpp' --include='*.cpp' "^[[:space:]]*#[[:space:]]*include[[:space:]]*$pattern" "$@"
}

# one_home PATTERN FILE: the includes elsewhere than in that file.
one_home() {
  includes "$1" engine models app | grep -vF "$2:"
}

json_files() {
  includes '["<]nlohmann/' engine models app | cut -d : -f 1 | sort -u
}

check_includes() {
  local folder
  for folder in engine models app; do
    [[ -d $folder ]] || { echo "no folder $folder to check"; failed=1; return; }
  done
  refuse "engine/ must not see models/ or app/" "$(includes '["<](models|app)/' engine)"
  refuse "models/ must not see app/" "$(includes '["<]app/' models)"
  refuse "engine/numeric/ is below all but memory and processor" \
    "$(includes '"' engine/numeric | grep -vE '"engine/(numeric|memory|processor)/')"
  refuse "includes are written from the repository's root" "$(includes '["<]\.\.?/' engine models app tests bench)"
  refuse "oneTBB belongs to parallel_for alone" "$(one_home '["<]((oneapi/)?tbb|execution>)' engine/montecarlo/parallel_for.cpp)"
  refuse "yaml-cpp belongs to the configuration layer alone" "$(one_home '["<]yaml-cpp/' engine/io/yaml.cpp)"
  if (($(json_files | wc -l) > 2)); then refuse "nlohmann-json belongs to two files at most" "$(json_files)"; fi
  refuse "models/ prints nothing and opens no thread" "$(includes '<(iostream|print|thread|future)>' models)"
}

# What is committed, or would be; without git everything but the build and the runs.
list_files() {
  git ls-files --cached --others --exclude-standard 2>/dev/null ||
    find . -type f -not -path './build/*' -not -path './results/*/*' -not -path './.git/*'
}

# The bracketed letters keep these patterns from matching themselves.
check_tree() {
  local files
  mapfile -t files < <(list_files)
  [[ ${#files[@]} -gt 0 ]] || { echo "no files to check"; failed=1; return; }
  refuse "paths of one machine" "$(grep -InE '/([w]ork|[f]arm|[r]oot|[h]ome|tmp/[b]ash)[/_]' -- "${files[@]}" 2>/dev/null)"
  refuse "left for later" "$(grep -InwE '[T]ODO|[F]IXME' -- "${files[@]}" 2>/dev/null)"
  refuse "files over 1 MB" "$(wc -c -- "${files[@]}" 2>/dev/null | awk '$1 > 1048576 && $2 != "total"')"
}

case $check in
  includes) check_includes ;;
  tree) check_tree ;;
  *) echo "includes or tree, not $check" >&2; exit 2 ;;
esac
exit "$failed"
