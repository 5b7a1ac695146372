"""Ingredient names whose separators were lost, told apart by the names that other lists agree on."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from itertools import groupby
from operator import itemgetter

# A name on at least so many lists is trusted to be one name.
TRUSTED_COUNT = 5
# No single name has so many words; a third of them may be unknown if the text is taken apart.
WORDS_OF_A_LIST = 20
# `LinaloolCitral`: a capital inside a word.
LOST_BREAK = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Words that look like names on badly split lists, but begin longer names.
BEGINNINGS = frozenset({"sodium", "disodium", "potassium", "calcium", "magnesium", "hydrogenated", "hydrolyzed"})
CONJUNCTIONS = frozenset({"and", "&"})


def common_names(lists: Iterable[Sequence[str]]) -> frozenset[str]:
    """Names, in lower case, that enough of the lists agree on to be trusted as whole names.

    `Sodium`, and names that end in a number such as `PEG-8`, are left out: they begin longer names.
    """
    counts = Counter(name.casefold() for names in lists for name in names)
    trusted = (name for name, count in counts.items() if count >= TRUSTED_COUNT and not name[-1].isdigit())
    return frozenset(trusted) - BEGINNINGS


def separate_run_together(name: str, known: Container[str]) -> list[str]:
    """Splits `Glycerin Butylene Glycol` or `LinaloolCitral`, whose commas were lost, into names of `known`.

    `known` is in lower case. The longest known name wins at each word. A name with a word that belongs to no known name
    stays as it is, unless it is a whole list.
    """
    if name.casefold() in known:
        return [name]
    words = [word for word in LOST_BREAK.sub(" ", name).split() if word.casefold() not in CONJUNCTIONS]
    tolerated = len(words) / 3 if len(words) >= WORDS_OF_A_LIST else 0
    found: list[tuple[bool, str]] = []
    while words:
        size = next((size for size in range(len(words), 0, -1) if " ".join(words[:size]).casefold() in known), 0)
        found.append((size > 0, " ".join(words[: size or 1])))
        words = words[size or 1 :]
    if sum(not is_known for is_known, _ in found) > tolerated:
        return [name]
    names: list[str] = []
    for is_known, run in groupby(found, key=itemgetter(0)):
        texts = [text for _, text in run]
        names += texts if is_known else [" ".join(texts)]
    return names
