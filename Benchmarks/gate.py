#!/usr/bin/env python3
"""How often the gate is right: equal servers, and servers that are slower by a known amount, one gate after the other.

Every gate is a run of the real program. The kinds take turns, so that what drifts on the host meets all of them; each gate
has a seed of its own. A row for each goes to gate.tsv, and what they come to to gate.md.

    Benchmarks/gate.py --program .build/release/scalebench --equal 40 --ten 20 --five 20 --budget 30s
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

# How much longer a step computes, so that so many fewer are made in a second: 1 / (1 + x) = 0.9 and 0.95, and a little more,
# since the way there and back, some 3 % of a step, stays what it is.
KINDS = {
    "equal": ("equal servers", None),
    "ten": ("10 % fewer steps per second", "11.5%"),
    "five": ("5 % fewer steps per second", "5.5%"),
}
COLUMNS = ["number", "kind", "budget", "seed", "verdict", "status", "seconds", "ratio", "low", "high", "pairs", "rounds", "reason"]
VERDICT_OF_STATUS = {0: "pass", 1: "regression", 3: "inconclusive", 4: "invalid"}


def schedule(counts):
    """The kinds in turns, those with most gates first in each turn."""
    left = dict(counts)
    order = []
    while any(left.values()):
        for kind in sorted(left, key=lambda each: -left[each]):
            if left[kind]:
                left[kind] -= 1
                order.append(kind)
    return order


def gate(program, kind, budget, seed, arguments, database):
    server = f"local:step-cpu={arguments.step_cpu}"
    slowdown = KINDS[kind][1]
    command = [program, "gate", "--a", server, "--b", server + (f",fault=slowdown={slowdown}" if slowdown else ""),
               "--seed", str(seed), "--db", database, "--json"] + (["--budget", budget] if budget else [])
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True)
    seconds = time.monotonic() - begun
    if done.returncode not in VERDICT_OF_STATUS:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
    result = json.loads(done.stdout)
    if result["verdict"] != VERDICT_OF_STATUS[done.returncode]:
        sys.exit(f"the verdict {result['verdict']} came with the status {done.returncode}")
    checks = [check for check in result["checks"] if check["metric"] == "steps_per_second"]
    first = checks[0] if checks else {}
    return {
        "verdict": result["verdict"], "status": done.returncode, "seconds": f"{seconds:.1f}",
        "ratio": number(first.get("ratio")), "low": number(first.get("low")), "high": number(first.get("high")),
        "pairs": sum(check["samples"] for check in checks), "rounds": len(checks), "reason": result["reason"],
    }


def number(value):
    return "" if value is None else f"{value:.4f}"


def median(values):
    values = sorted(values)
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def table(rows):
    lines = [
        "| B | gates | pass | regression | inconclusive | invalid | measured B ÷ A, median (least to most) | pairs | seconds, median (most) |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for kind, (title, _) in KINDS.items():
        mine = [row for row in rows if row["kind"] == kind]
        if not mine:
            continue
        counts = [sum(row["verdict"] == verdict for row in mine) for verdict in ("pass", "regression", "inconclusive", "invalid")]
        ratios = [float(row["ratio"]) for row in mine if row["ratio"]]
        seconds = [float(row["seconds"]) for row in mine]
        spread = f"{median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})" if ratios else "–"
        lines.append(
            f"| {title} | {len(mine)} | {' | '.join(map(str, counts))} | {spread} | "
            f"{median([int(row['pairs']) for row in mine]):g} | {median(seconds):.1f} ({max(seconds):.1f}) |")
    return lines


def report(rows, arguments, version):
    command = (f"Benchmarks/gate.py --program .build/release/scalebench --equal {arguments.equal} --ten {arguments.ten} "
               f"--five {arguments.five} --budget {arguments.budget} --usual {arguments.usual}")
    budgeted = [row for row in rows if row["budget"]]
    usual = [row for row in rows if not row["budget"]]
    lines = [
        "# How often the gate is right",
        "",
        f"Made by `{command}` with {version} on a machine of {os.cpu_count()} cores ({platform.machine()}, "
        f"{platform.release()}), which carry the generator and both servers. Every gate is a run of the real program on the "
        f"bundled environment, whose steps compute for {arguments.step_cpu}: `scalebench gate --a local:step-cpu={arguments.step_cpu} "
        f"--b local:step-cpu={arguments.step_cpu},fault=slowdown=… --budget {arguments.budget}`, everything else as it is by "
        "default. The kinds took turns. [gate.tsv](gate.tsv) has every gate with its seed.",
        "",
    ] + table(budgeted)
    if usual:
        lines += ["", "The same without `--budget`, which then is 3 minutes:", ""] + table(usual)
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    for kind in KINDS:
        parser.add_argument(f"--{kind}", type=int, default=0, help=f"gates of {KINDS[kind][0]}")
    parser.add_argument("--budget", default="30s")
    parser.add_argument("--usual", type=int, default=0, help="gates of each kind at the default budget, after the others")
    parser.add_argument("--step-cpu", default="2ms")
    parser.add_argument("--seed", type=int, default=1, help="of the first gate; each has the next one")
    parser.add_argument("--output", default=str(pathlib.Path(__file__).resolve().parent), help="the folder of gate.tsv and gate.md")
    arguments = parser.parse_args()
    version = "scalebench " + subprocess.run([arguments.program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    order = [(kind, arguments.budget) for kind in schedule({kind: getattr(arguments, kind) for kind in KINDS})]
    order += [(kind, None) for kind in schedule({kind: arguments.usual for kind in KINDS})]
    if not order:
        parser.error("no gate is asked for")
    folder = pathlib.Path(arguments.output)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory() as place, open(folder / "gate.tsv", "w") as results:
        results.write("\t".join(COLUMNS) + "\n")
        for index, (kind, budget) in enumerate(order):
            seed = arguments.seed + index
            row = {"number": index + 1, "kind": kind, "budget": budget or "", "seed": seed}
            row |= gate(arguments.program, kind, budget, seed, arguments, os.path.join(place, "gate.sqlite"))
            rows.append(row)
            results.write("\t".join(str(row[column]) for column in COLUMNS) + "\n")
            results.flush()
            print(f"[{index + 1}/{len(order)}] {kind}: {row['verdict']}, {row['ratio']}, {row['pairs']} pairs, {row['seconds']} s", flush=True)
    (folder / "gate.md").write_text(report(rows, arguments, version))


main()
