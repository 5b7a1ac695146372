"""Assignment: sticky, fair, and the same in SQL and Python."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from scipy.stats import binomtest

from models_py.experiments.assignment import Arm, Experiment, draw, experiments_of, hash_fraction

ROOT = Path(__file__).resolve().parents[3]
SQL_TEST = ROOT / "tests/dbt/singular/macros/experiment_draw_equals_the_python_one.sql"
CUSTOMERS = [f"c{number}" for number in range(10_000)]


def experiment(salt: str = "salt", **shares: str) -> Experiment:
    arms = tuple(
        Arm(name, Decimal(share), is_control=index == 0, policy="model")
        for index, (name, share) in enumerate(shares.items())
    )
    return Experiment("e", salt, datetime(2026, 11, 1), datetime(2026, 12, 1), arms)


def test_sql_and_python_put_the_same_10000_customers_into_the_same_arms() -> None:
    arms = "".join(experiment(a="0.1", b="0.2", c="0.7").arm_of(customer).arm for customer in CUSTOMERS)
    assert hashlib.sha256(arms.encode()).hexdigest() in SQL_TEST.read_text(encoding="utf-8")


def test_the_draw_is_the_macros() -> None:
    assert hash_fraction("C00001", "split") == 0.07567692067633969
    assert draw("c1", "salt") == hash_fraction("salt:c1", "experiment")


def test_each_arm_gets_its_share() -> None:
    counts = Counter(experiment(a="0.1", b="0.9").arm_of(customer).arm for customer in CUSTOMERS)
    assert binomtest(counts["a"], len(CUSTOMERS), 0.1).pvalue > 0.001


def test_another_salt_shuffles_the_customers_anew() -> None:
    one, other = experiment(salt="one", a="0.5", b="0.5"), experiment(salt="other", a="0.5", b="0.5")
    agree = sum(one.arm_of(customer) == other.arm_of(customer) for customer in CUSTOMERS)
    assert binomtest(agree, len(CUSTOMERS), 0.5).pvalue > 0.001


def test_arms_do_not_depend_on_the_order_in_which_they_are_listed() -> None:
    listed = experiment(a="0.3", b="0.3", c="0.4")
    turned = Experiment("e", "salt", listed.starts_at, listed.ends_at, listed.arms[::-1])
    assert all(listed.arm_of(customer) == turned.arm_of(customer) for customer in CUSTOMERS[:500])


def test_an_experiment_runs_from_its_start_until_before_its_end() -> None:
    one = experiment(a="0.5", b="0.5")
    assert one.is_running(one.starts_at)
    assert not one.is_running(one.ends_at)


@pytest.mark.parametrize("shares", [{"a": "0.5", "b": "0.4"}, {"a": "1.5", "b": "-0.5"}])
def test_shares_that_do_not_sum_to_one_are_refused(shares: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        experiment(**shares)


def test_two_controls_are_refused() -> None:
    arm = Arm("a", Decimal("0.5"), True, "model")
    with pytest.raises(ValueError, match="control"):
        Experiment("e", "s", datetime(2026, 1, 1), datetime(2026, 2, 1), (arm, Arm("b", Decimal("0.5"), True, "model")))


def test_the_shops_own_experiments_are_read_from_its_seeds() -> None:
    def rows(seed: str) -> list[dict[str, str]]:
        with (ROOT / "seeds/reference" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    experiments = experiments_of(rows("ref_experiments"), rows("ref_experiment_arms"))
    assert [one.experiment_id for one in experiments] == [row["experiment_id"] for row in rows("ref_experiments")]
    assert all(sum(arm.share for arm in one.arms) == 1 for one in experiments)
