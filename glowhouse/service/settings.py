"""What the environment and the command line say, checked before anything starts."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from glowhouse.errors import GlowhouseError
from glowhouse.service.app import Options
from glowhouse.service.clock import Clock, as_utc, clock_from, system_clock
from glowhouse.service.credentials import words_in
from glowhouse.service.signing import LEAST_KEY_BYTES
from glowhouse.serving import Serving

API_KEYS: Final = "GLOWHOUSE_API_KEYS"
SECRET: Final = "GLOWHOUSE_SECRET"
ORIGINS: Final = "GLOWHOUSE_ALLOWED_ORIGINS"
# What a key should be at least, in characters: as many as 96 random bits take in base64.
LEAST_API_KEY = 16
# Where the secret is kept if the environment has none.
SECRET_FILE = ".secret"
_LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class SettingsError(GlowhouseError):
    """The service must not start like this; the message says what to change."""


def options_of(
    environment: Mapping[str, str], *, host: str, is_demo: bool, moment: datetime | None, release: Path, landing: Path
) -> Options:
    """How to set up the service.

    Args:
        environment: keys, secret and origins.
        host: to bind to.
        is_demo: whether the storefront may mint tokens itself.
        moment: where the clock starts; None for now, and in a demo for the moment that the release is as of.
        release: folder of the release.
        landing: folder of the landing zone; the secret is kept there if the environment has none.

    Raises:
        GlowhouseError: something is missing, too weak, or would open customer data to anybody.
    """
    keys = words_in(environment.get(API_KEYS))
    if any(len(key) < LEAST_API_KEY for key in keys):
        raise SettingsError(f"{API_KEYS}: a key must have at least {LEAST_API_KEY} characters.")
    if not is_loopback(host):
        if is_demo:
            raise SettingsError(
                f"--demo opens every customer to whoever asks; it binds to this machine only, not {host}."
            )
        if not keys:
            raise SettingsError(f"Binding to {host} needs API keys: set {API_KEYS} (several are separated by commas).")
    return Options(
        api_keys=keys,
        secret=_secret(environment.get(SECRET), landing / SECRET_FILE),
        clock=_clock(moment, is_demo, release),
        is_demo=is_demo,
        origins=words_in(environment.get(ORIGINS)),
        # A page elsewhere whose name is made to lead to this machine (DNS rebinding) is not of this service's origin.
        hosts=_LOOPBACK_HOSTS if is_loopback(host) else ("*",),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what binds to the host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _secret(text: str | None, file: Path) -> bytes:
    """The secret; without one in the environment one is made up once and kept, for restarts must not void tokens."""
    if text is not None:
        if len(text.encode()) < LEAST_KEY_BYTES:
            raise SettingsError(f"{SECRET} must have at least {LEAST_KEY_BYTES} bytes.")
        return text.encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = file.read_bytes()
        if len(kept) < LEAST_KEY_BYTES:
            raise SettingsError(f"{file} is cut short; remove it, and a new secret is made.") from None
        return kept
    made = secrets.token_hex(LEAST_KEY_BYTES).encode()
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(made)
        opened.flush()
        os.fsync(opened.fileno())
    return made


def _clock(moment: datetime | None, is_demo: bool, release: Path) -> Clock:
    if moment is None and is_demo:
        with Serving(release) as serving:
            moment = serving.model.as_of
    return clock_from(as_utc(moment)) if moment else system_clock
