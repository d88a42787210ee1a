#!/bin/sh
# Says in one sentence how to get a toolchain when there is none, or none that is new enough.
set -eu

advice="run \`make toolchain\`, or see https://www.swift.org/install/linux"
if ! command -v swift >/dev/null 2>&1; then
    echo "scalebench needs Swift 6.2 or newer and there is no \`swift\` on the PATH: $advice" >&2
    exit 1
fi
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
major=${version%%.*}
minor=${version#*.}
if [ -z "$version" ] || [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
    echo "scalebench needs Swift 6.2 or newer and \`swift --version\` says ${version:-nothing readable}: $advice" >&2
    exit 1
fi
