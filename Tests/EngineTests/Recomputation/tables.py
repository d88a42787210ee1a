"""Reads the tables of report.md and of the scaling chart, and compares them with recomputed cells. A column is found by
its title, and the unit in the title says in what its values are shown."""

import re
from decimal import Decimal

import capacity
import hdr

UNITS = {"s": 9, "ms": 6, "µs": 3}


def read(text):
    """Every table of a Markdown document as (headings above it, rows), a row being a dictionary by column title."""
    headings, found, title = {}, [], None
    for line in text.splitlines() + [""]:
        heading = re.match(r"(#+) (.*)", line)
        if heading:
            level = len(heading[1])
            headings = {key: value for key, value in headings.items() if key < level} | {level: heading[2]}
        if not line.startswith("|"):
            title = None
            continue
        values = [plain(value) for value in re.split(r"(?<!\\)\|", line)[1:-1]]
        if title is None:
            title = values
            found.append((list(headings.values()), []))
        elif not all(re.fullmatch(r":?-+:?", value) for value in values):
            found[-1][1].append(dict(zip(title, values)))
    return found


def plain(value):
    """Without the marks of bold and of struck out text."""
    return value.strip().removeprefix("**").removesuffix("**").removeprefix("~~").removesuffix("~~")


def significant(value):
    """Three significant digits, and never fewer than the whole part has."""
    places = 0 if value == 0 else max(0, 2 - Decimal(f"{float(value):.2e}").adjusted())
    return f"{float(value):,.{places}f}"


def span(nanoseconds, unit):
    """A time in the unit of its column: seconds with three decimals, others with three significant digits."""
    value = nanoseconds / 10 ** UNITS[unit]
    return f"{value:,.3f}" if unit == "s" else significant(value)


def percent(succeeded, offered):
    return share(succeeded / offered)


def share(value):
    """In per cent with one decimal; it reads as nothing or as all only where that is exactly true."""
    if value in (0, 1):
        return f"{value * 100:.0f} %"
    return f"{min(max(100 * value, 0.1), 99.9):.1f} %"


def spread(texts):
    """What repetitions gave, as the range from the first to the last of them in ascending order."""
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]}–{texts[-1]}"


def column(row, name):
    """The value and the unit of the column that is called `name (unit)`."""
    for title, value in row.items():
        match = re.fullmatch(rf"{re.escape(name)} \((\S+)\)", title)
        if match:
            return value, match[1]
    return None, None


def check(text, cells, series, ledger):
    found = read(text)
    check_grid(found, cells, ledger)
    check_capacity(found, cells, series, ledger)
    check_breakdown(found, cells, series, ledger)
    check_steps_of_size(found, cells, series, ledger)


def matching(cell, tables, wanted):
    """The rows of this cell in the tables that have the column."""
    for headings, rows in tables:
        several = [heading for heading in headings if heading.endswith((", ws", ", http"))]
        if any(not heading.endswith(f", {cell['mode']}") for heading in several):
            continue
        for row in rows:
            key = (row.get("N"), row.get("wait (s)"), row.get("rep"), row.get("steps", str(cell["steps"])))
            mine = (f"{cell['requests']:,}", f"{cell['wait_ns'] / 1e9:g}", str(cell["rep"]), str(cell["steps"]))
            if key == mine and wanted(row) and row.get("mode", cell["mode"]) == cell["mode"]:
                yield row


