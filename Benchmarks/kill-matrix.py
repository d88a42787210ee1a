#!/usr/bin/env python3
"""Kills scalebench at every stage of a launch, with every signal, and looks for what it leaves behind.

Each trial starts the real program on a provider, waits until its log names the stage, and sends the signal to its process
alone. Then everything on this machine that carries the mark of its launch is looked for: processes, sockets that listen,
containers, services, networks, Slurm jobs, folders and ledgers. After INT and TERM nothing may be left, and the exit status
is 130; after KILL nothing may be left once `scalebench clean --yes` has run. A cell that was finished must be in the
database. In the trials called "failing stop" what a stop needs is broken first: servers are frozen, an engine does not
answer, a tool fails.

Usage: Benchmarks/kill-matrix.py [OPTION…] [PROVIDER…]
  PROVIDER is a name of the table below, by default local and process, or NAME=PROVIDER-STRING to say what it is.

Prints a table of the trials, and writes it to a file with --output; exits with 1 where anything was left, lost or ended
otherwise.
"""

import argparse
import contextlib
import dataclasses
import glob
import json
import os
import platform
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

STAGES = ["launching", "create", "scheduled", "started", "healthy", "first_reset", "cell", "stopping"]
SIGNALS = {"KILL": signal.SIGKILL, "INT": signal.SIGINT, "TERM": signal.SIGTERM}
# Longer than any of these takes; what does not end by then has failed.
PATIENCE = 120


@dataclasses.dataclass(frozen=True)
class Provider:
    """What is launched, and how."""

    spec: str
    arguments: tuple = ()
    # Whose resources are looked for beside processes, sockets, folders and ledgers.
    engines: tuple = ()
    # What makes a stop fail: the servers are frozen, or an engine's socket or a tool stops working.
    breaks: str = "freeze"


ENGINE = "socket /var/run/docker.sock"

# {program} is the program under test, {repository} where this script's is.
PROVIDERS = {
    "local": Provider("local:workers=2"),
    "process": Provider('process:command="{program} serve --port {port} --workers 2"'),
    "docker": Provider("docker:scalebench-env,replicas=2", engines=("docker",), breaks=ENGINE),
    "docker-host": Provider("docker:scalebench-env,network=host", engines=("docker",), breaks=ENGINE),
    "docker+haproxy": Provider("docker:scalebench-env,replicas=2", ("--balancer", "haproxy"), engines=("docker",), breaks=ENGINE),
    "swarm": Provider(
        "swarm:scalebench-env,init=true,network=create,publish=host,replicas=2", engines=("docker",), breaks=ENGINE),
    "slurm": Provider("slurm", engines=("slurm",), breaks="tool scancel"),
    "slurm+haproxy": Provider("slurm:nodes=2", ("--balancer", "haproxy"), engines=("slurm",), breaks="tool scancel"),
    "uv": Provider("uv:project={repository}/Tests/EngineTests/Server,app=benchmark_env:app,max-concurrent-envs=100"),
    "exec": Provider("exec:{repository}/docs/examples/plugin.py,replicas=2,program={program}-env"),
    "openenv": Provider(
        "openenv:UVProvider,python={repository}/.venv/openenv/bin/python,project-path={repository}/Tests/EngineTests/Server,"
        "app=benchmark_env:app,env.MAX_CONCURRENT_ENVS=100"),
}


# ----- What is there


def words_of(path):
    try:
        with open(path, "rb") as file:
            return file.read().split(b"\0")
    except OSError:
        return []


def processes(*variables):
    """Every process with one of these variables in its environment, as (pid, words); those that are over left out."""
    wanted = {variable.encode() for variable in variables}
    found = []
    for folder in glob.glob("/proc/[0-9]*"):
        if wanted.isdisjoint(words_of(folder + "/environ")):
            continue
        try:
            with open(folder + "/stat") as file:
                state = file.read().rpartition(") ")[2][:1]
        except OSError:
            continue
        if state not in "ZX":
            found.append((int(folder[6:]), b" ".join(words_of(folder + "/cmdline")).decode(errors="replace").strip()))
    return found


def listening_ports():
    ports = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError), open(table) as file:
            for line in file.readlines()[1:]:
                fields = line.split()
                if fields[3] == "0A":
                    ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports


