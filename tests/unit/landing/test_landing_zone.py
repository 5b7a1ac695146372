"""What lands stays, once: acknowledgements, idempotency, rotation, bounds, and failing disks."""

from __future__ import annotations

import asyncio
import errno
import gzip
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from glowhouse.landing import Event, LandingError, LandingFullError, LandingLockedError, LandingZone, read
from glowhouse.landing.segments import bytes_on_disk

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def click(event_id: str) -> Event:
    return Event(event_id=event_id, event_type="click", occurred_at=NOW, session_id="s", product_id="P1", rank=1)


def clicks(count: int, prefix: str = "e") -> list[Event]:
    return [click(f"{prefix}{number}") for number in range(count)]


def ids(folder: Path) -> list[str]:
    return [event.event_id for event in read(folder)]


def zone(folder: Path, segment_bytes: int = 2_000, max_bytes: int = 1 << 20) -> LandingZone:
    return LandingZone(folder, max_bytes=max_bytes, segment_bytes=segment_bytes, clock=lambda: NOW)


def test_an_event_comes_back_as_it_landed_with_the_time_of_its_receipt(tmp_path: Path) -> None:
    rated = replace(
        click("e1"), event_type="rating", rating=4.5, query='"Crème"\n<b>', propensity=0.125, customer_id="C1"
    )
    with zone(tmp_path) as landing:
        receipt = landing.append([rated])
    assert (receipt.landed, receipt.known, receipt.received_at) == (1, 0, NOW)
    assert list(read(tmp_path)) == [replace(rated, extracted_at=NOW)]


def test_some_types_of_events_can_be_asked_for_whatever_others_say(tmp_path: Path) -> None:
    looked_for = replace(click("e2"), event_type="search", query='"event_type":"rating"')
    with zone(tmp_path) as landing:
        landing.append([click("e1"), looked_for, replace(click("e3"), event_type="rating", rating=2.0)])
    assert [event.event_id for event in read(tmp_path, {"rating", "purchase"})] == ["e3"]
    assert list(read(tmp_path, ())) == []


def test_nothing_has_landed_where_there_is_no_zone(tmp_path: Path) -> None:
    assert list(read(tmp_path / "landing")) == []


def test_an_event_that_is_sent_again_is_acknowledged_and_not_written_again(tmp_path: Path) -> None:
    with zone(tmp_path) as landing:
        landing.append([click("e1"), click("e2"), click("e1")])
        assert landing.append([click("e2"), click("e3")]).known == 1
        assert ids(tmp_path) == ["e1", "e2", "e3"]


def test_events_are_known_after_rotation_and_after_a_restart(tmp_path: Path) -> None:
    events = clicks(300)
    with zone(tmp_path) as landing:
        for event in events:
            landing.append([event])
        assert landing.append(events).landed == 0
    with zone(tmp_path) as landing:
        assert landing.append(events).landed == 0
    assert ids(tmp_path) == [event.event_id for event in events]


def test_the_files_of_digests_are_made_again_from_the_events(tmp_path: Path) -> None:
    with zone(tmp_path) as landing:
        landing.append(clicks(50))
    with zone(tmp_path):
        pass
    for path in (tmp_path / "app" / "known_events").iterdir():
        path.unlink()
    with zone(tmp_path) as landing:
        assert landing.append(clicks(51)).landed == 1


def test_full_segments_are_compressed(tmp_path: Path) -> None:
    with zone(tmp_path) as landing:
        for number in range(40):
            landing.append(clicks(10, f"{number}-"))
    names = sorted(path.name for path in (tmp_path / "app" / "events").iterdir())
    assert names[:-1] == [f"{number:08d}.jsonl.gz" for number in range(1, len(names))]
    assert len(ids(tmp_path)) == len(set(ids(tmp_path))) == 400


