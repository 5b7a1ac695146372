"""Which event ids have landed, so that an event which is sent again is not written again.

Sixteen bytes of hash an event, sorted in memory, and for each closed segment a file of them beside the events. See
docs/landing_zone.md for what this costs, and what else was measured.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from glowhouse.landing.disk import put_in_place
from glowhouse.landing.reading import events_of
from glowhouse.landing.segments import Segment

IDS_FOLDER: Final = Path("app") / "known_events"
_BYTES = 16
_DIGEST = f"S{_BYTES}"
_ENDING = ".ids"

Digests = npt.NDArray[np.bytes_]


def digest_of(event_id: str) -> bytes:
    """Sixteen bytes; two ids with the same ones are not to be expected, nor can anybody make them."""
    return hashlib.blake2b(event_id.encode(), digest_size=_BYTES).digest()


class KnownEvents:
    """The digests of all closed segments, those included that were archived since."""

    def __init__(self, digests: Digests) -> None:
        """Takes digests in ascending order, an array of shape (events,)."""
        self._sorted = digests

    @classmethod
    def of(cls, zone: Path, segments: Iterable[Segment]) -> Self:
        """Loads the files, and writes those that are missing from the events themselves.

        Raises:
            OSError: a file cannot be read or written.
        """
        for segment in segments:
            if not _ids_file(zone, segment).is_file():
                learn(zone, segment)
        files = sorted((zone / IDS_FOLDER).glob(f"*{_ENDING}"))
        return cls(np.sort(np.concatenate([np.empty(0, _DIGEST), *(np.fromfile(path, _DIGEST) for path in files)])))

    def __len__(self) -> int:
        return len(self._sorted)

    def __contains__(self, digest: bytes) -> bool:
        # An array of one: NumPy's text scalars lose the zeros at their end, its arrays do not mind them.
        wanted = np.array([digest], _DIGEST)
        (place,) = np.searchsorted(self._sorted, wanted)
        return bool((self._sorted[place : place + 1] == wanted).any())

    def with_also(self, digests: Digests) -> KnownEvents:
        """These and others, an array of shape (events,); the others are few."""
        others = np.sort(digests)
        return KnownEvents(np.insert(self._sorted, np.searchsorted(self._sorted, others), others))


def learn(zone: Path, segment: Segment) -> Digests:
    """Write down the digests of a closed segment.

    Returns:
        them, shape (events,).

    Raises:
        OSError: the segment cannot be read, or the file not be written.
    """
    digests = np.array([digest_of(event.event_id) for event in events_of(segment)], _DIGEST)
    put_in_place(digests.tobytes(), _ids_file(zone, segment))
    return digests


def forget(zone: Path, event_ids: Iterable[str]) -> None:
    """Let events be unknown again, as if they had never landed; whoever calls this holds the zone's lock.

    Raises:
        OSError: a file cannot be read or written.
    """
    gone = np.array([digest_of(event_id) for event_id in event_ids], _DIGEST)
    for file in sorted((zone / IDS_FOLDER).glob(f"*{_ENDING}")):
        digests = np.fromfile(file, _DIGEST)
        kept = digests[~np.isin(digests, gone)]
        if len(kept) < len(digests):
            put_in_place(kept.tobytes(), file)


def last_number(zone: Path) -> int:
    """The highest number of a segment that ever was closed; 0 if none was."""
    return max((int(path.stem) for path in (zone / IDS_FOLDER).glob(f"*{_ENDING}")), default=0)


def _ids_file(zone: Path, segment: Segment) -> Path:
    return zone / IDS_FOLDER / f"{segment.name}{_ENDING}"
