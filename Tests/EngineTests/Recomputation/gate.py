"""The statistics of a regression gate, by SciPy: see estimates.py, which calls check()."""

import itertools
import math

import numpy
from scipy import stats

# A step that is smaller than any between two values, and larger than what they round to.
STEP = 1e-9


def check(tables, ledger):
    for name, part in CHECKS.items():
        ledger.check(len(tables[name]) > 0, f"there is nothing in the table {name}")
        for entry in tables[name]:
            part(entry, ledger)


def near(ledger, what, ours, theirs):
    ledger.near(what, float(ours), theirs, scale=max(1.0, abs(float(ours))))


# --- one sample


def check_sample(entry, ledger):
    values, confidence = numpy.array(entry["values"]), entry["confidence"]
    name = f"{entry['name']} at {confidence}"
    test = stats.ttest_1samp(values, 0.0)
    near(ledger, f"{name}: mean", values.mean(), entry["mean"])
    near(ledger, f"{name}: p", test.pvalue, entry["pValue"])
    # The same as pairs: each side's logarithm, of which the values are the difference.
    side = numpy.linspace(3.0, 5.0, len(values))
    near(ledger, f"{name}: paired p", stats.ttest_rel(side + values, side).pvalue, test.pvalue)
    interval = test.confidence_interval(confidence)
    near(ledger, f"{name}: low end", interval.low, entry["interval"]["low"])
    near(ledger, f"{name}: high end", interval.high, entry["interval"]["high"])
    near(ledger, f"{name}: signed ranks", signed_rank(values), entry["signedRank"])
    multiple = stats.t.ppf((1 + confidence) / 2, len(values) - 1) + stats.t.ppf(0.8, len(values) - 1)
    detectable = -math.expm1(-multiple * values.std(ddof=1) / math.sqrt(len(values)))
    near(ledger, f"{name}: smallest effect", detectable, entry["detectable"])
    if entry.get("means"):
        check_bootstrap(name, values, confidence, entry, ledger)


def signed_rank(values):
    values = values[values != 0]
    ties = len(set(abs(values))) < len(values)
    if ties:
        ranks = stats.rankdata(abs(values))
        found = stats.permutation_test(
            (ranks * numpy.sign(values),), lambda x, axis: numpy.where(x > 0, x, 0).sum(axis=axis), permutation_type="samples",
            vectorized=True, n_resamples=numpy.inf)
        return found.pvalue
    return stats.wilcoxon(values, method="exact" if len(values) <= 50 else "asymptotic", correction=False).pvalue


def check_bootstrap(name, values, confidence, entry, ledger):
    """The resamples are drawn by a generator of scalebench's own, so three things are compared: that its means are a sample
    of what SciPy draws; the ends, by the formula on the very same means; and the ends of scipy.stats.bootstrap on these
    means, which it interpolates where scalebench takes the nearest rank: they are at most one mean apart."""
    means = numpy.array(entry["means"])
    random = numpy.random.default_rng(20_261_127)
    own = stats.bootstrap((values,), numpy.mean, n_resamples=len(means), method="BCa", rng=random)
    # Rounded, as the same draws in another order do not sum to the same number.
    chance = stats.ks_2samp(numpy.round(means, 12), numpy.round(own.bootstrap_distribution, 12)).pvalue
    ledger.check(chance > 1e-4, f"{name}: the means of the resamples are not those of a bootstrap: p = {chance:.2g}")

    mean = values.mean()
    below, upto = (means < mean - 1e-12).mean(), (means < mean + 1e-12).mean()
    bias = stats.norm.ppf((below + upto) / 2)
    jackknife = numpy.array([numpy.delete(values, index).mean() for index in range(len(values))])
    away = jackknife.mean() - jackknife
    acceleration = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    ends = {}
    for end, share in (("low", (1 - confidence) / 2), ("high", (1 + confidence) / 2)):
        z = bias + stats.norm.ppf(share)
        moved = stats.norm.cdf(bias + z / (1 - acceleration * z))
        rank = min(max(math.ceil(moved * len(means) - 1e-9), 1), len(means))
        ends[end] = means[rank - 1]
        near(ledger, f"{name}: the bootstrap's {end} end", ends[end], entry["bootstrap"][end])

    # SciPy compares means bit by bit, and the sample's own in another order is not the same bits.
    own.bootstrap_distribution = numpy.where(abs(means - mean) < 1e-12, mean, means)
    theirs = stats.bootstrap(
        (values,), numpy.mean, n_resamples=0, bootstrap_result=own, confidence_level=confidence, method="BCa").confidence_interval
    for end, value in (("low", theirs.low), ("high", theirs.high)):
        first, last = numpy.searchsorted(means, ends[end]), numpy.searchsorted(means, ends[end], side="right") - 1
        least, most = means[max(0, first - 1)], means[min(len(means) - 1, last + 1)]
        ledger.check(
            least - 1e-12 <= value <= most + 1e-12,
            f"{name}: the bootstrap's {end} end is {ends[end]}, and SciPy's {value} on the same means")


