"""What says whose a row is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol


class Kind(StrEnum):
    """What an identifier identifies; the same text may be a customer of one system and an order of another."""

    CUSTOMER = "customer"
    EMAIL = "email"
    CARD = "card"
    ORDER = "order"
    SESSION = "session"
    DEVICE = "device"


class Cover(Protocol):
    """Knows whether an identifier is an erased customer's."""

    def covers(self, kind: Kind, value: str) -> bool:
        """Whether it is. Blanks around it, and the case of an e-mail address, do not matter."""
        ...


def normalised(kind: Kind, value: str) -> str:
    """The one spelling under which an identifier is compared, as staging compares it."""
    stripped = value.strip()
    return stripped.lower() if kind is Kind.EMAIL else stripped


_NONE: Final[Mapping[Kind, frozenset[str]]] = MappingProxyType({})


@dataclass(frozen=True)
class Identifiers:
    """Identifiers in plain text, normalised; a `Cover` of just these."""

    by_kind: Mapping[Kind, frozenset[str]] = field(default_factory=lambda: _NONE, repr=False)

    def of(self, kind: Kind) -> frozenset[str]:
        """Those of one kind."""
        return self.by_kind.get(kind, frozenset())

    def covers(self, kind: Kind, value: str) -> bool:
        """See `Cover`."""
        return normalised(kind, value) in self.of(kind)

    def with_also(self, kind: Kind, values: frozenset[str]) -> Identifiers:
        """These and others; blank ones are left out."""
        added = frozenset(filter(None, (normalised(kind, value) for value in values)))
        return Identifiers({**self.by_kind, kind: self.of(kind) | added})

    def __iter__(self) -> Iterator[tuple[Kind, str]]:
        return ((kind, value) for kind in Kind for value in sorted(self.of(kind)))

    def __len__(self) -> int:
        return sum(map(len, self.by_kind.values()))


@dataclass(frozen=True)
class Either:
    """What one of two covers."""

    one: Cover
    other: Cover

    def covers(self, kind: Kind, value: str) -> bool:
        """See `Cover`."""
        return self.one.covers(kind, value) or self.other.covers(kind, value)
