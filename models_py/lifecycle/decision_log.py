"""The log of decisions: an append-only file of JSON lines beside the artefacts, which outlives the warehouse.

A decision has been taken once its line is on disk. What a process that was killed left of a line was never taken: it is
not read, and the next line takes its place.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from models_py.lifecycle.states import Action, Author, Decision, Runs, runs_after

LOG_FILE: Final = Path("artifacts") / "decisions.jsonl"


class DamagedLogError(ValueError):
    """A line of the log is no decision, or none that could follow the lines before it."""


@dataclass(frozen=True)
class DecisionLog:
    """The log in the warehouse's folder."""

    folder: Path

    @property
    def path(self) -> Path:
        """The file; it need not exist."""
        return self.folder / LOG_FILE

    def read(self) -> tuple[Decision, ...]:
        """All decisions, in order.

        Raises:
            DamagedLogError: naming the first damaged line.
        """
        content = self.path.read_bytes() if self.path.is_file() else b""
        # What follows the last line's end is a line that was never finished.
        lines = content.split(b"\n")[:-1]
        return tuple(self._parsed(number, line) for number, line in enumerate(lines, 1))

    def runs(self) -> Runs:
        """What the decisions come to.

        Raises:
            DamagedLogError: see `read`; or a decision could not have followed those before it.
        """
        try:
            return runs_after(self.read())
        except DamagedLogError:
            raise
        except ValueError as error:
            raise DamagedLogError(f"{self.path} does not hang together: {error}") from error

    def append(self, action: Action, run_id: str, by: Author, reasons: tuple[str, ...], **facts: Any) -> Decision:
        """Take a decision: it is on disk when this returns.

        Raises:
            ImpossibleDecisionError: the state of the run does not allow it.
            DamagedLogError: the log cannot be read.
        """
        # Rounded as it is written, so that what is returned is what will be read.
        decision = Decision(datetime.now(UTC).replace(tzinfo=None), action, run_id, by, reasons, facts)
        with self._locked() as descriptor:
            self.runs().after(decision)
            content = self.path.read_bytes()
            os.ftruncate(descriptor, content.rfind(b"\n") + 1)
            os.lseek(descriptor, 0, os.SEEK_END)
            os.write(descriptor, _line(decision))
            os.fsync(descriptor)
        return decision

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """One process decides at a time."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _parsed(self, number: int, line: bytes) -> Decision:
        try:
            row = json.loads(line)
            return Decision(
                datetime.fromisoformat(row["at"]),
                Action(row["action"]),
                row["run_id"],
                Author(row["by"]),
                tuple(row["reasons"]),
                row["facts"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedLogError(
                f"{self.path}, line {number} is damaged. Restore the file from a backup; or move it away, and the next "
                "`dbt build` trains a first champion."
            ) from error


def _line(decision: Decision) -> bytes:
    row = {
        "at": decision.at.isoformat(),
        "action": decision.action,
        "run_id": decision.run_id,
        "by": decision.by,
        "reasons": list(decision.reasons),
        "facts": dict(decision.facts),
    }
    return json.dumps(row, ensure_ascii=False, allow_nan=False).encode() + b"\n"
