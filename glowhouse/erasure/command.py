"""`glowhouse erase`: who it is, what there is of them, erasing it, and looking whether it is gone."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

import duckdb
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from glowhouse.erasure import tombstones, warehouse, work_order
from glowhouse.erasure.carrying_out import Erasure
from glowhouse.erasure.data_folder import DataFolder
from glowhouse.erasure.errors import ErasureError
from glowhouse.erasure.haystack import Found, Needles, search
from glowhouse.erasure.identifiers import Identifiers, Kind
from glowhouse.erasure.models import rows_to_forget
from glowhouse.erasure.person import Person, gather, identify
from glowhouse.erasure.work_order import WorkOrder
from glowhouse.landing.lock import FolderLock

#: What is written is for its owner and group, as a build writes it; what is rewritten keeps its mode.
PRIVATE: Final = 0o007


def erase(
    asked: str, data: DataFolder, console: Console, *, is_trial: bool, is_sure: Callable[[], bool]
) -> Mapping[str, int]:
    """Erase a customer, keep them out of later loads, and prove it.

    Args:
        asked: any identifier of the customer: the id of an account, the number of a card, or an e-mail address.
        is_trial: say what would be erased, and change nothing.
        is_sure: is asked before anything is changed.

    Returns:
        how much there was, by place.

    Raises:
        ErasureError: the customer is unknown or not unique, the warehouse is in use, or something was found afterwards.
        LandingLockedError: a service writes to the landing zone.
        OSError: a file cannot be read or written; running this again finishes the work.
    """
    with _everything_to_itself(data) as connection:
        finished = None if is_trial else _finish(data, connection, console)
        known = identify(asked, connection)
        person = gather(known, connection, data.landing)
        order = WorkOrder(person, rows_to_forget(data.folder, person.purchases))
        erasure = Erasure(order, data, connection, say=partial(_say, console))
        counts = erasure.counts()
        if not any(counts.values()) and not finished and not _was_erased(known, data):
            raise ErasureError(f"There is nothing of a customer {asked} in {data.folder} or {data.landing}.")
        _show_counts(person, counts, console)
        if is_trial:
            console.print(Text("Nothing was changed."))
            return counts
        if any(counts.values()):
            if not is_sure():
                raise ErasureError("Nothing was changed.")
            _do(erasure, console)
    prove(person.with_values_of(finished) if finished else person, data, console)
    return counts


def lift(asked: str, data: DataFolder, console: Console) -> None:
    """Let an identifier in again: of a customer who was erased and has come back.

    Raises:
        ErasureError: it was not kept out.
    """
    known = tombstones.load(data.folder)
    kinds = [kind for kind in (Kind.CUSTOMER, Kind.EMAIL, Kind.CARD) if known and known.covers(kind, asked)]
    if known is None or not kinds:
        raise ErasureError(f"{asked} is not kept out of anything.")
    identifiers = Identifiers()
    for kind in kinds:
        identifiers = identifiers.with_also(kind, frozenset({asked}))
    tombstones.save(known.without(identifiers), data.folder)
    console.print(Text(f"{asked} is let in again; the next build loads what the extracts say."))


def prove(person: Person, data: DataFolder, console: Console) -> None:
    """Search every file with data, and show what was searched and found.

    Raises:
        ErasureError: something of the customer is left; names where.
    """
    needles = person.needles
    found: dict[str, Found] = defaultdict(Found)
    files: Counter[str] = Counter()
    left = []
    for place, path in track(list(data.files()), "Searching", console=console, transient=True):
        try:
            result = search(path, needles)
        except (OSError, ValueError, duckdb.Error) as error:
            raise ErasureError(f"{path} cannot be searched ({error}). Remove it, or make it readable.") from error
        found[place] += result
        files[place] += 1
        if not result.is_clean:
            left.append(str(path))
    _show_found(found, files, console)
    texts = {text for _, text in person.identifiers}
    if short := len(texts) - len(Needles.of(texts)):
        note = f"{short} of {len(texts)} identifiers are too short for that; columns of their kind hold none of them."
        console.print(Text(note, "dim"))
    if left:
        raise ErasureError(f"Something of the customer is left in {', '.join(left)}.")
    console.print(Text("Nothing of the customer is left.", "green"))


@contextmanager
def _everything_to_itself(data: DataFolder) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """Neither the service nor a build may write meanwhile, and others on this machine may not read what is written."""
    with ExitStack() as stack:
        stack.callback(os.umask, os.umask(PRIVATE))
        if data.landing.is_dir():
            stack.callback(FolderLock(data.landing).release)
        yield stack.enter_context(warehouse.opened(data.warehouse)) if data.warehouse.is_file() else None


def _finish(data: DataFolder, connection: duckdb.DuckDBPyConnection | None, console: Console) -> Person | None:
    """Finish what an erasure that was interrupted has begun; whom it was about."""
    order = work_order.load(data.folder)
    if order is None:
        return None
    console.print(Text("An erasure was interrupted before; it is finished first."))
    # A build may have numbered the rows of the warehouse anew since.
    person = gather(order.person.identifiers, connection, data.landing).with_values_of(order.person)
    order = replace(order, person=person)
    _do(Erasure(order, data, connection, is_resumed=True, say=partial(_say, console)), console)
    return person


def _do(erasure: Erasure, console: Console) -> None:
    folder, person = erasure.data.folder, erasure.order.person
    # First of all: from now on no load brings anybody back.
    tombstones.save(tombstones.load_or_new(folder).with_also(person.identifiers), folder)
    work_order.save(erasure.order, folder)
    with console.status("Erasing") as status:
        erasure.carry_out(lambda place: status.update(f"Erasing: {place}"))
    if left := {place: count for place, count in erasure.counts().items() if count}:
        raise ErasureError(f"There is still something of the customer: {left}. Run this again.")
    work_order.remove(folder)


def _say(console: Console, text: str) -> None:
    console.print(Text(text))


def _was_erased(known: Identifiers, data: DataFolder) -> bool:
    buried = tombstones.load(data.folder)
    return buried is not None and any(buried.covers(kind, text) for kind, text in known)


def _show_counts(person: Person, counts: Mapping[str, int], console: Console) -> None:
    identifiers = ", ".join(
        f"{len(texts)} {kind}{'s' if len(texts) > 1 else ''}" for kind in Kind if (texts := person.identifiers.of(kind))
    )
    table = Table(title=Text(f"Rows of the customer ({identifiers})"), title_justify="left")
    table.add_column("place")
    table.add_column("rows", justify="right")
    for place, count in counts.items():
        table.add_row(place, f"{count:,}")
    console.print(table)


def _show_found(found: Mapping[str, Found], files: Mapping[str, int], console: Console) -> None:
    table = Table(title=Text("Searched for every identifier"), title_justify="left")
    table.add_column("place")
    for name in ("files", "bytes searched", "rows searched", "places found", "rows found"):
        table.add_column(name, justify="right")
    for place, result in sorted(found.items()):
        searched, rows, byte_hits, row_hits = result.counts
        table.add_row(place, *(f"{number:,}" for number in (files[place], searched, rows, byte_hits, row_hits)))
    console.print(table)
