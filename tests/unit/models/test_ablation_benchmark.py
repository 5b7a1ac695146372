"""The ablation benchmark: what is asked of whom, and how a verdict is read off."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from benchmarks import ablation
from benchmarks.ablation_questions import World, everyday, with_newcomers
from benchmarks.ablation_report import Measured, markdown
from models_py import columns as c
from models_py.config import RunConfig
from models_py.evaluation.judging import USERS_SCHEMA
from models_py.evaluation.protocols import PUBLISHED
from models_py.ranking.hybrid import HybridConfig
from models_py.ranking.lessons import held_out_customers
from models_py.tables import Tables

CONFIG = RunConfig(hybrid=HybridConfig(ranker="linear", parts=("bucket", "content", "item_to_item", "repurchase")))


@pytest.fixture(scope="module")
def shop(lively_shop: Tables) -> World:
    return everyday(lively_shop, CONFIG)


def questions_of(answers: pa.Table) -> set[str]:
    return set(answers["protocol"].to_pylist())


def test_at_validation_nobody_is_asked_about_who_taught_the_ranker(shop: World) -> None:
    held_out = held_out_customers(shop.study.data.snapshot(PUBLISHED, c.VALIDATION), CONFIG.hybrid.lambdamart)
    answers = shop.without(None).to_pandas()
    asked = answers[(answers["split"] == c.VALIDATION) & (answers["protocol"] == "all")]["customer_id"]
    assert set(asked) <= set(shop.study.data.customers.names[held_out])
    assert len(asked) < answers[(answers["split"] == c.TEST) & (answers["protocol"] == "all")].shape[0]


def test_a_part_is_asked_what_it_can_have_something_to_say_to(shop: World) -> None:
    assert "all" in questions_of(shop.without("content"))
    assert "repeat" not in questions_of(shop.without("content"))
    assert {"all", "repeat"} <= questions_of(shop.without("repurchase"))


def test_newcomers_are_asked_about_under_their_own_names(shop_of_seed: Callable[..., Tables]) -> None:
    shares = replace(CONFIG.evaluation, cold_customer_share=0.5, cold_product_share=0.3)
    world = with_newcomers(shop_of_seed(1, customers=120), replace(CONFIG, evaluation=shares))
    assert questions_of(world.without(None)) == {"new_customer", "unknown_customer", "new_product"}
    assert questions_of(world.without("content")) == {"new_product"}


def test_what_is_known_is_not_measured_again(tmp_path: Path, shop: World) -> None:
    job = ablation.Job(None, lambda: shop, "everyday_whole.parquet")
    (measured,) = ablation.work([job], tmp_path, "made from this", "shop")

    def nobody() -> World:
        raise AssertionError("measured again")

    (known,) = ablation.work([replace(job, world=nobody)], tmp_path, "made from this", "shop")
    assert known.equals(measured)
    with pytest.raises(AssertionError, match="measured again"):
        list(ablation.work([replace(job, world=nobody)], tmp_path, "made from something else", "shop"))


def users(model: str, question: str, values: np.ndarray) -> pa.Table:
    frame = pd.DataFrame({"customer_id": [f"c{i:03d}" for i in range(len(values))], "ndcg_10": values})
    rows = pd.concat([frame.assign(split=split) for split in ("validation", "test")])
    rows = rows.assign(protocol=question, model=model, held_out=0, hit_10=0.0, reciprocal_rank=0.0)
    return pa.Table.from_pandas(rows, USERS_SCHEMA, preserve_index=False)


def test_a_part_earns_its_place_where_the_evidence_is_clearest() -> None:
    found = np.random.default_rng(5).uniform(0.2, 0.6, 300)
    tables = [
        users("hybrid", "all", found),
        users("hybrid_without_useful", "all", 0.8 * found),
        users("hybrid_without_idle", "all", found),
        users("hybrid", "repeat", found),
        users("hybrid_without_useful", "repeat", found - 0.01 * found),
    ]
    verdicts, detail = markdown([Measured("shop", "linear", pa.concat_tables(tables))]).split("**shop, linear**")
    assert "| `idle` | nowhere | | | | |" in verdicts
    added = f"{0.2 * found.mean():+.4f} ± ".replace("0.", ".")
    assert f"| `useful` | shop, linear: everybody | 300 | {added}" in verdicts
    assert "| `idle` | validation | 0 |" in detail
    assert f"| `useful` | test | **{added}" in detail
