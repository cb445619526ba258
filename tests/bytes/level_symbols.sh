#!/usr/bin/env bash
# What only level v4 can run must not be linked for everybody: a function that is compiled in a *_v4.cpp and elsewhere too
# would be one of the two, whichever the linker meets first.   level_symbols.sh BUILD
set -euo pipefail
cd "$1"

weak_functions() { nm "$@" 2>/dev/null | awk '$2 == "W" { print $3 }' | sort -u; }

mapfile -t of_level < <(find . -name '*_v4.cpp.o' | sort)
mapfile -t others < <(find engine models app -name '*.cpp.o' ! -name '*_v4.cpp.o' | sort)
((${#of_level[@]} > 5 && ${#others[@]} > 100)) || { echo "the objects are not in $1"; exit 1; }
both=$(comm -12 <(weak_functions "${of_level[@]}") <(weak_functions "${others[@]}"))
[[ -z $both ]] || { echo "compiled for level v4 and for all:"; c++filt <<<"$both"; exit 1; }
echo "${#of_level[@]} objects of level v4 share no function with ${#others[@]} others"