def asked(*command):
    """What a tool says, line by line; nothing where it is not there or fails."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.split("\n")
    except (OSError, subprocess.TimeoutExpired):
        return []


def docker_resources(mark):
    """By name and by label; a task of a service is a container with its name."""
    look = '{{.Label "scalebench.launch"}} '
    lines = ["container " + line for line in asked("docker", "ps", "-a", "--format", look + "{{.Names}} {{.State}}")]
    lines += ["network " + line for line in asked("docker", "network", "ls", "--format", look + "{{.Name}}")]
    lines += ["service " + line for line in asked("docker", "service", "ls", "--format", "{{.Name}} {{.Replicas}}")]
    return [line for line in lines if mark in line]


def swarm_state():
    return "".join(asked("docker", "info", "--format", "{{.Swarm.LocalNodeState}}")).strip()


def slurm_jobs(mark):
    return ["job " + line for line in asked("squeue", "-h", "-o", "%i %j %k %T") if mark in line]


class Trial:
    """One run of the program, the signal it gets, and what is left."""

    def __init__(self, program, name, provider, signal_name, stage, delay=0.0, breaks=False):
        self.program, self.name, self.provider = program, name, provider
        self.signal, self.stage, self.delay, self.breaks = signal_name, stage, delay, breaks
        self.folder = tempfile.mkdtemp(prefix="kill-matrix-")
        self.is_known = False
        self.mark = f"KILL_MATRIX_TRIAL={os.path.basename(self.folder)}"
        self.tools = os.path.join(self.folder, "tools")
        self.environment = dict(
            os.environ, XDG_STATE_HOME=self.folder + "/state", TMPDIR=self.folder + "/tmp",
            KILL_MATRIX_TRIAL=os.path.basename(self.folder))
        self.launch, self.endpoints = None, set()
        self.said, self.problems = [], []
        self.swarm = swarm_state() if "docker" in provider.engines else None
        os.mkdir(self.folder + "/tmp")

    def words(self):
        repository = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        spec = self.provider.spec.replace("{program}", self.program).replace("{repository}", repository)
        # Two cells: a short one that must not be lost, and one that nobody waits for, unless the run is to come to its end.
        waits = "0.05" if self.stage == "stopping" else "0.05,600"
        return [
            self.program, "run", "--provider", spec, *self.provider.arguments, "-n", "2", "--wait-grid", waits, "--timeout", "900",
            "--no-calibrate", "--db", self.folder + "/run.sqlite", "--log-level", "info", "--log-format", "json",
        ]

    # What is left of it.

    def leftovers(self):
        marks = [self.mark] + ([f"SCALEBENCH_LAUNCH={self.launch}-{n}" for n in range(1, 9)] if self.launch else [])
        found = [f"process {pid} {words[:60]}" for pid, words in processes(*marks)]
        found += [f"port {port}" for port in sorted(self.endpoints & listening_ports())]
        found += [f"folder {os.path.basename(path)}" for path in sorted(os.listdir(self.folder + "/tmp"))]
        if self.launch:
            found += [f"folder {path}" for path in glob.glob(f"/tmp/{self.launch}-*")]
            found += slurm_jobs(self.launch) if "slurm" in self.provider.engines else []
            if "docker" in self.provider.engines:
                found += docker_resources(self.launch)
                found += [f"swarm {swarm_state()}"] if swarm_state() != self.swarm else []
        return found

    def ledgers(self):
        return glob.glob(self.folder + "/state/scalebench/launches/*.jsonl")

    def stored_cells(self):
        path = self.folder + "/run.sqlite"
        if not os.path.exists(path):
            return 0
        with contextlib.closing(sqlite3.connect(path)) as db:
            # A kill while the file is made leaves one without a table, which the next run makes its own.
            if not db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'cells'").fetchone()[0]:
                return 0
            return db.execute("SELECT count(*) FROM cells WHERE succeeded = requests").fetchone()[0]

    # The run.

    def look_for_stage(self, process, found):
        """Reads the log until the stage has come, or one behind it; goes on reading, lest the pipe fill."""
        cells = 0
        for line in process.stderr:
            self.said.append(line.rstrip("\n"))
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            resource = str(entry.get("resource", ""))
            mark = re.search(r"sb-[0-9a-f]{12}", resource)
            self.launch = self.launch or (mark and mark.group())
            self.endpoints |= {int(port) for port in re.findall(r"://[^/]*:(\d+)", resource)}
            stage = entry.get("stage")
            cells += stage == "cell"
            # In the middle of the second cell, with the first one stored.
            if stage == self.stage and (stage != "cell" or cells == 2):
                self.is_known = True
                found.set()
            elif stage in STAGES[STAGES.index(self.stage) + 1:]:
                found.set()
        found.set()

    def run(self):
        with Broken(self) as broken:
            process = subprocess.Popen(
                self.words(), env=self.environment, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE, text=True, errors="replace")
            found = threading.Event()
            reader = threading.Thread(target=self.look_for_stage, args=(process, found), daemon=True)
            reader.start()
            found.wait(PATIENCE)
            # The sessions of a cell are to be open.
            time.sleep(self.delay + (0.3 if self.stage == "cell" else 0))
            broken.on()
            process.send_signal(SIGNALS[self.signal])
            began = time.monotonic()
            try:
                self.status = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                self.status = process.wait()
                self.problems.append(f"it did not end within {PATIENCE} s")
            self.took = time.monotonic() - began
            self.before = self.leftovers()
            # What is left over may hold the other end.
            reader.join(2)
        self.ended_at = time.monotonic()
        self.clean()
        self.judge()

    def clean(self):
        cleaned = subprocess.run(
            [self.program, "clean", "--yes"], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=PATIENCE)
        self.said += [line for line in (cleaned.stdout + cleaned.stderr).splitlines() if line]
        self.after = self.leftovers()
        if cleaned.returncode != 0:
            self.problems.append("clean: " + cleaned.stderr.strip())

    def is_pending(self):
        """What an engine was asked for by a process that was killed may come later: its ledger stays for a minute."""
        return not self.problems and bool(self.ledgers())

    def finish(self):
        """Looks once more when nothing can come any more."""
        time.sleep(max(0, self.ended_at + 62 - time.monotonic()))
        self.clean()
        if self.after:
            self.problems.append("a minute later: " + "; ".join(self.after))
        if self.ledgers():
            self.problems.append("a ledger is left")

    def judge(self):
        self.kept = self.stored_cells()
        wanted = {"KILL": [-9]}.get(self.signal, [130])
        # A run whose last cell is stored is done: the signal may come too late to matter.
        if self.stage == "stopping" and self.signal != "KILL":
            wanted = [130, 0, 4]
        if self.status not in wanted:
            self.problems.append(f"exit {self.status}")
        if self.signal != "KILL" and not self.breaks and self.before:
            self.problems.append("left without clean: " + "; ".join(self.before))
        if self.after:
            self.problems.append("left after clean: " + "; ".join(self.after))
        due = 1 if self.stage in ("cell", "stopping") else 0
        if self.kept < due:
            self.problems.append(f"{due - self.kept} finished cell lost")

    def row(self):
        stage = "failing stop" if self.breaks else self.stage + (f" + {self.delay * 1000:.0f} ms" if self.delay else "")
        result = "; ".join(self.problems) if self.problems else "ok"
        return [
            self.name, self.signal, stage, str(self.status), f"{self.took:.1f} s", str(len(self.before)), str(len(self.after)),
            str(self.kept), result,
        ]

    def remove(self):
        for pid, _ in processes(self.mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


# ----- What makes a stop fail


class Broken:
    """What a stop needs, whole until it is told to break, and whole again at the end."""

    def __init__(self, trial):
        self.trial = trial
        self.kind, _, self.what = trial.provider.breaks.partition(" ") if trial.breaks else ("", "", "")
        self.gate = None

    def __enter__(self):
        if self.kind == "socket":
            self.gate = Gate(self.what, self.trial.folder + "/engine.sock")
            self.trial.environment["DOCKER_HOST"] = "unix://" + self.gate.path
        elif self.kind == "tool":
            # Where the real one is found first; behind it the one that fails, once it is told to.
            os.mkdir(self.trial.tools)
            real = shutil.which(self.what) or self.what
            with open(f"{self.trial.tools}/{self.what}", "w") as file:
                file.write(f'#!/bin/sh\n[ -e "$0.broken" ] && {{ echo "out of order" >&2; exit 1; }}\nexec {real} "$@"\n')
            os.chmod(f"{self.trial.tools}/{self.what}", 0o755)
            self.trial.environment["PATH"] = self.trial.tools + ":" + os.environ["PATH"]
        return self

    def on(self):
        if self.kind == "freeze":
            # A frozen process hears no polite signal.
            for pid, words in processes(*[f"SCALEBENCH_LAUNCH={self.trial.launch}-{n}" for n in range(1, 9)]):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
        elif self.kind == "socket":
            self.gate.is_open = False
        elif self.kind == "tool":
            open(f"{self.trial.tools}/{self.what}.broken", "w").close()

    def __exit__(self, *_):
        if self.kind == "socket":
            # `clean` asks at the place that the ledger names.
            self.gate.is_open = True
        elif self.kind == "tool":
            os.unlink(f"{self.trial.tools}/{self.what}.broken")


class Gate:
    """A unix socket in front of an engine's, which can be shut."""

    def __init__(self, engine, path):
        self.engine, self.path, self.is_open = engine, path, True
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(64)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            if not self.is_open:
                client.close()
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.engine)
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self.forward, args=(source, sink), daemon=True).start()

    def forward(self, source, sink):
        with contextlib.suppress(OSError):
            while self.is_open and (data := source.recv(65536)) and self.is_open:
                sink.sendall(data)
        for end in (source, sink) if not self.is_open else (sink,):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_WR if self.is_open else socket.SHUT_RDWR)


