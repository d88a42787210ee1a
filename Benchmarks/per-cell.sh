#!/usr/bin/env bash
# Whether a cell costs more when many came before it: one run of many cells with --json, and the time from line to line of
# its last hundred cells against that of its first hundred.
#
# Usage: Benchmarks/per-cell.sh [cells]     2,000 by default; some minutes
#   SCALEBENCH_BIN=PROGRAM   measure this program instead of building one
# Exits with 1 where the last hundred take more than 1.2 times as long as the first.
set -euo pipefail
export LC_ALL=C
scalebench=${SCALEBENCH_BIN:+$(realpath "$SCALEBENCH_BIN")}
cd "$(dirname "$0")/.."
cells=${1:-2000}
if [ -z "$scalebench" ]; then
    make build >&2
    scalebench=$PWD/.build/release/scalebench
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$scalebench" run -n 1 --wait 0 --reps "$cells" --json --no-calibrate --db "$scratch/run.sqlite" 2>"$scratch/errors" |
    python3 -c '
import statistics, sys, time
times = [time.monotonic() for line in sys.stdin if "\"type\":\"cell\"" in line.replace(" ", "")]
spans = [b - a for a, b in zip(times, times[1:])]
first, last = statistics.median(spans[:100]), statistics.median(spans[-100:])
print(f"{len(times)} cells: {first * 1e3:.1f} ms each of the first hundred, {last * 1e3:.1f} ms of the last: {last / first:.2f}")
sys.exit(last > 1.2 * first)
'
