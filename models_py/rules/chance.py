"""Chance that can be repeated: draws that depend on nothing but the texts they are drawn for."""

import hashlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


def draws(keys: Iterable[str], salt: str) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each key, uniform over keys: 52 bits of MD5, as the SQL macro `hash_fraction` draws."""
    digests = (hashlib.md5(f"{salt}:{key}".encode(), usedforsecurity=False).hexdigest() for key in keys)
    return np.array([int(digest[:13], 16) / 2**52 for digest in digests])
