#!/usr/bin/env bash
# The Debian package: made of a build folder, unpacked into a root of its own, and the program run from there.
# package.sh BUILD. Exit code 77 (skipped) where dpkg's tools are missing.
set -euo pipefail
build=$1
for tool in dpkg-deb dpkg-shlibdeps cpack; do
  if ! command -v "$tool" >/dev/null; then
    echo "skipped: no $tool"
    exit 77
  fi
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cpack -G DEB --config "$build/CPackConfig.cmake" -B "$folder/made" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
package=$(echo "$folder"/made/oligosim_*.deb)
dpkg-deb --field "$package" Package Version Architecture Depends Section
[[ $(dpkg-deb --field "$package" Depends) == *libtbb* ]] || { echo "its libraries are not among Depends"; exit 1; }
dpkg -x "$package" "$folder/unpacked"
root=$folder/unpacked/usr
for file in bin/oligosim share/man/man1/oligosim.1 share/bash-completion/completions/oligosim \
  share/zsh/vendor-completions/_oligosim share/fish/vendor_completions.d/oligosim.fish share/doc/oligosim/README.md \
  share/doc/oligosim/plan.md share/doc/oligosim/copyright share/oligosim/configs/studies/randomized_pfs.yaml; do
  [[ -s $root/$file ]] || { echo "not in the package: $file"; exit 1; }
done
[[ -z $(find "$root/share" -type f -perm /111) ]] || { echo "data that can be executed"; exit 1; }
if find "$root/bin" -type f -exec file {} + 2>/dev/null | grep -q 'not stripped'; then echo "not stripped"; exit 1; fi

# As an installed program: from elsewhere, with an environment that knows nothing of the sources.
cd "$folder"
clean() { env -i PATH=/usr/bin:/bin HOME="$folder" "$root/bin/oligosim" "$@"; }
clean run "$root/share/oligosim/configs/studies/randomized_pfs.yaml" --replicates 100 --scenario target --out run
[[ -s run/summary.csv && -s run/report.html ]]
clean selftest --out selftest
