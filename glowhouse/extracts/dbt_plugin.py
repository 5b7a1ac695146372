"""Lets dbt read the extracts: dbt-duckdb calls `Plugin.load` where a model names a `source()`."""

import os
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import SourceConfig
from dbt.adapters.events.logging import AdapterLogger
from dbt_common.exceptions import DbtRuntimeError

from glowhouse.erasure import tombstones
from glowhouse.erasure.errors import ErasureError
from glowhouse.erasure.loading import Gatekeeper
from glowhouse.extracts.contract import ExtractContract, load_contracts
from glowhouse.extracts.errors import ExtractError
from glowhouse.extracts.reader import open_extract


class Plugin(BasePlugin):  # type: ignore[misc]  # dbt-duckdb has no types
    """Loads an extract into the table `raw.<system>__<entity>`.

    dbt-duckdb loads a source anew for each node that names it, in that node's thread, so this holds no state beyond the
    folders and who was erased, and the project names each source in few nodes. The table is replaced in one statement:
    a build that is stopped here leaves the one that was there.
    """

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Takes the raw folder and the landing zone from the profile; relative ones are relative to the project."""
        self._raw = Path(plugin_config["raw"])
        self._landing = Path(plugin_config["landing"])
        self._logger = AdapterLogger("Glowhouse")

    def update_connection_config(self, creds: DuckDBCredentials, config: dict[str, Any]) -> None:
        """Makes the warehouse's folder, which DuckDB does not: it would say that it cannot open the file.

        All may enter the folder: the release lies in it. What the build writes from here on, the warehouse and its
        write-ahead log first of all, is for its owner and group; `release.py` opens what it releases.
        """
        Path(creds.path).parent.mkdir(parents=True, exist_ok=True)
        os.umask(os.umask(0o077) | 0o007)

    def load(self, source_config: SourceConfig) -> pa.RecordBatchReader:
        """Opens the extract of a source.

        Raises:
            DbtRuntimeError: if it cannot be used; dbt shows the message without a traceback.
        """
        try:
            contract = ExtractContract.from_meta(source_config.identifier, source_config.meta)
            extract = open_extract(self._raw, contract, self._landing)
            gatekeeper = self._gatekeeper
        except (ExtractError, ErasureError) as error:
            raise DbtRuntimeError(str(error)) from error
        for warning in extract.warnings:
            self._logger.warning(warning)
        return gatekeeper.filtered(contract.name, extract.rows) if gatekeeper else extract.rows

    @cached_property
    def _gatekeeper(self) -> Gatekeeper | None:
        """Who keeps erased customers out; None where nobody was erased."""
        known = tombstones.load(Path(self.creds.path).parent)
        return Gatekeeper(known, self._rows) if known else None

    def _rows(self, name: str) -> pa.RecordBatchReader:
        (contract,) = (contract for contract in load_contracts() if contract.name == name)
        return open_extract(self._raw, contract, self._landing).rows
