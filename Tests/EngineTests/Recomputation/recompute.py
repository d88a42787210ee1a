"""Recomputes a run from its `sessions` table and compares the result with everything that was made of it.

    recompute.py DATABASE RUN-UUID JSON-LINES REPORT SCALING-TABLE

Nothing of the run is taken from anywhere else but what identifies a cell: its mode, N, wait, steps, repetition, and
whether the generator spoilt it. The result is held against the `cells` rows, the output of `run --json`, the tables of
report.md and the table of the scaling chart, to the last digit that these show. Prints one JSON object: how many values were compared, the outcomes of
the pass rule, how many rows of which tables it found, and what differs. Ends with 1 where something does.
"""

import itertools
import json
import sqlite3
import sys

import capacity
import hdr
import tables

METRICS = {
    # From the intended start, unless the name says otherwise.
    "connect": "start_ns - intended_start_ns + connect_ns",
    "connect_service": "connect_ns",
    "reset": "reset_ns",
    "total": "start_ns - intended_start_ns + total_ns",
    "total_service": "total_ns",
    "overhead": """start_ns - intended_start_ns + total_ns - :asked - coalesce(think_ns, 0) - coalesce(gated_ns, 0)""",
    "start_lag": "start_ns - intended_start_ns",
}


class Ledger:
    def __init__(self):
        self.compared = 0
        self.tables = {}
        self.differences = []

    def same(self, what, recomputed, shown):
        self.compared += 1
        if recomputed != shown or type(recomputed) is not type(shown):
            self.differences.append(f"{what}: recomputed {recomputed!r}, but there stands {shown!r}")


def recompute(db, run):
    """Every cell of the run, in the order they were measured."""
    found = []
    keys = db.execute(
        """SELECT c.id, c.mode, c.requests, c.wait_ns, c.steps, c.rep, c.valid
        FROM cells c JOIN runs r ON r.id = c.run_id WHERE r.uuid = ? ORDER BY c.id""", [run])
    for key in keys.fetchall():
        cell = dict(key)
        place = {"cell": cell["id"], "asked": cell["steps"] * cell["wait_ns"]}
        offered, succeeded, wall, last_success = db.execute(
            """SELECT count(*), sum(failure_kind IS NULL), max(ended_at_ns), max(CASE WHEN failure_kind IS NULL THEN ended_at_ns END)
            FROM sessions WHERE cell_id = :cell""",
            {"cell": cell["id"]}).fetchone()
        failures = db.execute(
            """SELECT failure_kind, count(*) FROM sessions
            WHERE cell_id = :cell AND failure_kind IS NOT NULL GROUP BY 1""", {"cell": cell["id"]}).fetchall()
        cell.update(
            offered=offered, succeeded=succeeded, failed=offered - succeeded, wall=wall, failures=dict(map(tuple, failures)),
            last_success=last_success, rate=succeeded / ((last_success or wall) / 1e9), rate_of_wall=succeeded / (wall / 1e9), peak_open=peak_open(db, cell["id"]))
        for column, what in (("pids", "pid"), ("sessions", "session_hash"), ("hosts", "host")):
            cell[f"unique_{column}"] = db.execute(
                f"SELECT count(DISTINCT {what}) FROM sessions WHERE cell_id = ? AND failure_kind IS NULL", [cell["id"]]).fetchone()[0]
        cell["late_starts"] = db.execute(
            "SELECT count(*) FROM sessions WHERE cell_id = ? AND start_ns - intended_start_ns > 1000000", [cell["id"]]).fetchone()[0]
        for metric, value in METRICS.items():
            rows = db.execute(
                f"""SELECT {value} FROM sessions
                WHERE cell_id = :cell AND failure_kind IS NULL AND {value} IS NOT NULL AND :asked >= 0""", place)
            cell[f"{metric}_values"] = [row[0] for row in rows]
            cell[metric] = hdr.summary(cell[f"{metric}_values"])
        found.append(cell)
    return found


def peak_open(db, cell):
    """The most sessions between the answer to their reset and their end; at one instant, ends come first."""
    events = db.execute(
        """SELECT reset_at_ns, 1 FROM sessions WHERE cell_id = :cell AND reset_at_ns IS NOT NULL UNION ALL
        SELECT ended_at_ns, -1 FROM sessions WHERE cell_id = :cell AND reset_at_ns IS NOT NULL ORDER BY 1, 2""", {"cell": cell})
    return max(itertools.accumulate(change for _, change in events), default=0)


def check_rows(db, cells, ledger):
    for cell in cells:
        row = db.execute("SELECT * FROM cells WHERE id = ?", [cell["id"]]).fetchone()
        name = f"cells row {cell['id']}"
        for column, value in (
            ("requests", cell["offered"]), ("succeeded", cell["succeeded"]), ("failed", cell["failed"]),
            ("wall_ns", cell["wall"]), ("last_success_ns", cell["last_success"]), ("sessions_per_second", cell["rate"]),
            ("peak_open_sessions", cell["peak_open"]), ("late_starts", cell["late_starts"]),
            ("unique_pids", cell["unique_pids"]), ("unique_sessions", cell["unique_sessions"]),
            ("unique_hosts", cell["unique_hosts"]),
        ):
            ledger.same(f"{name} {column}", value, row[column])
        for metric in METRICS:
            statistics = cell[metric] or dict.fromkeys(("count", "min", "mean", "p50", "p90", "p95", "p99", "max"))
            for statistic, value in statistics.items():
                column = f"{metric}_{statistic}" + ("" if statistic == "count" else "_ns")
                ledger.same(f"{name} {column}", value, row[column])


