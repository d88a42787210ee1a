#!/bin/sh
# Prepares a Python environment with NumPy and SciPy in the folder $1; does nothing when it is there and right.
set -eu

folder=${1:?usage: scipy.sh FOLDER}
exec "$(dirname "$0")/venv.sh" "$folder" numpy==2.4.6 scipy==1.17.1
