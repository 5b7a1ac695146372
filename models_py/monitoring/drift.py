"""How far a snapshot lies from another, feature by feature.

PSI, the population stability index, is the symmetric Kullback-Leibler divergence of the shares in bins; 0.1 and 0.25
are the customary marks of a change worth a look and of a large one. The customary marks forget the size of the sample:
with a hundred rows in ten bins, chance alone makes PSI 0.17 on average. Two things keep small shops from false alarms:

- Every bin is taken to hold half a row more (Krichevsky & Trofimov 1981), so that an empty one is no infinity.
- The noise floor. Where nothing changed, PSI * n * m / (n + m) is chi-square distributed with bins - 1 degrees of
  freedom (Yurdakul & Naranjo 2020, "Statistical properties of the population stability index"); a PSI below that
  distribution's upper end, at a chance shared out among all features, says nothing.

n and m count independent units (customers), not rows: ten events of one customer are one opinion.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy.spatial.distance import jensenshannon
from scipy.stats import chi2, chi2_contingency, kstwobign

from models_py.monitoring.profile import Bins, Longs, Profile, count
from models_py.ranking.metrics import Doubles

# The chance that any feature of a snapshot in which nothing changed is taken for more than noise.
FALSE_ALARMS = 0.01
PSI_BINS = 10
HALF_A_ROW = 0.5
VALUES, MISSING = "values", "missing"
KOLMOGOROV_SMIRNOV, JENSEN_SHANNON = "kolmogorov_smirnov", "jensen_shannon"

DRIFT_SCHEMA = pa.schema(
    [
        ("entity", pa.string()),
        ("feature", pa.string()),
        ("aspect", pa.string()),
        ("kind", pa.string()),
        ("reference_units", pa.int64()),
        ("current_units", pa.int64()),
        ("psi", pa.float64()),
        ("noise_floor", pa.float64()),
        ("is_beyond_noise", pa.bool_()),
        ("distance_name", pa.string()),
        ("distance", pa.float64()),
        ("p_value", pa.float64()),
        ("most_changed", pa.string()),
        ("most_changed_reference_share", pa.float64()),
        ("most_changed_current_share", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Sample:
    """Rows in bins, and how many independent units they come from."""

    rows: Longs
    units: int


def drift(reference: Profile, entities: Mapping[str, pa.Table]) -> pa.Table:
    """Compare today's snapshot with the profile of an earlier one.

    A feature that one of the two does not have is left out: it is new or gone, not changed.

    Args:
        reference: bins and counts then.
        entities: the snapshot of today, see `profile.profile`.

    Returns:
        rows of `DRIFT_SCHEMA`: of every feature its values among those who have one, and how many miss it. `psi` and
        the distance are null where either side has no rows.
    """
    pairs = [
        (entity, feature, bins, then, count(entities[entity], feature, bins))
        for (entity, feature), (bins, then) in sorted(reference.items())
        if entity in entities and feature in entities[entity].column_names
    ]
    chance = FALSE_ALARMS / max(2 * len(pairs), 1)
    rows = []
    for entity, feature, bins, then, now in pairs:
        values = (Sample(then.rows, then.present_units), Sample(now.rows, now.present_units))
        missing = tuple(Sample(np.array([c.rows.sum(), c.missing]), c.units) for c in (then, now))
        whether = Bins("value", ("known", "missing"))
        for aspect, cut, (before, after) in ((VALUES, bins, values), (MISSING, whether, missing)):
            compared = _compare(cut, before, after, chance)
            rows.append({"entity": entity, "feature": feature, "aspect": aspect, "kind": cut.kind, **compared})
    return pa.Table.from_pylist(rows, DRIFT_SCHEMA)


def psi(reference: Longs, current: Longs) -> float:
    """Population stability index of two vectors of counts in the same bins."""
    before, after = _shares(reference), _shares(current)
    return float(((after - before) * np.log(after / before)).sum())


def noise_floor(bins: int, reference_units: int, current_units: int, chance: float) -> float:
    """The PSI that two samples of the same population exceed with this chance."""
    return float(chi2.isf(chance, max(bins - 1, 1)) * (1.0 / reference_units + 1.0 / current_units))


def kolmogorov_smirnov(reference: Sample, current: Sample) -> tuple[float, float]:
    """The largest distance of the two distribution functions at the bins' ends, and its asymptotic p-value."""
    before, after = (np.cumsum(sample.rows) / sample.rows.sum() for sample in (reference, current))
    distance = float(np.abs(before - after).max())
    effective = reference.units * current.units / (reference.units + current.units)
    return distance, float(kstwobign.sf(distance * np.sqrt(effective)))