# ----- All of them


def trials(chosen, options):
    """Each as provider, signal, stage, delay and whether the stop fails."""
    for name, provider in chosen:
        for stage in options.stages:
            # The window in which something is being made has more than one moment.
            for delay in options.delays if stage in ("launching", "create") else [0.0]:
                for signal_name in options.signals:
                    yield name, provider, signal_name, stage, delay, False
        for signal_name in options.signals:
            yield name, provider, signal_name, "cell", 0.0, True


def reading():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog=__doc__.split("Usage: ")[1], formatter_class=argparse.RawDescriptionHelpFormatter)
    comma = lambda known: lambda text: [word for word in text.split(",") if word in known or parser.error(f"{word} is none of {', '.join(known)}")]
    parser.add_argument("providers", nargs="*", metavar="PROVIDER", help="; ".join(PROVIDERS))
    parser.add_argument("--program", default=".build/release/scalebench", help="the program under test (default: %(default)s)")
    parser.add_argument("--signals", type=comma(list(SIGNALS)), default=list(SIGNALS), help="KILL,INT,TERM")
    parser.add_argument("--stages", type=comma(STAGES), default=STAGES, help=",".join(STAGES))
    parser.add_argument(
        "--delays", type=lambda text: [float(word) / 1000 for word in text.split(",")], default=[0.0, 0.02, 0.1],
        help="milliseconds behind the beginning of a launch and of a creation (default: 0,20,100)")
    parser.add_argument("--output", metavar="FILE", help="where the table goes beside standard output, with what it means; rows of other providers stay in it")
    parser.add_argument("--verbose", action="store_true", help="what the program said, of trials that failed")
    return parser.parse_args()


