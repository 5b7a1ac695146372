"""What tuning maximises, and what it must never see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from models_py.config import RunConfig
from models_py.evaluation.protocols import View
from models_py.search_space import HYBRID, SPACES, leaves, nested, space_of, value_at, without
from models_py.tables import Tables
from models_py.training import RANKER_VIEW, train
from models_py.tuning import NothingToTuneError, Objective


def only(tables: Tables, view: View) -> Tables:
    """The rows of one view."""

    def seen(table: pa.Table) -> pa.Table:
        if "split" not in table.column_names:
            return table
        return table.filter(pc.and_(pc.equal(table["protocol"], view.protocol), pc.equal(table["split"], view.split)))

    return Tables(**{field.name: seen(getattr(tables, field.name)) for field in fields(tables)})


@pytest.mark.parametrize("split", ["test", "serving"])
def test_rows_of_another_split_are_refused(lively_shop: Tables, split: str) -> None:
    with pytest.raises(ValueError, match="holds rows beside published/validation"):
        Objective(lively_shop, {})
    validation = only(lively_shop, RANKER_VIEW)
    for name in ("visible_purchases", "targets"):
        table = getattr(validation, name)
        stray = table.slice(0, 1).set_column(1, "split", pa.array([split]))
        with pytest.raises(ValueError, match=f"table '{name}' holds rows beside"):
            Objective(replace(validation, **{name: pa.concat_tables([table, stray])}), {})


def test_the_value_of_the_hybrid_is_what_training_says_of_its_blend(lively_shop: Tables) -> None:
    objective = Objective(only(lively_shop, RANKER_VIEW), {})

    assert objective.value(HYBRID, {}) == pytest.approx(
        train(lively_shop, RunConfig()).summary["validation_ndcg@10"], abs=1e-6
    )


def test_settings_matter_and_equal_settings_have_equal_values(lively_shop: Tables) -> None:
    objective = Objective(only(lively_shop, RANKER_VIEW), {})
    by_text = {"evaluation.baseline.content.text_weight": 0.95}

    assert objective.value("content", {}) != objective.value("content", by_text)
    assert objective.value("content", by_text) == objective.value("content", by_text)
    assert objective.value("content", {}) == objective.value(HYBRID.replace("hybrid", "content"), {})


@pytest.mark.parametrize("model", SPACES)
def test_every_setting_exists_and_its_default_lies_in_or_near_the_range(model: str) -> None:
    for setting in SPACES[model]:
        default = value_at(RunConfig(), setting.path)
        assert isinstance(default, int) == setting.is_whole
        assert setting.low < setting.high
        assert 0 <= default <= setting.high
        assert setting.low <= setting.rounded(setting.low) <= setting.rounded(setting.high) <= setting.high


def test_every_baseline_that_has_settings_can_be_tuned(lively_shop: Tables) -> None:
    objective = Objective(only(lively_shop, RANKER_VIEW), {})
    for model, space in SPACES.items():
        middle = {setting.path: setting.rounded((setting.low + setting.high) / 2) for setting in space}
        assert 0 <= objective.value(model, middle) <= 1


def test_part_of_a_space_can_be_searched() -> None:
    assert {setting.path for setting in space_of(HYBRID, ("bucket",))} == {
        "hybrid.bucket.purchase_strength",
        "hybrid.bucket.rating_power",
    }
    with pytest.raises(ValueError, match=r"No setting of hybrid is called magic; it has hybrid\.item_to_item\.decay"):
        space_of(HYBRID, ("magic",))
    with pytest.raises(ValueError, match="choose one of hybrid, item_knn"):
        space_of("oracle")


def test_a_tree_and_its_leaves_are_the_same() -> None:
    tree = {"hybrid": {"bucket": {"rating_power": 2}, "per_part": 50}, "recommend": {"due_products": 1}}

    assert nested(leaves(tree)) == tree
    assert without(tree, space_of(HYBRID)) == {"hybrid": {"per_part": 50}, "recommend": {"due_products": 1}}


def test_without_validation_transactions_there_is_nothing_to_tune_on(shop: Callable[..., Tables]) -> None:
    with pytest.raises(NothingToTuneError, match="nothing to tune on"):
        Objective(only(shop({"eve": ["a"]}, ["a", "b"]), RANKER_VIEW), {})
