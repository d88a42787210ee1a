"""The pass rule and the brackets, from the definitions in docs/definitions.md and with SciPy's beta distribution."""

from fractions import Fraction

from scipy.stats import beta

THRESHOLD = Fraction(95, 100)
FAILED_REPETITION = Fraction(90, 100)
CONFIDENCE = 0.95


def lower_bound(succeeded, offered, confidence=CONFIDENCE):
    """Clopper and Pearson's one-sided lower bound of a success rate."""
    return 0.0 if succeeded == 0 else float(beta.ppf(1 - confidence, succeeded, offered - succeeded + 1))


def upper_bound(succeeded, offered, confidence=CONFIDENCE):
    return 1.0 if succeeded == offered else float(beta.ppf(confidence, succeeded + 1, offered - succeeded))


def judge(reps):
    """`pass`, `fail` or `undecided` for the repetitions of one N, each (succeeded, offered)."""
    rates = [Fraction(succeeded, offered) for succeeded, offered in reps]
    succeeded, offered = (sum(column) for column in zip(*reps))
    if min(rates) >= THRESHOLD and lower_bound(succeeded, offered) >= THRESHOLD:
        return "pass"
    if upper_bound(succeeded, offered) < THRESHOLD or min(rates) < FAILED_REPETITION:
        return "fail"
    return "undecided"


def passes_point_rule(reps):
    """The mean of the repetitions' rates reaches the threshold."""
    return sum(Fraction(succeeded, offered) for succeeded, offered in reps) / len(reps) >= THRESHOLD


def too_small_to_pass(reps):
    """Not even a result without a failure would demonstrate the threshold."""
    offered = sum(offered for _, offered in reps)
    return lower_bound(offered, offered) < THRESHOLD


def latency_limit(wait_ns, steps):
    return 2 * (steps * wait_ns + 500_000_000)


def bracket(outcomes):
    """(last pass, first fail, whether no larger N was tested) of [(N, outcome)] in ascending order of N.

    An outcome is `pass`, `fail`, `undecided` or, for an N of too few sessions with nothing against it, `too small`.
    """
    last_pass = first_fail = None
    unbroken = True
    for sessions, outcome in outcomes:
        if outcome == "pass" and unbroken:
            last_pass = sessions
        elif outcome in ("fail", "undecided"):
            unbroken = False
        if outcome == "fail" and first_fail is None:
            first_fail = sessions
    return last_pass, first_fail, last_pass is not None and last_pass == outcomes[-1][0]


def in_words(found):
    """As the report's tables show a bracket."""
    last_pass, first_fail, is_top = found
    if last_pass is None:
        return "open" if first_fail is None else f"< {first_fail:,}"
    if is_top:
        return f"≥ {last_pass:,}"
    return f"{last_pass:,}, then open" if first_fail is None else f"[{last_pass:,}, {first_fail:,})"
