#!/usr/bin/env bash
# Whether `scalebench search` finds a limit that was planted: the bundled environment admits 200 sessions, or takes 5 ms
# of its one worker for each step while a step may last 2 s. Each is searched five times with seeds of its own, and both
# ends of the bracket are held against the truth.
#
# Usage: Benchmarks/search.sh [searches]     5 of each kind by default; three minutes
#   SCALEBENCH_BIN=PROGRAM   use this program instead of building one
# Writes Benchmarks/search.md (also printed). Exits with 1 where a bracket misses the truth, is wider than was asked, or
# costs more than 60 % of a grid. The processor must be free: whoever takes time from the worker lowers its limit.
# Among other programs, start it as root in a group of its own that goes before them:
#   setsid bash -c 'echo -19 >/proc/self/autogroup; nice -n -19 Benchmarks/search.sh'
set -euo pipefail
export LC_ALL=C
scalebench=${SCALEBENCH_BIN:+$(realpath "$SCALEBENCH_BIN")}
cd "$(dirname "$0")/.."
searches=${1:-5}
if [ -z "$scalebench" ]; then
    make build >&2
    scalebench=$PWD/.build/release/scalebench
fi
command -v python3 >/dev/null || { echo "search: python3 is missing: install it" >&2; exit 1; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cap=200
step_ms=5
deadline=2
# All sessions are connected and reset while they think, so that their steps arrive together and wait in one queue.
caps=(--provider "local:workers=1,max-concurrent-envs=$cap" --wait 0.5)
busy=(--provider "local:workers=1,step-cpu=${step_ms}ms" --wait 0 --think 1 --step-timeout "$deadline")

search() { # KIND SEED ARGUMENT…
    local kind=$1 seed=$2
    shift 2
    "$scalebench" search --within 5% --seed "$seed" --no-calibrate --json --db "$scratch/search.sqlite" "$@" \
        >"$scratch/$kind-$seed.json" 2>"$scratch/$kind-$seed.log" || {
        cat "$scratch/$kind-$seed.log" >&2
        exit 1
    }
}

for ((seed = 1; seed <= searches; seed++)); do
    search cap "$seed" "${caps[@]}"
    search step-cpu "$seed" "${busy[@]}"
done

status=0
python3 - "$scratch" "$searches" "$cap" "$step_ms" "$deadline" "$("$scalebench" --version)" "${caps[*]}" "${busy[*]}" \
    >"$scratch/table" <<'SCRIPT' || status=$?
import json, os, sys

scratch, searches, cap, step_ms, deadline, version, caps, busy = sys.argv[1:]
searches, cap = int(searches), int(cap)
within, most_share = 0.05, 0.60
served = int(deadline) * 1000 // int(step_ms)


def group_niceness():
    """What the kernel weighs first where it groups processes by terminal session."""
    try:
        return int(open("/proc/self/autogroup").read().split()[-1])
    except (OSError, ValueError, IndexError):
        return 0


def truth_of(held):
    """The largest N of which at least 95 % succeed when `held` sessions do and the rest never does."""
    return held * 100 // 95


def grid_of(sizes):
    """Sessions of a grid as fine as the search over the sizes that it tried, one cell each."""
    total, size = 0, float(min(sizes))
    while size < max(sizes):
        total += int(size)
        size *= 1 + within
    return total + max(sizes)


cpu = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
print(f"""# The search against a planted limit

`scalebench search --within 5%` of scalebench {version} on the bundled environment with one worker, {searches} searches of
each kind with their own seeds; generator and environment share {os.cpu_count()} cores ({cpu}),
at niceness {os.nice(0)} in a scheduling group of niceness {group_niceness()}. Made by `Benchmarks/search.sh {searches}`.

- **cap**: `{caps}`. {cap} sessions are admitted
  and every other one is refused, so the largest N of which 95 % succeed is ⌊{cap} ÷ 0.95⌋ = {truth_of(cap)}.
- **step-cpu**: `{busy}`. The steps of a batch
  arrive together and one worker takes {step_ms} ms for each, so {deadline} s ÷ {step_ms} ms = {served} are answered in time and the largest N
  of which 95 % succeed is ⌊{served} ÷ 0.95⌋ = {truth_of(served)}.

The bracket must hold that N, and its ends lie at most 5 % apart unless an N between them stays undecided. The grid
has one cell for each N in steps of 5 % over the sizes that the search tried; the search repeats what it must.

| planted | seed | tried N (repetitions) | bracket | truth | held | sessions | grid | share |
|---|--:|---|--:|--:|---|--:|--:|--:|""")
good = True
for kind, truth in (("cap", truth_of(cap)), ("step-cpu", truth_of(served))):
    for seed in range(1, searches + 1):
        lines = [json.loads(line) for line in open(f"{scratch}/{kind}-{seed}.json")]
        sizes = [line["num_requests"] for line in lines if line["type"] == "cell"]
        found = lines[-1]["max_batch"][0]
        low, high = found["last_pass"], found["first_fail"]
        held = low is not None and high is not None and low <= truth < high
        share = sum(sizes) / grid_of(sizes)
        narrow = held and high <= low * (1 + within)
        good = good and narrow and share <= most_share
        tried = ", ".join(f"{size:,}" + (f" ({sizes.count(size)})" if sizes.count(size) > 1 else "") for size in dict.fromkeys(sizes))
        word = "yes" if narrow else "yes, but wide" if held else "no"
        print(f"| {kind} | {seed} | {tried} | [{low}, {high}) | {truth} | {word} | {sum(sizes):,} | {grid_of(sizes):,} | {share:.0%} |")
print()
print("Every bracket holds the truth, for at most 60 % of the grid's sessions." if good else "Not every bar is met.")
sys.exit(0 if good else 1)
SCRIPT
cp "$scratch/table" Benchmarks/search.md
cat Benchmarks/search.md
if [ "$status" -ne 0 ]; then for log in "$scratch"/*.log; do echo "== $log" >&2; cat "$log" >&2; done; fi
exit $status
