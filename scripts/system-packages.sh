#!/bin/sh
# Installs the system packages that building and charting need, and those named as arguments; says nothing when none is
# missing. It asks for what a package brings rather than for the package, so that an equivalent one counts.
set -eu

is_present() {
    case $1 in
    libcurl4-openssl-dev) pkg-config --exists libcurl ;;
    libssl-dev) pkg-config --exists openssl ;;
    libsqlite3-dev) pkg-config --exists sqlite3 ;;
    gnuplot-nox) command -v gnuplot ;;
    gnupg) command -v gpg ;;
    ca-certificates) [ -d /etc/ssl/certs ] ;;
    *) command -v "$1" ;;
    esac >/dev/null 2>&1
}

missing=
for package in pkg-config libcurl4-openssl-dev libssl-dev libsqlite3-dev gnuplot-nox "$@"; do
    is_present "$package" || missing="$missing $package"
done
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086  # one argument per package
    exec "$(dirname "$0")/apt-install.sh" $missing
fi
