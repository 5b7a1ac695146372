"""Tombstones: what keeps an erased customer out of later loads, without saying who it is.

A tombstone is a keyed hash (HMAC-SHA-256) of an identifier. Ids and addresses can be guessed, so a hash without a key
would give them away to whoever tries all of them; without the key a tombstone says nothing.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from glowhouse.database_file import sync
from glowhouse.erasure.errors import ErasureError
from glowhouse.erasure.identifiers import Identifiers, Kind, normalised
from glowhouse.erasure.private_file import write_privately
from glowhouse.unfinished import unfinished

KEY_VARIABLE: Final = "GLOWHOUSE_ERASURE_KEY"
#: Beside the warehouse; the key file lies in it unless the environment has a key.
ERASURE_FOLDER: Final = "erasure"
TOMBSTONES_FILE: Final = "tombstones.json"
KEY_FILE: Final = "key"
LEAST_KEY_BYTES: Final = 32
FORMAT: Final = 1
_SEPARATOR = "\0"
_CHECKED = "this key"


@dataclass(frozen=True)
class Tombstones:
    """Keyed hashes of identifiers; a `Cover` of these.

    Attributes:
        key: the secret.
        digests: hexadecimal.
    """

    key: bytes = field(repr=False)
    digests: frozenset[str] = frozenset()

    def covers(self, kind: Kind, value: str) -> bool:
        """See `Cover`."""
        return self._digest(kind, normalised(kind, value)) in self.digests

    def with_also(self, identifiers: Identifiers) -> Tombstones:
        """These, and tombstones of more identifiers."""
        return Tombstones(self.key, self.digests | {self._digest(kind, value) for kind, value in identifiers})

    def without(self, identifiers: Identifiers) -> Tombstones:
        """These, but for the tombstones of some identifiers."""
        return Tombstones(self.key, self.digests - {self._digest(kind, value) for kind, value in identifiers})

    @property
    def check(self) -> str:
        """Tells whether tombstones were made with this key, and says nothing else about it."""
        return self._digest("", _CHECKED)

    def _digest(self, kind: str, value: str) -> str:
        return hmac.digest(self.key, f"{kind}{_SEPARATOR}{value}".encode(), "sha256").hex()


def load(folder: Path) -> Tombstones | None:
    """The tombstones beside the warehouse in `folder`; None where nobody was ever erased.

    Raises:
        ErasureError: they cannot be read. A build must not go on without them: it would bring everybody back.
    """
    file = folder / ERASURE_FOLDER / TOMBSTONES_FILE
    if not file.is_file():
        return None
    try:
        content = json.loads(file.read_bytes())
        is_readable = content["format"] == FORMAT
        check, digests = str(content["key_check"]), frozenset(content["tombstones"])
    except (ValueError, KeyError, TypeError) as error:
        raise ErasureError(f"{file} is damaged. Restore it from a backup: it keeps erased customers out.") from error
    if not is_readable:
        raise ErasureError(f"{file} is of another version of Glowhouse.")
    tombstones = Tombstones(_key(folder, may_make=False), digests)
    if not hmac.compare_digest(tombstones.check, check):
        raise ErasureError(
            f"{file} was written with another key than the one in {_key_place(folder)}. Without the right one nobody "
            "can tell who was erased, so nothing is loaded: put the key back."
        )
    return tombstones


def load_or_new(folder: Path) -> Tombstones:
    """The tombstones; where there are none yet, an empty set with a key, which is made if there is none.

    Raises:
        ErasureError: see `load`.
    """
    return load(folder) or Tombstones(_key(folder, may_make=True))


def save(tombstones: Tombstones, folder: Path) -> None:
    """Write them: all or none, and on disk when this returns."""
    file = folder / ERASURE_FOLDER / TOMBSTONES_FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {"format": FORMAT, "key_check": tombstones.check, "tombstones": sorted(tombstones.digests)}
    new = unfinished(file)
    new.write_text(json.dumps(content, indent=1))
    sync(new)
    new.replace(file)
    sync(file.parent)


def _key(folder: Path, may_make: bool) -> bytes:
    text = os.environ.get(KEY_VARIABLE)
    file = folder / ERASURE_FOLDER / KEY_FILE
    if text is None and may_make and not file.exists():
        write_privately(secrets.token_hex(LEAST_KEY_BYTES), file)
    try:
        key = file.read_bytes() if text is None else text.encode()
    except FileNotFoundError as error:
        raise ErasureError(
            f"Customers were erased, but there is no key to tell who: neither {file} nor {KEY_VARIABLE}. Put it back."
        ) from error
    if len(key) < LEAST_KEY_BYTES:
        raise ErasureError(f"{_key_place(folder)}: a key must have at least {LEAST_KEY_BYTES} bytes.")
    return key


def _key_place(folder: Path) -> str:
    return KEY_VARIABLE if KEY_VARIABLE in os.environ else str(folder / ERASURE_FOLDER / KEY_FILE)