def choose(words):
    for word in words or ["local", "process"]:
        name, _, spec = word.partition("=")
        known = PROVIDERS.get(name)
        if known is None and not spec:
            sys.exit(f"kill-matrix: there is no provider '{name}'; use NAME=PROVIDER-STRING or one of {', '.join(PROVIDERS)}")
        yield name, dataclasses.replace(known or Provider(spec), spec=spec or known.spec)


COLUMNS = ["provider", "signal", "stage", "exit", "ended after", "left before clean", "left after", "cells kept", "result"]
HEADER = """# Kill matrix

What `Benchmarks/kill-matrix.py` found: scalebench was started on each provider, and its process alone was sent a signal when
its log named the stage. *cell* is the middle of a second cell, with the first one stored; in a *failing stop* it is sent
there too, and what the stop needs is broken: servers are frozen, an engine does not answer, a tool fails. *left before clean*
counts what carries the mark of the launch right after the end of the process: after KILL servers may still be ending by
themselves. *left after* counts it once `scalebench clean --yes` has run, which it does after every trial.

Each provider's rows are those of its last run: `{command}`, on Linux {kernel} with {processors} processors.

"""


class Table:
    """The trials as Markdown, printed as they come and kept for a file."""

    def __init__(self):
        self.lines = []
        self.add("| " + " | ".join(COLUMNS) + " |")
        self.add("|" + "---|" * len(COLUMNS))

    def add(self, line):
        self.lines.append(line)
        print(line, flush=True)

    def write(self, options, unknown):
        """Rows of providers that were not run now stay in the file as they were."""
        path = options.output
        rows = [line for line in self.lines[2:] if line.startswith("| ")]
        run = {provider_of(row) for row in rows}
        kept, absent = [], {f"{stage} of {name}" for name, stage in unknown}
        with contextlib.suppress(OSError), open(path) as file:
            for line in file.read().splitlines():
                if line.startswith("| ") and line.count("|") == len(COLUMNS) + 1 and provider_of(line) not in run | {COLUMNS[0]}:
                    kept.append(line)
                elif line.startswith(ABSENT):
                    absent |= {one for one in line[len(ABSENT):].rstrip(".").split(", ") if one.split(" of ")[1] not in run}
        order = list(PROVIDERS)
        rows = sorted(kept + rows, key=lambda row: order.index(provider_of(row)) if provider_of(row) in order else len(order))
        totals = {}
        for row in rows:
            count, failed = totals.get(provider_of(row), (0, 0))
            totals[provider_of(row)] = (count + 1, failed + (not row.endswith("| ok |")))
        delays = ",".join(f"{1000 * delay:g}" for delay in options.delays)
        command = f"Benchmarks/kill-matrix.py --signals {','.join(options.signals)} --delays {delays} --output FILE PROVIDER…"
        lines = ["| provider | trials | failed |", "|---|---:|---:|"]
        lines += [f"| {name} | {count} | {failed} |" for name, (count, failed) in totals.items()]
        lines += [f"| all | {sum(one[0] for one in totals.values())} | {sum(one[1] for one in totals.values())} |", ""]
        if absent:
            lines += [ABSENT + ", ".join(sorted(absent)) + ".", ""]
        with open(path, "w") as file:
            header = HEADER.format(command=command, kernel=platform.release(), processors=os.cpu_count())
            file.write(header + "\n".join(lines + self.lines[:2] + rows) + "\n")


