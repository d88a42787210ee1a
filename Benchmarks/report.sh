#!/usr/bin/env bash
# How long the report and the charts of a large database take: 200 cells of 4,096 sessions on average, 819,200 rows in
# the `sessions` table. 40 cells are measured here, ten sizes × two waits on two infrastructures; their further
# repetitions are copies of them under new keys, which cost a reader as much as real ones.
#
# Usage: Benchmarks/report.sh [repeats]     5 by default; about two minutes
#   SCALEBENCH_BIN=PROGRAM   measure this program instead of building one
#   DATABASE=FILE            keep the database there, and use it again when it exists
# Writes Benchmarks/report.md (also printed). Exits with 1 where a bar is missed.
set -euo pipefail
export LC_ALL=C
scalebench=${SCALEBENCH_BIN:+$(realpath "$SCALEBENCH_BIN")}
database=${DATABASE:+$(realpath -m "$DATABASE")}
cd "$(dirname "$0")/.."
repeats=${1:-5}
if [ -z "$scalebench" ]; then
    make build >&2
    scalebench=$PWD/.build/release/scalebench
fi
scripts/system-packages.sh sqlite3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
build=.build/benchmarks
mkdir -p "$build"
cc -O2 -Wall -Wextra -o "$build/rusage" Benchmarks/rusage.c

# The mean of the sizes is 4,096. Both infrastructures refuse what is above their cap, so that there are failures.
sizes=1024,1536,2048,2560,3072,5120,5632,6144,6656,7168
measure() { # WORKERS CAP
    "$scalebench" run --requests-grid "$sizes" --wait-grid 0.5,1 --workers "$1" --max-concurrent-envs "$2" \
        --no-calibrate --db "$scratch/new.sqlite" >"$scratch/out" 2>"$scratch/errors" || {
        cat "$scratch/errors" >&2
        exit 1
    }
}

# Both runs become one of two infrastructures and 40 cells, then every cell gets four copies as further repetitions.
copies() {
    local table count=40 rep
    echo "BEGIN;"
    echo "UPDATE deployments SET run_id = 1; UPDATE cells SET run_id = 1; DELETE FROM runs WHERE id <> 1;"
    echo "UPDATE runs SET plan = json_set(plan, '\$.reps', 5);"
    local details
    details=$(sqlite3 "$scratch/new.sqlite" "
        SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c ON c.name = 'cell_id' WHERE m.type = 'table'")
    echo "CREATE TEMP TABLE copy_of_cells AS SELECT * FROM cells;"
    for table in $details; do echo "CREATE TEMP TABLE copy_of_$table AS SELECT * FROM $table;"; done
    for rep in 2 3 4 5; do
        echo "UPDATE copy_of_cells SET id = id + $count, rep = $rep; INSERT INTO cells SELECT * FROM copy_of_cells;"
        for table in $details; do
            echo "UPDATE copy_of_$table SET cell_id = cell_id + $count;"
            if [ "$table" = cell_failures ]; then echo "UPDATE copy_of_$table SET id = NULL;"; fi
            echo "INSERT INTO $table SELECT * FROM copy_of_$table;"
        done
    done
    echo "COMMIT; PRAGMA foreign_key_check; PRAGMA wal_checkpoint(TRUNCATE);"
}

make_database() {
    measure 1 5600
    measure 2 2400
    copies | sqlite3 -bail "$scratch/new.sqlite" >/dev/null
    mv "$scratch/new.sqlite" "$database"
}

: "${database:=$scratch/report.sqlite}"
if [ ! -e "$database" ]; then make_database; fi
cells=$(sqlite3 "$database" "SELECT count(*) FROM cells")
sessions=$(sqlite3 "$database" "SELECT count(*) FROM sessions")
if [ "$cells $sessions" != "200 819200" ]; then
    echo "report: $database has $cells cells and $sessions sessions, not 200 and 819,200" >&2
    exit 1
fi

failed=0
# One line of the table: the medians of one command's wall time and peak memory.
bench() { # BAR_SECONDS BAR_MEGABYTES ARGUMENT…
    local seconds=$1 megabytes=$2 repeat
    shift 2
    : >"$scratch/uses"
    for ((repeat = 0; repeat < repeats; repeat++)); do
        rm -rf "$scratch/shown"
        "$build/rusage" "$scratch/use" "$scalebench" "$@" --db "$database" >"$scratch/out" 2>"$scratch/errors" || {
            cat "$scratch/errors" >&2
            exit 1
        }
        cat "$scratch/use" >>"$scratch/uses"
    done
    local words="${*//$scratch\/shown/out}"
    sort -g -k4 "$scratch/uses" | awk -v bar="$seconds" -v most="$megabytes" -v words="$words" '
        { wall[NR] = $4; cpu[NR] = $1 + $2; if ($3 > peak) peak = $3 }
        END {
            middle = int((NR + 1) / 2)
            peak *= 1024 / 1e6
            met = wall[middle] < bar && peak < most
            printf "| `scalebench %s` | %.2f s (%.2f to %.2f) | %s s | %.1f MB | %s | %s |\n", words, wall[middle],
                wall[1], wall[NR], bar, peak, most == "inf" ? "–" : most " MB", met ? "met" : "missed"
            exit !met
        }' >>"$scratch/table" || failed=1
}

{
    echo "# The report of a large database"
    echo
    echo "$cells cells and 819,200 sessions in a file of $(($(stat -c %s "$database") / 1000000)) MB, on"
    echo "$(nproc) cores ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)). Medians of $repeats runs of the whole process, least and"
    echo "greatest in brackets; memory is the largest peak, of the program or of a gnuplot that it starts. Made by"
    echo "\`Benchmarks/report.sh $repeats\` with $("$scalebench" --version)."
    echo
    echo "| command | wall time | bar | peak memory | bar | |"
    echo "|---|--:|--:|--:|--:|---|"
} >"$scratch/table"
bench 5 200 report
bench 20 inf plot -o "$scratch/shown"
bench 5 200 report -o "$scratch/shown"
# shellcheck disable=SC2016  # a pattern, not a command
if "$scalebench" report --help | grep -q -- '--format'; then bench 5 200 report --format html -o "$scratch/shown"; fi
cp "$scratch/table" Benchmarks/report.md
cat Benchmarks/report.md
exit $failed
