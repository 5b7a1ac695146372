"""What is worth tuning, by model: settings by their path in the configuration, and the range that is searched.

Ranges are wide on purpose: a shop may be small or large, with or without ingredient lists, bought from by the week or
by the year. The weights of the linear blend are not here, they are fitted in every trial.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor, log10
from typing import Any, Final

from models_py.baselines.by_name import ALS, CONTENT, EASE, ITEM_KNN
from models_py.config import RunConfig, to_dict

HYBRID: Final = "hybrid"
SIGNIFICANT_DIGITS: Final = 3


@dataclass(frozen=True)
class Setting:
    """One number of the configuration.

    Attributes:
        path: names from `RunConfig` downwards, joined by dots.
        low, high: the range, both ends included.
        is_log: whether the range is searched by orders of magnitude.
        is_whole: whether the setting is a whole number.
    """

    path: str
    low: float
    high: float
    is_log: bool = False
    is_whole: bool = False

    def rounded(self, value: float) -> float:
        """Three significant digits, within the range: what is tried is what is written down."""
        if self.is_whole:
            return round(value)
        digits = SIGNIFICANT_DIGITS - 1 - (floor(log10(abs(value))) if value else 0)
        return min(max(round(value, digits), self.low), self.high)


Space = tuple[Setting, ...]


def _decay(part: str) -> Setting:
    return Setting(f"{part}.decay", 0.3, 1.0)


def _content(part: str) -> Space:
    kinds = ("ingredient", "ingredient_family", "concern", "skin_type", "brand", "category", "price_band")
    return (
        _decay(part),
        Setting(f"{part}.text_weight", 0.05, 0.95),
        *(Setting(f"{part}.kind_weights.{kind}", 0.05, 5.0, is_log=True) for kind in kinds),
    )


def _two_step(part: str) -> Space:
    return (_decay(part), Setting(f"{part}.first", 5, 100, is_log=True, is_whole=True))


SPACES: Final[Mapping[str, Space]] = {
    HYBRID: (
        _decay("hybrid.item_to_item"),
        Setting("hybrid.item_to_item.distance_power", 0.0, 1.5),
        Setting("hybrid.item_to_item.backward", 0.0, 1.0),
        Setting("hybrid.item_to_item.source_power", 0.2, 1.0),
        Setting("hybrid.item_to_item.companion_power", 0.0, 0.8),
        Setting("hybrid.item_to_item.shrinkage", 0.5, 200.0, is_log=True),
        _decay("hybrid.sparse_linear"),
        Setting("hybrid.sparse_linear.penalty", 1.0, 1000.0, is_log=True),
        _decay("hybrid.user_knn"),
        Setting("hybrid.user_knn.neighbours", 20, 500, is_log=True, is_whole=True),
        Setting("hybrid.user_knn.popularity_power", 0.0, 1.5),
        Setting("hybrid.user_knn.length_power", 0.0, 1.5),
        *_two_step("hybrid.companions_of_similar"),
        *_content("hybrid.content"),
        Setting("hybrid.bucket.purchase_strength", 5.0, 5000.0, is_log=True),
        Setting("hybrid.bucket.rating_power", 0.0, 3.0),
    ),
    ITEM_KNN: (
        _decay("evaluation.baseline.item_knn"),
        Setting("evaluation.baseline.item_knn.length_power", 0.0, 1.5),
        Setting("evaluation.baseline.item_knn.shrinkage", 0.01, 100.0, is_log=True),
    ),
    CONTENT: _content("evaluation.baseline.content"),
    EASE: (
        _decay("evaluation.baseline.ease"),
        Setting("evaluation.baseline.ease.penalty", 5.0, 5000.0, is_log=True),
    ),
    ALS: (
        Setting("evaluation.baseline.als.factors", 16, 256, is_log=True, is_whole=True),
        Setting("evaluation.baseline.als.regularisation", 0.001, 10.0, is_log=True),
        Setting("evaluation.baseline.als.alpha", 0.5, 100.0, is_log=True),
        Setting("evaluation.baseline.als.iterations", 5, 30, is_whole=True),
    ),
}


def space_of(model: str, among: tuple[str, ...] = ()) -> Space:
    """The settings of a model.

    Args:
        model: a key of `SPACES`.
        among: only settings in whose path one of these occurs; all if empty.

    Raises:
        ValueError: there is no such model, or no such setting.
    """
    if model not in SPACES:
        raise ValueError(f"There is nothing to tune in {model!r}; choose one of {', '.join(SPACES)}.")
    chosen = tuple(s for s in SPACES[model] if not among or any(part in s.path for part in among))
    if not chosen:
        raise ValueError(f"No setting of {model} is called {', '.join(among)}; it has {', '.join(paths(model))}.")
    return chosen


def paths(model: str) -> list[str]:
    """The paths of a model's settings."""
    return [setting.path for setting in SPACES[model]]


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by path as the tree of a configuration file."""
    tree: dict[str, Any] = {}
    for path, value in sorted(values.items()):
        *branches, leaf = path.split(".")
        branch = tree
        for name in branches:
            branch = branch.setdefault(name, {})
        branch[leaf] = value
    return tree


def without(settings: Mapping[str, Any], space: Space) -> dict[str, Any]:
    """The tree of a configuration file without the settings of a space, and without sections that this empties."""
    return nested({path: value for path, value in leaves(settings).items() if path not in {s.path for s in space}})


def leaves(settings: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """The values of a tree by path."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        path = f"{above}{name}"
        found |= leaves(value, f"{path}.") if isinstance(value, Mapping) else {path: value}
    return found


def value_at(config: RunConfig, path: str) -> float:
    """The value of a setting."""
    value: Any = to_dict(config)
    for name in path.split("."):
        value = value[name]
    assert isinstance(value, int | float)
    return value
