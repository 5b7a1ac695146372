"""Texts that only the service can have written: signed, readable, and of no use for anything but their purpose.

HMAC-SHA-256 (RFC 2104) over the purpose and the payload: a signature that was made for one purpose is worth nothing for
another. The payload is not secret; it goes to the customer whom it is about.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

# What a key should be at least: the length of the hash's output.
LEAST_KEY_BYTES = 32
_SIGNATURE_BYTES = 16


class SignatureError(ValueError):
    """The text was not signed here, or not for this purpose, or was changed since."""


@dataclass(frozen=True)
class Signer:
    """Signs and reads texts of one purpose.

    Attributes:
        key: secret of the service.
        purpose: what the texts are for.
    """

    key: bytes
    purpose: str

    def sign(self, payload: list[Any]) -> str:
        """A short text of letters, digits, `-`, `_` and one full stop that holds the payload."""
        body = _encoded(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())
        return f"{body}.{_encoded(self._signature(body))}"

    def read(self, text: str) -> list[Any]:
        """The payload of a text.

        Raises:
            SignatureError: it was not signed by this key for this purpose.
        """
        body, separator, signature = text.partition(".")
        try:
            is_genuine = bool(separator) and hmac.compare_digest(_decoded(signature), self._signature(body))
        except (binascii.Error, ValueError) as error:
            raise SignatureError("not a signed text") from error
        if not is_genuine:
            raise SignatureError("the signature is wrong")
        payload: list[Any] = json.loads(_decoded(body))
        return payload

    def _signature(self, body: str) -> bytes:
        message = f"{self.purpose}\n{body}".encode()
        return hmac.new(self.key, message, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
