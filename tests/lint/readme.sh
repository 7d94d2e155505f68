#!/bin/sh
# The C program in README.md is the one in examples/embed.c, which the tests compile and run.
#   readme.sh SOURCE_DIR
set -eu
cd "$1"
shown=$(sed -n '/^```c$/,/^```$/p' README.md | sed '1d;$d')
[ -n "$shown" ] || { echo "README.md shows no C program" >&2; exit 1; }
lines=$(printf '%s\n' "$shown" | wc -l)
first=$(printf '%s\n' "$shown" | head -n 1)
start=$(grep -nxF -- "$first" examples/embed.c | head -n 1 | cut -d: -f1)
[ -n "$start" ] || { echo "examples/embed.c has no line '$first'" >&2; exit 1; }
there=$(tail -n "+$start" examples/embed.c | head -n "$lines")
[ "$there" = "$shown" ] || { echo "the program in README.md is not the one in examples/embed.c" >&2; exit 1; }
[ "$(wc -l < README.md)" -le 150 ] || { echo "README.md has more than 150 lines" >&2; exit 1; }