ABSENT = "Stages that a provider does not have: "


def provider_of(row):
    return row.split("|")[1].strip()


def main():
    options = reading()
    # A shell that starts this in the background has it ignore SIGINT, and whatever it starts would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    program = os.path.abspath(options.program)
    if not os.access(program, os.X_OK):
        sys.exit(f"kill-matrix: there is no program '{options.program}': build it with `make build`, or name one with --program")
    table, failed, count, unknown, pending = Table(), 0, 0, set(), []
    for words in trials(list(choose(options.providers)), options):
        name, stage = words[0], words[3]
        if (name, stage) in unknown:
            continue
        trial = Trial(program, *words)
        try:
            trial.run()
            if not trial.is_known and not trial.problems:
                # Not every provider knows every stage.
                unknown.add((name, stage))
                continue
            if not trial.is_known:
                trial.problems.append("the stage did not come")
            count += 1
            failed += bool(trial.problems)
            table.add("| " + " | ".join(trial.row()) + " |")
            if trial.problems and options.verbose:
                print("\n".join("    " + line for line in trial.said), file=sys.stderr)
        finally:
            if trial.is_pending():
                pending.append(trial)
            else:
                trial.remove()
    for trial in pending:
        trial.finish()
        if trial.problems:
            failed += 1
            table.add("| " + " | ".join(trial.row()) + " |")
        trial.remove()
    table.add(f"\n{count} trials, {failed} failed (Linux {platform.release()}, {os.cpu_count()} processors).")
    if unknown:
        table.add(ABSENT + ", ".join(sorted(f"{stage} of {name}" for name, stage in unknown)) + ".")
    if options.output:
        table.write(options, unknown)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
