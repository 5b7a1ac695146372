"""Who may read and write what: API keys open every customer, a customer token opens one, nothing else opens any."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from glowhouse.service.clock import Clock
from glowhouse.service.signing import SignatureError, Signer

TOKEN_LIFETIME = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1)


class CredentialError(Exception):
    """The credential is missing, unknown, expired, or of another customer; the message says which."""


@dataclass(frozen=True)
class Caller:
    """Who asks: the shop's own back end, for whom `customer_id` is None, or one customer's browser."""

    customer_id: str | None

    def may_open(self, customer_id: str) -> bool:
        """Whether the caller may see and change what is this customer's."""
        return self.customer_id is None or self.customer_id == customer_id


@dataclass(frozen=True)
class Token:
    """A customer token and when it ends."""

    text: str
    expires_at: datetime


@dataclass(frozen=True)
class Credentials:
    """Knows the keys, mints and reads tokens.

    Attributes:
        api_keys: of the shop's back ends.
        secret: signs tokens.
        clock: says when they end.
    """

    api_keys: tuple[str, ...] = field(repr=False)
    secret: bytes = field(repr=False)
    clock: Clock

    def token_for(self, customer_id: str) -> Token:
        """A token that opens this customer, and ends."""
        expires_at = (self.clock() + TOKEN_LIFETIME).replace(microsecond=0)
        seconds = int((expires_at - _EPOCH).total_seconds())
        return Token(self._signer.sign([customer_id, seconds]), expires_at)

    def caller(self, api_key: str | None, token: str | None) -> Caller | None:
        """Who shows these credentials; None for somebody who shows none.

        Raises:
            CredentialError: a credential is shown that is worth nothing.
        """
        if api_key is not None:
            if not self._is_known(api_key):
                raise CredentialError("The API key is unknown.")
            return Caller(None)
        if token is None:
            return None
        try:
            customer_id, ends = self._signer.read(token)
        except SignatureError as error:
            raise CredentialError("The customer token was not issued by this service.") from error
        if (self.clock() - _EPOCH).total_seconds() >= ends:
            raise CredentialError("The customer token has expired; ask the shop for a new one.")
        return Caller(str(customer_id))

    @property
    def _signer(self) -> Signer:
        return Signer(self.secret, "customer token")

    def _is_known(self, api_key: str) -> bool:
        """Compares with every key, and each to its end: how long it takes says nothing about the keys."""
        shown = api_key.encode()
        return sum(hmac.compare_digest(shown, known.encode()) for known in self.api_keys) > 0


def words_in(text: str | None) -> tuple[str, ...]:
    """The words of a text that are separated by commas."""
    return tuple(filter(None, (word.strip() for word in text.split(",")))) if text else ()
