#!/usr/bin/env bash
# Plants a bottleneck of each kind with real programs and asks whether scalebench names it: a busy server, a session cap,
# a slow balancer (HAProxy, on a crowded core and with a short queue), a generator on a crowded core, a descriptor limit
# that falls in mid-run, and ports that run out.
#
# Usage: Benchmarks/bottlenecks.sh [REPEATS]     5 repeats by default: about 3 minutes
#   SCALEBENCH_BIN=PROGRAM   ask this program instead of building one
# Needs root (a network namespace, limits of a running process), 2 cores, and haproxy, util-linux, iproute2, python3.
# Writes Benchmarks/bottlenecks.md (also printed) from the database of these runs.
# Exits with 1 unless every plant was named every time.
set -euo pipefail
export LC_ALL=C
scalebench=${SCALEBENCH_BIN:+$(realpath "$SCALEBENCH_BIN")}
cd "$(dirname "$0")/.."

repeats=${1:-5}
table=Benchmarks/bottlenecks.md
scratch=$(mktemp -d)
db=$scratch/plants.sqlite
started=()
trap 'stop_all; rm -rf "$scratch"' EXIT

say() { echo "bottlenecks: $*" >&2; }
die() { say "$*"; exit 1; }

case $repeats in
'' | 0* | *[!0-9]*) echo "usage: Benchmarks/bottlenecks.sh [REPEATS]" >&2; exit 2 ;;
esac
[ "$(id -u)" -eq 0 ] || die "needs root, for a network namespace and the limits of a running process"
for tool in haproxy taskset prlimit unshare ip python3; do
    command -v "$tool" >/dev/null || die "$tool is missing: install haproxy, util-linux, iproute2 and python3, e.g. with scripts/system-packages.sh haproxy"
done
[ "$(nproc)" -ge 2 ] || die "needs two cores: one to crowd, and one that stays free"
if [ -z "$scalebench" ]; then
    swift build -c release --product scalebench >&2
    scalebench=.build/release/scalebench
fi

# Each is ended by its own number; what has ended already is none of ours.
stop_all() {
    local pid
    for pid in "${started[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
    for pid in "${started[@]}"; do wait "$pid" 2>/dev/null || true; done
    started=()
}

# crowd CORE COUNT: so many busy loops on one core.
crowd() {
    local each
    for ((each = 0; each < $2; each++)); do
        taskset -c "$1" sh -c 'while :; do :; done' &
        started+=($!)
    done
}

# within SECONDS COMMAND…: asks until the command says yes.
within() {
    local tries=$(($1 * 50))
    shift
    until "$@"; do
        [ $((tries -= 1)) -gt 0 ] || return 1
        sleep 0.02
    done
}

