"""A writer to be killed: `python appender.py FOLDER ROUND`; ids to send again come in on the standard input.

Prints `sent ID` before it sends and `landed ID` when that was acknowledged.
"""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from glowhouse.landing import Event, LandingZone


def event(event_id: str) -> Event:
    now = datetime.now(UTC)
    return Event(event_id=event_id, event_type="view", occurred_at=now, session_id="s", product_id="P" * 40)


def say(word: str, ids: list[str]) -> None:
    sys.stdout.write("".join(f"{word} {event_id}\n" for event_id in ids))
    sys.stdout.flush()


def send(landing: LandingZone, ids: list[str]) -> None:
    say("sent", ids)
    landing.append([event(event_id) for event_id in ids])
    say("landed", ids)


def main(folder: Path, turn: str, again: list[str]) -> None:
    def send_for_ever(caller: int) -> None:
        for number in count():
            send(landing, [f"{turn}-{caller}-{number}-{place}" for place in range(1 + number % 4)])

    with LandingZone(folder, max_bytes=1 << 30, segment_bytes=4_000) as landing:
        send(landing, again)
        callers = [threading.Thread(target=send_for_ever, args=(caller,), daemon=True) for caller in range(3)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.stdin.read().split())
