"""The ingredients of the demo shop and the recipes that turn them into products.

The names are real INCI names; what they do is the truth *of this world*, kept apart from seeds/reference on purpose:
the reference seeds are what an expert believes, and editing them must not change what happened in the shop.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from glowhouse.demo.arrays import BoolArray, FloatArray
from glowhouse.demo.vocabulary import AVOIDABLE, CONCERNS, SKIN_TYPES


@dataclass(frozen=True, slots=True)
class Formulary:
    """What each of the I ingredients is and does.

    `concerns` (I × concerns, 0..1) is how much it helps, `skin` (I × skin types, -1..1) how well it is tolerated,
    `families` (I × families) which families it belongs to; the first families are those of `AVOIDABLE`, in its order.
    """

    names: tuple[str, ...]
    by_role: dict[str, tuple[int, ...]]
    family_names: tuple[str, ...]
    families: BoolArray
    concerns: FloatArray
    skin: FloatArray


def _weights(text: str, names: tuple[str, ...]) -> list[float]:
    weights = dict.fromkeys(names, 0.0)
    for pair in filter(None, text.split(";")):
        name, value = pair.split(":")
        if name not in weights:
            raise ValueError(f"formulary.csv: unknown name {name!r} in {text!r}")
        weights[name] = float(value)
    return list(weights.values())


def load_formulary() -> Formulary:
    """Read formulary.csv, which lies beside this module.

    Raises ValueError when the file speaks of a concern or a skin type that the vocabulary does not know.
    """
    text = (files("glowhouse.demo") / "formulary.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    mentioned = {family for row in rows for family in filter(None, row["families"].split(";"))}
    family_names = (*AVOIDABLE, *sorted(mentioned - set(AVOIDABLE)))
    by_role: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        by_role.setdefault(row["role"], []).append(index)
    return Formulary(
        names=tuple(row["inci_name"] for row in rows),
        by_role={role: tuple(members) for role, members in by_role.items()},
        family_names=family_names,
        families=np.array([[name in row["families"].split(";") for name in family_names] for row in rows], dtype=bool),
        concerns=np.array([_weights(row["concerns"], CONCERNS) for row in rows]),
        skin=np.array([_weights(row["skin_types"], SKIN_TYPES) for row in rows]),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of an ingredient list: between `least` and `most` ingredients of the given roles, if it is there."""

    roles: tuple[str, ...]
    least: int = 1
    most: int = 1
    chance: float = 1.0


_WATER = Part(("water",))
_ACTIVES = Part(("ACTIVES",))
# What brands decide by their style: the chance is the brand's, see catalogue.STYLES.
_SILICONE = Part(("silicone",), 1, 2, 0.4)
_TAIL = (
    Part(("adjuster",), 1, 2, 0.7),
    Part(("antioxidant",), 1, 1, 0.5),
    Part(("preservative",), 1, 3),
    Part(("paraben",), 1, 2, 0.2),
    Part(("formaldehyde",), 1, 1, 0.05),
    Part(("essential_oil",), 1, 2, 0.2),
    Part(("perfume",), 1, 1, 0.6),
    Part(("allergen",), 2, 4, 0.6),
)
# INCI lists are in falling order of concentration: water first, then what a product is made of, then what it is for,
# then what keeps it, and scent last.
RECIPES: dict[str, tuple[Part, ...]] = {
    "cream": (_WATER, Part(("humectant",), 1, 2), Part(("emollient",), 2, 4), Part(("emulsifier",), 2, 3), _SILICONE,
              _ACTIVES, Part(("thickener",), 1, 2), *_TAIL),
    "water": (_WATER, Part(("humectant",), 2, 3), Part(("drying_alcohol",), 1, 1, 0.25), _ACTIVES,
              Part(("thickener",), 1, 1, 0.6), Part(("emulsifier",), 1, 1, 0.4), *_TAIL),
    "wash": (_WATER, Part(("sulfate_surfactant",), 1, 1, 0.4), Part(("surfactant",), 2, 3), Part(("humectant",), 1, 1),
             Part(("conditioning",), 1, 1, 0.3), _ACTIVES, Part(("thickener",), 1, 2), *_TAIL),
    "oil": (Part(("emollient",), 4, 6), _SILICONE, _ACTIVES, *_TAIL),
    "clay": (_WATER, Part(("clay",), 1, 3), Part(("humectant",), 1, 1), Part(("emulsifier",), 1, 2), _ACTIVES,
             Part(("thickener",), 1, 1), *_TAIL),
    "sun": (_WATER, Part(("ACTIVES",)), Part(("emollient",), 2, 3), Part(("drying_alcohol",), 1, 1, 0.25),
            Part(("emulsifier",), 1, 2), Part(("humectant",), 1, 1), _SILICONE, *_TAIL),
    "balm": (Part(("emollient",), 3, 5), Part(("wax",), 1, 2), _ACTIVES, *_TAIL),
    "rinse": (_WATER, Part(("emulsifier",), 1, 1), Part(("conditioning",), 1, 2), _SILICONE, Part(("humectant",), 1, 1),
              _ACTIVES, *_TAIL),
    "colour": (_WATER, _SILICONE, Part(("emollient",), 1, 2), Part(("powder",), 1, 2), Part(("emulsifier",), 1, 1),
               _ACTIVES, *_TAIL, Part(("colourant",), 3, 5)),
    "lipstick": (Part(("emollient",), 2, 4), Part(("wax",), 1, 2), *_TAIL, Part(("colourant",), 2, 4),
                 Part(("carmine",), 1, 1, 0.35)),
    "perfume": (Part(("drying_alcohol",)), Part(("perfume",)), _WATER, Part(("allergen",), 4, 7)),
}  # fmt: skip

HEROES = {
    "Ascorbic Acid": "Vitamin C",
    "3-O-Ethyl Ascorbic Acid": "Vitamin C",
    "Ascorbyl Glucoside": "Vitamin C",
    "Sodium Ascorbyl Phosphate": "Vitamin C",
    "Sodium Hyaluronate": "Hyaluronic Acid",
    "Ceramide NP": "Ceramides",
    "Ceramide AP": "Ceramides",
    "Ceramide EOP": "Ceramides",
    "Centella Asiatica Extract": "Centella",
    "Avena Sativa Kernel Extract": "Oat",
    "Avena Sativa Kernel Flour": "Oat",
    "Camellia Sinensis Leaf Extract": "Green Tea",
    "Aloe Barbadensis Leaf Juice": "Aloe",
    "Calendula Officinalis Flower Extract": "Calendula",
    "Chamomilla Recutita Flower Extract": "Chamomile",
    "Glycyrrhiza Glabra Root Extract": "Liquorice",
    "Melaleuca Alternifolia Leaf Oil": "Tea Tree",
    "Hamamelis Virginiana Water": "Witch Hazel",
    "Snail Secretion Filtrate": "Snail Essence",
    "Mel": "Honey",
    "Hydrolyzed Collagen": "Collagen",
    "Hydrolyzed Keratin": "Keratin",
    "Hydrolyzed Wheat Protein": "Wheat Protein",
    "Hydrolyzed Silk": "Silk",
    "Ubiquinone": "Coenzyme Q10",
    "Phytonadione": "Vitamin K",
    "Hydroxypinacolone Retinoate": "Retinoid",
    "Palmitoyl Tripeptide-1": "Peptides",
    "Palmitoyl Tetrapeptide-7": "Peptides",
    "Palmitoyl Pentapeptide-4": "Peptides",
    "Acetyl Hexapeptide-8": "Peptides",
    "Copper Tripeptide-1": "Copper Peptide",
}
