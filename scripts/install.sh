#!/bin/sh
# Installs the two programs with their manual pages and completions, all made by the programs themselves, or removes them.
# Usage: install.sh FOLDER-OF-THE-PROGRAMS BIN SHARE, or install.sh --remove BIN SHARE
set -eu

[ $# -eq 3 ] || { echo "usage: install.sh FOLDER-OF-THE-PROGRAMS|--remove BIN SHARE" >&2; exit 2; }
from=$1 bin=$2 share=$3
pages=$share/man/man1
bash=$share/bash-completion/completions
zsh=$share/zsh/site-functions
fish=$share/fish/vendor_completions.d

if [ "$from" = --remove ]; then
    for name in scalebench scalebench-env; do
        rm -f "$bin/$name" "$pages/$name.1" "$bash/$name" "$zsh/_$name" "$fish/$name.fish"
    done
    exit
fi

# Everything is made before anything is installed: a program that cannot run leaves no half of it behind.
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
for name in scalebench scalebench-env; do
    "$from/$name" --experimental-dump-help >"$made/help"
    "$from/scalebench" manual <"$made/help" >"$made/$name.1"
    for shell in bash zsh fish; do
        "$from/$name" --generate-completion-script "$shell" >"$made/$name.$shell"
    done
done

install -d "$bin" "$pages" "$bash" "$zsh" "$fish"
for name in scalebench scalebench-env; do
    install -m 755 "$from/$name" "$bin/$name"
    install -m 644 "$made/$name.1" "$pages/$name.1"
    install -m 644 "$made/$name.bash" "$bash/$name"
    install -m 644 "$made/$name.zsh" "$zsh/_$name"
    install -m 644 "$made/$name.fish" "$fish/$name.fish"
    echo "$bin/$name"
done
