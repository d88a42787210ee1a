#!/bin/sh
# Installs the latest Swift release for this user with swiftly, as https://www.swift.org/install/linux/swiftly says.
set -eu

"$(dirname "$0")/system-packages.sh" ca-certificates curl gnupg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
curl -fsSLO "https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz"
tar -zxf "swiftly-$(uname -m).tar.gz"
./swiftly init --assume-yes --quiet-shell-followup --skip-install

# shellcheck disable=SC1091  # written by the line above
. "${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/env.sh"
swiftly install latest --use --assume-yes --post-install-file="$work/post-install.sh"
if [ -f post-install.sh ]; then
    # The packages that this toolchain needs on this distribution.
    if [ "$(id -u)" -eq 0 ]; then sh post-install.sh; else sudo sh post-install.sh; fi
fi
swift --version
echo "Swift is installed; open a new shell, or run: . ${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/env.sh"
