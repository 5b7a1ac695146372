"""Ids. They are opaque, carry no order, and some look like numbers without being numbers."""

from __future__ import annotations

from glowhouse.demo.arrays import FloatArray

# A prime modulus and a multiplier without common factor: a permutation that hides in which order ids were given.
MOST_IDS, _MULTIPLIER, _OFFSET = 10_000_019, 6_700_417, 4_211
_OLD_SYSTEM_DAY = -330.0
# Pairs of different customers (and products) that become one as soon as somebody reads their ids as numbers.
LOOKALIKE_CUSTOMERS = ("1e5", "100000", "00123", "123", "1E10", "10000000000")
LOOKALIKE_PRODUCTS = ("1e3", "1000", "00042", "42")


def scrambled(index: int) -> int:
    """A number below MOST_IDS, different for each index below MOST_IDS."""
    return (index * _MULTIPLIER + _OFFSET) % MOST_IDS


def customer_ids(first: int, signed_up: FloatArray) -> list[str]:
    """Ids of the customers `first`, `first + 1`, ...: zero-padded digits from the old system, else 'c' and hex."""
    ids = [
        f"{scrambled(first + i):08d}" if day < _OLD_SYSTEM_DAY else f"c{scrambled(first + i):06x}"
        for i, day in enumerate(signed_up)
    ]
    if first == 0:
        _replace(ids, LOOKALIKE_CUSTOMERS)
    return ids


def product_ids(count: int) -> list[str]:
    """Article numbers: two thirds begin with letters, one third is digits only, some of them with leading zeros."""
    ids = [f"{scrambled(i) % 100_000:05d}{i:03d}" if i % 3 == 0 else f"GH-{scrambled(i):07d}" for i in range(count)]
    _replace(ids, LOOKALIKE_PRODUCTS)
    return ids


def _replace(ids: list[str], lookalikes: tuple[str, ...]) -> None:
    """Spread the look-alikes evenly over the list, so far as they fit."""
    for place, lookalike in enumerate(lookalikes):
        index = (2 * place + 1) * len(ids) // (2 * len(lookalikes))
        if index < len(ids):
            ids[index] = lookalike
