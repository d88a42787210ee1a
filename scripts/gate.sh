#!/usr/bin/env bash
# Holds this checkout's bundled environment against that of an earlier commit: both are built, and measured in turns.
# Usage: gate.sh SCALEBENCH [BASE [ARGUMENT…]]   BASE is a commit or branch, by default where this branch left origin/main or
# main; the rest goes to `scalebench gate`. Exits as the gate does, and with 2 where there is nothing to compare.
set -euo pipefail
cd "$(dirname "$0")/.."

program=$1
asked=${2:-}
base=$asked
shift "$(($# < 2 ? $# : 2))"

if [ -z "$base" ]; then
    for branch in origin/main main; do
        if base=$(git merge-base HEAD "$branch" 2>/dev/null) && [ "$base" != "$(git rev-parse HEAD)" ]; then break; fi
        # On the branch itself there is nothing to have left; what came before is the next best.
        base=HEAD~1
    done
fi
base=$(git rev-parse --verify --quiet "$base^{commit}") || {
    echo "gate.sh: '${asked:-$base}' is no commit of this checkout; name one, or fetch the whole history" >&2
    exit 2
}

place=.build-gate
tree=$place/base
trap 'git worktree remove --force "$tree" 2>/dev/null || true' EXIT
git worktree remove --force "$tree" 2>/dev/null || true
git worktree add --quiet --detach --force "$tree" "$base"
build() { # DIRECTORY NAME
    swift build -c release --static-swift-stdlib --product scalebench-env --package-path "$1" --scratch-path "$place/build-$2" >&2 || {
        echo "gate.sh: $2 cannot be built" >&2
        exit 2
    }
}
build "$tree" base
build . head
# A little work keeps a worker busy: one that falls asleep between steps shows how fast the kernel wakes it. About half of a
# step is then the server's own.
serve() { echo "process:command=\"$PWD/$place/build-$1/release/scalebench-env --port {port} --step-cpu=20us\""; }
"$program" gate --a "$(serve base)" --b "$(serve head)" --requests 4 -o "$place/gate" "$@"
