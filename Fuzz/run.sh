#!/bin/sh
# Fuzzes what parses bytes under libFuzzer and AddressSanitizer.
#   Fuzz/run.sh SECONDS [TARGET]   every target (see below) or one, so many seconds each
#   Fuzz/run.sh merge [TARGET]     puts what the runs found into Fuzz/Corpus: beside the seeds written by hand, the
#                                  forty finds that cover most
# Finds collect in BUILD/found, inputs that break something in BUILD/broken; BUILD is Fuzz/.build unless set.
set -eu
cd "$(dirname "$0")"
what=${1:?seconds, or merge}
targets=${2:-http websocket messages handshake trace action config import table}
build=${BUILD:-.build}
swift build -c release --scratch-path "$build"
# The Swift runtime's own crash reports and the sanitizer's get into each other's way.
export SWIFT_BACKTRACE=enable=no
status=0
for target in $targets; do
    case $target in
    http) name=FuzzHTTP longest=2048 ;;
    websocket) name=FuzzWebSocket longest=1024 ;;
    messages) name=FuzzMessages longest=1024 ;;
    handshake) name=FuzzHandshake longest=512 ;;
    action) name=FuzzAction longest=512 ;;
    config) name=FuzzConfig longest=2048 ;;
    trace) name=FuzzTrace longest=1024 ;;
    import) name=FuzzImport longest=2048 ;;
    table) name=FuzzTable longest=2048 ;;
    *) echo "no target $target" >&2; exit 2 ;;
    esac
    found=$build/found/$target
    mkdir -p "$found" "$build/broken" "Corpus/$target"
    if [ "$what" = merge ]; then
        fresh=$build/merge/$target
        rm -rf "$fresh"
        mkdir -p "$fresh"
        "$build/release/$name" -set_cover_merge=1 -use_counters=0 -use_cmp=0 -max_len=$longest "$fresh" "Corpus/$target" "$found"
        find "Corpus/$target" -type f ! -name 'seed-*' -delete
        # The finds are written in order of what they add.
        ls -tr "$fresh" | head -n 40 | while read -r file; do cp "$fresh/$file" "Corpus/$target/"; done
    else
        "$build/release/$name" -max_total_time="$what" -max_len=$longest -timeout=10 -rss_limit_mb=2048 \
            -dict="Dictionaries/$target" -print_final_stats=1 -artifact_prefix="$build/broken/$target-" \
            "$found" "Corpus/$target" || status=1
    fi
done
exit $status
