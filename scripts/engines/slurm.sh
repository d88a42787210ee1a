#!/bin/sh
# Starts a Slurm of this host alone in the folder $1: munged, slurmctld and slurmd for two nodes, n1 and n2, both on this
# host. HAProxy is installed with it. Does nothing where it runs already. Its commands find it by SLURM_CONF=$1/slurm.conf.
# `slurm.sh --stop FOLDER` ends it. Needs root, which slurmd runs jobs with.
set -eu

usage="usage: slurm.sh [--stop] FOLDER"
daemons="slurmd-n1 slurmd-n2 slurmctld munged"
stops=
if [ "${1:-}" = --stop ]; then
    stops=yes
    shift
fi
folder=${1:?$usage}

say() { echo "engines: slurm: $*" >&2; }
die() { say "$*"; exit 1; }

# within TENTHS COMMAND…: asks until the command says yes.
within() {
    left=$1
    shift
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 0.1
    done
}

# The number of a daemon of ours that runs; its file may be left over, and its number be another's by now.
pid_of() {
    pid=$(cat "$folder/run/$1.pid" "$folder/munge/$1.pid" 2>/dev/null | head -n 1)
    [ -n "$pid" ] && grep -qz -- "$folder" "/proc/$pid/cmdline" 2>/dev/null && echo "$pid"
}

is_over() { ! pid_of "$1" >/dev/null; }

stop_all() {
    for daemon in $daemons; do
        pid=$(pid_of "$daemon") || continue
        kill "$pid"
        within 100 is_over "$daemon" || kill -KILL "$pid"
    done
}

if [ -n "$stops" ]; then
    [ -d "$folder" ] || exit 0
    folder=$(cd "$folder" && pwd -P)
    stop_all
    exit 0
fi

[ "$(id -u)" -eq 0 ] || die "needs root: slurmd starts jobs as whoever submits them"
missing=
for pair in slurmctld:slurmctld slurmd:slurmd sbatch:slurm-client munged:munge haproxy:haproxy; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || [ -x "/usr/sbin/${pair%%:*}" ] || missing="$missing ${pair#*:}"
done
# shellcheck disable=SC2086  # one argument per package
[ -z "$missing" ] || "$(dirname "$0")/../apt-install.sh" $missing

PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)
export SLURM_CONF="$folder/slurm.conf"

# Both nodes wait for work.
are_idle() {
    [ "$(sinfo --noheader --partition=main --Node --format "%N %T" 2>/dev/null | grep -c ' idle$')" -eq 2 ]
}

runs() {
    for daemon in $daemons; do pid_of "$daemon" >/dev/null || return 1; done
}

if runs && within 50 are_idle; then exit 0; fi
stop_all

# A port of the loopback address that nobody listens at; those of one start differ.
port() {
    python3 - "$@" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for each in sockets: each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in sockets))
PYTHON
}

say "starting in $folder"
rm -rf "$folder/state" "$folder/spool" "$folder/run" "$folder/log" "$folder/munge"
mkdir -p "$folder/state" "$folder/run" "$folder/log" "$folder/spool/n1" "$folder/spool/n2" "$folder/munge"
# shellcheck disable=SC2046  # three numbers
set -- $(port 3)
cores=$(nproc)
cat >"$SLURM_CONF" <<CONF
ClusterName=scalebench
SlurmctldHost=localhost
SlurmctldPort=$1
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd-%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd-%n.log
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$2 CPUs=$cores RealMemory=4000
NodeName=n2 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$3 CPUs=$cores RealMemory=4000
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
PartitionName=single Nodes=n1 MaxTime=10 State=UP
PartitionName=closed Nodes=n1,n2 State=DOWN
CONF

# munged wants a folder and a key of its own user's, and gives up its socket to everyone.
dd if=/dev/urandom of="$folder/munge/munge.key" bs=128 count=1 2>/dev/null
chmod 600 "$folder/munge/munge.key"
chown -R munge:munge "$folder/munge"
chmod 755 "$folder/munge"
runuser -u munge -- munged --socket="$folder/munge/munge.socket" --key-file="$folder/munge/munge.key" \
    --pid-file="$folder/munge/munged.pid" --log-file="$folder/munge/munged.log" --seed-file="$folder/munge/munge.seed" \
    || die "munged does not start; its folder must lie where its user may look: see $folder/munge/munged.log"
slurmctld -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF" -N n1
slurmd -f "$SLURM_CONF" -N n2
within 600 are_idle || die "its nodes are not idle: $(sinfo --noheader --partition=main --Node --format "%N %T %E" 2>&1; tail -n 5 "$folder"/log/*)"
