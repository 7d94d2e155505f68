#!/bin/sh
# Every source file is compiled by some target, and every header is included by some file.
#   dead_files.sh SOURCE_DIR COMPILE_COMMANDS_JSON
set -eu
cd "$1"
commands=$2
failed=0

for source in $(find base crypto scheduler state engine tools bench examples tests -name '*.c'); do
    grep -q "\"file\": \".*/$source\"" "$commands" || { echo "$source: no target compiles it"; failed=1; }
done
for header in $(find base crypto scheduler state engine tools bench tests -name '*.h' -o -name '*.inc'); do
    grep -rqF "#include \"$header\"" --include='*.[ch]' --include='*.inc' base crypto scheduler state engine tools bench \
        tests || { echo "$header: nothing includes it"; failed=1; }
done
exit $failed
