"""What a new customer says of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Description:
    """A new customer in their own words; empty where nothing was said."""

    age: int | None = None
    region: str | None = None
    skin_type: str | None = None
    concerns: Sequence[str] = ()
    excluded: Sequence[str] = ()
    bought: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said at all."""
        return self == Description()
