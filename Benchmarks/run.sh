#!/usr/bin/env bash
# Measures scalebench against the least that its work can cost: a bare epoll loop in C (floor.c) for WebSocket sessions,
# wrk and hey for HTTP where they are installed, and `openssl s_time` for handshakes, all against a server that does
# nothing (nullserver.c). The bundled environment is measured against that server. The two sides take turns, and what
# counts is the ratio within each pair of runs.
#
# Usage: Benchmarks/run.sh [quick|full]     under 3 minutes, or under 8 (the default); building comes on top
#   SCALEBENCH_BIN=PROGRAM   measure this program instead of building one
# Writes Benchmarks/results.md (also printed) and every run's figures to Benchmarks/results.tsv.
# Exits with 1 if a run failed, so that a pair is missing.
set -euo pipefail
export LC_ALL=C
scalebench=${SCALEBENCH_BIN:+$(realpath "$SCALEBENCH_BIN")}
cd "$(dirname "$0")/.."

size=${1:-full}
case $size in
quick) pairs=3 rate_steps=1000 peer_seconds=1 ;;
full) pairs=7 rate_steps=3000 peer_seconds=3 ;;
*) echo "usage: Benchmarks/run.sh [quick|full]" >&2; exit 2 ;;
esac
rate_sessions=64
secure=1024
tiny=1024
small=2048
large=16384

build=.build/benchmarks
table=Benchmarks/results.md
raw=Benchmarks/results.tsv
scratch=$(mktemp -d)
server=
trap 'stop_server; rm -rf "$scratch"' EXIT

say() { echo "bench: $*" >&2; }

build_programs() {
    mkdir -p "$build"
    local program
    for program in floor nullserver rusage; do
        cc -O2 -Wall -Wextra -o "$build/$program" "Benchmarks/$program.c" -lssl -lcrypto -lm
    done
    if [ -z "$scalebench" ]; then
        swift build -c release --static-swift-stdlib --product scalebench >&2
        scalebench=.build/release/scalebench
    fi
}

# A key of the kind that servers have today, and a certificate that is its own authority.
make_certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=nullserver \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$scratch/key" -out "$scratch/certificate" 2>"$scratch/err"
    cat "$scratch/key" "$scratch/certificate" >"$scratch/pem"
}

# Every run gets a server of its own: both sides meet it fresh, and the last run's TIME_WAIT is at another port.
start_server() {
    local command=("$build/nullserver" 0)
    case $serving in
    tls) command+=("$scratch/pem") ;;
    environment) command=("$scalebench" serve --port 0 --workers 1) ;;
    esac
    # Emptied here, because the background may come to it only after the loop below has read the last server's port.
    : >"$scratch/server"
    "${command[@]}" >>"$scratch/server" 2>>"$scratch/server" &
    server=$!
    local tries
    for ((tries = 0; tries < 250; tries++)); do
        port=$(sed -n 's/^.*listening on \(.*:\)\{0,1\}\([0-9][0-9]*\).*/\2/p' "$scratch/server")
        if [ -n "$port" ]; then return; fi
        sleep 0.02
    done
    say "the server did not start: $(tail -n 1 "$scratch/server")"
    exit 1
}

# CPU seconds of the server so far; utime and stime are the 14th and 15th field of its stat, in ticks.
server_cpu() { awk -v ticks="$(getconf CLK_TCK)" '{ printf "%.2f", ($14 + $15) / ticks }' "/proc/$server/stat"; }

stop_server() {
    if [ -z "$server" ]; then return; fi
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}