# serve CORE: the bundled environment on one core, attached to by its URL; sets $port and $server.
serve() {
    : >"$scratch/served"
    "${ahead[@]}" taskset -c "$1" "$scalebench" serve --port 0 >"$scratch/served" 2>&1 &
    server=$!
    started+=("$server")
    within 10 grep -q 'listening on' "$scratch/served" || die "the environment did not start: $(cat "$scratch/served")"
    port=$(sed -n 's|.*listening on http://[^ ]*:\([0-9]*\).*|\1|p' "$scratch/served" | head -1)
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# balance CORE QUEUE: HAProxy with one thread on one core before $port, with so many connections to it at once; sets
# $front and $balancer.
balance() {
    front=$(free_port)
    cat >"$scratch/haproxy.cfg" <<CONFIG
global
    nbthread 1
    maxconn 4000
defaults
    mode http
    timeout connect 10s
    timeout client 100s
    timeout server 100s
    timeout queue 100s
    timeout tunnel 100s
frontend front
    bind 127.0.0.1:$front backlog 4000
    default_backend back
backend back
    server one 127.0.0.1:$port maxconn $2
CONFIG
    taskset -c "$1" haproxy -db -f "$scratch/haproxy.cfg" >"$scratch/haproxy.log" 2>&1 &
    balancer=$!
    started+=("$balancer")
    within 10 answers "$front" || die "HAProxy did not start: $(cat "$scratch/haproxy.log")"
}

# What is not meant to lack a processor goes before whatever else this machine happens to do.
ahead=(nice -n -10)

# What every run has; the label tells the plants apart in the database.
run=(run --db "$db" --json --no-calibrate)

plant_server_cpu() {
    "${ahead[@]}" "$scalebench" "${run[@]}" --hardware "$1" --provider local:workers=1,step-cpu=4ms -n 128 --steps 4 --wait 0
}

plant_session_cap() {
    "${ahead[@]}" "$scalebench" "${run[@]}" --hardware "$1" --provider local:workers=2,max-concurrent-envs=40 -n 256 --wait 0.5
}

# Every message of every session goes through one thread that has a quarter of a core.
plant_balancer_core() {
    serve 0
    balance 1 4000
    crowd 1 3
    "${ahead[@]}" taskset -c 0 "$scalebench" "${run[@]}" --hardware "$1" -n 128 --steps 150 --wait 0 --provider \
        "url:urls=http://127.0.0.1:$front,workers=1,pid=$server,balancer=haproxy,balancer-pid=$balancer"
}

# Sixteen sessions at a time get through; the others wait in its queue.
plant_balancer_queue() {
    serve 0
    balance 1 16
    "${ahead[@]}" "$scalebench" "${run[@]}" --hardware "$1" -n 128 --wait 0.4 --provider \
        "url:urls=http://127.0.0.1:$front,workers=1,pid=$server,balancer=haproxy,balancer-pid=$balancer"
}

plant_generator() {
    serve 1
    crowd 0 3
    taskset -c 0 "$scalebench" "${run[@]}" --hardware "$1" -n 256 --steps 100 --wait 0 --threads 1 --provider \
        "url:urls=http://127.0.0.1:$port,workers=1,pid=$server"
}

descriptors_of() { [ "$(ls "/proc/$1/fd" 2>/dev/null | wc -l)" -ge "$2" ]; }

# The limit that holds at the start has room for all; it falls when the first sessions are open.
plant_descriptors() {
    "${ahead[@]}" "$scalebench" "${run[@]}" --hardware "$1" --provider local -n 1000 --ramp 3s --wait 4 &
    local pid=$!
    within 20 descriptors_of "$pid" 100 && prlimit --pid "$pid" --nofile=400:400
    wait "$pid"
}

# One address to go to and 256 ports to go from, in a network of its own.
plant_ports() {
    unshare -n sh -c '
        ip link set lo up && ip address add 10.9.9.1/32 dev lo || exit 5
        echo "20000 20255" >/proc/sys/net/ipv4/ip_local_port_range
        exec "$@"' sh "${ahead[@]}" "$scalebench" "${run[@]}" --hardware "$1" --provider local:host=10.9.9.1 -n 512 --wait 1
}

plants=(
    "server_cpu|server-cpu|a server whose steps take 4 ms of processor time each"
    "session_cap|session-cap|256 sessions at 2 workers × cap 40"
    "balancer_core|proxy|HAProxy with one thread on a core that three busy loops share"
    "balancer_queue|proxy|HAProxy with a queue before 16 connections"
    "generator|generator|the generator with one thread on a core that three busy loops share"
    "descriptors|client-limit|a descriptor limit that falls to 400 while 1,000 sessions start"
    "ports|client-limit|512 sessions from 256 ports"
)

for plant in "${plants[@]}"; do
    IFS='|' read -r name _ what <<<"$plant"
    say "$what"
    for ((repeat = 1; repeat <= repeats; repeat++)); do
        # 4 says that no cell is valid, as it should be where the generator is the limit.
        status=0
        "plant_$name" "$name" >"$scratch/$name.json" 2>"$scratch/$name.log" || status=$?
        stop_all
        case $status in
        0 | 4) ;;
        *) say "the run ended with $status: $(tail -3 "$scratch/$name.log")" ;;
        esac
        say "  $repeat: $(sed -n 's/.*"verdict":"\([^"]*\)","verdict_evidence":"\([^"]*\)".*/\1: \2/p' "$scratch/$name.json" | head -1)"
    done
done

printf '%s\n' "${plants[@]}" >"$scratch/plants"
python3 - "$db" "$scratch/plants" "$repeats" "$("$scalebench" --version)" >"$table" <<'SCRIPT' && cat "$table" || { cat "$table"; exit 1; }
import os, platform, sqlite3, sys
path, plants, repeats, version = sys.argv[1:5]
db = sqlite3.connect(path)
print("# Planted bottlenecks\n")
print(f"`Benchmarks/bottlenecks.sh {repeats}` with scalebench {version} on {os.cpu_count()} cores, "
      f"Linux {platform.release()}. Each plant is real, and each line is read from the database of its runs.\n")
print("| Planted | Verdict expected | Named rightly | Evidence of the last run |\n|---|---|---|---|")
wrong, right, planted = [], 0, 0
for line in open(plants):
    name, expected, what = line.rstrip("\n").split("|")
    rows = db.execute("SELECT limiter, evidence FROM cells JOIN runs ON runs.id = run_id WHERE hardware = ? "
                      "ORDER BY cells.id", (name,)).fetchall()
    named = [row for row in rows if row[0] == expected]
    right, planted = right + len(named), planted + int(repeats)
    evidence = named[-1][1] if named else "–"
    print(f"| {what} | `{expected}` | {len(named)} of {repeats} | {evidence} |")
    wrong += [f"- {what}: `{limiter}`: {evidence}" for limiter, evidence in rows if limiter != expected]
    if len(rows) < int(repeats):
        wrong.append(f"- {what}: {int(repeats) - len(rows)} runs gave no cell")
print(f"\nNamed rightly: {right} of {planted}.")
if wrong:
    print("\nNamed otherwise:\n\n" + "\n".join(wrong))
sys.exit(0 if right == planted else 1)
SCRIPT
