"""What is to be erased, on disk until it is: an erasure that was killed is finished by the next one.

It holds identifiers in plain text, since what is gone from one place must still be found in another. Its owner alone
can read it, and it is the last thing to go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glowhouse.database_file import sync
from glowhouse.erasure.person import Person
from glowhouse.erasure.private_file import write_privately
from glowhouse.erasure.tombstones import ERASURE_FOLDER
from glowhouse.unfinished import sweep

ORDER_FILE: Final = Path(ERASURE_FOLDER) / "unfinished.json"


@dataclass(frozen=True)
class WorkOrder:
    """Whom to erase.

    Attributes:
        rows: of artefacts, from `rows_to_forget`; found while the purchases were still known.
    """

    person: Person
    rows: Mapping[str, int]


def load(folder: Path) -> WorkOrder | None:
    """The erasure that was not finished; None if all were."""
    file = folder / ORDER_FILE
    if not file.is_file():
        return None
    content = json.loads(file.read_bytes())
    return WorkOrder(Person.from_json(content["person"]), content["rows"])


def save(order: WorkOrder, folder: Path) -> None:
    """Write it: all or nothing, on disk when this returns."""
    file = folder / ORDER_FILE
    sweep(file.parent)
    write_privately(json.dumps({"person": order.person.to_json(), "rows": dict(order.rows)}), file)


def remove(folder: Path) -> None:
    """It is done."""
    sweep((folder / ORDER_FILE).parent)
    (folder / ORDER_FILE).unlink(missing_ok=True)
    sync((folder / ORDER_FILE).parent)
