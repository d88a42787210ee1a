#!/bin/sh
# Prepares a Python environment in the folder $1 with the requirements that follow; does nothing when it is there and right.
set -eu

folder=${1:?usage: venv.sh FOLDER REQUIREMENT…}
shift
requirements="$*"
stamp="$folder/requirements"

if [ -x "$folder/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$requirements" ]; then
    exit 0
fi

# Debian keeps `ensurepip`, which a virtual environment needs, in a package of its own.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    "$(dirname "$0")/../apt-install.sh" python3 python3-venv
fi

echo "engines: preparing $requirements in $folder"
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
printf '%s' "$requirements" > "$stamp"