def check_grid(found, cells, ledger):
    for cell in cells:
        name = f"report, {cell['mode']} N = {cell['requests']} rep {cell['rep']}"
        outcome = list(matching(cell, found, lambda row: "succeeded" in row))
        ledger.same(f"{name}: rows of outcomes", 1, len(outcome))
        for row in outcome:
            ledger.same(f"{name} succeeded", f"{cell['succeeded']:,}/{cell['offered']:,}", row["succeeded"])
            ledger.same(f"{name} success", percent(cell["succeeded"], cell["offered"]), row["success"])
            ledger.same(f"{name} sessions/s", significant(cell["rate"]), row["sessions/s"])
            ledger.same(f"{name} peak open", f"{cell['peak_open']:,}", row["peak open"])
        latency = list(matching(cell, found, lambda row: column(row, "overhead P99")[1]))
        ledger.same(f"{name}: rows of latencies", 1, len(latency))
        for row in latency:
            for metric in ("connect", "reset"):
                value, unit = column(row, metric)
                ledger.same(
                    f"{name} {metric}", " / ".join(span(cell[metric][each], unit) for each in ("p50", "p95", "p99")), value)
            for metric in ("total", "overhead"):
                value, unit = column(row, f"{metric} P99")
                ledger.same(f"{name} {metric} P99", span(cell[metric]["p99"], unit), value)


def check_capacity(found, cells, series, ledger):
    rows = [row for _, rows in found for row in rows if "max batch" in row and "point rule" in row]
    ledger.same("report: rows of max batches", len(series), len(rows))
    for (mode, wait, steps), recomputed in series.items():
        name = f"report, {mode}"
        row = next((row for row in rows if row["mode"] == mode), {})
        for title, each in (("max batch", "batch"), ("point rule", "point"), ("SLO max batch", "slo")):
            ledger.same(f"{name} {title}", capacity.in_words(recomputed[each]), row.get(title))
        best = [
            cell for cell in cells
            if (cell["mode"], cell["wait_ns"], cell["steps"]) == (mode, wait, steps)
            and cell["requests"] == recomputed["batch"][0] and cell["valid"]
        ]
        if best:
            rates = [significant(rate) for rate in sorted(cell["rate"] for cell in best)]
            ledger.same(f"{name} sessions/s", spread(rates), row.get("sessions/s"))
            value, unit = column(row, "P99")
            if rows_with(found, "repetitions", "total P99"):
                ledger.same(f"{name} P99", bounded_span(pooled(best, "total"), "p99", unit), value)
            else:
                ledger.same(f"{name} P99", slowest(best, unit), value)


def pooled(cells, metric):
    """The statistics of a latency over the sessions of several repetitions."""
    return hdr.summary([value for cell in cells for value in cell[f"{metric}_values"]])


def bounded_span(summary, statistic, unit):
    """A time at the 99th percentile is a lower bound alone where 0.99^n is above 5 %: all n may lie below the true one."""
    return ("≥ " if 0.99 ** summary["count"] > 0.05 else "") + span(summary[statistic], unit)


def slowest(cells, unit):
    return spread([span(each, unit) for each in sorted(cell["total"]["p99"] for cell in cells if cell["total"])])


def rows_with(found, *names):
    """The rows of the tables that have all of these columns."""
    return [row for _, rows in found for row in rows if all(name in row or column(row, name)[1] for name in names)]


def of_load(row, load):
    mode, wait, steps = load
    return (row.get("mode"), row.get("wait (s)"), row.get("steps", str(steps))) == (mode, f"{wait / 1e9:g}", str(steps))


def check_breakdown(found, cells, series, ledger):
    """The repetitions of the max batch together."""
    rows = rows_with(found, "repetitions", "connect P50", "total P99")
    ledger.tables["breakdown"] = len(rows)
    for load in series if rows else []:
        best = dict(points_of(cells, load)).get(series[load]["batch"][0])
        if best is None:
            continue
        name = f"report, {load[0]} at its max batch"
        row = next((row for row in rows if of_load(row, load)), {})
        ledger.same(f"{name} N", f"{series[load]['batch'][0]:,}", row.get("N"))
        ledger.same(f"{name} repetitions", str(len(best)), row.get("repetitions"))
        ledger.same(f"{name} sessions", f"{pooled(best, 'total')['count']:,}", row.get("sessions"))
        for metric in ("connect", "reset"):
            value, unit = column(row, f"{metric} P50")
            ledger.same(f"{name} {metric} P50", span(pooled(best, metric)["p50"], unit or "s"), value)
        for metric in ("total", "overhead"):
            value, unit = column(row, f"{metric} P99")
            ledger.same(f"{name} {metric} P99", bounded_span(pooled(best, metric), "p99", unit or "s"), value)


