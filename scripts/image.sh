#!/bin/sh
# Makes a container image of the bundled environment from its static program $1: image.sh PROGRAM [NAME]. The program is
# all that is in it.
set -eu

program=${1:?usage: image.sh PROGRAM [NAME]}
name=${2:-scalebench-env}

[ -x "$program" ] || { echo "image: there is no program at $program: make static" >&2; exit 1; }
command -v docker >/dev/null 2>&1 || { echo "image: the command docker is not on this host" >&2; exit 1; }
digest=$(sha256sum "$program" | cut -d' ' -f1)
if [ "$(docker image inspect --format '{{index .Config.Labels "scalebench.program"}}' "$name" 2>/dev/null)" = "$digest" ]; then
    echo "image: $name is made of that program already"
    exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Symbols are half of its size, and nobody looks for them in there.
strip -o "$folder/scalebench-env" "$program" 2>/dev/null || cp "$program" "$folder/scalebench-env"
chmod 755 "$folder" "$folder/scalebench-env"
earlier=$(docker image inspect --format '{{.Id}}' "$name" 2>/dev/null || true)
tar -C "$folder" --owner=0 --group=0 -c scalebench-env | docker import \
    --change 'ENTRYPOINT ["/scalebench-env"]' --change 'ENV HOST=0.0.0.0' --change 'EXPOSE 8000' --change 'USER 65534:65534' \
    --change "LABEL scalebench.program=$digest" - "$name" >/dev/null
# What had the name has none now; where a container is made of it, it stays.
[ -z "$earlier" ] || docker image rm "$earlier" >/dev/null 2>&1 || true
echo "image: made $name, $(du -h "$folder/scalebench-env" | cut -f1)"