# Sockets of the whole host: sets inuse, orphans, timewait.
read_sockets() {
    read -r inuse orphans timewait < <(awk '
        $1 == "TCP:" { for (i = 2; i < NF; i += 2) count[$i] = $(i + 1) }
        END { print count["inuse"] + 0, count["orphan"] + 0, count["tw"] + 0 }' /proc/net/sockstat)
}

# Waits until nothing of the last run is in the way of the next: its sockets are closed, and beside those in TIME_WAIT
# there are ports enough, or they may be used again, as tcp_tw_reuse allows once they are a second old.
drain() {
    local sessions=$1 end=$((SECONDS + 65)) paused=
    while :; do
        read_sockets
        if ((inuse <= quiet_inuse + 16 && orphans <= quiet_orphans + 16)); then
            if ((timewait + sessions + 1024 <= ports)) || [ -n "$paused" ]; then return; fi
            if ((tw_reuse > 0)); then sleep 1.2; paused=1; continue; fi
        fi
        if ((SECONDS >= end)); then
            say "went on although $inuse sockets are in use, $orphans orphaned and $timewait in TIME_WAIT"
            return
        fi
        sleep 0.2
    done
}

# The number that the JSON line on standard input has under a name, or nothing.
field() { sed -n "1s/.*\"$1\":\(-\{0,1\}[0-9][0-9.eE+-]*\).*/\1/p"; }

# So many units in the seconds on standard input.
per_second() { awk -v units="$1" '$1 > 0 { printf "%.0f", units / $1 }'; }

# Runs a command against a fresh server and sets user, system, rss, wall and status of its whole process.
measure() {
    drain "$1"
    shift
    start_server
    local argument arguments=()
    for argument; do arguments+=("${argument//PORT/$port}"); done
    "$build/rusage" "$scratch/use" "${arguments[@]}" >"$scratch/out" 2>"$scratch/err" || true
    cpu_of_server=$(server_cpu)
    stop_server
    read -r user system rss wall status <"$scratch/use"
}

# One line of raw figures: what a run did in `units` (sessions, messages or requests), and what it used for that.
#   record CELL PAIR PROGRAM SUCCEEDED FAILED UNITS ENGINE_CPU_SECONDS P99_SECONDS UNITS_PER_SECOND
record() {
    local engine=${7:-} p99=${8:-} rate=${9:-}
    if [ "${5:-1}" != 0 ]; then
        failures=$((failures + 1))
        say "$3 failed in $1, pair $2 (status $status): $(tail -n 1 "$scratch/err")"
    fi
    awk -v OFS='\t' -v cell="$1" -v pair="$2" -v program="$3" -v ok="${4:-0}" -v bad="${5:-1}" -v units="$6" \
        -v engine="$engine" -v p99="$p99" -v rate="$rate" -v user="$user" -v system_="$system" -v rss="$rss" \
        -v wall="$wall" -v server="$cpu_of_server" -v status="$status" 'BEGIN {
            if (units < 1) units = 1
            cpu = sprintf("%.3f", (user + system_) / units * 1e6)
            if (engine != "") engine = sprintf("%.3f", engine / units * 1e6)
            print cell, pair, program, ok, bad, user, system_, cpu, engine, p99, rate, rss, wall, server, status
        }' >>"$raw"
}

# One run of the floor. Its total P99 is printed in milliseconds.
run_floor() { # CELL PAIR SESSIONS WAIT STEPS UNITS [NAME]
    measure "$3" "$build/floor" PORT "$3" "$4" "$5"
    local line
    line=$(cat "$scratch/out")
    record "$1" "$2" "${7:-floor}" "$(field ok <<<"$line")" "$(field bad <<<"$line")" "$6" \
        "$(awk "BEGIN { print $user + $system }")" "$(field total_p99_ms <<<"$line" | awk '{ print $1 / 1e3 }')" \
        "$(field wall_s <<<"$line" | per_second "$6")"
}

# One run of scalebench, storing in a database that does not exist yet.
run_ours() { # CELL PAIR MODE SESSIONS WAIT STEPS UNITS
    rm -f "$scratch"/db*
    local url=http://127.0.0.1:PORT trust=()
    if [ "$serving" = tls ]; then url=https://127.0.0.1:PORT trust=(--ca-file "$scratch/certificate"); fi
    measure "$4" "$scalebench" run --url "$url" "${trust[@]}" -n "$4" --wait "$5" --steps "$6" --mode "$3" \
        --json --db "$scratch/db" --no-preflight --no-calibrate
    local line
    line=$(grep '"type":"cell"' "$scratch/out" | head -n 1 || true)
    record "$1" "$2" scalebench "$(field successful <<<"$line")" "$(field failed <<<"$line")" "$7" \
        "$(field cpu_seconds <<<"$line")" "$(field total_p99 <<<"$line")" \
        "$(field total_wall_time <<<"$line" | per_second "$7")"
}

