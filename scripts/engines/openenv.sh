#!/bin/sh
# Prepares a Python environment with the real OpenEnv server in the folder $1; does nothing when it is there and right.
set -eu

folder=${1:?usage: openenv.sh FOLDER}
exec "$(dirname "$0")/venv.sh" "$folder" openenv==0.10.0 uvicorn==0.54.0 websockets==17.4 jsonschema==4.26.0 prometheus-client==0.26.0
