#!/bin/bash
# Checks the model, and that each variant with a mechanism left out is found to be wrong.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for program in spin gcc; do
    command -v "$program" >/dev/null || { echo "$program is missing: apt-get install spin gcc" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# build NAME OPTIONS… : an explorer of the model
build() {
    local name=$1; shift
    mkdir "$name"
    (cd "$name" && spin -a "$@" "$here/grant.pml" && gcc -O2 -DCOLLAPSE -DNFAIR=4 -o pan pan.c) >"$name.txt" 2>&1 ||
        { cat "$name.txt"; exit 1; }
}

# explore NAME PROPERTY ERRORS : the explorer's report; its errors are counted
explore() {
    (cd "$1" && ./pan -m200000 -a -f -N "$2") >"$1/$2.txt" 2>&1 || { cat "$1/$2.txt"; exit 1; }
    local states errors
    grep -q "max search depth too small" "$1/$2.txt" && { echo "search depth too small"; exit 1; }
    states=$(sed -nE 's/^ *([0-9]+) states, stored.*/\1/p' "$1/$2.txt")
    errors=$(sed -nE 's/.*errors: ([0-9]+).*/\1/p' "$1/$2.txt")
    printf '%-16s %-22s %10s states  %s errors\n' "$1" "$2" "$states" "$errors"
    [ "$errors" = "$3" ] || { echo "expected $3 errors"; cat "$1/$2.txt"; exit 1; }
}

build right
explore right no_access_after_ended 0
explore right ends 0
build no-fence -DNO_FENCE
explore no-fence no_access_after_ended 1
build no-look -DNO_LOOK
explore no-look no_access_after_ended 1
build trust-the-queue -DTRUST_THE_QUEUE
explore trust-the-queue no_access_after_ended 1
build no-takeover -DNO_TAKEOVER
explore no-takeover ends 1
