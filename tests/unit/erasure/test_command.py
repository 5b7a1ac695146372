"""`glowhouse erase` as a user meets it: it asks, finishes what was interrupted, and says where something is left."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from glowhouse.cli import app
from glowhouse.erasure import command, tombstones, work_order
from glowhouse.erasure.carrying_out import Erasure
from glowhouse.erasure.data_folder import DataFolder
from glowhouse.erasure.identifiers import Kind
from glowhouse.landing import Event, LandingZone, read

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CUSTOMER, OTHER = "c4711x", "c4712x"
QUIET = Console(quiet=True)


@pytest.fixture
def shop(tmp_path: Path) -> DataFolder:
    """A shop of which a landing zone, a sheet, a log, an extract and a warehouse know two customers."""
    data = DataFolder(tmp_path / "warehouse.duckdb", tmp_path / "landing", tmp_path / "raw")
    with LandingZone(data.landing, clock=lambda: NOW) as zone:
        for customer in (CUSTOMER, OTHER):
            of = {"event_type": "view", "occurred_at": NOW, "session_id": f"of {customer}", "customer_id": customer}
            zone.append([Event(event_id=f"view of {customer}", **of)])
    (tmp_path / "sheet.csv").write_text(f"customer_id,rating\n{CUSTOMER},5\n{OTHER},4\n")
    (tmp_path / "report.html").write_text(CUSTOMER)
    data.raw.mkdir()
    (data.raw / "customers.csv").write_text(CUSTOMER)
    with duckdb.connect(str(data.warehouse)) as connection:
        connection.execute("create schema marts; create table marts.t (customer_id varchar)")
        connection.execute("insert into marts.t values (?), (?)", [CUSTOMER, OTHER])
    data.warehouse.chmod(0o640)
    return data


def run(shop: DataFolder, *arguments: str, answer: str = "") -> Result:
    places = ["--warehouse", shop.warehouse, "--landing", shop.landing, "--raw", shop.raw]
    return CliRunner().invoke(app, ["erase", *arguments, *map(str, places)], input=answer)


def left(shop: DataFolder) -> tuple[list[str | None], str, list[tuple[object, ...]], bool]:
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        rows = connection.execute("from marts.t").fetchall()
    events = [event.customer_id for event in read(shop.landing)]
    return events, (shop.folder / "sheet.csv").read_text(), rows, (shop.folder / "report.html").exists()


EVERYTHING = ([CUSTOMER, OTHER], f"customer_id,rating\n{CUSTOMER},5\n{OTHER},4\n", [(CUSTOMER,), (OTHER,)], True)
THE_OTHER = ([OTHER], f"customer_id,rating\n{OTHER},4\n", [(OTHER,)], False)


def test_it_asks_first(shop: DataFolder) -> None:
    refused = run(shop, CUSTOMER, answer="n\n")
    assert (refused.exit_code, left(shop)) == (1, EVERYTHING)
    assert "Erase all of this?" in refused.output and "Nothing was changed." in refused.output
    assert not (shop.folder / "erasure").exists()

    agreed = run(shop, CUSTOMER, answer="y\n")
    assert (agreed.exit_code, left(shop)) == (0, THE_OTHER), agreed.output
    assert "Nothing of the customer is left." in agreed.output
    assert (shop.raw / "customers.csv").read_text() == CUSTOMER
    assert stat.S_IMODE(shop.warehouse.stat().st_mode) == 0o640

    again = run(shop, CUSTOMER)
    assert again.exit_code == 0, again.output


def test_while_a_service_runs_nothing_is_changed(shop: DataFolder) -> None:
    with LandingZone(shop.landing, clock=lambda: NOW):
        result = run(shop, CUSTOMER, "--yes")
    assert result.exit_code == 1 and "Stop that service first" in result.output.replace("\n", " ")
    assert left(shop) == EVERYTHING


def test_it_says_where_something_is_left(shop: DataFolder) -> None:
    (shop.folder / "notes.txt").write_text(f"called {CUSTOMER} back")
    result = run(shop, CUSTOMER, "--yes")
    assert result.exit_code == 1
    assert "left in" in result.output and "notes.txt" in result.output.replace("\n", "")


@pytest.mark.parametrize("places", range(8))
def test_what_is_interrupted_anywhere_is_finished_by_the_next(
    shop: DataFolder, places: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out = Erasure.carry_out

    def interrupted(erasure: Erasure, progress: object) -> None:
        done = iter(range(places))

        def stop(_: str) -> None:
            if next(done, None) is None:
                raise KeyboardInterrupt

        carry_out(erasure, stop)

    monkeypatch.setattr(Erasure, "carry_out", interrupted)
    if places < 7:
        with pytest.raises(KeyboardInterrupt):
            command.erase(CUSTOMER, shop, QUIET, is_trial=False, is_sure=lambda: True)
        buried = tombstones.load(shop.folder)
        assert buried is not None and buried.covers(Kind.CUSTOMER, CUSTOMER), "before anything else"
        assert stat.S_IMODE((shop.folder / work_order.ORDER_FILE).stat().st_mode) == 0o600
    monkeypatch.undo()
    command.erase(OTHER if places == 3 else CUSTOMER, shop, QUIET, is_trial=False, is_sure=lambda: True)
    assert left(shop) == (([], "customer_id,rating\n", [], False) if places == 3 else THE_OTHER)
    assert sorted(path.name for path in (shop.folder / "erasure").iterdir()) == ["key", "tombstones.json"]


def test_who_comes_back_is_let_in_by_hand(shop: DataFolder) -> None:
    run(shop, CUSTOMER, "--yes")
    assert run(shop, CUSTOMER, "--lift").exit_code == 0
    buried = tombstones.load(shop.folder)
    assert buried is not None and not buried.covers(Kind.CUSTOMER, CUSTOMER)
    assert buried.covers(Kind.SESSION, f"of {CUSTOMER}")
    twice = run(shop, CUSTOMER, "--lift")
    assert twice.exit_code == 1 and "is not kept out of anything" in twice.output


def test_beside_a_checkout_the_projects_own_files_are_not_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    of_project = ("dbt_project.yml", "README.md", "docs/a.md", "seeds/demo/a.csv")
    of_data = (
        "warehouse.duckdb", "serving.duckdb", "sheet.csv", "artifacts/run/model.json", "target/compiled/a.sql",
        "landing/app/events/1.jsonl", ".serving.duckdb.1.new",
    )  # fmt: skip
    for name in (*of_project, *of_data):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    data = DataFolder(Path("warehouse.duckdb"), Path("landing"), Path("seeds/demo"))
    assert {str(path) for _, path in data.files()} == set(of_data)
    assert {place for place, _ in data.files()} == {
        "warehouse", "live release", "other files", "artefacts", "dbt's target and logs", "landing zone"
    }  # fmt: skip