# --- two samples


def check_two_samples(entry, ledger):
    a, b, confidence = numpy.array(entry["a"]), numpy.array(entry["b"]), entry["confidence"]
    name = f"{entry['name']} at {confidence}"
    welch = stats.ttest_ind(b, a, equal_var=False)
    near(ledger, f"{name}: Welch's p", welch.pvalue, entry["welch"])
    interval = welch.confidence_interval(confidence)
    near(ledger, f"{name}: Welch's low end", interval.low, entry["welchInterval"]["low"])
    near(ledger, f"{name}: Welch's high end", interval.high, entry["welchInterval"]["high"])
    near(ledger, f"{name}: U test", rank_sum(a, b), entry["ranks"])
    near(ledger, f"{name}: shift", numpy.median(numpy.subtract.outer(b, a)), entry["shift"])
    if len(set(entry["a"] + entry["b"])) == len(a) + len(b):
        check_shift(name, a, b, 1 - confidence, entry, ledger)


def rank_sum(a, b):
    count = len(a) + len(b)
    if count > 50:
        return stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=True).pvalue
    if len(set(a) | set(b)) == count:
        return stats.mannwhitneyu(a, b, method="exact").pvalue
    ranks = stats.rankdata(numpy.concatenate([a, b]))
    found = stats.permutation_test(
        (ranks[: len(a)], ranks[len(a) :]), lambda x, y, axis: x.sum(axis=axis), vectorized=True, n_resamples=numpy.inf)
    return found.pvalue


def check_shift(name, a, b, alpha, entry, ledger):
    """The interval holds the shifts that SciPy's test does not reject: just inside an end it does not, just outside it
    does, and what it says there is the confidence that is attained."""

    def rejection(shift):
        return rank_sum(a, b - shift)

    interval = entry.get("shiftInterval")
    if interval is None:
        # Even the furthest shift is not rejected.
        least = rejection(numpy.subtract.outer(b, a).min() - STEP)
        ledger.check(least > alpha, f"{name}: there is no interval, and SciPy rejects at {least}")
        near(ledger, f"{name}: confidence within reach", 1 - least, entry["attained"])
        return
    for end, out in (("low", -STEP), ("high", STEP)):
        inside, outside = rejection(interval[end] - out), rejection(interval[end] + out)
        ledger.check(
            outside <= alpha + STEP < inside, f"{name}: the shift's {end} end has p = {outside} outside and {inside} inside, not {alpha}")
    near(ledger, f"{name}: confidence attained", 1 - rejection(interval["low"] - STEP), entry["attained"])


# --- the rest


def check_quantile(entry, ledger):
    share, degrees = entry["share"], entry.get("degrees")
    if degrees is None:
        near(ledger, f"normal quantile at {share}", stats.norm.ppf(share), entry["value"])
    else:
        near(ledger, f"t with {float(degrees)} degrees at {share}", stats.t.ppf(share, degrees), entry["value"])


def check_proportions(entry, ledger):
    def wilson(side):
        interval = stats.binomtest(*side).proportion_ci(entry["confidence"], method="wilson")
        return side[0] / side[1], interval.low, interval.high

    (a, low_a, high_a), (b, low_b, high_b) = wilson(entry["a"]), wilson(entry["b"])
    name = f"of {entry['b']} less {entry['a']} at {entry['confidence']}"
    near(ledger, f"Newcombe's low end {name}", b - a - math.hypot(b - low_b, high_a - a), entry["interval"]["low"])
    near(ledger, f"Newcombe's high end {name}", b - a + math.hypot(high_b - b, a - low_a), entry["interval"]["high"])


