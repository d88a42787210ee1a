#!/bin/sh
# Prepares a Python environment that drives a headless Chromium in the folder $1; does nothing when it is there and right.
# The browser is the system's; its path is left in $1/browser.
set -eu

folder=${1:?usage: browser.sh FOLDER}
requirements="playwright==1.65.2"
stamp="$folder/requirements"

# Ubuntu's package of that name is a stub that only snap fills, so a browser counts when it starts.
find_browser() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        path=$(command -v "$name" || true)
        if [ -n "$path" ] && "$path" --version >/dev/null 2>&1; then
            echo "$path"
            return
        fi
    done
}

if [ -x "$(cat "$folder/browser" 2>/dev/null || true)" ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$requirements" ]; then
    exit 0
fi

# Debian keeps `ensurepip`, which a virtual environment needs, in a package of its own.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    "$(dirname "$0")/../apt-install.sh" python3 python3-venv
fi

echo "engines: preparing a browser in $folder"
rm -rf "$folder"
python3 -m venv "$folder"
# shellcheck disable=SC2086  # one argument per requirement
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check $requirements
browser=$(find_browser)
if [ -z "$browser" ]; then
    "$(dirname "$0")/../apt-install.sh" chromium || true
    browser=$(find_browser)
fi
if [ -z "$browser" ]; then
    "$folder/bin/python" -m playwright install --with-deps chromium
    browser=$("$folder/bin/python" -c 'from playwright.sync_api import sync_playwright as s
with s() as p: print(p.chromium.executable_path)')
fi
[ -x "$browser" ] || { echo "engines: there is no Chromium, and none could be installed" >&2; exit 1; }
printf '%s' "$browser" > "$folder/browser"
printf '%s' "$requirements" > "$stamp"