def test_a_line_that_was_cut_off_is_not_read_and_not_kept(tmp_path: Path) -> None:
    with zone(tmp_path) as landing:
        landing.append(clicks(2))
    (segment,) = (tmp_path / "app" / "events").iterdir()
    with segment.open("ab") as file:
        file.write(click("torn").to_line()[:-1])
    assert ids(tmp_path) == ["e0", "e1"]
    with zone(tmp_path) as landing:
        assert landing.append([click("torn")]).landed == 1
    assert ids(tmp_path) == ["e0", "e1", "torn"]


@pytest.mark.parametrize("interrupted", ["before", "compressed", "renamed"])
def test_closing_a_segment_may_be_interrupted_anywhere(tmp_path: Path, interrupted: str) -> None:
    with zone(tmp_path) as landing:
        landing.append(clicks(3))
    (segment,) = (tmp_path / "app" / "events").iterdir()
    closed = segment.with_suffix(".jsonl.gz")
    if interrupted == "compressed":
        closed.with_name(f"{closed.name}.part").write_bytes(gzip.compress(segment.read_bytes())[:-9])
    elif interrupted == "renamed":
        closed.write_bytes(gzip.compress(segment.read_bytes()))
    assert ids(tmp_path) == ["e0", "e1", "e2"]
    with zone(tmp_path) as landing:
        assert landing.append(clicks(4)).landed == 1
        assert [path.name for path in closed.parent.glob("*.gz*")] == [closed.name]
    assert ids(tmp_path) == ["e0", "e1", "e2", "e3"]


def test_a_second_writer_is_refused_and_readers_are_not(tmp_path: Path) -> None:
    with zone(tmp_path) as landing:
        landing.append(clicks(1))
        with pytest.raises(LandingLockedError, match="Another process writes"):
            zone(tmp_path)
        assert ids(tmp_path) == ["e0"]
    zone(tmp_path).close()


def test_a_full_zone_takes_nothing_new_and_still_knows_what_it_has(tmp_path: Path) -> None:
    with zone(tmp_path, max_bytes=6_000) as landing:
        acknowledged: list[Event] = []
        with pytest.raises(LandingFullError, match="glowhouse landing archive"):
            for number in range(1_000):
                events = clicks(3, f"{number}-")
                landing.append(events)
                acknowledged += events
        assert landing.append(acknowledged).known == len(acknowledged)
    assert bytes_on_disk(tmp_path) <= 6_000
    assert ids(tmp_path) == [event.event_id for event in acknowledged]


def test_what_waits_for_the_disk_together_is_synced_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = []
    really_sync = os.fsync
    with zone(tmp_path, segment_bytes=100_000) as landing:
        landing.append(clicks(1))
        monkeypatch.setattr(os, "fsync", lambda descriptor: (syncs.append(descriptor), really_sync(descriptor))[1])

        async def many() -> None:
            await asyncio.gather(*(landing.append_async([click(f"a{number}")]) for number in range(200)))

        asyncio.run(many())
    assert len(ids(tmp_path)) == 201
    assert len(syncs) < 100


def test_many_threads_append_and_each_event_lands_once(tmp_path: Path) -> None:
    with zone(tmp_path) as landing, ThreadPoolExecutor(8) as threads:
        receipts = list(threads.map(lambda number: landing.append(clicks(5, f"{number % 40}-")), range(80)))
    assert sum(receipt.landed for receipt in receipts) == len(ids(tmp_path)) == len(set(ids(tmp_path))) == 200


def test_an_acknowledgement_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_on_disk = threading.Event()
    with zone(tmp_path) as landing, ThreadPoolExecutor(1) as caller:
        landing.append([click("e1")])
        monkeypatch.setattr(os, "fsync", lambda _: is_on_disk.wait())
        receipt = caller.submit(landing.append, [click("e2")])
        with pytest.raises(TimeoutError):
            receipt.result(timeout=0.1)
        is_on_disk.set()
        assert receipt.result().landed == 1


