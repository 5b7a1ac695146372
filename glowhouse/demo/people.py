"""The true customers of the demo shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glowhouse.demo.arrays import BoolArray, FloatArray, IntArray
from glowhouse.demo.catalogue import TASTE_DIMENSIONS
from glowhouse.demo.config import HISTORY_DAYS
from glowhouse.demo.vocabulary import AVOIDABLE, CATEGORIES, CONCERNS, COUNTRIES, GENDERS, SKIN_TYPES

CLUSTERS = 8
# What a skin type brings with it, added to everybody's small base need of everything.
_SKIN_NEEDS = {
    "dry": {"dryness": 3.0, "dehydration": 1.5, "eczema_prone": 0.8},
    "oily": {"oiliness": 2.5, "large_pores": 1.5, "acne": 1.5},
    "combination": {"large_pores": 1.2, "oiliness": 1.0, "dehydration": 1.0},
    "normal": {"dullness": 1.0, "sun_protection": 0.8},
    "sensitive": {"sensitivity": 2.5, "redness": 2.0, "eczema_prone": 0.8},
}
_YOUNG_NEEDS = {"acne": 2.0, "oiliness": 0.8, "uneven_texture": 0.6}
_MATURE_NEEDS = {"fine_lines": 2.5, "loss_of_firmness": 2.0, "hyperpigmentation": 1.2, "dark_circles": 0.6}
# Share of customers who have a profile and never shop, and of those of whom nothing at all is known.
_SILENT, _UNKNOWN = 0.045, 0.015


@dataclass(frozen=True, slots=True)
class People:
    """N customers. Times are days since the start of the history.

    `needs` (N × concerns) sums to 1 in each row; `taste` and `cluster` are latent; `avoids` (N × avoidable families)
    is absolute; `shops` is False for customers who never buy, `known` False for those without any profile.
    `rate` is visits a day while the customer is with the shop: from `joined` until `leaves`.
    """

    age: IntArray
    gender: IntArray
    country: IntArray
    region: IntArray
    skin_type: IntArray
    cluster: IntArray
    needs: FloatArray
    taste: FloatArray
    appetite: FloatArray
    avoids: BoolArray
    log_budget: FloatArray
    loyalty: FloatArray
    restocks: FloatArray
    rate: FloatArray
    store_share: FloatArray
    signed_up: FloatArray
    joined: FloatArray
    leaves: FloatArray
    shops: BoolArray
    known: BoolArray

    def __len__(self) -> int:
        return int(self.age.size)


@dataclass(frozen=True, slots=True)
class Society:
    """What all chunks of customers share: the taste clusters and whom they attract."""

    centre: FloatArray
    appetite: FloatArray
    age_centre: FloatArray
    country_tilt: FloatArray


def draw_society(rng: np.random.Generator) -> Society:
    """Draw the taste clusters: a point in taste space each, an age they are typical of, and countries they favour."""
    return Society(
        centre=rng.normal(0.0, 1.0, (CLUSTERS, TASTE_DIMENSIONS)),
        appetite=rng.normal(0.0, 0.5, (CLUSTERS, len(CATEGORIES))),
        age_centre=np.linspace(19.0, 66.0, CLUSTERS),
        country_tilt=rng.normal(0.0, 0.8, (CLUSTERS, len(COUNTRIES))),
    )


def draw_people(count: int, society: Society, rng: np.random.Generator) -> People:
    """Draw `count` customers: first what anybody could know of them, then what only their behaviour shows."""
    age = np.clip(np.round(16.0 + rng.gamma(3.2, 7.4, count)), 16, 88).astype(np.int32)
    country = rng.choice(len(COUNTRIES), size=count, p=[c.share for c in COUNTRIES]).astype(np.int32)
    region = np.floor(rng.random(count) * np.array([len(c.regions) for c in COUNTRIES])[country]).astype(np.int32)
    gender = rng.choice(len(GENDERS), size=count, p=(0.80, 0.17, 0.03)).astype(np.int32)
    skin_type = _skin_types(rng, age)

    logit = -((age[:, None] - society.age_centre) ** 2) / (2 * 14.0**2) + society.country_tilt[:, country].T
    cluster = np.argmax(logit + rng.gumbel(size=logit.shape), axis=1).astype(np.int32)
    signed_up, joined, leaves = _memberships(rng, count)
    # No fragrance-free household buys perfume, but it may well buy everything else.
    avoids = rng.random((count, len(AVOIDABLE))) < _avoid_chances(skin_type)
    fate = rng.random(count)
    has_store = np.array([bool(c.stores) for c in COUNTRIES])
    return People(
        age=age,
        gender=gender,
        country=country,
        region=region,
        skin_type=skin_type,
        cluster=cluster,
        needs=_needs(rng, age, skin_type),
        taste=(society.centre[cluster] + 0.6 * rng.normal(size=(count, TASTE_DIMENSIONS))),
        appetite=(society.appetite[cluster] + 0.8 * rng.normal(size=(count, len(CATEGORIES)))),
        avoids=avoids,
        log_budget=rng.normal(np.log(21.0) + 0.006 * (age - 35), 0.35),
        loyalty=rng.gamma(1.5, 0.5, count),
        restocks=rng.beta(1.2, 2.6, count),
        rate=(0.023 * rng.lognormal(-0.12, 0.5, count)),
        store_share=np.where(has_store[country], rng.beta(0.9, 1.3, count), 0.0),
        signed_up=signed_up,
        joined=joined,
        leaves=leaves,
        shops=fate >= _SILENT + _UNKNOWN,
        known=(fate < _SILENT) | (fate >= _SILENT + _UNKNOWN),
    )


def _skin_types(rng: np.random.Generator, age: IntArray) -> IntArray:
    """Skin gets drier with age."""
    drier = np.clip((age - 35) / 40.0, -0.5, 1.0)[:, None]
    logit = np.log([0.24, 0.22, 0.27, 0.15, 0.12]) + drier * np.array([1.2, -1.5, -0.4, 0.2, 0.3])
    skin_type: IntArray = np.argmax(logit + rng.gumbel(size=logit.shape), axis=1).astype(np.int32)
    return skin_type


def _needs(rng: np.random.Generator, age: IntArray, skin_type: IntArray) -> FloatArray:
    """Concern weights: a little of everything, more of what skin type and age bring; most people have two or three."""
    shape = np.full((age.size, len(CONCERNS)), 0.15)
    for index, skin in enumerate(SKIN_TYPES):
        for concern, extra in _SKIN_NEEDS[skin].items():
            shape[skin_type == index, CONCERNS.index(concern)] += 0.6 * extra
    young = np.clip((30 - age) / 10.0, 0.0, 1.0)
    mature = np.clip((age - 30) / 20.0, 0.0, 1.0)
    for strength, extras in ((young, _YOUNG_NEEDS), (mature, _MATURE_NEEDS)):
        for concern, extra in extras.items():
            shape[:, CONCERNS.index(concern)] += 0.6 * extra * strength
    drawn = rng.standard_gamma(shape) + 1e-6
    needs: FloatArray = drawn / drawn.sum(axis=1, keepdims=True)
    return needs


def _avoid_chances(skin_type: IntArray) -> FloatArray:
    base = np.array([share for share, _ in AVOIDABLE.values()])
    factor = np.array([1.0, 0.7, 0.8, 0.7, 2.4])[skin_type]
    chances: FloatArray = base * factor[:, None]
    return chances


def _memberships(rng: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """When customers signed up, were first seen inside the history, and leave: the shop grows, and some drop out."""
    veteran = rng.random(count) < 0.58
    growing = HISTORY_DAYS * np.sqrt(rng.random(count))
    signed_up = np.where(veteran, -rng.gamma(1.5, 400.0, count), growing)
    joined = np.maximum(signed_up, 0.0) + np.where(veteran, rng.exponential(25.0, count), rng.exponential(3.0, count))
    leaves = joined + rng.exponential(1100.0, count) + 60.0
    return signed_up, joined, leaves
