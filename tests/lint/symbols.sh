#!/bin/sh
# libweft.so and libweft.a define the functions that the public headers mark WEFT_API, and no other global name.
#   symbols.sh SOURCE_DIR LIBWEFT_SO LIBWEFT_A CC
set -eu
source_dir=$1 shared=$2 static=$3 cc=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# After the preprocessor, WEFT_API is the attribute; a declaration ends with a semicolon.
cat "$source_dir"/include/weft/*.h | "$cc" -E -P -I "$source_dir/include" -x c - | tr '\n' ' ' | tr ';' '\n' |
    grep 'visibility("default")' | grep -o 'weft_[a-z0-9_]* *(' | tr -d ' (' | sort >"$work/declared"
nm -D --defined-only "$shared" | awk '{ print $NF }' | sort >"$work/shared"
nm -g --defined-only "$static" | awk 'NF == 3 { print $3 }' | sort >"$work/static"

[ -s "$work/declared" ] || { echo "no WEFT_API declaration found"; exit 1; }
diff -u "$work/declared" "$work/shared" || { echo "$shared: other symbols than the headers declare"; exit 1; }
diff -u "$work/declared" "$work/static" || { echo "$static: other symbols than the headers declare"; exit 1; }
readelf -d "$shared" | grep -q 'SONAME.*\[libweft\.so\.[0-9]*\]' || { echo "$shared: no soname"; exit 1; }
echo "$(wc -l <"$work/declared") functions, all declared, nothing else"