def seconds(cell, metric, statistic):
    return None if cell[metric] is None else cell[metric][statistic] / 1e9


def check_json(lines, cells, series, ledger):
    shown = [line for line in lines if line["type"] == "cell"]
    ledger.same("cells in the JSON", len(cells), len(shown))
    for cell, line in zip(cells, shown):
        name = f"JSON of cell {cell['id']}"
        for member, value in (
            ("mode", cell["mode"]), ("num_requests", cell["offered"]), ("repetition", cell["rep"]),
            ("successful", cell["succeeded"]), ("failed", cell["failed"]), ("failures", cell["failures"]),
            ("success_rate", cell["succeeded"] / cell["offered"]), ("error_rate", cell["failed"] / cell["offered"]),
            ("total_wall_time", cell["wall"] / 1e9), ("requests_per_second", cell["rate_of_wall"]),
            ("sessions_per_second", cell["rate"]),
            ("peak_open_sessions", cell["peak_open"]), ("late_starts", cell["late_starts"]),
            ("unique_pids", cell["unique_pids"]), ("unique_sessions", cell["unique_sessions"]),
            ("unique_hosts", cell["unique_hosts"]),
            ("overhead_p99", seconds(cell, "overhead", "p99")), ("total_min", seconds(cell, "total", "min")),
            ("total_max", seconds(cell, "total", "max")), ("total_avg", seconds(cell, "total", "mean")),
            ("total_p90", seconds(cell, "total", "p90")),
        ):
            ledger.same(f"{name} {member}", value, line[member])
        for metric in ("connect", "reset", "total"):
            for statistic in ("p50", "p95", "p99"):
                ledger.same(
                    f"{name} {metric}_{statistic}", seconds(cell, metric, statistic), line[f"{metric}_{statistic}"])
    batches = lines[-1]["max_batch"]
    ledger.same("max batches in the JSON", len(series), len(batches))
    for (mode, wait, steps), found in series.items():
        line = next((each for each in batches if (each["mode"], each["wait_seconds"], each["steps"]) == (mode, wait / 1e9, steps)), {})
        for member, value in (
            ("last_pass", found["batch"][0]), ("first_fail", found["batch"][1]), ("point", found["point"][0])
        ):
            ledger.same(f"JSON {member} of {mode}", value, line.get(member, "nothing"))


def series_of(cells):
    """The brackets of each (mode, wait, steps), and the outcome of each of its N."""
    found = {}
    for cell in cells:
        found.setdefault((cell["mode"], cell["wait_ns"], cell["steps"]), []).append(cell)
    return {key: brackets(key, members) for key, members in found.items()}


def brackets(key, cells):
    _, wait, steps = key
    outcomes, slo, point = [], [], []
    for sessions in sorted({cell["requests"] for cell in cells}):
        reps = [cell for cell in cells if cell["requests"] == sessions and cell["valid"]]
        if not reps:
            continue
        counts = [(cell["succeeded"], cell["offered"]) for cell in reps]
        slowest = max((cell["total"]["p99"] for cell in reps if cell["total"]), default=None)
        outcome = capacity.judge(counts)
        if outcome == "undecided" and capacity.too_small_to_pass(counts) and capacity.passes_point_rule(counts):
            outcome = "too small"
        in_time = slowest is not None and slowest <= capacity.latency_limit(wait, steps)
        outcomes.append((sessions, outcome))
        slo.append((sessions, outcome if in_time else "fail"))
        point.append((sessions, "pass" if capacity.passes_point_rule(counts) else "fail"))
    return {
        "outcomes": dict(outcomes), "batch": capacity.bracket(outcomes), "slo": capacity.bracket(slo),
        "point": capacity.bracket(point),
    }


def main(database, run, json_lines, report, scaling):
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    cells = recompute(db, run)
    series = series_of(cells)
    ledger = Ledger()
    check_rows(db, cells, ledger)
    with open(json_lines, encoding="utf-8") as file:
        check_json([json.loads(line) for line in file], cells, series, ledger)
    with open(report, encoding="utf-8") as file:
        tables.check(file.read(), cells, series, ledger)
    with open(scaling, encoding="utf-8") as file:
        tables.check_scaling(file.read(), cells, series, ledger)
    outcomes = {mode: found["outcomes"] for (mode, _, _), found in series.items()}
    print(json.dumps({
        "compared": ledger.compared, "tables": ledger.tables, "outcomes": outcomes, "differences": ledger.differences}))
    return 1 if ledger.differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
