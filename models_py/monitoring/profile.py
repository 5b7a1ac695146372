"""What features look like in one snapshot, as counts in bins: small enough to keep with every run.

A numeric feature is cut at quantiles of the snapshot that the profile is taken from, so that its bins are equally full
and a later snapshot differs from them or does not. A text or yes-no feature has a bin for each frequent value. What is
missing is counted apart: it says something about the extract, not about the people.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

# Fine enough for a distance between distributions to be right to one hundredth.
QUANTILES = 100
# Text values beyond the most frequent ones share a bin with all that were never seen.
MOST_VALUES = 30
OTHER = "(any other)"
# The column that says whose rows are not independent of each other: one customer's events are one opinion.
UNIT = "unit_id"

Longs = npt.NDArray[np.int64]

PROFILE_SCHEMA = pa.schema(
    [
        ("entity", pa.string()),
        ("feature", pa.string()),
        ("kind", pa.string()),
        ("bin", pa.int32()),
        ("label", pa.string()),
        ("upper", pa.float64()),
        ("rows", pa.int64()),
        ("present_units", pa.int64()),
        ("missing_rows", pa.int64()),
        ("units", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Bins:
    """Where a feature is cut.

    Attributes:
        kind: "number" or "value".
        labels: of each bin, for people.
        uppers: of a number's bins, the largest value that falls into each; the last is infinite. Values have none.
    """

    kind: str
    labels: tuple[str, ...]
    uppers: tuple[float, ...] = ()


@dataclass(frozen=True)
class Counts:
    """How the rows of one snapshot fall into bins.

    Attributes:
        rows: (bins,) rows in each.
        missing: rows without a value.
        present_units: independent units among the rows with a value.
        units: independent units among all rows.
    """

    rows: Longs
    missing: int
    present_units: int
    units: int


Profile = dict[tuple[str, str], tuple[Bins, Counts]]


def profile(entities: Mapping[str, pa.Table]) -> Profile:
    """Cut every feature of a snapshot, and count.

    Args:
        entities: by name (customers, products …), one row a thing; `UNIT` and features of any type, null if missing.

    Returns:
        bins and counts by entity and feature.
    """
    found: Profile = {}
    for entity, table in entities.items():
        for feature in _features(table):
            bins = _cut(table[feature])
            found[entity, feature] = (bins, count(table, feature, bins))
    return found


def count(table: pa.Table, feature: str, bins: Bins) -> Counts:
    """How the rows of a snapshot fall into bins that were cut from this snapshot or another."""
    column = table[feature]
    present = column.is_valid()
    values = column.drop_null()
    return Counts(
        rows=np.bincount(_places(values, bins), minlength=len(bins.labels)).astype(np.int64),
        missing=column.null_count,
        present_units=pc.count_distinct(table[UNIT].filter(present)).as_py(),
        units=pc.count_distinct(table[UNIT]).as_py(),
    )


def to_table(taken: Profile) -> pa.Table:
    """A profile as rows of `PROFILE_SCHEMA`, one a bin."""
    rows = [
        (
            *(entity, feature, bins.kind, place, label, bins.uppers[place] if bins.uppers else None),
            *(int(counts.rows[place]), counts.present_units, counts.missing, counts.units),
        )
        for (entity, feature), (bins, counts) in taken.items()
        for place, label in enumerate(bins.labels)
    ]
    return pa.Table.from_pylist([dict(zip(PROFILE_SCHEMA.names, row, strict=True)) for row in rows], PROFILE_SCHEMA)


def from_table(rows: pa.Table) -> Profile:
    """The inverse of `to_table`."""
    grouped: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in rows.sort_by([("entity", "ascending"), ("feature", "ascending"), ("bin", "ascending")]).to_pylist():
        grouped.setdefault((row["entity"], row["feature"]), []).append(row)
    return {key: _of_rows(bins) for key, bins in grouped.items()}


def _of_rows(rows: list[dict[str, object]]) -> tuple[Bins, Counts]:
    table = pa.Table.from_pylist(rows, PROFILE_SCHEMA)
    first = table.slice(0, 1).to_pylist()[0]
    bins = Bins(first["kind"], tuple(table["label"].to_pylist()), tuple(table["upper"].drop_null().to_pylist()))
    counts = Counts(table["rows"].to_numpy(), first["missing_rows"], first["present_units"], first["units"])
    return bins, counts


def _features(table: pa.Table) -> Iterable[str]:
    return (name for name in table.column_names if name != UNIT)


def _is_number(column: pa.ChunkedArray) -> bool:
    kind = column.type
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _cut(column: pa.ChunkedArray) -> Bins:
    values = column.drop_null()
    if _is_number(column):
        return _cut_numbers(values.cast(pa.float64()).to_numpy())
    counted = pc.value_counts(values.cast(pa.string()).combine_chunks())
    # By value where equally frequent: the order of the rows must not matter.
    ordered = sorted(counted.to_pylist(), key=lambda entry: (-entry["counts"], entry["values"]))
    labels = (*sorted(entry["values"] for entry in ordered[:MOST_VALUES]), OTHER)
    return Bins("value", labels)


def _cut_numbers(values: npt.NDArray[np.float64]) -> Bins:
    if not values.size:
        return Bins("number", ("any",), (np.inf,))
    inner = np.quantile(values, np.arange(1, QUANTILES) / QUANTILES, method="inverted_cdf")
    # A value that many rows share fills several quantiles; it gets one bin. The largest value closes nothing.
    uppers = [float(value) for value in np.unique(inner) if value < values.max()]
    lowers = ["", *(f"{value:.6g}" for value in uppers)]
    labels = [f"up to {upper:.6g}" if not lower else f"above {lower}, up to {upper:.6g}"
              for lower, upper in zip(lowers, uppers, strict=False)]  # fmt: skip
    return Bins("number", (*labels, f"above {lowers[-1]}" if uppers else "any"), (*uppers, np.inf))


def _places(values: pa.ChunkedArray, bins: Bins) -> Longs:
    if bins.kind == "number":
        # Up to and including the bin's upper end.
        found: Longs = np.searchsorted(np.array(bins.uppers), values.cast(pa.float64()).to_numpy(), side="left")
        return found
    indices = pc.index_in(values.cast(pa.string()), pa.array(bins.labels[:-1], pa.string()))
    place: Longs = pc.fill_null(indices, len(bins.labels) - 1).to_numpy().astype(np.int64)
    return place
