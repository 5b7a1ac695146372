"""What people call things, and what the warehouse means by it: one door for words that come from outside."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from glowhouse.errors import GlowhouseError
from glowhouse.suggestions import did_you_mean
from models_py import columns as c
from models_py.profile import Exclusion

SKIN_TYPE, CONCERN, REGION, EXCLUSION = "skin_type", "concern", "region", "exclusion"
# "no parabens", "fragrance-free" and "allergic to nuts" mean the bare word, as in `bridge_user_avoided_ingredients`.
NEGATION = re.compile(
    r"^(no|without|zero|avoid|avoids|free (of|from)|allergic to|allergy to|non)[ -]+|[ -]free$|[ -]allerg(y|ies)$"
)

Meanings = Mapping[str, Sequence[str]]


class UnknownWordError(GlowhouseError):
    """A word that means nothing here; the message suggests others."""


@dataclass(frozen=True)
class Vocabulary:
    """Words and their meanings.

    Attributes:
        words: by kind, word → ids.
        exclusions: word → what it excludes.
        age_bands: name, youngest and oldest age.
    """

    words: Mapping[str, Meanings]
    exclusions: Mapping[str, Sequence[Exclusion]]
    age_bands: Sequence[tuple[str, int, int]]

    @classmethod
    def of(cls, profile_words: pa.Table, exclusion_words: pa.Table, age_bands: pa.Table) -> Vocabulary:
        """From the tables of a model package."""
        words: dict[str, dict[str, list[str]]] = {SKIN_TYPE: {}, CONCERN: {}, REGION: {}}
        for row in profile_words.to_pylist():
            words[row["word_kind"]].setdefault(row["word"], []).append(row["meaning_id"])
        exclusions: dict[str, list[Exclusion]] = {}
        for row in exclusion_words.to_pylist():
            exclusions.setdefault(row["word"], []).append(Exclusion(row[c.EXCLUSION_KIND], row[c.EXCLUSION]))
        bands = [
            (row["age_band"], int(row["min_age"]), int(row["max_age"]))
            for row in age_bands.to_pylist()
            if row["min_age"] is not None
        ]
        return cls(words, exclusions, bands)

    def skin_type(self, word: str) -> str:
        """The skin type that a word names.

        Raises:
            UnknownWordError: it names none.
        """
        return self._one(SKIN_TYPE, word)

    def region(self, word: str) -> str:
        """The region that a country's name or code, or the region's own name, lies in.

        Raises:
            UnknownWordError: there is no such country or region.
        """
        return self._one(REGION, word)

    def concerns(self, words: Iterable[str]) -> tuple[str, ...]:
        """The skin concerns that words name; a word may name several.

        Raises:
            UnknownWordError: a word names none.
        """
        found = (meaning for word in words for meaning in self._meanings(CONCERN, word))
        return tuple(dict.fromkeys(found))

    def excluded(self, words: Iterable[str]) -> tuple[Exclusion, ...]:
        """What words ask to leave out; a word that may mean several families means all of them.

        Raises:
            UnknownWordError: a word names no ingredient and no family: it is never passed over in silence.
        """
        found = (meaning for word in words for meaning in self.exclusions[self.excluded_word(word)])
        return tuple(dict.fromkeys(found))

    def excluded_word(self, word: str) -> str:
        """The vocabulary's own word for what somebody asks to leave out: "perfume" for "No perfume."

        Raises:
            UnknownWordError: it names no ingredient and no family.
        """
        spoken = normalised(word)
        bare = NEGATION.sub("", spoken)
        spelling = _spelling(self.exclusions, spoken) or _spelling(self.exclusions, bare)
        if spelling is None:
            raise _unknown(EXCLUSION, bare, self.exclusions)
        return spelling

    def age_band(self, age: int) -> str:
        """The band that an age falls into.

        Raises:
            UnknownWordError: no band holds it.
        """
        for band, youngest, oldest in self.age_bands:
            if youngest <= age <= oldest:
                return band
        ages = [age for _, *ends in self.age_bands for age in ends]
        raise UnknownWordError(f"Age {age} is outside the shop's age bands ({min(ages)} to {max(ages)}).")

    def _one(self, kind: str, word: str) -> str:
        return self._meanings(kind, word)[0]

    def _meanings(self, kind: str, word: str) -> Sequence[str]:
        spelling = _spelling(self.words[kind], normalised(word))
        if spelling is None:
            raise _unknown(kind, word, self.words[kind])
        return self.words[kind][spelling]


def normalised(text: str) -> str:
    """The form in which words are compared: lower case, single blanks, no full stop behind; see `normalise_text`."""
    return re.sub(r"[*. ]+$", "", re.sub(r"\s+", " ", text).strip().lower())


def _spelling(words: Container[str], word: str) -> str | None:
    """How a known word is spelled there; hyphens and underscores are as good as blanks."""
    spellings = (word, re.sub(r"[-_ ]+", " ", word), re.sub(r"[-_ ]+", "_", word), re.sub(r"[-_ ]+", "-", word))
    return next((spelling for spelling in spellings if spelling in words), None)


def _unknown(kind: str, word: str, known: Iterable[str]) -> UnknownWordError:
    what = {SKIN_TYPE: "skin type", CONCERN: "skin concern", REGION: "country or region", EXCLUSION: "ingredient"}[kind]
    return UnknownWordError(f"Nothing is known of the {what} {word!r}.{did_you_mean(word, known)}")
