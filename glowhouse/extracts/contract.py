"""What the warehouse expects of an extract, as its source's YAML says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from glowhouse.extracts.errors import ExtractError

SOURCES = Path("dbt_project/models/staging")

ROW_NUMBER = "_row_number"
UNREADABLE = "_unreadable"


@dataclass(frozen=True)
class ExtractContract:
    """The columns of one extract: without the required ones it is useless, the optional ones are null where absent.

    Attributes:
        is_landed: whether its rows are in the landing zone instead of a file of the raw folder. They need not be there.
    """

    system: str
    entity: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    is_landed: bool = False

    def __post_init__(self) -> None:
        if not self.required:
            raise ValueError(f"{self.name}: a contract without required columns accepts anything")
        if len(set(self.columns)) != len(self.columns):
            raise ValueError(f"{self.name}: a column is listed twice in the contract")

    @property
    def name(self) -> str:
        """`system.entity`, as `extracts.yml` spells it."""
        return f"{self.system}.{self.entity}"

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in the order of the raw table."""
        return self.required + self.optional

    @classmethod
    def from_meta(cls, identifier: str, meta: Mapping[str, Any]) -> "ExtractContract":
        """Reads the `meta` of a dbt source table.

        Args:
            identifier: name of its table in the warehouse, `<system>__<entity>`.
            meta: its `config: meta`, with `extract: {required: [...], optional: [...]}`, and in it `landed: true` for
                what is in the landing zone.

        Raises:
            ExtractError: if the identifier or the meta has another shape.
        """
        system, separator, entity = identifier.partition("__")
        if not separator or not system or not entity:
            raise ExtractError(f"The source table '{identifier}' must have an identifier like 'crm__customers'.")
        columns = meta.get("extract")
        if not isinstance(columns, Mapping) or not _is_names(columns.get("required")):
            raise ExtractError(
                f"The source {system}.{entity} declares no contract: "
                "its YAML needs 'config: meta: extract: required: [...]', a list of column names."
            )
        optional = columns.get("optional") or []
        if not _is_names(optional):
            raise ExtractError(f"The source {system}.{entity}: 'optional' must be a list of column names.")
        try:
            return cls(system, entity, tuple(columns["required"]), tuple(optional), bool(columns.get("landed", False)))
        except ValueError as error:
            raise ExtractError(str(error)) from error


def load_contracts(sources: Path = SOURCES) -> list[ExtractContract]:
    """Reads the contracts of all extracts from the YAML files that declare the dbt sources.

    Args:
        sources: folder that is searched for `*__sources.yml`, sub-folders included.

    Returns:
        The contracts, by name.

    Raises:
        ExtractError: if there are none, or one is malformed.
    """
    contracts = []
    for path in sorted(sources.glob("**/*__sources.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for source in document["sources"]:
            for table in source["tables"]:
                contracts.append(ExtractContract.from_meta(table["identifier"], table["config"]["meta"]))
    if not contracts:
        raise ExtractError(f"No sources are declared under '{sources}'; run this from the root of the repository.")
    return sorted(contracts, key=lambda contract: contract.name)


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) and name for name in value)
