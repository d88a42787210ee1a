"""Holds statistics that scalebench computed against SciPy.

    estimates.py FILE

FILE holds one JSON object of tables, as StatisticsTests.swift writes it: each entry has what went in and what came out.
Prints one JSON object: how many values were compared, and what differs. Ends with 1 where something does.

Values that are functions of their input must agree to 1e-6. What random draws gave is compared as a sample: an interval
of the bootstrap by where its ends fall among draws of our own, and drawn spans by the Kolmogorov-Smirnov test.
"""

import json
import math
import sys

import numpy
from scipy import optimize, stats

import capacity
import gate
import hdr

TOLERANCE = 1e-6
RESAMPLES = 4_000
# Of a comparison of samples: about one in 10,000 would differ further by chance. The draws are seeded on both sides, so
# that one that agrees goes on to do so.
CHANCE = 1e-4


class Ledger:
    def __init__(self):
        self.compared = 0
        self.differences = []

    def check(self, holds, sentence):
        self.compared += 1
        if not holds:
            self.differences.append(sentence)

    def near(self, what, ours, theirs, scale=1.0):
        missing = ours is None or theirs is None
        near = ours == theirs if missing else abs(ours - theirs) <= TOLERANCE * scale
        self.check(near, f"{what}: SciPy {ours}, scalebench {theirs}")


def check_bounds(entries, ledger):
    for entry in entries:
        place = entry["succeeded"], entry["offered"], entry["confidence"]
        ledger.near(f"lower bound of {place}", capacity.lower_bound(*place), entry["lower"])
        ledger.near(f"upper bound of {place}", capacity.upper_bound(*place), entry["upper"])


def check_fewest(entries, ledger):
    """The fewest sessions that can pass: the first number whose lower bound without a failure reaches the threshold."""
    for entry in entries:
        count = 1
        while stats.beta.ppf(1 - entry["confidence"], count, 1) < entry["threshold"]:
            count += 1
        ledger.check(count == entry["fewest"], f"fewest sessions to pass at {entry}: SciPy {count}")


def check_percentiles(entries, ledger):
    for entry in entries:
        for percent, value in entry["percentiles"].items():
            ours = hdr.nearest_rank(entry["values"], int(percent))
            ledger.check(ours == value, f"P{percent} of {len(entry['values'])} values: recomputed {ours}, scalebench {value}")


def curve(parameters, n):
    gamma, alpha, beta = parameters
    return gamma * n / (1 + alpha * (n - 1) + beta * n * (n - 1))


class Law:
    """Least squares with the parameters that are free, from a start; alpha and beta are kept from 0."""

    def __init__(self, name):
        self.free = 3 if name == "usl" else 2

    def whole(self, parameters):
        return [*parameters, 0.0][:3]

    def fit(self, n, x, start, weights=1.0):
        start = list(start[: self.free])
        scale = [abs(value) or 1.0 for value in start]

        def miss(parameters):
            return weights * (curve(self.whole(parameters * numpy.array(scale)), n) - x)

        begin = numpy.array(start) / scale
        found, code = optimize.leastsq(miss, begin, ftol=1e-15, xtol=1e-15, gtol=1e-15, maxfev=5_000)
        if code > 4 or min(found[1:]) < 0:
            bounded = optimize.least_squares(
                miss, numpy.maximum(begin, 1e-12), bounds=([0] * self.free, [numpy.inf] * self.free), ftol=1e-15,
                xtol=1e-15, gtol=1e-15, max_nfev=2_000)
            found = bounded.x
            # It approaches a bound and never reaches it: what moves no throughput by a millionth is at the bound.
            reach = float(max(n)) ** numpy.arange(self.free) * scale
            found[1:][(found * reach)[1:] < TOLERANCE] = 0
        return self.whole(found * scale)


def start_of(n, x):
    """From the straight line that N / X is in N - 1, whichever law is fitted."""
    line = numpy.polyfit(n - 1, n / x, 1)
    gamma = 1 / line[1] if line[1] > 0 else float(max(x / n))
    alpha = max(line[0] * gamma, 1e-4)
    return [gamma, alpha, alpha / float(max(n)) / 10]


