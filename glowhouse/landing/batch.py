"""What is written, and waited for, at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from glowhouse.landing.event import Event


class Batch:
    """Lines of events, by digest of their ids.

    Attributes:
        received_at: when these events were received, with time zone.
        digests: of the events in it.
        content: their lines.
    """

    def __init__(self, received_at: datetime) -> None:
        self.received_at = received_at
        self.digests: set[bytes] = set()
        self.content = bytearray()

    def add(self, lines: Mapping[bytes, bytes]) -> None:
        """Takes lines, by digest."""
        self.digests.update(lines)
        self.content += b"".join(lines.values())

    def line(self, event: Event) -> bytes:
        """The line of an event that was received now."""
        return replace(event, extracted_at=self.received_at).to_line()
