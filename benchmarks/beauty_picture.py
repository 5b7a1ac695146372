"""The Amazon Beauty results as a picture, one for light pages and one for dark ones."""

from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.beauty_report import HYBRID, NAMES, Figures, published

METRIC = "ndcg@10"
PANELS = {
    "published": "published",
    "ties_shuffled": "ties shuffled",
    "refit": "refit",
    "global_time": "global time",
}


@dataclass(frozen=True)
class Theme:
    """Colours of one kind of page; the pages behind are transparent."""

    suffix: str
    text: str
    line: str
    hybrid: str
    ours: str
    baseline: str
    published: str

    def of(self, model: str) -> str:
        """The colour of a model's bar."""
        own = {HYBRID: self.hybrid, "collaborative": self.ours, "content": self.ours}
        return own.get(model, self.baseline if model in NAMES else self.published)


LIGHT = Theme("", "#1f2328", "#d0d7de", "#b4325f", "#dd8fa9", "#6e7f96", "#b6c0cd")
DARK = Theme("_dark", "#e6edf3", "#3d444d", "#f0719a", "#94506a", "#7d90aa", "#4b5868")


@dataclass(frozen=True)
class Bar:
    """A model's result under one protocol: the mean over seeds and their standard deviation."""

    mean: float
    spread: float = 0.0


def draw(done: list[Figures], models: list[str], path: Path) -> None:
    """Draw `path` (.svg) for light pages, and one whose name ends in `_dark` for dark ones.

    A panel a protocol; a bar a model: its NDCG@10, with a whisker for the standard deviation over seeds.
    """
    bars = {protocol: _bars(done, models, protocol) for protocol in PANELS}
    bars = {protocol: found for protocol, found in bars.items() if found}
    best = {name: max(found[name].mean for found in bars.values() if name in found) for name in _names(bars)}
    first = next(iter(bars.values()))
    order = sorted(best, key=lambda name: first[name].mean if name in first else best[name])
    # Without a salt, ids inside the file would differ from run to run.
    with mpl.rc_context({"svg.hashsalt": "glowhouse", "font.size": 10}):
        for theme in (LIGHT, DARK):
            figure = Figure(figsize=(2.2 * len(bars) + 2.6, 0.34 * len(order) + 1.0), layout="constrained")
            panels = figure.subplots(1, len(bars), sharey=True, sharex=True, squeeze=False)[0]
            for axes, (protocol, found) in zip(panels, bars.items(), strict=True):
                _panel(axes, PANELS[protocol], found, order, theme)
            panels[0].set_xlim(0, 1.28 * max(best.values()))  # room for the numbers beside the bars
            panels[0].set_yticks(range(len(order)), [NAMES.get(name, f"{name} (published)") for name in order])
            figure.supxlabel("NDCG@10 on Amazon Beauty, whole catalogue ranked", color=theme.text, fontsize=10)
            figure.savefig(path.with_stem(path.stem + theme.suffix), transparent=True, metadata={"Date": None})


def _names(bars: dict[str, dict[str, Bar]]) -> list[str]:
    return list(dict.fromkeys(name for found in bars.values() for name in found))


def _bars(done: list[Figures], models: list[str], protocol: str) -> dict[str, Bar]:
    """By model; published figures only beside our own of the same protocol."""
    runs = [figures for figures in done if figures.protocol == protocol]
    if not runs:
        return {}
    bars = {row["model"]: Bar(float(row[METRIC])) for row in published() if row["protocol"] == protocol}
    for model in models:
        values = [figures.values[model][METRIC] for figures in runs if model in figures.values]
        if values:
            bars[model] = Bar(float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0)
    return bars


def _panel(axes: Axes, title: str, bars: dict[str, Bar], order: list[str], theme: Theme) -> None:
    for place, name in enumerate(order):
        if name not in bars:
            continue
        bar = bars[name]
        axes.barh(place, bar.mean, height=0.66, color=theme.of(name))
        if bar.spread:
            axes.errorbar(bar.mean, place, xerr=bar.spread, color=theme.text, linewidth=1, capsize=2)
        number = f"{bar.mean:.3f}".removeprefix("0")
        weight = "bold" if name == HYBRID else "normal"
        axes.annotate(
            number, (bar.mean + bar.spread, place), (4, 0), textcoords="offset points", va="center", color=theme.text,
            fontsize=9, fontweight=weight,
        )  # fmt: skip
    axes.set_facecolor("none")
    axes.set_title(title, color=theme.text, fontsize=11, loc="left")
    axes.tick_params(colors=theme.text, length=0)
    axes.xaxis.set_visible(False)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.spines["left"].set_color(theme.line)