def check_family(entry, ledger):
    """Holm's procedure is the closed test of which each part is Bonferroni's: every set of hypotheses is gone through."""
    p = entry["pValues"]
    for index in range(len(p)):
        others = [other for other in range(len(p)) if other != index]
        worst = 0.0
        for size in range(len(p)):
            for chosen in itertools.combinations(others, size):
                part = [p[other] for other in (*chosen, index)]
                worst = max(worst, min(1.0, len(part) * min(part)))
        near(ledger, f"Holm's p of {p[index]}", worst, entry["holm"][index])
    for own, theirs in zip(stats.false_discovery_control(p), entry["benjaminiHochberg"]):
        near(ledger, "Benjamini and Hochberg's p", own, theirs)


def check_boundary(entry, ledger):
    """The chance that normal sums stay within the bounds at all looks. SciPy integrates it at random points, to a little more
    than a millionth; a level that is off by a millionth moves it by two to four."""
    looks = numpy.array(entry["looks"], dtype=float)
    bound = numpy.full(len(looks), stats.norm.isf(entry["level"] / 2))
    correlation = numpy.sqrt(numpy.minimum.outer(looks, looks) / numpy.maximum.outer(looks, looks))
    inside = stats.multivariate_normal.cdf(
        bound, cov=correlation, lower_limit=-bound, maxpts=1_000_000, abseps=1e-9, releps=0, rng=numpy.random.default_rng(5))
    ledger.near(
        f"Pocock's level for looks at {entry['looks']} of {entry['alpha']}, in false alarms", 1 - float(inside), entry["alpha"], scale=4)


def check_history(entry, ledger):
    """E-divisive with a t test, written down again: distances are summed where they are needed, and SciPy tests."""
    values = numpy.array(entry["values"])
    fewest = entry["fewest"]

    def p_value(start, index, end):
        return stats.ttest_ind(values[start:index], values[index:end], equal_var=True).pvalue

    def parted(start, end):
        best, place = 0.0, None
        away = abs(numpy.subtract.outer(values[start:end], values[start:end]))
        count = end - start
        for i in range(fewest, count - fewest + 1):
            within = away[:i, :i].sum() / (i * (i - 1))
            for j in range(i + fewest, count + 1):
                m = j - i
                energy = 2 * away[:i, i:j].mean() - within - away[i:j, i:j].sum() / (m * (m - 1))
                if i * m / (i + m) * energy > best:
                    best, place = i * m / (i + m) * energy, start + i
        if place is None or p_value(start, place, end) > 10 * entry["mostP"]:
            return []
        return [*parted(start, place), place, *parted(place, end)]

    found, start = set(), 0
    while len(values) - start >= 2 * fewest:
        end = min(start + entry["window"], len(values))
        fresh = parted(start, end)
        found |= set(fresh)
        if end == len(values):
            break
        start = max([start + entry["window"] // 2, *fresh])
    while True:
        ends = [0, *sorted(found), len(values)]
        points = [
            (index, values[left:index].mean(), values[index:right].mean(), p_value(left, index, right))
            for left, index, right in zip(ends, ends[1:], ends[2:])]
        unsure = [point for point in points if point[3] > entry["mostP"]]
        small = [point for point in points if max(point[1:3]) / min(point[1:3]) - 1 < entry["leastMagnitude"]]
        if unsure:
            found.remove(max(unsure, key=lambda point: point[3])[0])
        elif small:
            found.remove(min(small, key=lambda point: max(point[1:3]) / min(point[1:3]))[0])
        else:
            break
    name = f"history of {len(values)}"
    ours, theirs = [point[0] for point in points], [change["index"] for change in entry["changes"]]
    ledger.check(ours == theirs, f"{name}: changes at {ours}, scalebench {theirs}")
    for point, change in zip(points, entry["changes"]) if ours == theirs else []:
        for label, own, other in zip(("before", "after", "p"), point[1:], (change["before"], change["after"], change["pValue"])):
            near(ledger, f"{name}: {label} at {point[0]}", own, other)


CHECKS = {
    "samples": check_sample, "twoSamples": check_two_samples, "quantiles": check_quantile, "proportions": check_proportions,
    "families": check_family, "boundaries": check_boundary, "histories": check_history,
}
