"""What goes wrong with an extract, said so that the person who exports it can mend it."""

import difflib
from collections.abc import Iterable

from glowhouse.errors import GlowhouseError


class ExtractError(GlowhouseError):
    """An extract that cannot be used as it is: the message names file and column, what was expected, and what to do."""


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` is probably a misspelling of, if there is one."""
    matches = difflib.get_close_matches(name, list(candidates), n=1, cutoff=0.7)
    return matches[0] if matches else None


def listed(names: Iterable[str], limit: int = 30) -> str:
    """Names as a list for a message, cut off where nobody would read on."""
    names = list(names)
    rest = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(f"'{name}'" for name in names[:limit]) + rest if names else "none"
