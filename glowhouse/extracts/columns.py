"""Which column of a file is which column of its contract."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glowhouse.extracts.contract import ExtractContract
from glowhouse.extracts.errors import ExtractError, listed, nearest


@dataclass(frozen=True)
class Matching:
    """Contract columns and the names under which a file has them; columns that it does not have are left out.

    A column may have several names only where a file allows it: the rows of JSON Lines need not agree on a spelling.
    """

    names: dict[str, tuple[str, ...]]
    warnings: tuple[str, ...] = ()


def match_columns(
    found: Sequence[str], contract: ExtractContract, file: str, *, where: str = "header", spellings: bool = False
) -> Matching:
    """Finds the contract's columns among those of a file, whatever their case and the blanks around them.

    Args:
        found: column names as the file has them.
        contract: what is expected.
        file: name of the file, for messages.
        where: where in the file the names were found, for messages.
        spellings: whether a column may occur under several spellings (`Customer_ID` in one row, `customer_id` in
            another).

    Raises:
        ExtractError: if a required column is missing, or a contract column occurs twice.
    """
    spelled = defaultdict(list)
    for name in found:
        spelled[_plain(name)].append(name)

    missing = [column for column in contract.required if column not in spelled]
    if missing:
        raise ExtractError(_missing_message(missing, spelled, contract, file, where))
    repeated = [column for column in contract.columns if len(spelled.get(column, ())) > 1]
    if repeated and not spellings:
        raise ExtractError(
            f"{file}: column '{repeated[0]}' occurs {len(spelled[repeated[0]])} times in the {where} "
            f"(as {listed(spelled[repeated[0]])}), so it is unclear which one counts. Export it once."
        )
    return Matching(
        {column: tuple(spelled[column]) for column in contract.columns if column in spelled},
        tuple(_near_misses(spelled, contract, file)),
    )


def _plain(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def _missing_message(
    missing: Sequence[str], spelled: Mapping[str, Sequence[str]], contract: ExtractContract, file: str, where: str
) -> str:
    unclaimed = [name for name in spelled if name not in contract.columns]
    guesses = {column: guess for column in missing if (guess := nearest(column, unclaimed))}
    hints = "".join(f" '{spelled[guess][0].strip()}' looks like '{column}'." for column, guess in guesses.items())
    columns = "columns" if len(missing) > 1 else "column"
    found = listed(names[0].strip() for names in spelled.values())
    return (
        f"{file}: required {columns} {listed(missing)} missing from the {where}.{hints} "
        f"Found {found}; expected at least {listed(contract.required)}. "
        "Rename or add what is missing and export again (docs/input_contract.md)."
    )


def _near_misses(spelled: Mapping[str, Sequence[str]], contract: ExtractContract, file: str) -> list[str]:
    absent = [column for column in contract.columns if column not in spelled]
    warnings = []
    for name in spelled:
        if name not in contract.columns and (column := nearest(name, absent)):
            warnings.append(
                f"{file}: column '{spelled[name][0]}' is not in the contract and is not loaded; is it '{column}'?"
            )
    return warnings
