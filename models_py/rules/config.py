"""How strongly each rule speaks. `docs/rules.md` explains the rules to a shop's people."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DiversityConfig:
    """How much a list is spread over categories and brands.

    Attributes:
        relevance: lambda of maximal marginal relevance, from 0 (unlike products only) to 1 (the model's order).
        category, brand: how alike two products of one category, or of one brand, are; together at most 1.
    """

    relevance: float = 0.9
    category: float = 0.5
    brand: float = 0.5


@dataclass(frozen=True)
class ExplorationConfig:
    """How new products get a chance to be seen.

    Attributes:
        share: of the customers whose last slot goes to a new product.
        choices: the slot is drawn among so many new products that fit the customer best.
        few_sales: a new product was bought at most so many times,
        new_days: and was launched at most so many days ago, where that is known.
    """

    share: float = 0.05
    choices: int = 10
    few_sales: int = 5
    new_days: float = 180.0


@dataclass(frozen=True)
class RulesConfig:
    """All rules. Boosts and penalties are in units of relevance, which is 1 for a customer's best product and 0 for the
    last of the shortlist.

    Attributes:
        depth: products of each customer that the rules choose among.
        routine_boost: what the best product of a missing step of the routine gains.
        caution_penalty: what a product loses that should be used with care beside what is in use.
    """

    depth: int = 50
    routine_boost: float = 0.1
    caution_penalty: float = 0.2
    diversity: DiversityConfig = field(default_factory=DiversityConfig)
    exploration: ExplorationConfig = field(default_factory=ExplorationConfig)

    def __post_init__(self) -> None:
        for name, value in (("relevance", self.diversity.relevance), ("share", self.exploration.share)):
            if not 0 <= value <= 1:
                raise ValueError(f"The rules' {name} lies between 0 and 1, not at {value}.")


OFF = RulesConfig(
    routine_boost=0.0,
    caution_penalty=0.0,
    diversity=DiversityConfig(relevance=1.0),
    exploration=ExplorationConfig(share=0.0),
)