def test_an_event_that_two_callers_send_at_once_lands_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_on_disk = threading.Event()
    with zone(tmp_path) as landing, ThreadPoolExecutor(3) as callers:
        landing.append([click("e1")])
        with monkeypatch.context() as slow:
            slow.setattr(os, "fsync", lambda _: is_on_disk.wait())
            # While the disk is busy with the first, the other two wait for the next batch.
            waiting = [callers.submit(landing.append, [click(event_id)]) for event_id in ("e2", "e3", "e3")]
            wait(waiting, timeout=0.1)
            is_on_disk.set()
            assert sum(caller.result().landed for caller in waiting) == 2
    assert sorted(ids(tmp_path)) == ["e1", "e2", "e3"]


@pytest.mark.parametrize("call", ["fsync", "write"])
def test_a_failing_disk_is_not_asked_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.EIO if call == "fsync" else errno.ENOSPC, "broken")

    with zone(tmp_path) as landing:
        landing.append(clicks(1))
        with monkeypatch.context() as broken:
            broken.setattr(os, call, fail)
            with pytest.raises(LandingError, match="refuses events"):
                landing.append([click("lost")])
        with pytest.raises(LandingError, match="refuses events"):
            landing.append([click("later")])
        assert landing.failure is not None
    with zone(tmp_path) as landing:
        landing.append([click("lost"), click("later")])
    assert sorted(ids(tmp_path)) == ["e0", "later", "lost"]


def test_a_segment_that_cannot_be_compressed_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> bytes:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(gzip, "compress", fail)
    with zone(tmp_path) as landing:
        for number in range(30):
            landing.append(clicks(10, f"{number}-"))
        assert landing.append(clicks(10, "3-")).known == 10
    assert len(set(ids(tmp_path))) == 300
    monkeypatch.undo()
    with zone(tmp_path) as landing:
        assert landing.append(clicks(10, "3-")).known == 10
    assert not list((tmp_path / "app" / "events").glob("*.jsonl"))


def test_a_closed_zone_takes_nothing(tmp_path: Path) -> None:
    landing = zone(tmp_path)
    landing.close()
    landing.close()
    with pytest.raises(LandingError, match="is closed"):
        landing.append(clicks(1))


def test_a_waiting_caller_may_give_up(tmp_path: Path) -> None:
    async def impatient(landing: LandingZone) -> None:
        waiting = asyncio.create_task(landing.append_async(clicks(1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    with zone(tmp_path) as landing:
        asyncio.run(impatient(landing))
        assert landing.append([click("next")]).landed == 1


def test_a_line_that_is_no_event_is_passed_over(tmp_path: Path) -> None:
    with zone(tmp_path) as landing:
        landing.append(clicks(1))
        (segment,) = (tmp_path / "app" / "events").iterdir()
        with segment.open("ab") as file:
            file.write(b"\0\0\0\n[1]\n{}\n" + click("e1").to_line())
        assert ids(tmp_path) == ["e0", "e1"]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"event_id": " "}, "event_id is blank"),
        ({"occurred_at": datetime(2026, 11, 2)}, "no time zone"),
        ({"query": "a\0b"}, "NUL"),
        ({"query": "\ud800"}, "half a character"),
        ({"propensity": float("nan")}, "not a number"),
    ],
)
def test_an_event_that_the_warehouse_could_not_read_is_refused(changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        replace(click("e1"), **changes)  # type: ignore[arg-type]


def test_bounds_and_clock_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="two segments"):
        zone(tmp_path, max_bytes=100)
    with pytest.raises(ValueError, match="time zone"):
        LandingZone(tmp_path, clock=lambda: datetime(2026, 11, 2))


def test_readers_follow_a_writer_that_rotates_under_them(tmp_path: Path) -> None:
    """Whatever a reader sees was sent, each event once, and everything that was acknowledged before it looked."""

    def look(_: int) -> Sequence[str]:
        return ids(tmp_path)

    with zone(tmp_path, segment_bytes=500) as landing, ThreadPoolExecutor(2) as readers:
        for number in range(100):
            landing.append(clicks(2, f"{number}-"))
            if number % 10 == 0:
                for seen in readers.map(look, range(2)):
                    assert len(seen) == len(set(seen)) == 2 * number + 2
