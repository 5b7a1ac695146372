"""Whatever moment a crash picks: each acknowledged event is there exactly once, and no other one is there twice."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from glowhouse.landing import Event, LandingError, LandingZone, read
from glowhouse.landing.segments import segments_of

NOW = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)


def view(event_id: str) -> Event:
    return Event(event_id=event_id, event_type="view", occurred_at=NOW, session_id="s", extracted_at=NOW)


def views(*ids: str) -> list[Event]:
    return [view(event_id) for event_id in ids]


def zone(folder: Path) -> LandingZone:
    return LandingZone(folder, max_bytes=1 << 20, segment_bytes=600, clock=lambda: NOW)


def landed(folder: Path) -> Counter[str]:
    return Counter(event.event_id for event in read(folder))


@pytest.fixture
def fast_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a crash is played, nothing has to reach the disk."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def test_killed_at_any_moment_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    chance = random.Random(4)
    acknowledged: set[str] = set()
    unanswered: set[str] = set()
    for turn in range(6):
        command = [sys.executable, str(Path(__file__).with_name("appender.py")), str(tmp_path), str(turn)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdin is not None
            assert writer.stdout is not None
            writer.stdin.write("\n".join(sorted(unanswered)))
            writer.stdin.close()
            said = [writer.stdout.readline() for _ in range(chance.randint(1, 120))]
            time.sleep(chance.uniform(0.0, 0.01))
            writer.kill()
            said += writer.stdout.readlines()
        words = [line.split() for line in said if line.endswith("\n")]
        acknowledged |= {event_id for word, event_id in words if word == "landed"}
        unanswered = (unanswered | {event_id for word, event_id in words if word == "sent"}) - acknowledged
        there = landed(tmp_path)
        assert set(there.values()) <= {1}
        assert acknowledged <= set(there) <= acknowledged | unanswered
    assert len(acknowledged) > 50
    assert len(segments_of(tmp_path)) > 6


@pytest.mark.usefixtures("fast_disk")
def test_a_write_may_be_torn_at_every_byte(tmp_path: Path) -> None:
    torn = view("torn-1").to_line() + view("torn-2").to_line()
    for cut in range(len(torn) + 1):
        folder = tmp_path / str(cut)
        with zone(folder) as landing:
            landing.append(views("kept"))
        with segments_of(folder)[-1].open_file.open("ab") as file:
            file.write(torn[:cut])
        survived = torn[:cut].count(b"\n")
        assert sum(landed(folder).values()) == 1 + survived
        with zone(folder) as landing:
            assert landing.append(views("torn-1", "torn-2", "kept")).known == 1 + survived
        assert landed(folder) == Counter(["kept", "torn-1", "torn-2"])


@dataclass
class Disk:
    """So many calls of the system still succeed; the next one fails halfway, all later ones do nothing."""

    calls_left: int = sys.maxsize

    def fragile(self, really: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            self.calls_left -= 1
            if self.calls_left < 0:
                if self.calls_left == -1 and isinstance(arguments[-1], bytes | memoryview):
                    really(*arguments[:-1], arguments[-1][: len(arguments[-1]) // 2])
                raise OSError(errno.EIO, "the machine is gone")
            return really(*arguments)

        return call


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, fast_disk: None) -> Disk:
    disk = Disk()
    for owner, name in ((os, "fsync"), (os, "write"), (Path, "replace"), (Path, "unlink"), (Path, "write_bytes")):
        monkeypatch.setattr(owner, name, disk.fragile(getattr(owner, name)))
    return disk


def test_a_crash_may_come_between_any_two_calls_of_the_system(tmp_path: Path, disk: Disk) -> None:
    """Through opening, appending, rotation and opening again."""
    batches = [[f"{batch}-{place}" for place in range(4)] for batch in range(4)]
    is_through = False
    for calls in range(100):
        folder = tmp_path / str(calls)
        acknowledged: set[str] = set()
        disk.calls_left = calls
        try:
            for half in (batches[:2], batches[2:]):
                with zone(folder) as landing:
                    for ids in half:
                        landing.append(views(*ids))
                        acknowledged |= set(ids)
        except LandingError:
            pass
        is_through = disk.calls_left >= 0
        disk.calls_left = sys.maxsize
        there = landed(folder)
        assert set(there.values()) <= {1}
        assert acknowledged <= set(there)
        with zone(folder) as landing:
            for ids in batches:
                landing.append(views(*ids))
        assert landed(folder) == Counter(event_id for ids in batches for event_id in ids)
    assert is_through, "more calls than were tried"


class CrashingZone(RuleBasedStateMachine):
    """A landing zone and what a reader may expect of it, through appends, restarts and crashes."""

    unanswered = Bundle("unanswered")

    @initialize()
    def begin(self) -> None:
        self.home = TemporaryDirectory()
        self.folder = Path(self.home.name)
        self.acknowledged: set[str] = set()
        self.sent = 0
        self.landing = zone(self.folder)

    def new_ids(self, count: int) -> list[str]:
        self.sent += count
        return [f"e{number}" for number in range(self.sent - count, self.sent)]

    @rule(count=st.integers(1, 6))
    def append(self, count: int) -> None:
        ids = self.new_ids(count)
        assert self.landing.append(views(*ids)).landed == count
        self.acknowledged |= set(ids)

    @rule(data=st.data())
    def send_acknowledged_ones_again(self, data: st.DataObject) -> None:
        if self.acknowledged:
            again = data.draw(st.lists(st.sampled_from(sorted(self.acknowledged)), max_size=4))
            assert self.landing.append(views(*again)).landed == 0

    @rule()
    def restart(self) -> None:
        self.landing.close()
        self.landing = zone(self.folder)

    @rule(target=unanswered, count=st.integers(1, 4), cut=st.integers(0, 1_000))
    def crash_while_writing(self, count: int, cut: int) -> object:
        self.landing.close()
        ids = self.new_ids(count)
        written = b"".join(event.to_line() for event in views(*ids))
        for segment in segments_of(self.folder)[-1:]:
            if segment.open_file.exists():
                with segment.open_file.open("ab") as file:
                    file.write(written[: cut % (len(written) + 1)])
        self.landing = zone(self.folder)
        return multiple(*ids)

    @rule(event_id=consumes(unanswered))
    def send_unanswered_one_again(self, event_id: str) -> None:
        self.landing.append(views(event_id))
        self.acknowledged.add(event_id)

    @invariant()
    def acknowledged_events_are_there_once_and_others_at_most_once(self) -> None:
        there = landed(self.folder)
        assert set(there.values()) <= {1}
        assert self.acknowledged <= set(there)

    def teardown(self) -> None:
        self.landing.close()
        self.home.cleanup()


@pytest.mark.usefixtures("fast_disk")
def test_no_sequence_of_appends_restarts_and_crashes_loses_or_doubles_an_event() -> None:
    limits = settings(max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(CrashingZone, settings=limits)  # type: ignore[no-untyped-call]
