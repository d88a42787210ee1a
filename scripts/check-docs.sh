#!/usr/bin/env bash
# Checks the documentation against the working copy and the program: every relative link leads to a file, and to a
# heading of it where it names one; every command and flag of a `scalebench …` line exists.
# Usage: check-docs.sh PATH-TO-SCALEBENCH
set -euo pipefail

program=${1:?usage: check-docs.sh PATH-TO-SCALEBENCH}
cd "$(dirname "$0")/.."
problems=0

complain() {
    echo "$1" >&2
    problems=$((problems + 1))
}

# The anchors of a page as its renderers make them from its headings.
anchors() {
    sed -n 's/^#\{1,6\} \(.*\)/\1/p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^[:alnum:] _-]//g; s/ /-/g'
}

check_link() {
    local page=$1 target=$2
    case $target in http://* | https://* | mailto:*) return ;; esac
    local file=${target%%#*} path
    if [ -z "$file" ]; then path=$page; else path=$(dirname "$page")/$file; fi
    if [ ! -e "$path" ]; then
        complain "$page: the link $target leads nowhere"
    elif [ "$target" != "$file" ] && ! anchors "$path" | grep -qxF -- "${target#*#}"; then
        complain "$page: $file has no heading for the link $target"
    fi
}

declare -A help_of
# Sets `help` to what the program says about a subcommand; empty when it knows none of this name.
read_help() {
    if [ -z "${help_of[$1]+known}" ]; then
        help_of[$1]=$("$program" "$1" --help </dev/null 2>/dev/null) || help_of[$1]=
    fi
    help=${help_of[$1]}
}

# The arguments of one command line.
check_command() {
    local page=$1 words word command=run
    read -ra words <<<"$2"
    if [[ ${words[0]:-} =~ ^[a-z][a-z-]*$ ]]; then command=${words[0]}; fi
    read_help "$command"
    if [ -z "$help" ]; then
        complain "$page: scalebench has no command '$command'"
        return
    fi
    for word in "${words[@]}"; do
        word=${word%%=*}
        [[ $word =~ ^--?[a-z] && $word != --help ]] || continue
        grep -qE -- "(^|[ ,|/])$word([ ,|/=]|$)" <<<"$help" || complain "$page: 'scalebench $command' has no $word"
    done
}

# What stands in quotes is text of the user's, in which nothing is a flag.
unquoted() { sed "s/'[^']*'/_/g; s/\"[^\"]*\"/_/g"; }

# The arguments of every `scalebench …` line in a fenced block, continuation lines joined, and of every such code span.
commands() {
    awk '
        /^ *```/ { fenced = !fenced; next }
        fenced {
            line = held $0
            held = ""
            if (sub(/\\$/, "", line)) held = line
            else if (match(line, /(^|[ \/])scalebench( |$)/)) print substr(line, RSTART + RLENGTH)
            next
        }
        {
            count = split($0, part, "`")
            for (i = 2; i <= count; i += 2) if (sub(/^([.a-z\/]*\/)?scalebench /, "", part[i])) print part[i]
        }' "$1"
}

pages=(README.md CONTRIBUTING.md CHANGELOG.md)
[ ! -d docs ] || mapfile -t -O "${#pages[@]}" pages < <(find docs -name '*.md' | sort)
for page in "${pages[@]}"; do
    while read -r target; do check_link "$page" "$target"; done < <(grep -oE '\]\([^) ]+' "$page" | sed 's/^](//')
    while read -r line; do check_command "$page" "${line%%[|#>;&]*}"; done < <(commands "$page" | unquoted)
done

if [ "$problems" -gt 0 ]; then
    echo "problems in the documentation: $problems" >&2
    exit 1
fi
echo "documentation: every link and command of ${#pages[@]} pages holds"
