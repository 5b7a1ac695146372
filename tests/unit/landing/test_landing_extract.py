"""The landing zone as an extract of the warehouse, and the commands about it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from glowhouse.cli import app
from glowhouse.extracts import ExtractContract, ExtractError, check_extracts, open_extract
from glowhouse.landing import Event, LandingError, LandingLockedError, LandingZone, read
from glowhouse.landing.archive import archive_segments
from glowhouse.landing.segments import segments_of

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
LANDED = ExtractContract(
    "app", "landed_events", ("event_id", "event_type", "occurred_at", "session_id", "extracted_at"), ("rank", "query"),
    is_landed=True,
)  # fmt: skip


def impression(number: int) -> Event:
    return Event(event_id=f"e{number}", event_type="impression", occurred_at=NOW, session_id="s", rank=number)


def land(folder: Path, count: int) -> None:
    """In segments of some seven events, the last one open."""
    with LandingZone(folder, segment_bytes=1_000, clock=lambda: NOW) as landing:
        for number in range(count):
            landing.append([impression(number)])


def rows(folder: Path) -> list[dict[str, object]]:
    return open_extract(folder / "raw", LANDED, folder).rows.read_all().to_pylist()  # type: ignore[no-any-return]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["landing", *arguments])
    assert result.exit_code == (1 if "Error:" in result.output else 0)
    return " ".join(result.output.split())


def test_closed_and_open_segments_are_read_as_one_extract_in_order(tmp_path: Path) -> None:
    land(tmp_path, 20)
    assert any(segment.open_file.exists() for segment in segments_of(tmp_path))
    assert any(segment.closed_file.exists() for segment in segments_of(tmp_path))
    found = rows(tmp_path)
    assert [row["event_id"] for row in found] == [f"e{number}" for number in range(20)]
    assert found[7] == {
        "event_id": "e7", "event_type": "impression", "occurred_at": "2026-11-02T10:00:00Z", "session_id": "s",
        "extracted_at": "2026-11-02T10:00:00Z", "rank": "7", "query": None, "_row_number": 8, "_unreadable": None,
    }  # fmt: skip


def test_without_a_landing_zone_the_extract_has_no_rows(tmp_path: Path) -> None:
    assert rows(tmp_path) == []
    with LandingZone(tmp_path):
        assert rows(tmp_path) == []
    assert check_extracts(tmp_path / "raw", [LANDED], tmp_path) == []


def test_a_line_that_was_cut_off_is_no_row_and_a_damaged_one_is_counted(tmp_path: Path) -> None:
    land(tmp_path, 1)
    with segments_of(tmp_path)[0].open_file.open("ab") as file:
        file.write(b"\x00\xff\n" + impression(2).to_line()[:-1])
    assert [row["event_id"] for row in rows(tmp_path)] == ["e0", None]
    (problem,) = check_extracts(tmp_path / "raw", [LANDED], tmp_path)
    assert "1 of 2 rows cannot be read" in problem.message


def test_a_damaged_segment_is_found_before_the_first_row_is_used(tmp_path: Path) -> None:
    land(tmp_path, 40)
    path = segments_of(tmp_path)[2].closed_file
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(ExtractError, match=r"landing zone .* gzip file is damaged"):
        rows(tmp_path)


def test_status_says_what_has_landed(tmp_path: Path) -> None:
    assert "nothing has landed" in run("status", "--landing", str(tmp_path / "none"))
    with LandingZone(tmp_path, clock=lambda: NOW) as landing:
        landing.append([impression(number) for number in range(1_200)])
    said = run("status", "--landing", str(tmp_path))
    assert "1 open" in said
    assert "1,200" in said
    assert "2026-11-02 10:00:00 UTC" in said


def test_archived_events_leave_the_zone_and_stay_known(tmp_path: Path) -> None:
    landing, archive = tmp_path / "landing", tmp_path / "archive" / "2026"
    land(landing, 20)
    said = run("archive", "--to", str(archive), "--landing", str(landing))
    assert f"{len(list(archive.iterdir()))} segments moved" in said
    assert list(read(landing)) == []
    with LandingZone(landing, clock=lambda: NOW) as zone:
        assert zone.append([impression(3), impression(20)]).landed == 1
    assert [event.event_id for event in read(landing)] == ["e20"]
    assert len(archive_segments(landing, archive)) == 1, "numbers of segments are not used again"


def test_archiving_needs_a_zone_that_nobody_writes_to(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="There is no landing zone"):
        archive_segments(tmp_path / "none", tmp_path)
    with LandingZone(tmp_path / "landing"), pytest.raises(LandingLockedError, match="Stop that service"):
        archive_segments(tmp_path / "landing", tmp_path)


def test_archiving_never_replaces_another_segment(tmp_path: Path) -> None:
    land(tmp_path / "landing", 1)
    (tmp_path / "00000001.jsonl.gz").write_bytes(b"another one")
    with pytest.raises(LandingError, match="is another segment"):
        archive_segments(tmp_path / "landing", tmp_path)
    assert len(list(read(tmp_path / "landing"))) == 1


def test_help_shows_examples() -> None:
    assert "glowhouse landing status" in run("status", "--help")
    assert "glowhouse landing archive --to archive/2026-11" in run("archive", "--help")