def check_steps_of_size(found, cells, series, ledger):
    """One row for each N: its success with bounds, its range of P99 and whether it passes."""
    rows = rows_with(found, "repetitions", "exact 95 % bounds")
    ledger.tables["scaling"] = len(rows)
    for load in series if rows else []:
        for sessions, reps in points_of(cells, load):
            name = f"report, {load[0]} N = {sessions} together"
            row = next((row for row in rows if of_load(row, load) and row["N"] == f"{sessions:,}"), {})
            counts = [(cell["succeeded"], cell["offered"]) for cell in reps]
            together = [sum(column) for column in zip(*counts)]
            rates = [percent(*each) for each in sorted(counts, key=lambda each: each[0] / each[1])]
            success = percent(*together) + ("" if rates[0] == rates[-1] else f" ({rates[0]} to {rates[-1]})")
            bounds = ", ".join(share(bound(*together)) for bound in (capacity.lower_bound, capacity.upper_bound))
            value, unit = column(row, "P99")
            outcome = {"pass": "passes", "fail": "fails"}.get(series[load]["outcomes"][sessions], "")
            ledger.same(f"{name} repetitions", str(len(reps)), row.get("repetitions"))
            ledger.same(f"{name} success", success, row.get("success"))
            ledger.same(f"{name} bounds", f"[{bounds}]", row.get("exact 95 % bounds"))
            ledger.same(f"{name} P99", slowest(reps, unit or "s"), value)
            ledger.same(f"{name} outcome", True, outcome in row.get("note", "nothing"))


def check_scaling(text, cells, series, ledger):
    """The chart's table: one block for each series, headed by its mode, and one line for each N."""
    mode, columns, found = None, [], {}
    for line in text.splitlines():
        if line.startswith("# series\t"):
            columns = line.removeprefix("# ").split("\t")
        elif line.startswith("# series"):
            mode = next((mode for mode in ("ws", "http") if f", {mode}," in line), None)
        elif line.startswith("#"):
            mode = None
        elif line:
            row = dict(zip(columns, line.split("\t")))
            found[mode, row["sessions"]] = row
    for mode, wait, steps in series:
        for sessions, reps in points_of(cells, (mode, wait, steps)):
            name = f"chart, {mode} N = {sessions}"
            row = found.get((mode, str(sessions)), {})
            counts = [(cell["succeeded"], cell["offered"]) for cell in reps]
            pooled = [sum(column) for column in zip(*counts)]
            rates = [100 * (succeeded / offered) for succeeded, offered in counts]
            slowest = sorted(cell["total"]["p99"] for cell in reps if cell["total"])
            ledger.same(f"{name} reps", str(len(reps)), row.get("reps"))
            for column, value, places in (
                ("success_percent", 100 * (pooled[0] / pooled[1]), 3), ("success_percent_min", min(rates), 3),
                ("success_percent_max", max(rates), 3), ("success_percent_lower", 100 * capacity.lower_bound(*pooled), 3),
                ("success_percent_upper", 100 * capacity.upper_bound(*pooled), 3),
                ("p99_total_s_min", slowest[0] / 1e9, 6), ("p99_total_s_max", slowest[-1] / 1e9, 6),
            ):
                ledger.same(f"{name} {column}", f"{value:.{places}f}", row.get(column))


def points_of(cells, load):
    """The valid cells of one (mode, wait, steps) by N, in ascending order."""
    mine = [cell for cell in cells if (cell["mode"], cell["wait_ns"], cell["steps"]) == load and cell["valid"]]
    for sessions in sorted({cell["requests"] for cell in mine}):
        yield sessions, [cell for cell in mine if cell["requests"] == sessions]