def check_fits(entries, ledger):
    for entry in entries:
        n = numpy.array(entry["sessions"], dtype=float)
        x = numpy.array(entry["throughput"], dtype=float)
        law, name = Law(entry["law"]), f"{entry['law']} {entry['name']}"
        best = law.fit(n, x, start_of(n, x))
        for label, ours in zip(("gamma", "alpha", "beta"), best):
            ledger.near(f"{name}: {label}", ours, entry[label], scale=abs(ours))
        misses = float(((curve(best, n) - x) ** 2).sum())
        ledger.near(f"{name}: determination", 1 - misses / float(((x - x.mean()) ** 2).sum()), entry["determination"])
        check_intervals(name, law, n, x, best, entry, ledger)


def draws_of(law, n, x, best, fewest_sizes):
    """Cells drawn with replacement, again where they have too few different N, and the curve of each draw."""
    random = numpy.random.default_rng(20_261_121)
    found = []
    while len(found) < RESAMPLES:
        counts = numpy.bincount(random.integers(len(n), size=len(n)), minlength=len(n))
        if len(set(n[counts > 0])) >= fewest_sizes:
            found.append(law.fit(n, x, best, weights=numpy.sqrt(counts)))
    return numpy.array(found)


def check_intervals(name, law, n, x, best, entry, ledger):
    """The share of our draws below an end of an interval must be its percentile, up to what both samples' sizes allow:
    that share is about normal, with the sum of the variances that a quantile's rank has in either sample."""
    draws = draws_of(law, n, x, best, entry["fewestSizes"])
    with numpy.errstate(divide="ignore", invalid="ignore"):
        peak = numpy.where((draws[:, 2] > 0) & (draws[:, 1] < 1), numpy.sqrt((1 - draws[:, 1]) / draws[:, 2]), numpy.inf)
    columns = {"gamma": draws[:, 0], "alpha": draws[:, 1], "beta": draws[:, 2], "peak": peak}
    reach = stats.norm.isf(CHANCE / 2)
    for label, interval in entry["intervals"].items():
        for end, share in (("low", 0.025), ("high", 0.975)):
            value = interval.get(end)
            value = math.inf if value is None else value
            # An end on a value that many draws share, as 0 is for a parameter at its bound, has a range of ranks.
            below, upto = (columns[label] < value).mean(), (columns[label] <= value).mean()
            slack = reach * math.sqrt(share * (1 - share) * (1 / RESAMPLES + 1 / entry["resamples"]))
            ledger.check(
                below - slack <= share <= upto + slack,
                f"{name}: the {end} end of {label}, {value}, has {below:.4f} to {upto:.4f} of the draws below it, not {share}")


DISTRIBUTIONS = {
    "uniform": lambda low, high: stats.uniform(low, high - low),
    # The mean of the spans is given, and the median is below it by a factor of exp(sigma^2 / 2).
    "lognormal": lambda mean, sigma: stats.lognorm(sigma, scale=mean / math.exp(sigma**2 / 2)),
    "exponential": lambda rate: stats.expon(scale=1 / rate),
}


def check_draws(entries, ledger):
    for entry in entries:
        expected = DISTRIBUTIONS[entry["distribution"]](*entry["parameters"])
        chance = stats.kstest(entry["seconds"], expected.cdf).pvalue
        ledger.check(chance > CHANCE, f"{len(entry['seconds'])} draws are not {entry['distribution']}: p = {chance:.2g}")


CHECKS = {
    "bounds": check_bounds, "fewest": check_fewest, "percentiles": check_percentiles, "fits": check_fits,
    "draws": check_draws, "gate": gate.check,
}


def main(path):
    with open(path, encoding="utf-8") as file:
        tables = json.load(file)
    ledger = Ledger()
    for name, check in CHECKS.items():
        ledger.check(len(tables[name]) > 0, f"there is nothing in the table {name}")
        check(tables[name], ledger)
    print(json.dumps({"compared": ledger.compared, "differences": ledger.differences}))
    return 1 if ledger.differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