def jensen_shannon(reference: Sample, current: Sample) -> tuple[float, float]:
    """Jensen-Shannon distance (base 2: from 0 to 1), and the p-value of the chi-square test of homogeneity."""
    before, after = (sample.rows / sample.rows.sum() for sample in (reference, current))
    distance = float(jensenshannon(before, after, base=2))
    expected = np.vstack([before * reference.units, after * current.units])
    expected = expected[:, expected.sum(axis=0) > 0]
    if expected.shape[1] < 2:
        return distance, 1.0
    return distance, float(chi2_contingency(expected, correction=False).pvalue)


def merged(reference: Longs, bins: int = PSI_BINS) -> Longs:
    """Which of at most `bins` about equally full groups each of the reference's ordered bins belongs to."""
    middle = np.cumsum(reference) - reference / 2
    group: Longs = np.unique(np.floor(bins * middle / max(reference.sum(), 1)), return_inverse=True)[1].astype(np.int64)
    return group


def _compare(bins: Bins, reference: Sample, current: Sample, chance: float) -> dict[str, object]:
    empty = not (reference.rows.sum() and current.rows.sum())
    name = KOLMOGOROV_SMIRNOV if bins.kind == "number" else JENSEN_SHANNON
    found: dict[str, object] = {
        "reference_units": reference.units, "current_units": current.units, "distance_name": name,
        "is_beyond_noise": False,
    }  # fmt: skip
    if empty:
        return found
    measure = kolmogorov_smirnov if bins.kind == "number" else jensen_shannon
    distance, p_value = measure(reference, current)
    group = merged(reference.rows) if bins.kind == "number" else np.arange(len(reference.rows))
    before, after = (np.bincount(group, sample.rows).astype(np.int64) for sample in (reference, current))
    occurs = before + after > 0
    index = psi(before[occurs], after[occurs])
    floor = noise_floor(int(occurs.sum()), reference.units, current.units, chance)
    return found | {
        "psi": index, "noise_floor": floor, "is_beyond_noise": index > floor, "distance": distance, "p_value": p_value,
        **_most_changed(bins, group, before, after),
    }  # fmt: skip


def _most_changed(bins: Bins, group: Longs, before: Longs, after: Longs) -> dict[str, object]:
    """The group of bins of which the share changed most, in words."""
    shares = [counts / counts.sum() for counts in (before, after)]
    place = int(np.argmax(np.abs(shares[1] - shares[0])))
    members = np.flatnonzero(group == place)
    return {
        "most_changed": _words(bins, int(members[0]), int(members[-1])),
        "most_changed_reference_share": float(shares[0][place]),
        "most_changed_current_share": float(shares[1][place]),
    }


def _words(bins: Bins, first: int, last: int) -> str:
    if bins.kind == "value" or len(bins.labels) == 1:
        return bins.labels[first]
    low = f"above {bins.uppers[first - 1]:.6g}" if first else ""
    high = f"up to {bins.uppers[last]:.6g}" if last < len(bins.labels) - 1 else ""
    return ", ".join(end for end in (low, high) if end) or "any"


def _shares(counts: Longs) -> Doubles:
    smoothed = counts + HALF_A_ROW
    shares: Doubles = smoothed / smoothed.sum()
    return shares
