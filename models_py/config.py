"""The whole configuration of a run, as JSON and back."""

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from models_py.evaluation.judging import EvaluationConfig
from models_py.ranking.hybrid import HybridConfig
from models_py.rules.config import RulesConfig

T = TypeVar("T")


@dataclass(frozen=True)
class RecommendConfig:
    """How recommendations are filled.

    Attributes:
        count: products for each customer.
        due_products: at most so many of them are repeat purchases.
        most_stars_of_a_dislike: a product to which a customer gave so few is not shown to them again.
    """

    count: int = 10
    due_products: int = 3
    most_stars_of_a_dislike: float = 1.0


@dataclass(frozen=True)
class RunConfig:
    """Everything that decides what a run fits and recommends."""

    hybrid: HybridConfig = field(default_factory=HybridConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)
    recommend: RecommendConfig = field(default_factory=RecommendConfig)
    rules: RulesConfig = field(default_factory=RulesConfig)


def to_dict(config: Any) -> dict[str, Any]:
    """A configuration as JSON types."""
    return dataclasses.asdict(config)


def from_dict(kind: type[T], values: Mapping[str, Any]) -> T:
    """A configuration dataclass from JSON types; what is not named keeps its default.

    Raises:
        ValueError: naming a key that the configuration does not have.
    """
    hints = typing.get_type_hints(kind)
    known = {item.name for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = set(values).difference(known)
    if unknown:
        raise ValueError(
            f"{kind.__name__} has no setting {', '.join(sorted(unknown))}; it has {', '.join(sorted(known))}"
        )
    return kind(**{name: _value(hints[name], value) for name, value in values.items()})


def _value(hint: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_dict(hint, value)
    if typing.get_origin(hint) is tuple:
        return tuple(value)
    return value
