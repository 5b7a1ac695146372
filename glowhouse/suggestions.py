"""Suggests what somebody may have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

SUGGESTIONS = 5


def suggestions(word: str, known: Iterable[str]) -> list[str]:
    """Known words that are spelled alike, or that hold the word."""
    words = sorted(known)
    alike = get_close_matches(word.lower(), words, SUGGESTIONS, cutoff=0.7)
    holding = [other for other in words if len(word) > 2 and re.search(rf"\b{re.escape(word.lower())}", other)]
    return list(dict.fromkeys([*alike, *sorted(holding, key=len)]))[:SUGGESTIONS]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence with suggestions; empty where there is none."""
    found = suggestions(word, known)
    return f" Did you mean {', '.join(repr(other) for other in found)}?" if found else ""
