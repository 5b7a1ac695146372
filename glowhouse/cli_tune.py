"""The command that tunes: its options and its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from glowhouse.cli_failures import failures
from glowhouse.cli_options import WAREHOUSE, Warehouse

INTERRUPTED = 130


def tune(
    model: Annotated[
        str,
        typer.Option(help="What to tune: hybrid, or a baseline (item_knn, content, ease, als)."),
    ] = "hybrid",
    only: Annotated[
        list[str] | None,
        typer.Option(help="Search only settings with this in their name; may be repeated.", show_default="all"),
    ] = None,
    trials: Annotated[int, typer.Option(min=1, help="Trials in all, those of an earlier run included.")] = 60,
    timeout: Annotated[
        float | None, typer.Option(min=0, help="Begin no trial after so many seconds.", show_default="no limit")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed and data give the same trials.")] = 7,
    target: Annotated[Path, typer.Option("--to", help="Configuration file to write.")] = Path("config/model.yml"),
    study: Annotated[
        Path | None,
        typer.Option(help="Journal of the study, to resume it.", show_default="tuning/ beside the warehouse"),
    ] = None,
    warehouse: Warehouse = WAREHOUSE,
) -> None:
    """Search better settings on validation data and write them to a configuration file that `dbt build` reads.

    Test data are never read. Ctrl-C keeps what was found; the same command goes on from there.

    Examples: `glowhouse tune --trials 100 --timeout 3600`, `glowhouse tune --model als --trials 100`,
    `glowhouse tune --only content --only bucket`
    """
    with failures() as console:
        from glowhouse.tune import Budget, Task
        from glowhouse.tune import tune as tune_model

        task = Task(model, only or (), target, study)
        if not tune_model(warehouse, task, Budget(trials, timeout, seed), console):
            raise typer.Exit(INTERRUPTED)
