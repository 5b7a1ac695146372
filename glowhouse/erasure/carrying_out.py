"""Erases a customer from one place after the other; what says who it is goes last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from glowhouse.erasure import warehouse
from glowhouse.erasure.data_folder import DataFolder
from glowhouse.erasure.identifiers import Kind
from glowhouse.erasure.landed import erase_archived, erase_landed
from glowhouse.erasure.models import erase_from_runs
from glowhouse.erasure.other_files import erase_sheets, remove_makeable
from glowhouse.erasure.person import EVENT
from glowhouse.erasure.releases import Leaving, count_in_releases, erase_from_releases
from glowhouse.erasure.work_order import WorkOrder
from glowhouse.unfinished import remove


@dataclass(frozen=True)
class Erasure:
    """A work order and where it is carried out.

    Attributes:
        connection: has the warehouse attached; None where there is none.
        is_resumed: whether an earlier attempt was interrupted.
        say: tells the user what they should know.
    """

    order: WorkOrder
    data: DataFolder
    connection: duckdb.DuckDBPyConnection | None
    is_resumed: bool = False
    say: Callable[[str], None] = lambda _: None

    def counts(self) -> dict[str, int]:
        """How much there is of the customer, by place."""
        return {place: work(True) for place, work in self._places().items()}

    def carry_out(self, progress: Callable[[str], None]) -> None:
        """Erase. Whenever this is interrupted, each file is the old one or the new one, and doing it again finishes.

        Raises:
            OSError, GlowhouseError: a place cannot be rewritten; those before it are.
        """
        for place, work in self._places().items():
            progress(place)
            work(False)

    def _places(self) -> dict[str, Callable[[bool], int]]:
        person, data = self.order.person, self.data
        customers = person.identifiers.of(Kind.CUSTOMER)
        needles = person.needles
        events = person.values.get(EVENT, frozenset())
        return {
            "landing zone": lambda is_trial: erase_landed(data.landing, person.identifiers, events, is_trial=is_trial),
            "archived segments": lambda is_trial: sum(
                erase_archived(folder, person.identifiers, is_trial=is_trial) for folder in data.also
            ),
            "releases": self._releases,
            "artefacts": lambda is_trial: erase_from_runs(data.folder, self.order.rows, customers, is_trial=is_trial),
            "rating sheets": lambda is_trial: erase_sheets(data.sheets(), customers, is_trial=is_trial),
            "logs, compiled models, reports (files)": lambda is_trial: remove_makeable(
                data.makeable(), needles, is_trial=is_trial
            ),
            "warehouse": self._warehouse,
        }

    def _releases(self, is_trial: bool) -> int:
        leaving = Leaving(self.order.person.identifiers.of(Kind.CUSTOMER), self.order.rows)
        if is_trial:
            return count_in_releases(self.data.folder, leaving)
        for release_id in erase_from_releases(self.data.folder, leaving, is_resumed=self.is_resumed):
            self.say(
                f"Release {release_id} was damaged and could not be restored anyway: it was removed from the archive."
            )
        return 0

    def _warehouse(self, is_trial: bool) -> int:
        if self.connection is None:
            return 0
        rows = sum(warehouse.count_rows(self.connection, self.order.person).values())
        if rows and not is_trial:
            warehouse.rewrite(self.connection, self.data.warehouse, self.order.person)
        if not is_trial:
            remove(self.data.warehouse.with_name(f"{self.data.warehouse.name}.tmp"))
        return rows
