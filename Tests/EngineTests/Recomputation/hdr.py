"""Percentiles as an HDR histogram of three significant digits reports them, from the published layout of its buckets.

A bucket of the first half covers 2^6 ns, the largest power of two not above the lowest discernible value of 100 ns; 2,048
of them, the power of two from 2 x 10^3 on, reach three digits. From there on every doubling of the value has 1,024
buckets of twice the width. A bucket is reported as its highest value, and never beyond what was really seen.
"""

LOWEST_DISCERNIBLE_NS = 100
HIGHEST_TRACKABLE_NS = 3_600_000_000_000
UNIT_MAGNITUDE = LOWEST_DISCERNIBLE_NS.bit_length() - 1
SUB_BUCKETS = 1 << (2 * 10**3 - 1).bit_length()


def highest_equivalent(value):
    """The highest value of the bucket that `value` falls into."""
    clipped = min(max(value, 0), HIGHEST_TRACKABLE_NS)
    units = clipped >> UNIT_MAGNITUDE
    doublings = max(0, units.bit_length() - SUB_BUCKETS.bit_length() + 1)
    width = 1 << (UNIT_MAGNITUDE + doublings)
    return clipped // width * width + width - 1


def nearest_rank(values, percent):
    """The percentile of whole per cent: the value of rank ceil(percent x n / 100) in ascending order."""
    ordered = sorted(values)
    rank = max(1, -(-percent * len(ordered) // 100))
    return min(max(highest_equivalent(ordered[rank - 1]), ordered[0]), ordered[-1])


def summary(values):
    """The statistics of a latency column in the `cells` table; None without values."""
    if not values:
        return None
    count = len(values)
    mean = (2 * sum(values) + count) // (2 * count)
    found = {"count": count, "min": min(values), "mean": mean, "max": max(values)}
    for percent in (50, 90, 95, 99):
        found[f"p{percent}"] = nearest_rank(values, percent)
    return found
