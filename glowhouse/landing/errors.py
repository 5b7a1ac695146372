"""Why events did not land."""

from glowhouse.errors import GlowhouseError


class LandingError(GlowhouseError):
    """The events were not acknowledged. They may be sent again, under the same ids."""


class LandingLockedError(LandingError):
    """Another process writes to this landing zone."""


class LandingFullError(LandingError):
    """The landing zone has reached the size that it was given. What has landed is safe and readable."""
