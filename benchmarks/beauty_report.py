"""The Amazon Beauty results as a Markdown table and as a picture, beside what was published."""

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

METRICS = ("hr@5", "ndcg@5", "hr@10", "ndcg@10", "hr@20", "ndcg@20")
PUBLISHED_FIGURES = Path(__file__).with_name("published.csv")
TITLES = {
    "published": "published: the last purchase held out, in the file's order",
    "ties_shuffled": "ties_shuffled: the same, the order within a day drawn at random",
    "refit": "refit: as published, fitted with the validation purchase",
    "global_time": "global_time: one cutoff for everybody",
}
NAMES = {
    "hybrid": "Glowhouse hybrid",
    "collaborative": "Glowhouse, collaborative parts alone",
    "content": "Glowhouse, content alone",
    "ease": "EASE",
    "als": "ALS (implicit)",
    "item_knn": "item-kNN, cosine",
    "most_popular": "most popular",
}
HYBRID = "hybrid"


@dataclass(frozen=True)
class Figures:
    """Test results of one protocol and seed.

    Attributes:
        fingerprint: of what they were made from.
        values: metric by model.
        leads: by model, how far the hybrid's NDCG@10 lies above: difference, and the bounds of its 95 % interval.
    """

    protocol: str
    seed: int
    fingerprint: str
    values: dict[str, dict[str, float]]
    leads: dict[str, tuple[float, float, float]]

    def write(self, path: Path) -> None:
        """As JSON; never half a file."""
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(asdict(self), indent=1) + "\n")
        unfinished.rename(path)

    @classmethod
    def read(cls, path: Path) -> "Figures | None":
        """What `write` wrote, or None where there is nothing."""
        return cls(**json.loads(path.read_text())) if path.exists() else None


def published() -> list[dict[str, str]]:
    """The figures of others: protocol, model, metrics (empty where not reported), source."""
    with PUBLISHED_FIGURES.open(newline="") as file:
        return list(csv.DictReader(file))


def markdown(done: list[Figures], models: list[str]) -> str:
    """One table a protocol: published figures first, then the mean over seeds with its standard deviation."""
    pieces = []
    for protocol, title in TITLES.items():
        runs = [figures for figures in done if figures.protocol == protocol]
        if not runs:
            continue
        seeds = ", ".join(str(figures.seed) for figures in runs)
        header = ["", *(metric.upper() for metric in METRICS), "hybrid ahead in NDCG@10"]
        lines = [f"**{title}** (seeds {seeds})", "", _row(header), "|---|" + "---:|" * (len(METRICS) + 1)]
        lines += [_row([row["model"], *(_plain(row[metric]) for metric in METRICS), ""]) for row in _others(protocol)]
        lines += [
            _row([NAMES[model], *(_spread(runs, model, metric) for metric in METRICS), _lead(runs, model)])
            for model in models
        ]
        pieces.append("\n".join(lines))
    sources = dict.fromkeys(f"{row['model']}, {row['source']}" for row in published())
    pieces.append(
        "HR and NDCG: the whole catalogue is ranked, what the customer has is left out, ties share the middle rank. "
        "± is the standard deviation over seeds; without it, the model draws no random numbers. The last column is the "
        "paired difference to the hybrid, with its 95 % bootstrap interval over customers, of the first seed. "
        "Published figures: " + "; ".join(sources) + "."
    )
    return "\n\n".join(pieces)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _others(protocol: str) -> list[dict[str, str]]:
    return [row for row in published() if row["protocol"] == protocol]


def _plain(text: str) -> str:
    return f"{float(text):.4f}".removeprefix("0") if text else ""


def _values(runs: list[Figures], model: str, metric: str) -> list[float]:
    return [figures.values[model][metric] for figures in runs if model in figures.values]


def _spread(runs: list[Figures], model: str, metric: str) -> str:
    values = _values(runs, model, metric)
    if not values:
        return ""
    mean = _plain(str(np.mean(values)))
    return mean if np.ptp(values) == 0 else f"{mean} ± {_plain(str(np.std(values, ddof=1)))}"


def _lead(runs: list[Figures], model: str) -> str:
    leads = [figures.leads[model] for figures in runs if model in figures.leads]
    return "{:+.4f} ({:+.4f} to {:+.4f})".format(*leads[0]) if leads else ""
