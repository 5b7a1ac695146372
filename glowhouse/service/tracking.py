"""The signed facts of a place in a list: what the client sends back with an event, and cannot invent or mix up."""

from __future__ import annotations

from dataclasses import dataclass, fields

from glowhouse.service.signing import SignatureError, Signer


@dataclass(frozen=True)
class Place:
    """What stood where, for whom, and why.

    Attributes:
        customer_id: None where a profile was asked for.
        rank: from 1.
        release_id: that was served.
        model_run_id: None for bestsellers, which no model made.
        propensity: the probability that this product stands in this place.
        experiment_id, arm: None while no experiment is running.
    """

    customer_id: str | None
    product_id: str
    rank: int
    release_id: str
    model_run_id: str | None
    propensity: float | None
    reason_code: str | None
    experiment_id: str | None = None
    arm: str | None = None


_FACTS = tuple(field.name for field in fields(Place))


@dataclass(frozen=True)
class Tracking:
    """Writes and reads tracking texts with the service's secret."""

    secret: bytes

    def text(self, place: Place) -> str:
        """The place as an opaque text."""
        return self._signer.sign([getattr(place, name) for name in _FACTS])

    def place(self, text: str) -> Place:
        """The place that a text was written for.

        Raises:
            SignatureError: the text was not written here, or was changed.
        """
        facts = self._signer.read(text)
        try:
            return Place(*facts)
        except TypeError as error:
            raise SignatureError("the text is of another version of the service") from error

    @property
    def _signer(self) -> Signer:
        return Signer(self.secret, "tracking")
