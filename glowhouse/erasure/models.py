"""Artefacts of runs, and results of single customers beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from glowhouse.database_file import sync
from glowhouse.erasure.person import Purchase
from glowhouse.release_archive import sha256
from glowhouse.release_files import ARCHIVE_FOLDER, PACKAGES_FOLDER
from glowhouse.unfinished import remove, unfinished
from models_py import artifacts, checked_file
from models_py.artifacts import ARRAYS_FILE, FACTS_FILE, DamagedArtifactError
from models_py.columns import CUSTOMER
from models_py.evaluation_store import USERS_FILE
from models_py.forget import row_of, without_row
from models_py.lifecycle.champion import ARTIFACTS_FOLDER, SERVING_FOLDER
from models_py.lifecycle.decision_log import DecisionLog
from models_py.lifecycle.states import Action, Author, Run

_REASON: Final = "a customer was erased from its artefact"
#: Where artefacts lie.
_PLACES: Final = (f"{ARTIFACTS_FOLDER}/**", f"{PACKAGES_FOLDER}/*", f"{ARCHIVE_FOLDER}/*/{PACKAGES_FOLDER}/*")


def rows_to_forget(folder: Path, purchases: Iterable[Purchase]) -> dict[str, int]:
    """Which row of which artefact is the customer's, by the SHA-256 of the artefact's arrays.

    By checksum, since an artefact lies in several places, and since a row that is blank must not be looked for again.
    Artefacts that are damaged are passed over: nothing reads them.

    Args:
        folder: of the warehouse.
        purchases: of the customer, oldest first.
    """
    runs = DecisionLog(folder).runs().by_id
    found: dict[str, int] = {}
    for arrays in sorted(path for place in _PLACES for path in folder.glob(f"{place}/{ARRAYS_FILE}")):
        checksum = sha256(arrays)
        if checksum not in found:
            try:
                run = artifacts.load(arrays.parent)
            except DamagedArtifactError:
                continue
            known = runs.get(run.run_id)
            until = str(known.facts["data_as_of"] or "") if known else ""
            row = row_of(run, [bought.product_id for bought in purchases if not until or bought.ordered_at <= until])
            if row is not None:
                found[checksum] = row
    return found


def erase_from_runs(folder: Path, rows: Mapping[str, int], customers: frozenset[str], *, is_trial: bool) -> int:
    """Take a customer out of all artefacts and out of the results beside them; the log of decisions says so.

    Args:
        folder: of the warehouse.
        rows: from `rows_to_forget`.
        customers: ids.
        is_trial: count, and change nothing.

    Returns:
        how many rows there were.
    """
    count = 0
    for run in DecisionLog(folder).runs().by_id.values():
        place = folder / run.facts["artifact_path"]
        count += _without_results(place / USERS_FILE, customers, is_trial=is_trial)
        for arrays in (place / ARRAYS_FILE, place / SERVING_FOLDER / ARRAYS_FILE):
            count += arrays.is_file() and sha256(arrays) in rows
        if not is_trial:
            _forget(run, folder, rows)
    return count


def without_customers(table: pa.Table, customers: frozenset[str]) -> pa.Table:
    """The rows of others."""
    return table.filter(pc.invert(pc.is_in(table[CUSTOMER], pa.array(sorted(customers), pa.string()))))


def forgetful_copy(place: Path, rows: Mapping[str, int], copy: Path) -> Path:
    """An artefact without the customer: `copy`, which is made; or `place` itself if nobody is in it."""
    row = rows.get(sha256(place / ARRAYS_FILE))
    if row is None:
        return place
    remove(copy)
    artifacts.save(without_row(artifacts.load(place), row), copy)
    for name in (ARRAYS_FILE, FACTS_FILE):
        sync(copy / name)
    return copy


def _forget(run: Run, folder: Path, rows: Mapping[str, int]) -> None:
    place = folder / run.facts["artifact_path"]
    _finish(place)
    if not (place / ARRAYS_FILE).is_file():
        return
    serving = place / SERVING_FOLDER
    if (serving / ARRAYS_FILE).is_file() and sha256(serving / ARRAYS_FILE) in rows:
        # The next build makes it from the artefact.
        remove(serving)
    new = forgetful_copy(place, rows, unfinished(place))
    if new == place:
        return
    checksum = sha256(new / ARRAYS_FILE)
    if run.facts["artifact_sha256"] != checksum:
        DecisionLog(folder).append(Action.ERASED, run.run_id, Author.ERASE, (_REASON,), artifact_sha256=checksum)
    for name in (ARRAYS_FILE, FACTS_FILE):
        (new / name).replace(place / name)
    sync(place)
    remove(new)


def _finish(place: Path) -> None:
    """Put the second file of an artefact in place, where an erasure was killed after the first."""
    for left in place.parent.glob(f".{place.name}.*.new"):
        if (left / FACTS_FILE).is_file() and not (left / ARRAYS_FILE).exists():
            (left / FACTS_FILE).replace(place / FACTS_FILE)
        remove(left)


def _without_results(path: Path, customers: frozenset[str], *, is_trial: bool) -> int:
    if not path.is_file():
        return 0
    try:
        results = pq.read_table(path)
    except pa.ArrowException:
        # Nothing can read it; the next build makes it again.
        if not is_trial:
            remove(path)
        return 0
    kept = without_customers(results, customers)
    if kept.num_rows < results.num_rows and not is_trial:
        checked_file.save(kept, path)
    return int(results.num_rows - kept.num_rows)
