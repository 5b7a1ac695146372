"""What a change of SQL, rules or model does to customers of the demo shop, as Markdown for a pull request.

    python -m benchmarks.change_diff main          # what `make diff BASE=main` runs

Builds the demo shop twice in a temporary folder, from the commit where the change left BASE and from the working tree,
uncommitted changes included. Each side trains a model of its own, so that a change of the model shows as well.
Markdown goes to standard output, progress to standard error; nothing is left behind, and the project's own warehouse
and release are not touched. Exit code 0 with a sentence where the base cannot be built; 1 where the change cannot.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glowhouse.diff_markdown import as_markdown
from glowhouse.errors import GlowhouseError
from glowhouse.release_diff import compare

ROOT = Path(__file__).resolve().parents[1]
LOCK = "requirements.lock"
EXTRACTS = "seeds/demo"
# The same extracts everywhere, and no landing zone: what differs is the code. Two protocols say enough about accuracy.
ARGUMENTS = ("--exclude", "resource_type:test", "resource_type:unit_test")
VARIABLES = '{"evaluation_protocols": ["published", "global_time"]}'
# How much of the output of a command that failed is shown.
LINES_SHOWN = 15


class FailedError(Exception):
    """A command failed; the message holds the end of what it said."""


@dataclass(frozen=True)
class Side:
    """A version of the project, and where its release goes.

    Attributes:
        source: the project's files.
        python: an interpreter with the packages that this version is locked to.
    """

    name: str
    source: Path
    python: Path
    folder: Path

    def build(self) -> None:
        """Builds the demo shop and releases it into `folder`."""
        started = time.monotonic()
        say(f"Building the demo shop from {self.name} …")
        environment = os.environ | {
            "PYTHONPATH": str(self.source),
            "GLOWHOUSE_RAW": str(ROOT / EXTRACTS),
            "GLOWHOUSE_LANDING": str(self.folder / "landing"),
            "GLOWHOUSE_WAREHOUSE": str(self.folder / "warehouse.duckdb"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "NO_COLOR": "1",
        }
        target = ("--target-path", str(self.folder / "target"), "--log-path", str(self.folder / "logs"))
        dbt = (str(self.python), "-m", "dbt.cli.main", "build", *ARGUMENTS, "--vars", VARIABLES, *target)
        run(dbt, self.source, environment)
        say(f"Built in {time.monotonic() - started:.0f} s.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.change_diff", description=__doc__.split("\n\n")[0])
    parser.add_argument("base", nargs="?", default="main", help="branch, tag or commit that the change is against")
    base = parser.parse_args().base
    try:
        commit = git("merge-base", base, "HEAD").strip()
    except FailedError:
        print(f"{base} is no commit that this change goes back to. Fetch it, or name another one.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="glowhouse-diff-") as name:
        return compared(base, commit, Path(name))


def compared(base: str, commit: str, folder: Path) -> int:
    """Builds both sides beneath `folder` and prints the comparison; the exit code."""
    title = commit[:9] if commit.startswith(base) else f"{base} ({commit[:9]})"
    print(
        f"## What this change does to customers\n\nThe demo shop, built from {title} and with the change.\n", flush=True
    )
    try:
        before = base_side(title, commit, folder)
        before.build()
    except FailedError as error:
        print(f"There is nothing to compare with: {title} cannot be built.\n\n{quoted(error)}")
        return 0
    after = Side("the working tree", ROOT, Path(sys.executable), folder / "after")
    after.folder.mkdir()
    try:
        after.build()
    except FailedError as error:
        print(f"The working tree cannot be built.\n\n{quoted(error)}")
        return 1
    try:
        print(as_markdown(compare(after.folder, str(before.folder))))
    except GlowhouseError as error:
        print(f"The two releases cannot be compared: {error}")
    if git("diff", "--name-only", commit, "--", EXTRACTS):
        print("The change also changes the demo shop's extracts; both sides were built from the new ones.")
    return 0


def base_side(title: str, commit: str, folder: Path) -> Side:
    """The files of a commit; and its packages, unless they are those of this environment."""
    source, into = folder / "source", folder / "before"
    source.mkdir()
    into.mkdir()
    archive = folder / "source.tar"
    git("archive", "--output", str(archive), commit)
    run(["tar", "-xf", str(archive), "-C", str(source)], folder)
    locks = [path.read_bytes() if path.is_file() else b"" for path in (source / LOCK, ROOT / LOCK)]
    if not locks[0]:
        raise FailedError(f"it has no {LOCK}")
    python = Path(sys.executable)
    if locks[0] != locks[1]:
        say(f"Installing the packages that {title} is locked to …")
        run([sys.executable, "-m", "venv", str(folder / "venv")], folder)
        python = folder / "venv" / "bin" / "python"
        run([str(python), "-m", "pip", "-qq", "install", "--require-hashes", "-r", str(source / LOCK)], folder)
    return Side(title, source, python, into)


def git(*arguments: str) -> str:
    return run(["git", "-C", str(ROOT), *arguments], ROOT)


def run(command: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        said = (result.stdout + result.stderr).strip().splitlines()
        raise FailedError("\n".join(said[-LINES_SHOWN:]))
    return result.stdout


def quoted(error: FailedError) -> str:
    return f"```\n{error}\n```"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    # A job that is cancelled leaves nothing behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
