#!/bin/sh
# Prepares a Python environment with uv in the folder $1; does nothing when it is there and right.
set -eu

folder=${1:?usage: uv.sh FOLDER}
exec "$(dirname "$0")/venv.sh" "$folder" uv==0.13.9
