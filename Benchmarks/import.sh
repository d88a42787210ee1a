#!/usr/bin/env bash
# How long `scalebench import` takes for a million lines of raw.jsonl.
#   SCALEBENCH_BIN=.build/release/scalebench Benchmarks/import.sh [DATABASE]
# The lines are real ones: those of the latest run in DATABASE (default: results/openenv/scalebench.sqlite), exported and
# repeated until there are at least 1,000,000. Each of five imports goes into a fresh database; the median counts.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${SCALEBENCH_BIN:-.build/release/scalebench}
database=${1:-results/openenv/scalebench.sqlite}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$program" export --format jsonl --db "$database" -o "$folder/once.jsonl"
once=$(wc -l <"$folder/once.jsonl")
mkdir "$folder/lab"
for ((lines = 0; lines < 1000000; lines += once)); do cat "$folder/once.jsonl"; done >"$folder/lab/raw.jsonl"
size=$(stat -c %s "$folder/lab/raw.jsonl")
echo "$lines lines, $((size / 1000000)) MB, $(nproc) cores, load before: $(cut -d' ' -f1 /proc/loadavg)"

for round in 1 2 3 4 5; do
    rm -f "$folder"/out.sqlite*
    # Wall and processor seconds, peak memory in kB.
    /usr/bin/time -o "$folder/time" -f '%e %U %S %M' "$program" import "$folder/lab" --db "$folder/out.sqlite" >/dev/null
    tail -n 1 "$folder/time" | tee -a "$folder/times"
done
stored=$(stat -c %s "$folder/out.sqlite")
sort -n "$folder/times" | sed -n 3p | while read -r wall user system memory; do
    echo "median $wall s wall, $user + $system s of processor time, $((memory / 1024)) MB; database $((stored / 1000000)) MB"
done
