#!/usr/bin/env bash
# Counts what the load generator takes from the heap, and compares it with allocations.limits: a regression shows
# without a clock, on any machine. The real program runs against the bundled environment, in a process of its own, with a
# library in front of the C library's allocator (allocations.c). Each figure is the difference of two runs of unequal
# size, so that what every run takes once falls out.
#
# Usage: Benchmarks/allocations.sh [PROGRAM]     the release build by default
# Exits with 1 where a limit is passed.
set -euo pipefail
export LC_ALL=C
scalebench=$(realpath "${1:-$(dirname "$0")/../.build/release/scalebench}")
cd "$(dirname "$0")"

scratch=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi; rm -rf "$scratch"' EXIT

compiler=$(command -v cc || command -v clang || true)
if [ -z "$compiler" ]; then echo "allocations: there is no C compiler (cc or clang)" >&2; exit 2; fi
"$compiler" -O2 -Wall -Wextra -shared -fPIC -o "$scratch/allocations.so" allocations.c

: >"$scratch/server"
"$scalebench" serve --port 0 --workers 1 >>"$scratch/server" 2>&1 &
server=$!
for ((tries = 0; tries < 500; tries++)); do
    url=$(sed -n 's/^.* listening on \(http[^ ]*\).*/\1/p' "$scratch/server")
    if [ -n "$url" ]; then break; fi
    sleep 0.02
done
if [ -z "$url" ]; then echo "allocations: the server did not start: $(cat "$scratch/server")" >&2; exit 1; fi

# The allocations of one whole run.
count() { # MODE SESSIONS STEPS
    rm -f "$scratch"/db* "$scratch/count"
    # A busy machine makes the cell invalid for capacity, status 4; its allocations count all the same.
    local status=0
    ALLOCATIONS_OF=$(basename "$scalebench") ALLOCATIONS_FILE=$scratch/count LD_PRELOAD=$scratch/allocations.so \
        "$scalebench" run --url "$url" --mode "$1" -n "$2" --steps "$3" --wait 0 --threads 1 --db "$scratch/db" --json \
        --no-preflight --no-calibrate >"$scratch/out" 2>"$scratch/err" || status=$?
    if { [ $status != 0 ] && [ $status != 4 ]; } || ! grep -q "\"successful\":$2," "$scratch/out"; then
        echo "allocations: the run failed with status $status: $(tail -n 1 "$scratch/err")" >&2
        exit 1
    fi
    cat "$scratch/count"
}

failed=0
hold() { # NAME SMALLER LARGER UNITS
    local limit
    limit=$(awk -v name="$1" '$1 == name { print $2 }' allocations.limits)
    if awk -v name="$1" -v less="$2" -v more="$3" -v units="$4" -v limit="$limit" 'BEGIN {
            figure = (more - less) / units
            printf "%-26s %8.3f, limit %s\n", name, figure, limit
            exit !(limit != "" && figure <= limit)
        }'; then return; fi
    failed=1
    echo "allocations: $1 is above its limit in Benchmarks/allocations.limits" >&2
}

for mode in ws http; do
    less=$(count $mode 64 1000)
    more=$(count $mode 64 3000)
    hold "$mode-allocations/message" "$less" "$more" $((64 * 2000))
    less=$(count $mode 512 1)
    more=$(count $mode 1536 1)
    hold "$mode-allocations/session" "$less" "$more" 1024
done
exit $failed
