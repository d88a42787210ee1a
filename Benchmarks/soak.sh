#!/usr/bin/env bash
# Sessions arriving for minutes at an environment that misbehaves, many of them given up in mid-step: memory and
# descriptors of both sides are watched, and at the end nothing may have leaked and every failure has a name.
#
# Usage: Benchmarks/soak.sh [minutes]     10 by default
#   SCALEBENCH_BIN=PROGRAM   use this program instead of building one
# Writes Benchmarks/soak.md (also printed) and exits with 1 where something leaked or a failure has no name.
set -euo pipefail
export LC_ALL=C
scalebench=${SCALEBENCH_BIN:+$(realpath "$SCALEBENCH_BIN")}
cd "$(dirname "$0")/.."
minutes=${1:-10}
rate=100
if [ -z "$scalebench" ]; then
    make build >&2
    scalebench=$PWD/.build/release/scalebench
fi
scratch=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$scratch"' EXIT

# Steps that take 3 s are given up by the generator after 1 s: it goes without a word, as a client that crashed.
faults=(reset-error=1% slow-step=3s@2% drop=0.5% close-1011=1% half-frame=1% garbage=1%)
# Ten times the sessions that are open at once: one that is never given back is soon missed.
cap=2000
arguments=(--host 127.0.0.1 --port 0 --fault-seed 7 --max-concurrent-envs $cap)
for fault in "${faults[@]}"; do arguments+=("--fault=$fault"); done
"$scalebench" serve "${arguments[@]}" >"$scratch/server" 2>&1 &
server=$!
url=
for ((tries = 0; tries < 500; tries++)); do
    url=$(grep -oE 'http://[0-9.]+:[0-9]+' "$scratch/server" | head -n 1 || true)
    if [ -n "$url" ]; then break; fi
    sleep 0.02
done
[ -n "$url" ] || { echo "soak: the environment did not start" >&2; cat "$scratch/server" >&2; exit 1; }

descriptors() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }
resident() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status" 2>/dev/null; }
quiet=$(descriptors "$server")

sessions=$((rate * 60 * minutes))
command=(run --url "$url" -n "$sessions" --rate "$rate/s" --wait uniform:0.05-0.5 --steps 5 --step-timeout 1
    --no-calibrate --json --db "$scratch/soak.sqlite")
"$scalebench" "${command[@]}" >"$scratch/out" 2>"$scratch/errors" &
generator=$!
began=$SECONDS
while kill -0 "$generator" 2>/dev/null; do
    # Seconds, memory in kB and descriptors of the generator and of the server.
    line="$((SECONDS - began)) $(resident "$generator") $(descriptors "$generator") $(resident "$server") $(descriptors "$server")"
    if [ "$(wc -w <<<"$line")" = 5 ]; then echo "$line" >>"$scratch/samples"; fi
    sleep 2
done
status=0
wait "$generator" || status=$?

# Connections that were given up leave the server when its steps end.
for ((tries = 0; tries < 100; tries++)); do
    left=$(descriptors "$server")
    if ((left <= quiet)); then break; fi
    sleep 0.1
done

cell=$(grep '"type":"cell"' "$scratch/out" || true)
field() { sed -n "s/.*\"$1\":\(-\{0,1\}[0-9][0-9.eE+-]*\).*/\1/p" <<<"$cell"; }
succeeded=$(field successful)
failed=$(field failed)
unnamed=$((sessions - ${succeeded:-0} - ${failed:-0}))
internal=$(grep -oE '"(internal|fd_limit|port_exhausted|capacity_reached)":[0-9]+' <<<"$cell" | tr '\n' ' ' || true)

verdict=0
{
    echo "# Soak"
    echo
    echo "$minutes minutes of $rate new sessions a second, five steps each of 0.05 to 0.5 s, at an environment with the faults"
    echo "\`${faults[*]}\`; the generator gives up steps after 1 s without"
    echo "closing, and the environment admits $cap sessions. Both share $(nproc) cores. Made by"
    echo "\`Benchmarks/soak.sh $minutes\`."
    echo
    echo "| what | value |"
    echo "|---|---|"
    echo "| exit status of the run | $status |"
    echo "| sessions, succeeded, failed, lost | $sessions, ${succeeded:-?}, ${failed:-?}, $unnamed |"
    echo "| failures by kind | \`$(grep -oE '"failures":\{[^}]*\}' <<<"$cell" | tr -d '"' | sed 's/failures://')\` |"
    awk -v total="$(((minutes * 60)))" '
        # Samples after the first tenth, in which memory is still being touched for the first time, in two halves.
        $1 > total * 0.1 && $1 <= total * 0.55 { n1++; g1 += $2; d1 += $3; s1 += $4; e1 += $5 }
        $1 > total * 0.55 && $1 <= total { n2++; g2 += $2; d2 += $3; s2 += $4; e2 += $5 }
        END {
            if (n1 == 0 || n2 == 0) { print "| samples | too few |"; exit }
            printf "| generator memory (MiB), first and second half of the time | %.1f, %.1f |\n", g1 / n1 / 1024, g2 / n2 / 1024
            printf "| server memory (MiB), first and second half | %.1f, %.1f |\n", s1 / n1 / 1024, s2 / n2 / 1024
            printf "| generator descriptors, mean of each half | %.0f, %.0f |\n", d1 / n1, d2 / n2
            printf "| server descriptors, mean of each half | %.0f, %.0f |\n", e1 / n1, e2 / n2
        }' "$scratch/samples"
    echo "| server descriptors before and after | $quiet, $left |"
} >"$scratch/table"
cp "$scratch/table" Benchmarks/soak.md
cat Benchmarks/soak.md
if [ "$status" -ne 0 ] && [ "$status" -ne 4 ]; then echo "soak: the run ended with $status: $(tail -n 1 "$scratch/errors")" >&2; verdict=1; fi
if [ "$unnamed" -ne 0 ] || [ -n "$internal" ]; then echo "soak: failures without a name, or sessions kept: lost $unnamed, $internal" >&2; verdict=1; fi
if ((left > quiet)); then echo "soak: the server kept $((left - quiet)) descriptors" >&2; verdict=1; fi
exit $verdict