run_wrk() { # CELL PAIR
    measure "$rate_sessions" wrk -t1 -c"$rate_sessions" -d"${peer_seconds}s" -s Benchmarks/step.lua \
        http://127.0.0.1:PORT/step
    local requests rate bad=0
    requests=$(sed -n 's/^ *\([0-9]*\) requests in .*/\1/p' "$scratch/out")
    rate=$(sed -n 's/^Requests\/sec: *//p' "$scratch/out")
    if [ -z "$rate" ] || grep -qE 'Non-2xx|Socket errors' "$scratch/out"; then bad=1; fi
    record "$1" "$2" wrk "${requests:-0}" "$bad" "${requests:-1}" "" "" "${rate%.*}"
}

run_hey() { # CELL PAIR
    measure "$rate_sessions" hey -cpus 1 -c "$rate_sessions" -z "${peer_seconds}s" -m POST -T application/json \
        -d '{"action":{"wait_seconds": 0.0}}' http://127.0.0.1:PORT/step
    local rate requests bad=0
    rate=$(sed -n 's/^ *Requests\/sec:[[:space:]]*//p' "$scratch/out")
    requests=$(sed -n 's/^ *\[200\][[:space:]]*\([0-9]*\) responses/\1/p' "$scratch/out")
    if [ -z "$rate" ] || grep -qE 'Error distribution|\[[^2][0-9]*\].* responses' "$scratch/out"; then bad=1; fi
    record "$1" "$2" hey "${requests:-0}" "$bad" "${requests:-1}" "" "" "${rate%.*}"
}

# Full handshakes, one after another, each with its certificate verified against the same authority.
run_s_time() { # CELL PAIR
    measure "$secure" openssl s_time -connect 127.0.0.1:PORT -new -tls1_3 -verify 1 -CAfile "$scratch/certificate" \
        -time 1
    local connections bad=0
    connections=$(sed -n 's/^\([0-9][0-9]*\) connections in [0-9.]*s;.*/\1/p' "$scratch/out")
    if [ -z "$connections" ] || grep -q 'verify error' "$scratch/err"; then bad=1; fi
    record "$1" "$2" s_time "${connections:-0}" "$bad" "${connections:-1}"
}

