"""What time it is. The service asks a clock that it was given, so that a demo or a test can be at any moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC and without zone, as the warehouse writes times."""
    return datetime.now(UTC).replace(tzinfo=None)


def clock_from(moment: datetime, now: Clock = system_clock) -> Clock:
    """A clock that stands at `moment` now and runs on from there."""
    ahead = moment - now()
    return lambda: now() + ahead


def as_utc(moment: datetime) -> datetime:
    """The same moment in UTC without zone; a moment without zone is taken to be in UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
