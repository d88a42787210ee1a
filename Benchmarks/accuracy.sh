#!/usr/bin/env bash
# How truly a known delay is measured: the bundled environment waits 1, 5 and 20 ms in each step, and the median step
# latency less the same median without a wait should be just that. Sessions think between their steps, so that neither
# side is ever busy.
#
# Usage: Benchmarks/accuracy.sh [pairs]     5 by default; about 20 s each
#   SCALEBENCH_BIN=PROGRAM   measure this program instead of building one
# Writes Benchmarks/accuracy.md (also printed). Exits with 1 where an error is above 0.5 ms.
set -euo pipefail
export LC_ALL=C
scalebench=${SCALEBENCH_BIN:+$(realpath "$SCALEBENCH_BIN")}
cd "$(dirname "$0")/.."
pairs=${1:-5}
if [ -z "$scalebench" ]; then
    make build >&2
    scalebench=$PWD/.build/release/scalebench
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
table=Benchmarks/accuracy.md
bar=0.5

# The median step latency of one cell in milliseconds.
median() { # SESSIONS DELAY_MS
    "$scalebench" run -n "$1" --wait "${2}ms" --steps 5 --think uniform:0.2-0.6 --json --no-calibrate --no-preflight \
        --db "$scratch/$RANDOM.sqlite" 2>"$scratch/errors" >"$scratch/out" || { cat "$scratch/errors" >&2; exit 1; }
    sed -n '1s/.*"step_p50":\([0-9.eE+-]*\).*/\1/p' "$scratch/out" | awk '{ print $1 * 1e3 }'
}

for sessions in 1 64 512; do
    for delay in 1 5 20; do
        for ((pair = 0; pair < pairs; pair++)); do
            floor=$(median "$sessions" 0)
            echo "$sessions $delay $floor $(median "$sessions" "$delay")"
        done
    done
done >"$scratch/pairs"

status=0
{
    echo "# A known delay, measured"
    echo
    echo "The median step latency with a planted delay, less the one without, against the delay. Medians of $pairs"
    echo "interleaved pairs; 5 steps a session, policy think time of 0.2 to 0.6 s. Generator and environment share"
    echo "$(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)). Made by \`Benchmarks/accuracy.sh $pairs\`."
    echo
    echo "| N | planted (ms) | step P50 without (ms) | difference (ms) | error (ms), median (min to max) | bar (ms) | |"
    echo "|---:|---:|---:|---:|---:|---:|---|"
    sort -n -s -k1,1 -k2,2 "$scratch/pairs" | awk -v bar="$bar" '
        function sorted(list, count,    i, j, kept) {
            for (i = 2; i <= count; i++) for (j = i; j > 1 && list[j] < list[j - 1]; j--) {
                kept = list[j]; list[j] = list[j - 1]; list[j - 1] = kept
            }
        }
        function close_group() {
            if (count == 0) return
            sorted(errors, count); sorted(floors, count)
            error = errors[int((count + 1) / 2)]
            met = (error <= bar && error >= -bar)
            if (!met) missed = 1
            printf "| %d | %d | %.3f | %.3f | %+.3f (%+.3f to %+.3f) | ± %.1f | %s |\n", sessions, delay,
                floors[int((count + 1) / 2)], delay + error, error, errors[1], errors[count], bar, met ? "met" : "missed"
            count = 0
        }
        $1 != sessions || $2 != delay { close_group(); sessions = $1; delay = $2 }
        { count++; floors[count] = $3; errors[count] = $4 - $3 - $2 }
        END { close_group(); exit missed }'
} >"$scratch/table" || status=1
cp "$scratch/table" "$table"
cat "$table"
exit $status
