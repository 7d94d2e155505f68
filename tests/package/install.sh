#!/bin/sh
# Install weft below WORK_DIR, build the embedding example against nothing but the installed files, run it.
#   install.sh BUILD_DIR EMBED_SOURCE WORK_DIR CC
set -eu
build=$1 source=$2 work=$3 cc=$4
here=$(cd "$(dirname "$0")" && pwd)
prefix=$work/prefix

rm -rf "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$prefix" >"$work/install.log"
export PKG_CONFIG_PATH="$(dirname "$(find "$prefix" -name weft.pc)")"
libdir=$(pkg-config --variable=libdir weft)
flags="-std=c17 -Wall -Wextra -Werror $(pkg-config --cflags weft)"

run() { # name command...
    name=$1
    shift
    "$@" >"$work/$name.out" || { echo "$name: failed"; cat "$work/$name.out"; exit 1; }
    [ -s "$work/$name.out" ] || { echo "$name: printed nothing"; exit 1; }
    echo "$name: runs"
}

$cc $flags "$source" -o "$work/shared" $(pkg-config --libs weft) -Wl,-rpath,"$libdir"
run shared "$work/shared"
$cc $flags "$source" -o "$work/static" $(pkg-config --static --libs weft | sed 's/-lweft/-l:libweft.a/')
run static "$work/static"
! ldd "$work/static" | grep libweft || { echo "static: is linked with libweft.so"; exit 1; }

cmake -S "$here" -B "$work/host" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" -DEMBED_SOURCE="$source" \
    >"$work/host.log" || { cat "$work/host.log"; exit 1; }
cmake --build "$work/host" >>"$work/host.log" || { cat "$work/host.log"; exit 1; }
run cmake-shared "$work/host/embed_shared"
run cmake-static "$work/host/embed_static"

run tool "$prefix/bin/weft" --help
for run_name in static cmake-shared cmake-static; do
    cmp "$work/shared.out" "$work/$run_name.out"
done
