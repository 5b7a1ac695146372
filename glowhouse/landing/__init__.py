"""The landing zone: events of app and site on their way into the warehouse, durable from the moment of their receipt.

One process writes (`LandingZone`), any number read (`read`), none of whom locks. docs/landing_zone.md says what is
promised and why it holds.
"""

from glowhouse.landing.errors import LandingError, LandingFullError, LandingLockedError
from glowhouse.landing.event import Event
from glowhouse.landing.reading import read
from glowhouse.landing.zone import LandingZone, Receipt

__all__ = [
    "Event",
    "LandingError",
    "LandingFullError",
    "LandingLockedError",
    "LandingZone",
    "Receipt",
    "read",
]