# A host that cannot hold so many sessions is told why, and the cell is left out.
can_hold() {
    local descriptors
    descriptors=$(ulimit -Hn)
    if [ "$descriptors" != unlimited ] && ((descriptors < $1 + 256)); then
        skip "$1 sessions: the hard limit of descriptors is $descriptors (\`ulimit -Hn\`)"
        return 1
    fi
    if ((ports < $1 + 1024)); then
        skip "$1 sessions: there are only $ports ephemeral ports (\`net.ipv4.ip_local_port_range\`)"
        return 1
    fi
    if ((ports < 3 * $1)); then
        note "Only $ports ephemeral ports for $1 sessions: runs wait for TIME_WAIT and connecting takes longer than" \
            "it must; \`sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"\` gives more."
    fi
}

notes=()
note() { notes+=("$*"); say "$*"; }
skip() { note "Left out: $*."; }

burst() { # CELL SESSIONS
    local pair
    for ((pair = 1; pair <= pairs; pair++)); do
        say "$2 WebSocket sessions, pair $pair of $pairs"
        run_floor "$1" "$pair" "$2" 1 1 "$2"
        run_ours "$1" "$pair" ws "$2" 1 1 "$2"
        # What the sessions of the large burst may cost is told by those of one that a host hardly notices.
        if [ "$2" = "$large" ]; then run_ours burst-tiny "$pair" ws "$tiny" 1 1 "$tiny"; fi
    done
}

handshakes() {
    local pair
    if ! openssl s_time -help >/dev/null 2>&1 || ! make_certificate; then
        skip "TLS: the program openssl is not installed, or makes no certificate"
        return
    fi
    serving=tls
    for ((pair = 1; pair <= pairs; pair++)); do
        say "$secure sessions over TLS, pair $pair of $pairs"
        run_s_time wss "$pair"
        run_ours wss "$pair" ws "$secure" 0 1 "$secure"
    done
    serving=nothing
}

rates() {
    local pair units=$((rate_sessions * (rate_steps + 1)))
    for ((pair = 1; pair <= pairs; pair++)); do
        say "messages and requests per second, pair $pair of $pairs"
        run_floor ws-rate "$pair" "$rate_sessions" 0 "$rate_steps" "$units"
        run_ours ws-rate "$pair" ws "$rate_sessions" 0 "$rate_steps" "$units"
        serving=environment
        run_floor ws-rate "$pair" "$rate_sessions" 0 "$rate_steps" "$units" environment
        serving=nothing
        if [ -n "$wrk" ]; then run_wrk http-rate "$pair"; fi
        if [ -n "$hey" ]; then run_hey http-rate "$pair"; fi
        run_ours http-rate "$pair" http "$rate_sessions" 0 "$rate_steps" "$units"
    done
}

# Jiffies of all processors that were stolen by the hypervisor, and all of them.
jiffies() { awk '$1 == "cpu" { for (i = 2; i <= 9; i++) all += $i; print $9, all }' /proc/stat; }

machine() {
    local cores model
    cores=$(nproc)
    model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    echo "$cores cores${model:+ ($model)}, Linux $(uname -r), load average $load_before before the first run," \
        "$stolen % of processor time stolen by the host; the generator and the server share the $cores cores."
}

# What both tables are made of: the figures of every run in which nothing failed, and medians of them.
# shellcheck disable=SC2016  # awk's own dollars
figures='
    function sort(values, count,    i, j, value) {
        for (i = 2; i <= count; i++) {
            value = values[i]
            for (j = i - 1; j > 0 && values[j] > value; j--) values[j + 1] = values[j]
            values[j + 1] = value
        }
    }
    function median(values, count) {
        return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
    }
    $1 ~ /^#/ || $1 == "cell" { next }
    {
        if ($2 > last) last = $2
        if ($1 == "http-rate" && $3 == "wrk") has_wrk = 1
        if ($5 != 0) next
        figure[$1, $3, $2, "cpu"] = $8
        figure[$1, $3, $2, "engine"] = $9
        figure[$1, $3, $2, "p99"] = $10
        figure[$1, $3, $2, "rate"] = $11
        figure[$1, $3, $2, "rss"] = $12
    }'

# What is promised, and whether it is kept: a ratio within each pair of runs, or a figure of ours alone.
promises() {
    awk -F '\t' -v large=$large -v tiny=$tiny -v secure=$secure -v sessions=$rate_sessions -v steps="$rate_steps" "$figures"'
        # "at most" a bar, or "at least"; an aim of 0 is none. A peer named "" is none.
        function row(what, cell, theirs, peer, ours, own, name, factor, sense, bar, aim,
            i, a, b, count, values, middle, form, kept) {
            for (i = 1; i <= last; i++) {
                b = figure[own, ours, i, name]
                a = peer == "" ? 1 : figure[cell, peer, i, theirs]
                if (b != "" && a != "" && a > 0) values[++count] = b * factor / a
            }
            form = peer == "" ? "%.1f MB" : "%.2f ×"
            printf "| %s | %s " form " | ", what, sense, bar
            if (aim) printf sense " " form " | ", aim
            else printf "– | "
            if (!count) { print "not measured | | |"; return }
            sort(values, count)
            middle = median(values, count)
            kept = sense == "≤" ? middle <= bar : middle >= bar
            printf form " | %.2f–%.2f | %s |\n", middle, values[1], values[count], kept ? "pass" : "**miss**"
        }
        END {
            print "| Promise | bar | aim | median | min–max | |"
            print "|---|--:|--:|--:|--:|---|"
            at = "N = " large ", wait 1 s: "
            row(at "CPU per session, whole process ÷ floor", "burst-large", "cpu", "floor", "scalebench", "burst-large", "cpu",
                1, "≤", 1.25, 0.9)
            row(at "P99 of the whole session ÷ floor", "burst-large", "p99", "floor", "scalebench", "burst-large", "p99", 1,
                "≤", 1.2, 1)
            row(at "peak memory of the whole process, storing included", "", "", "", "scalebench", "burst-large", "rss",
                1024 / 1e6, "≤", 45, 25)
            row(at "CPU per session, engine alone ÷ the same at N = " tiny, "burst-tiny", "engine", "scalebench",
                "scalebench", "burst-large", "engine", 1, "≤", 1.3, 0)
            row(sessions " sessions × " steps " steps, no wait: messages per second ÷ floor", "ws-rate", "rate", "floor",
                "scalebench", "ws-rate", "rate", 1, "≥", 0.9, 1.1)
            row("HTTP, " sessions " connections: requests per second ÷ wrk -t1", "http-rate", "rate", "wrk", "scalebench",
                "http-rate", "rate", 1, "≥", 0.85, 1)
            row("HTTP, " sessions " connections: requests per second ÷ hey -cpus 1", "http-rate", "rate", "hey",
                "scalebench", "http-rate", "rate", 1, "≥", 3, 0)
            row(secure " sessions over TLS: CPU per session ÷ a handshake of openssl s_time", "wss", "cpu", "s_time",
                "scalebench", "wss", "cpu", 1, "≤", 1.5, 0)
            row("bundled environment: messages per second served to the floor ÷ null server", "ws-rate", "rate", "floor",
                "environment", "ws-rate", "rate", 1, "≥", 0.85, 0)
        }' "$raw"
}

# The figures behind it: medians of each side, and of the ratios of each pair.
summarize() {
    awk -F '\t' -v small=$small -v large=$large -v tiny=$tiny -v secure=$secure -v sessions=$rate_sessions \
        -v steps="$rate_steps" "$figures"'
        # A peer named "" is none.
        function row(title, what, cell, peer, theirs, ours, factor, unit,    n, i, count, a, b, left, right, ratios) {
            n = peer != ""
            for (i = 1; i <= last; i++) {
                a = figure[cell, peer, i, theirs]
                b = figure[cell, "scalebench", i, ours]
                if (b == "" || n && (a == "" || a <= 0)) continue
                right[++count] = b * factor
                if (!n) continue
                left[count] = a * factor
                ratios[count] = b / a
            }
            if (!count) return
            if (title == above) title = ""
            else above = title
            sort(right, count)
            if (n) { sort(left, count); sort(ratios, count) }
            printf "| %s | %s | %s | ", title, what, n ? sprintf(unit, median(left, count)) : "–"
            printf unit " | ", median(right, count)
            if (n) printf "%.2f (%.2f–%.2f) | %d |\n", median(ratios, count), ratios[1], ratios[count], count
            else printf "– | %d |\n", count
        }
        function burst(cell, title, peer) {
            row(title, "CPU per session, whole process", cell, peer, "cpu", "cpu", 1, "%.0f µs")
            row(title, "CPU per session, engine alone", cell, peer, "engine", "engine", 1, "%.0f µs")
            row(title, "P99 of the whole session", cell, peer, "p99", "p99", 1, "%.2f s")
            row(title, "peak memory", cell, peer, "rss", "rss", 1 / 1024, "%.1f MiB")
        }
        function rate(cell, title, peer, unit) {
            row(title, unit "s per second", cell, peer, "rate", "rate", 1, "%.0f")
            row(title, "CPU per " unit ", whole process", cell, peer, "cpu", "cpu", 1, "%.2f µs")
        }
        END {
            print "| Work | Figure | peer | scalebench | scalebench ÷ peer, median (min–max) | pairs |"
            print "|---|---|--:|--:|--:|--:|"
            burst("burst-tiny", tiny " WebSocket sessions at once, wait 1 s", "")
            burst("burst-small", small " WebSocket sessions at once, wait 1 s, peer: floor", "floor")
            burst("burst-large", large " WebSocket sessions at once, wait 1 s, peer: floor", "floor")
            rate("ws-rate", sessions " WebSocket sessions × " steps " steps, no wait, peer: floor", "floor", "message")
            http = sessions " HTTP connections × " steps " steps, no wait"
            if (has_wrk) rate("http-rate", http ", peer: wrk", "wrk", "request")
            else rate("http-rate", http, "", "request")
            rate("http-rate", http ", peer: hey", "hey", "request")
            title = secure " WebSocket sessions over TLS at once, peer: a handshake of openssl s_time"
            row(title, "CPU per session, whole process", "wss", "s_time", "cpu", "cpu", 1, "%.0f µs")
            row(title, "peak memory", "wss", "s_time", "rss", "rss", 1 / 1024, "%.1f MiB")
        }' "$raw"
}

report() {
    echo "# scalebench against the floor"
    echo
    echo "\`Benchmarks/run.sh $size\` on $date, scalebench $version: $pairs pairs of runs, taking turns,"
    echo "against a server that does nothing. The peer is a bare epoll loop in C (\`floor.c\`), and what else is named."
    echo "Whole process: from start to end, with storing what was measured. Engine alone: what \`--json\` reports of the"
    echo "measured cell, against the whole peer. P99 runs from the start of the burst on both sides. Peak memory is"
    echo "resident. Messages and requests per second are the server's doing as much as the generator's; the processor"
    echo "time of one is its own."
    echo
    promises
    echo
    summarize
    echo
    echo "Machine: $(machine)"
    local each
    for each in "${notes[@]}"; do echo; echo "$each"; done
    if ((failures > 0)); then echo; echo "$failures runs failed; their pairs are left out."; fi
}

build_programs
read -r port_low port_high </proc/sys/net/ipv4/ip_local_port_range
ports=$((port_high - port_low + 1))
tw_reuse=$(cat /proc/sys/net/ipv4/tcp_tw_reuse 2>/dev/null || echo 0)
wrk=$(command -v wrk || true)
if [ -z "$wrk" ]; then note "wrk is not installed: requests per second stand without it."; fi
hey=$(command -v hey || true)
if [ -z "$hey" ]; then note "hey is not installed: requests per second stand without it."; fi
serving=nothing
date=$(date -u +%Y-%m-%dT%H:%M:%SZ)
version=$("$scalebench" --version 2>/dev/null | head -n 1) || version=unknown
# What commit a given program is of, nobody here knows.
if [ -z "${SCALEBENCH_BIN:-}" ] && commit=$(git describe --always --dirty 2>/dev/null); then
    version="$version ($commit)"
fi
load_before=$(cut -d' ' -f1 /proc/loadavg)
read_sockets
quiet_inuse=$inuse quiet_orphans=$orphans failures=0
{
    echo "# Benchmarks/run.sh $size, $date, scalebench $version, $(nproc) cores, Linux $(uname -r)"
    echo "# units: sessions of a burst, messages of ws-rate, requests of http-rate; server_cpu_s in ticks of the kernel"
    printf '%s\t' cell pair program succeeded failed user_s system_s cpu_us_per_unit engine_cpu_us_per_unit \
        total_p99_s units_per_s rss_kb wall_s server_cpu_s
    echo status
} >"$raw"
read -r stolen_before all_before < <(jiffies)
began=$SECONDS
rates
handshakes
if can_hold $small; then burst burst-small $small; fi
if can_hold $large; then burst burst-large $large; fi
read -r stolen_after all_after < <(jiffies)
stolen=$(awk "BEGIN { printf \"%.1f\", 100 * ($stolen_after - $stolen_before) / ($all_after - $all_before) }")
report >"$table"
cat "$table"
say "took $((SECONDS - began)) s; written to $table and $raw"
if ((failures > 0)); then exit 1; fi
