#!/bin/sh
# Prepares a Python environment with the real OpenEnv server in the folder $1; does nothing when it is there and right.
set -eu

folder=${1:?usage: openenv.sh FOLDER}
requirements="openenv==0.10.0 uvicorn==0.54.0 websockets==17.4 jsonschema==4.26.0"
stamp="$folder/requirements"

if [ -x "$folder/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$requirements" ]; then
    exit 0
fi

# Debian keeps `ensurepip`, which a virtual environment needs, in a package of its own.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    "$(dirname "$0")/../apt-install.sh" python3 python3-venv
fi

echo "engines: preparing OpenEnv in $folder"
rm -rf "$folder"
python3 -m venv "$folder"
# shellcheck disable=SC2086  # one argument per requirement
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check $requirements
printf '%s' "$requirements" > "$stamp"
