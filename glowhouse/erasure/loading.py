"""Keeps erased customers out of what is loaded: the first thing that happens to a row."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cached_property

import pyarrow as pa

from glowhouse.erasure.belongings import Rows, all_identifiers, blanked, erased_rows
from glowhouse.erasure.identifiers import Cover, Either
from glowhouse.erasure.tombstones import Tombstones


class Gatekeeper:
    """Blanks the rows of erased customers, also those that name them only in a roundabout way.

    What came after an erasure has identifiers that no tombstone knows: an order of an erased customer has new lines, an
    address that registers again a new id. They are found by reading the keys of all extracts once, in memory. Safe to
    use from several threads.
    """

    def __init__(self, tombstones: Tombstones, rows: Rows) -> None:
        """Takes the tombstones, and what reads an extract's rows by its name."""
        self._tombstones = tombstones
        self._rows = rows
        self._lock = threading.Lock()

    def filtered(self, extract: str, rows: pa.RecordBatchReader) -> pa.RecordBatchReader:
        """The rows of an extract without anything of erased customers; as many rows as before.

        Raises:
            ExtractError: another extract, in which their identifiers are looked for, cannot be read.
        """
        with self._lock:
            cover = self._cover
        return pa.RecordBatchReader.from_batches(rows.schema, _blanked(extract, rows, cover))

    @cached_property
    def _cover(self) -> Cover:
        return Either(self._tombstones, all_identifiers(self._tombstones, self._rows))


def _blanked(extract: str, rows: pa.RecordBatchReader, cover: Cover) -> Iterator[pa.RecordBatch]:
    for batch in rows:
        yield blanked(batch, erased_rows(extract, batch, cover))
