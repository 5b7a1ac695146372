"""The signed facts of a place in a list: what the client sends back with an event, and cannot invent or mix up."""

from __future__ import annotations

from dataclasses import astuple, dataclass

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


@dataclass(frozen=True)
class Tracking:
    """Writes and reads tracking texts with the service's secret."""

    secret: bytes

    def text(self, place: Place) -> str:
        """The place as an opaque text."""
        return self._signer.sign(list(astuple(place)))

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
