"""The loop once around: simulated customers react to a release, their events are built, the readout says what came."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from models_py.experiments.assignment import experiments_of
from tests.conftest import BIN, ROOT, Shop


def test_sql_and_python_agree_on_the_arm_of_every_customer(built_shop: Shop) -> None:
    def seed(name: str) -> list[dict[str, str]]:
        with (ROOT / "seeds/reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    by_id = {one.experiment_id: one for one in experiments_of(seed("ref_experiments"), seed("ref_experiment_arms"))}
    assigned = built_shop.query("select experiment_id, customer_id, arm from marts.experiment_assignments")
    assert len(assigned) > 100
    assert all(by_id[str(experiment)].arm_of(str(customer)).arm == arm for experiment, customer, arm in assigned)


def test_a_shop_without_experiments_has_an_empty_readout(built_shop: Shop) -> None:
    assert built_shop.query("select count(*) from experiment_readout", built_shop.serving) == [(0,)]


def test_simulated_events_reach_the_released_readout_and_are_labelled_all_the_way(played_shop: Shop) -> None:
    for table in ("marts.experiment_exposures", "marts.experiment_outcomes", "marts.off_policy_estimates"):
        assert played_shop.query(f"select distinct is_simulated from {table}") == [(True,)], table
    released = played_shop.query(
        "select metric, customers + control_customers, is_simulated from experiment_readout "
        "where slice_kind = 'all' order by metric",
        played_shop.serving,
    )
    (complete,) = played_shop.query("select count(*) from marts.experiment_outcomes where is_complete")[0]
    (metrics,) = played_shop.query("select count(*) from reference.ref_experiment_metrics")[0]
    assert [row[1:] for row in released] == [(complete, True)] * int(str(metrics))


def test_the_readout_is_an_independent_computation_from_the_outcomes(played_shop: Shop) -> None:
    outcomes = {
        arm: np.array([float(str(value)) for (value,) in played_shop.query(
            "select revenue_eur from marts.experiment_outcomes where is_complete and arm = "
            f"'{arm}' order by customer_id")])
        for arm in ("model", "bestsellers")
    }  # fmt: skip
    ((*found,),) = played_shop.query(
        "select effect, ci_low, ci_high, p_value from marts.experiment_readout "
        "where metric = 'revenue_per_customer' and slice_kind = 'all'"
    )
    theirs = CompareMeans(DescrStatsW(outcomes["model"]), DescrStatsW(outcomes["bestsellers"]))
    difference = outcomes["model"].mean() - outcomes["bestsellers"].mean()
    expected = [difference, *theirs.tconfint_diff(usevar="unequal"), theirs.ttest_ind(usevar="unequal")[1]]
    np.testing.assert_allclose(np.array(found, dtype=float), expected, rtol=1e-9)


def test_outcomes_count_the_events_that_were_written(played_shop: Shop) -> None:
    (counted,) = played_shop.query("""
        select sum(impressions), sum(clicks) from marts.experiment_outcomes
    """)
    (written,) = played_shop.query("""
        select
            count(case when event_type = 'impression' then 1 end),
            count(case when event_type = 'click' then 1 end)
        from core.fct_interactions
        inner join marts.experiment_outcomes using (customer_id, experiment_id)
        where occurred_at >= first_exposed_at and occurred_at < outcome_ends_at
    """)
    assert counted == written
    assert int(str(counted[0])) > 500


def test_the_command_shows_and_draws_the_readout(played_shop: Shop) -> None:
    picture = Path(played_shop.folder / "readout.svg")
    command = [str(BIN / "glowhouse"), "readout", "--picture", str(picture)]
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=played_shop.environment)
    assert "SIMULATED" in result.stdout
    assert picture.stat().st_size > 10_000


def test_a_new_shop_is_watched_and_nothing_alarms(built_shop: Shop) -> None:
    assert built_shop.query("select count(*) from monitoring_alerts", built_shop.serving) == [(0,)]
    watched = {str(metric) for (metric,) in built_shop.query("select metric from monitoring_daily", built_shop.serving)}
    assert {"catalogue_coverage", "exposure_gini", "exclusion_violations", "model_age_days"} <= watched
    # Nothing was shown yet, and there was no release to repeat.
    assert not {"click_rate", "conversion_rate", "repetition_jaccard"} & watched


def test_the_monitor_counts_the_clicks_that_were_written(played_shop: Shop) -> None:
    (counted,) = played_shop.query(
        "select sum(numerator), sum(denominator) from monitoring_daily where metric = 'click_rate'", played_shop.serving
    )
    (written,) = played_shop.query("""
        select count(distinct (session_id, product_id)) filter (event_type = 'click'),
            count(*) filter (event_type = 'impression')
        from core.fct_interactions where model_run_id is not null
    """)
    assert counted == written


def test_what_drifted_is_named_with_its_threshold(played_shop: Shop) -> None:
    alerts = played_shop.query(
        "select subject, detail, threshold, is_simulated from monitoring_alerts "
        "where metric = 'feature_drift' and severity = 'fail' and value > threshold order by subject",
        played_shop.serving,
    )
    ((detail, *facts),) = [row for subject, *row in alerts if subject == "customers.country_code"]
    assert str(detail).startswith("US: ") and facts == [0.25, True]
    ((says,),) = played_shop.query("select says from retrain_triggers where trigger_id = 'drift'", played_shop.serving)
    named = ", ".join(str(subject) for subject, *_ in alerts)
    assert says == f"features drifted beyond the failing threshold: {named}"


def test_the_release_before_is_what_lists_are_compared_with(built_shop: Shop, played_shop: Shop) -> None:
    ((released,),) = built_shop.query("select release_id from release", built_shop.serving)
    found = played_shop.query(
        "select last_release_id, customers, mean_jaccard from release_repetition where slice = 'all'",
        played_shop.serving,
    )
    ((customers, jaccard),) = played_shop.query(f"""
        with before as (select * from read_parquet('{built_shop.folder / "recommendations.parquet"}')),
        pairs as (
            select customer_id, count(*) as shared
            from before inner join marts.recommendations using (customer_id, product_id) group by customer_id
        )
        select count(distinct before.customer_id), avg(distinct_jaccard) from before
        inner join (select customer_id, shared / (20.0 - shared) as distinct_jaccard from pairs) using (customer_id)
    """)
    assert found[0][0] == released
    assert found[0][1] == customers
    assert float(str(found[0][2])) == pytest.approx(float(str(jaccard)), abs=1e-6)


def test_the_command_shows_and_draws_what_the_monitor_found(played_shop: Shop) -> None:
    picture = Path(played_shop.folder / "monitor.svg")
    command = [str(BIN / "glowhouse"), "monitor", "--picture", str(picture)]
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=played_shop.environment)
    assert "SIMULATED" in result.stdout
    assert "extract_age_days  56 > 14, since 2026-12-27" in result.stdout
    assert "fail  feature_drift: customers.country_code" in result.stdout
    assert picture.stat().st_size > 10_000
