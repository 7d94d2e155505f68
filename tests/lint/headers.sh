#!/bin/sh
# Every header compiles alone as C17, that is, includes what it needs; every public one compiles as C++17 too.
#   headers.sh SOURCE_DIR CC CXX
set -eu
cd "$1"
cc=$2 cxx=$3
failed=0

check() { # header compiler flags...
    header=$1
    shift
    "$@" -fsyntax-only -D_DEFAULT_SOURCE -I include -I . -include "$header" /dev/null ||
        { echo "$header: does not compile alone with $1"; failed=1; }
}

for header in $(find base crypto scheduler state engine tools bench tests -name '*.h'); do
    check "$header" "$cc" -std=c17 -x c
done
for header in include/weft/*.h; do
    check "$header" "$cc" -std=c17 -x c -Wall -Wextra -Wpedantic -Werror
    check "$header" "$cxx" -std=c++17 -x c++ -Wall -Wextra -Wpedantic -Werror
done
exit $failed
