"""`glowhouse simulate`: plays an experiment in the demo shop and says what came of it, as only a simulator knows."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from glowhouse.demo.config import DemoConfig
from glowhouse.simulate.lists import SimulationError
from glowhouse.simulate.run import Simulation, simulate


def simulate_shop(
    raw: Path,
    release_folder: Path,
    target: Path,
    console: Console,
    *,
    weeks: int,
    customers: int,
    products: int,
    seed: int,
    drift_week: int | None = None,
    by_week: bool = False,
) -> Simulation:
    """Play the experiment and print the true value of each metric in each arm.

    Raises:
        SimulationError: see `run.simulate`; also when a size is out of bounds.
    """
    try:
        demo = DemoConfig(customers=customers, products=products, seed=seed)
    except ValueError as error:
        raise SimulationError(f"{error}.") from error
    done = simulate(demo, weeks, raw, release_folder, target, drift_week, by_week)
    console.print(
        f"SIMULATED: {done.weeks} weeks of experiment {escape(done.experiment_id)}: {done.customers:,} customers, "
        f"{done.visits:,} visits, {done.events:,} events, {done.orders:,} orders."
    )
    if drift_week is not None:
        console.print(f"From week {drift_week} on the world is another: newcomers of one country, and another need.")
    table = Table(title="true values (simulated): all customers in one arm, with the same luck", title_justify="left")
    table.add_column("metric")
    for arm in done.truth:
        table.add_column(arm, justify="right")
    for metric in next(iter(done.truth.values())):
        table.add_row(metric, *(f"{values[metric]:,.4f}" for values in done.truth.values()))
    console.print(table)
    folder = quote(str(target.resolve()))
    if by_week:
        console.print("Next, from the root of the repository, week by week; then `glowhouse monitor`:")
        command = (
            f"for week in $(seq {weeks}); do GLOWHOUSE_RAW={folder}/week_$week glowhouse retrain --if-needed; done"
        )
    else:
        console.print("Next, from the root of the repository; then `glowhouse readout`:")
        command = f"GLOWHOUSE_RAW={folder} dbt build"
    console.print(f"  {command}", markup=False, highlight=False, soft_wrap=True)
    return done
