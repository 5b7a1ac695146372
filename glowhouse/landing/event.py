"""An event as it lands: the columns of the input contract for `app.events` that a service knows."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

_TIMES: Final = ("occurred_at", "extracted_at")
_REQUIRED_TEXTS: Final = ("event_id", "event_type", "session_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a customer did or was shown; docs/input_contract.md describes the columns.

    Attributes:
        query: of a search what was searched for, of `exclude_ingredient` and `allow_ingredient` the term.
        extracted_at: when it was received. The landing zone sets it; what a caller says is replaced.

    Raises:
        ValueError: a required text is blank, a text cannot be stored as UTF-8, a number is not finite, or a time has
            no time zone.
    """

    event_id: str
    event_type: str
    occurred_at: datetime
    session_id: str
    customer_id: str | None = None
    device_id: str | None = None
    platform: str | None = None
    user_agent: str | None = None
    product_id: str | None = None
    query: str | None = None
    rating: float | None = None
    rank: int | None = None
    model_run_id: str | None = None
    experiment_id: str | None = None
    experiment_arm: str | None = None
    propensity: float | None = None
    reason_code: str | None = None
    is_simulated: bool = False
    extracted_at: datetime | None = None

    def __post_init__(self) -> None:
        for name in _REQUIRED_TEXTS:
            if not str(getattr(self, name)).strip():
                raise ValueError(f"{name} is blank")
        for field in fields(self):
            _check(field.name, getattr(self, field.name))

    def to_line(self) -> bytes:
        """One line of JSON Lines, line feed included; what is not known is left out."""
        row = {name: _written(value) for name, value in asdict(self).items() if value is not None}
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Event:
        """The event that `to_line` wrote.

        Raises:
            ValueError: the line holds no event.
        """
        row = json.loads(line)
        if not isinstance(row, dict):
            raise ValueError("the line is no JSON object")
        times = {name: datetime.fromisoformat(row[name]) for name in _TIMES if name in row}
        try:
            return cls(**row | times)
        except TypeError as error:
            raise ValueError(f"the line is no event: {error}") from error


def _check(name: str, value: object) -> None:
    if isinstance(value, str):
        # What the warehouse could not read back would be lost there without anybody noticing here.
        if "\0" in value:
            raise ValueError(f"{name} holds a NUL character")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"{name} holds half a character, which UTF-8 cannot store") from error
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} is {value}, not a number")
    elif isinstance(value, datetime) and value.utcoffset() is None:
        raise ValueError(f"{name} has no time zone")


def _written(value: Any) -> Any:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
