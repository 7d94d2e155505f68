#!/bin/sh
# Every #include follows the arrows between the boxes (docs/architecture.md).
#   includes.sh SOURCE_DIR
set -eu
cd "$1"

find base crypto scheduler state engine tools bench examples tests -name '*.[ch]' | sort | xargs awk '
BEGIN {
    # What each part may include of the project, beside <weft/...> ...
    uses["base"]      = "base"
    uses["crypto"]    = "base crypto"
    uses["scheduler"] = "base scheduler"
    uses["state"]     = "base crypto state"
    uses["engine"]    = "base crypto scheduler state engine"
    uses["tools"]     = "tools"
    uses["bench"]     = "tools bench scheduler"
    uses["examples"]  = ""
    uses["tests/integration"] = uses["tests/fuzz"] = "tests tools bench"
    uses["tests/fuzz/fuzz_interpreter"] = uses["tests/fuzz/program_generator"] = uses["engine"] " tests"
    uses["tests"]             = "tests"
    split("base crypto scheduler state engine", boxes, " ")
    for (i in boxes)
        uses["tests/unit/" boxes[i]] = uses[boxes[i]] " tests"

    # ... which public headers the boxes below engine/ and state/ may know ...
    public["base"] = public["scheduler"] = "types status version state_view delta"
    public["crypto"] = public["base"] " crypto"

    # ... and where, outside the tests, each library may be used.
    only["secp256k1"] = only["gmp"] = only["openssl"] = only["blst"] = "crypto"
    only["lmdb"] = "state"
    only["omp"] = "engine state tools bench examples"
    only["yajl"] = only["zlib"] = "tools"
}

function has(words, word) {
    return index(" " words " ", " " word " ") > 0
}

function refuse(why) {
    printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0
    failed = 1
}

FNR == 1 {
    match(FILENAME, /^(tests\/unit\/[a-z]+|tests\/integration|tests\/fuzz\/(fuzz_interpreter|program_generator)|tests\/fuzz|[a-z]+)/)
    part = substr(FILENAME, 1, RLENGTH)
    if (!(part in uses)) {
        refuse("no rule for this directory")
        uses[part] = ""
    }
    box = part
    sub(/\/.*/, "", box)
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, quoted, "\"")
    target = quoted[2]
    if (target !~ /\//)
        refuse("name it from the root")
    sub(/\/.*/, "", target)
    if (!has(uses[part], target))
        refuse(part "/ may not use " target "/")
}

/^[ \t]*#[ \t]*include[ \t]*</ {
    split($0, angled, /[<>]/)
    split(angled[2], path, /[\/._]/)
    if (path[1] == "weft") {
        name = angled[2]
        gsub(/^weft\/|\.h$/, "", name)
        if ((part in public) && !has(public[part], name))
            refuse(part "/ may not know this public header")
    } else if ((path[1] in only) && box != "tests" && !has(only[path[1]], box)) {
        refuse("only " only[path[1]] "/ may use this library")
    }
}

END { exit failed }
'
echo "every include follows the arrows"
