"""How ingestion tells the outside how far it is."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

Item = TypeVar("Item")


class Track(Protocol):
    """Passes items on unchanged and reports, under a description, how many went through."""

    def __call__(self, items: Iterable[Item], description: str) -> Iterable[Item]:
        """The same items in the same order."""


def untracked(items: Iterable[Item], description: str) -> Iterable[Item]:
    """Reports nothing; for callers without a terminal."""
    return items
