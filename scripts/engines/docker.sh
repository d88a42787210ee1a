#!/bin/sh
# Prepares a Docker engine with the image of the bundled environment, made of its static program $1, and a registry to pull
# from: docker.sh PROGRAM LOGS. An engine that answers is taken as it is; otherwise one is started, with its log in the
# folder LOGS, and stays.
set -eu

program=${1:?usage: docker.sh PROGRAM LOGS}
logs=${2:?usage: docker.sh PROGRAM LOGS}
here=$(dirname "$0")

answers() { docker version >/dev/null 2>&1; }

missing=
command -v dockerd >/dev/null 2>&1 || answers || missing=docker.io
# The registry of the distribution; its service is not needed, and not meant to listen everywhere.
command -v docker-registry >/dev/null 2>&1 || missing="$missing docker-registry"
# shellcheck disable=SC2086  # one argument per package
[ -z "$missing" ] || "$here/../apt-install.sh" $missing
# Newer distributions keep the client in a package of its own.
command -v docker >/dev/null 2>&1 || "$here/../apt-install.sh" docker-cli

if ! answers; then
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=sudo
    mkdir -p "$logs"
    echo "engines: starting dockerd"
    $as_root setsid nohup dockerd >"$logs/dockerd.log" 2>&1 </dev/null &
    began=$(date +%s)
    until answers; do
        if [ $(($(date +%s) - began)) -ge 60 ]; then
            echo "engines: dockerd does not answer; it said last:" >&2
            tail -n 20 "$logs/dockerd.log" >&2
            exit 1
        fi
        sleep 0.2
    done
fi
"$here/../image.sh" "$program"
