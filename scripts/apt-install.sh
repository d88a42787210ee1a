#!/bin/sh
# Installs Debian packages: apt-install.sh PACKAGE…
set -eu

if ! command -v apt-get >/dev/null 2>&1; then
    echo "These system packages are missing and this is no Debian or Ubuntu; install their equivalents: $*" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "Installing packages needs root and there is no sudo; as root, run: apt-get install $*" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "Installing system packages: $*"
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null
