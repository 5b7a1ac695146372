"""Checks all extracts of a shop at once, so that one round of mending is enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from glowhouse.extracts.contract import UNREADABLE, ExtractContract
from glowhouse.extracts.errors import ExtractError, listed, nearest
from glowhouse.extracts.files import ABSENT_LIST, absent_extracts
from glowhouse.extracts.reader import open_extract


@dataclass(frozen=True)
class Problem:
    """What is wrong with an extract: an `error` stops a build, a `warning` does not."""

    severity: Literal["error", "warning"]
    extract: str
    message: str

    def __str__(self) -> str:
        return self.message


def check_extracts(raw_dir: Path, contracts: Sequence[ExtractContract], landing: Path | None = None) -> list[Problem]:
    """Reads every extract to its end and says what is wrong with it.

    Args:
        raw_dir: the folder that GLOWHOUSE_RAW names.
        contracts: from `load_contracts`.
        landing: the folder that GLOWHOUSE_LANDING names; it need not exist.

    Returns:
        Problems in the order of the contracts; none if a build will find everything it needs.
    """
    try:
        absent = absent_extracts(raw_dir)
    except ExtractError as error:
        return [Problem("error", ABSENT_LIST, str(error))]
    names = [contract.name for contract in contracts]
    problems = [_unknown_name(name, names) for name in sorted(absent - set(names))]
    for contract in contracts:
        problems += _check(raw_dir, contract, landing)
    return problems


def _unknown_name(name: str, known: Sequence[str]) -> Problem:
    guess = nearest(name, known)
    hint = f"is it '{guess}'?" if guess else f"Expected {listed(known)}."
    return Problem("error", name, f"{ABSENT_LIST}: there is no extract '{name}'; {hint}")


def _check(raw: Path, contract: ExtractContract, landing: Path | None) -> list[Problem]:
    try:
        extract = open_extract(raw, contract, landing)
    except ExtractError as error:
        return [Problem("error", contract.name, str(error))]
    problems = [Problem("warning", contract.name, warning) for warning in extract.warnings]
    rows = unreadable = 0
    first_text = ""
    for batch in extract.rows:
        texts = batch.column(UNREADABLE).drop_null()
        rows += batch.num_rows
        unreadable += len(texts)
        if len(texts) and not first_text:
            first_text = texts[0].as_py()
    if unreadable:
        message = (
            f"{contract.name}: {unreadable:,} of {rows:,} rows cannot be read, the first one is: {first_text[:120]}"
        )
        problems.append(Problem("warning", contract.name, message))
    return problems
