"""`glowhouse monitor`: what is wrong with the deployed model, since when, how bad it is, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from glowhouse.errors import GlowhouseError
from glowhouse.monitor_picture import draw
from glowhouse.release_files import SERVING_FILE

Row = dict[str, Any]

_ALERTS = "select * from monitoring_alerts order by severity, metric, value desc, subject, since"
_LATEST = """
    select * from feature_drift
    where psi is not null
    qualify observed_on = max(observed_on) over ()
    order by is_beyond_noise desc, psi desc, entity, feature, aspect
"""
_RATES = """
    select * from monitoring_daily
    where metric = 'click_rate'
    order by model_run_id, observed_on
"""


class MonitorError(GlowhouseError):
    """There is no release that is watched."""


def show_alerts(folder: Path, console: Console, *, closed: bool = False, picture: Path | None = None) -> list[Row]:
    """Print the open alerts of the release, and the closed ones if wanted; draw drift and clicks if `picture` is given.

    Returns:
        the open alerts, the worst first.

    Raises:
        MonitorError: no release in `folder`, or one of a version that did not watch itself yet.
    """
    path = folder / SERVING_FILE
    if not path.is_file():
        raise MonitorError(f"{path} does not exist: run `dbt build` first.")
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            alerts = _rows(connection, _ALERTS)
            drift, rates = _rows(connection, _LATEST), _rows(connection, _RATES)
            thresholds = {row["metric"]: row for row in _rows(connection, "select * from monitoring_thresholds")}
    except duckdb.CatalogException as error:
        raise MonitorError(f"{path} is a release of an earlier version: run `dbt build`.") from error
    is_open = [alert for alert in alerts if alert["status"] == "open"]
    if any(row["is_simulated"] for row in (*alerts, *drift, *rates)):
        console.print("SIMULATED: a simulator made the events; this says nothing about a real shop.")
    _show(is_open, f"{len(is_open)} open alerts" if is_open else "No alert is open.", console)
    if closed:
        ended = [alert for alert in alerts if alert["status"] == "closed"]
        _show(ended, f"{len(ended)} closed alerts", console)
    if picture is not None:
        draw(drift, rates, thresholds["feature_drift"], picture)
        console.print(f"Drawn: {escape(str(picture))}")
    return is_open


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[Row]:
    found = connection.execute(query)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _show(alerts: list[Row], title: str, console: Console) -> None:
    if not alerts:
        console.print(title)
        return
    # One below the other: beside each other, an 80-column terminal would break the words of each.
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for alert in alerts:
        side = ">" if alert["direction"] == "above" else "<"
        subject = alert["subject"] if alert["subject"] == alert["metric"] else f"{alert['metric']}: {alert['subject']}"
        until = "" if alert["closed_on"] is None else f" to {alert['last_seen_on']}"
        lines = Text.assemble(
            (subject, "bold"), f"  {alert['value']:.4g} {side} {alert['threshold']:g}, since {alert['since']}{until}\n",
            f"{alert['detail'] or alert['what']}\n",
            (f"-> {alert['what_to_do']}", "dim"),
        )  # fmt: skip
        table.add_row(Text(alert["severity"], "red" if alert["severity"] == "fail" else "yellow"), lines)
    console.print(table)
