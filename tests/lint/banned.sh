#!/bin/sh
# No object calls what it must not: unsafe string functions anywhere; output, exits and hidden state in the library.
# Read from the objects, so that comments, strings and macros cannot mislead.
#   banned.sh BUILD_DIR
set -eu
cd "$1"
anywhere='gets|sprintf|vsprintf|strcpy|strcat|strtok|atoi|atol|rand|srand|random|tmpnam'
in_library='printf|fprintf|vprintf|vfprintf|puts|putchar|fputs|fputc|perror|exit|_exit|abort|__assert_fail|getenv|signal|system'
failed=0

check() { # banned-names archive
    [ -f "$2" ] || { echo "$2: not built"; failed=1; return; }
    found=$(nm -A -u "$2" | grep -v '^libweft_base\.a:assert\.c\.o:' | grep -E " U (__)?($1)(_chk)?$") || return 0
    echo "$found"
    failed=1
}

for archive in libweft_base.a libweft_crypto.a libweft_scheduler.a libweft_state.a libweft_engine.a; do
    check "$anywhere|$in_library" "$archive"
done
check "$anywhere" libweft_tools.a
exit $failed
