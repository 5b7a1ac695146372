"""The ablation as Markdown: where each part earns its place, and what it adds to which question."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from models_py import columns as c
from models_py.evaluation.ablation import PREFIX
from models_py.evaluation.significance import compare, holm

METRIC = "ndcg@10"
SIGNIFICANCE_LEVEL = 0.05
# The questions in the order of the columns, and their headings.
QUESTIONS = {
    "all": "everybody", "history_light": "under 5 purchases", "history_medium": "5 to 9", "history_heavy": "10 or more",
    "target_head": "best-sellers", "target_tail": "other products", "target_cold": "never sold",
    "target_looked_at": "looked at before", "repeat": "repeats",
    "new_customer": "new customer", "unknown_customer": "unknown customer", "new_product": "new product",
}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """One shop under one ranker.

    Attributes:
        users: rows of `evaluation.USERS_SCHEMA` whose protocol is the question: with each part, and without.
    """

    shop: str
    ranker: str
    users: pa.Table


def markdown(done: list[Measured]) -> str:
    """Where each part earns its place, then a table a shop and ranker."""
    found = pd.concat([_comparisons(measured) for measured in done], ignore_index=True)
    pieces = [_verdicts(found)]
    for (shop, ranker), rows in found.groupby(["shop", "ranker"], sort=False):
        pieces.append(f"**{shop}, {ranker}**\n\n{_differences(rows)}")
    return "\n\n".join(pieces)


def _comparisons(measured: Measured) -> pd.DataFrame:
    """One row a part, question and split."""
    users = measured.users.append_column(c.MODEL_RUN, pa.repeat("run", len(measured.users)))
    rows = compare(users, "run").to_pandas()
    rows = rows[(rows["metric"] == METRIC) & rows["compared_model"].str.startswith(PREFIX)]
    return rows.assign(
        shop=measured.shop,
        ranker=measured.ranker,
        part=rows["compared_model"].str.removeprefix(PREFIX),
        reach=(rows["ci_high"] - rows["ci_low"]) / 2,
    )


def _verdicts(found: pd.DataFrame) -> str:
    """The best evidence for each part at validation, corrected over all that was asked there; and what test says."""
    asked = found[found["split"] == c.VALIDATION].copy()
    asked["p"] = holm(asked["p_value"])
    test = found[found["split"] == c.TEST].set_index(["shop", "ranker", "protocol", "part"])
    lines = ["| part | most clearly | customers | adds at validation | p, corrected | adds at test |"]
    lines += ["|---|---|---:|---:|---:|---:|"]
    for part, rows in asked.groupby("part"):
        best = rows[rows["difference"] > 0].sort_values(["p", "p_value"]).head(1)
        if best.empty:
            lines.append(f"| `{part}` | nowhere | | | | |")
            continue
        row = next(best.itertuples())
        key = (row.shop, row.ranker, row.protocol, part)
        tested = _difference(test.loc[key]) if key in test.index else ""
        place = f"{row.shop}, {row.ranker}: {QUESTIONS[row.protocol]}"
        p = "< .0001" if row.p < 1e-4 else f"{row.p:.4f}".removeprefix("0")
        lines.append(f"| `{part}` | {place} | {row.users} | {_difference(row)} | {p} | {tested} |")
    return "\n".join(lines)


def _differences(found: pd.DataFrame) -> str:
    """A row a part and split, a column a question."""
    asked = [name for name in QUESTIONS if name in set(found["protocol"])]
    lines = [f"| part | split | {' | '.join(QUESTIONS[name] for name in asked)} |", "|---|---|" + "---:|" * len(asked)]
    with_all = found.drop_duplicates(["split", "protocol"]).set_index(["split", "protocol"])
    for split in (c.VALIDATION, c.TEST):
        cells = [
            _plain(with_all.loc[(split, name), "value"]) if (split, name) in with_all.index else "" for name in asked
        ]
        lines.append(f"| all parts | {split} | {' | '.join(cells)} |")
    cells_of = found.set_index(["part", "split", "protocol"])
    for part in sorted(set(found["part"])):
        for split in (c.VALIDATION, c.TEST):
            keys = [(part, split, name) for name in asked]
            cells = [_cell(cells_of.loc[key]) if key in cells_of.index else "" for key in keys]
            lines.append(f"| `{part}` | {split} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(row: "pd.Series[float]") -> str:
    if not row["difference"] and not row["reach"]:
        return "0"
    text = _difference(row)
    return f"**{text}**" if row["p_value_adjusted"] < SIGNIFICANCE_LEVEL else text


def _difference(row: "pd.Series[float]") -> str:
    return f"{row.difference:+.4f} ± {row.reach:.4f}".replace("0.", ".")


def _plain(value: float) -> str:
    return f"{value:.4f}".removeprefix("0")
