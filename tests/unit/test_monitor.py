"""`glowhouse monitor` shows the alerts of a release, the worst first, and draws them; simulated ones are labelled."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from rich.console import Console

from glowhouse.monitor import MonitorError, show_alerts
from glowhouse.release import publish

TODAY = date(2026, 12, 27)
ALERT = {
    "metric": "feature_drift", "subject": "customers.region", "since": date(2026, 12, 20), "status": "open",
    "severity": "warn", "last_seen_on": TODAY, "closed_on": None, "value": 0.2, "threshold": 0.1, "direction": "above",
    "what": "Drift.", "detail": "north: 9 % in training, 27 % today", "what_to_do": "Retrain.", "is_simulated": True,
}  # fmt: skip
DRIFT = {
    "observed_on": TODAY, "entity": "customers", "feature": "region", "aspect": "values", "psi": 0.2,
    "noise_floor": 0.03, "is_beyond_noise": True, "reference_at": datetime(2026, 11, 1), "most_changed": "north",
    "most_changed_reference_share": 0.09, "most_changed_current_share": 0.27, "is_simulated": True,
}  # fmt: skip
RATE = {"observed_on": TODAY, "model_run_id": "run_1", "metric": "click_rate", "value": 0.05, "interval_low": 0.04,
        "interval_high": 0.06, "is_simulated": True}  # fmt: skip


def release(folder: Path, alerts: list[dict[str, object]]) -> Path:
    schema = pa.Table.from_pylist([ALERT, ALERT | {"closed_on": TODAY}]).schema
    tables = {
        "recommendations": pa.table({"customer_id": ["ann"]}),
        "monitoring_alerts": pa.Table.from_pylist(alerts, schema),
        "feature_drift": pa.Table.from_pylist([DRIFT]),
        "monitoring_daily": pa.Table.from_pylist([RATE, RATE | {"metric": "exposure_gini"}]),
        "monitoring_thresholds": pa.table({"metric": ["feature_drift"], "warn": [0.1], "fail": [0.25]}),
    }
    publish(tables, folder)
    return folder


def shown(folder: Path, *, closed: bool = False, picture: Path | None = None) -> tuple[str, list[dict[str, object]]]:
    console = Console(record=True, width=200)
    found = show_alerts(folder, console, closed=closed, picture=picture)
    return console.export_text(), found


def test_an_alert_says_what_since_when_how_bad_and_what_to_do(tmp_path: Path) -> None:
    worse = ALERT | {"severity": "fail", "subject": "customers.age", "value": 0.3, "threshold": 0.25}
    text, alerts = shown(release(tmp_path, [ALERT, worse]))
    assert [alert["subject"] for alert in alerts] == ["customers.age", "customers.region"]
    for words in ("SIMULATED", "customers.region", "north: 9 %", "2026-12-20", "warn", "> 0.1", "Retrain."):
        assert words in text


def test_closed_alerts_are_shown_when_asked_for(tmp_path: Path) -> None:
    folder = release(tmp_path, [ALERT | {"status": "closed", "closed_on": TODAY}])
    assert "No alert is open." in shown(folder)[0]
    assert "customers.region" not in shown(folder)[0]
    assert "2026-12-20 to 2026-12-27" in shown(folder, closed=True)[0]


def test_the_picture_says_that_it_is_simulated(tmp_path: Path) -> None:
    picture = tmp_path / "monitor.svg"
    shown(release(tmp_path, [ALERT]), picture=picture)
    assert "<!-- SIMULATED: feature drift on 2026-12-27, model of 2026-11-01 -->" in picture.read_text()


def test_a_release_that_is_not_watched_is_named(tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="dbt build"):
        shown(tmp_path)
    publish({"recommendations": pa.table({"customer_id": ["ann"]})}, tmp_path)
    with pytest.raises(MonitorError, match="earlier version"):
        shown(tmp_path)
