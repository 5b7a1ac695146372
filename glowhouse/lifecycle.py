"""`glowhouse runs`, `promote`, `rollback`: which run recommends, decided by a person."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from glowhouse import release_archive
from glowhouse.dbt_command import build
from glowhouse.errors import GlowhouseError
from glowhouse.release_archive import ArchivedRelease
from models_py.artifacts import DamagedArtifactError
from models_py.lifecycle.champion import check_artifact
from models_py.lifecycle.decision_log import DamagedLogError, DecisionLog
from models_py.lifecycle.states import Action, Author, Run, Runs, State

#: What hangs on which run is champion: everything that has to be made again.
DOWNSTREAM = ("--select", "ml_model_runs+")
_COLOURS = {State.CHAMPION: "green", State.REJECTED: "red"}


class LifecycleError(GlowhouseError):
    """A run is unknown, damaged, or cannot become champion; the message says why."""


def known_runs(folder: Path) -> Runs:
    """What was decided so far.

    Raises:
        LifecycleError: the log of decisions is damaged.
    """
    try:
        return DecisionLog(folder).runs()
    except DamagedLogError as error:
        raise LifecycleError(str(error)) from error


def show_runs(folder: Path, console: Console) -> None:
    """Print all runs, the latest first, and the releases that can be restored."""
    runs = known_runs(folder)
    if not runs.by_id:
        raise LifecycleError(f"There is no run in {folder} yet. Run `dbt build` first.")
    for run in reversed(list(runs.by_id.values())):
        as_of = str(run.facts["data_as_of"] or "an unknown time")[:16].replace("T", " ")
        console.print(
            Text.assemble(
                run.run_id, "  ", (run.state, _COLOURS.get(run.state, "")),
                f" since {run.since:%Y-%m-%d %H:%M}, trained as of {as_of}\n", (f"  {run.because}", "dim"),
            ),
            soft_wrap=True,
        )  # fmt: skip
    console.print()
    for release in reversed(release_archive.archived(folder)):
        made_by = f" made by {release.model_run_id}" if release.model_run_id else ""
        line = f"release {release.release_id}{made_by}, {release.archived_at:%Y-%m-%d %H:%M}"
        console.print(Text(line), soft_wrap=True)


def promote(warehouse: Path, run_id: str, console: Console) -> None:
    """Make a run champion and release its recommendations.

    Raises:
        LifecycleError: there is no such run, or its artefact is damaged: nothing changes.
        BuildError: the run is champion now, but its recommendations did not pass the tests; the release stays.
    """
    folder = warehouse.parent
    runs = known_runs(folder)
    run = runs.by_id.get(run_id)
    if run is None:
        known = ", ".join(runs.by_id) or "none"
        raise LifecycleError(f"There is no run {run_id}; there are: {known}.")
    if run.state is State.CHAMPION:
        console.print(Text(f"{run_id} is the champion already."))
        return
    _check(run, folder)
    DecisionLog(folder).append(Action.PROMOTED, run_id, Author.PROMOTE, ("promoted by hand",))
    console.print(Text(f"{run_id} is champion now. Its recommendations are made and released:"))
    build(warehouse, *DOWNSTREAM)


def rollback(folder: Path, release_id: str | None, console: Console) -> ArchivedRelease:
    """Put a release of the past back, byte for byte, and make its run champion again.

    Args:
        release_id: which one; None: the one before the live one.

    Raises:
        ArchiveError: there is no such release, or it is damaged: nothing changes.
        LifecycleError: the run of the release is not in the log of decisions.
    """
    release = release_archive.find(folder, release_id) if release_id else release_archive.before_the_live_one(folder)
    runs = known_runs(folder)

    def decide() -> None:
        run_id = release.model_run_id
        if run_id and run_id != runs.champion_id:
            reason = f"rolled back to release {release.release_id}"
            DecisionLog(folder).append(Action.PROMOTED, run_id, Author.ROLLBACK, (reason,))

    if release.model_run_id and release.model_run_id not in runs.by_id:
        raise LifecycleError(f"{release.model_run_id}, which made release {release.release_id}, is not in the log.")
    release_archive.restore(release, folder, decide)
    console.print(Text(f"Release {release.release_id} is live again; {release.model_run_id} is champion."))
    return release


def _check(run: Run, folder: Path) -> None:
    try:
        check_artifact(run, folder)
    except DamagedArtifactError as error:
        raise LifecycleError(f"{run.run_id} is refused: {error}") from error
