"""The hybrid with a part switched off."""

from dataclasses import replace
from pathlib import Path

import pytest

from models_py.config import RunConfig
from models_py.data.assemble import assemble
from models_py.evaluation.ablation import ablate, has_ablation, without
from models_py.evaluation.study import Study
from models_py.model_evaluation import evaluate
from models_py.ranking.hybrid import HybridConfig
from models_py.ranking.linear_ranker import LinearRanker
from models_py.registry import EVALUATION_SCHEMA, evaluated, register
from models_py.tables import Tables
from models_py.training import RANKER_VIEW, TrainedRun

# Fewer parts, fewer trainings.
CONFIG = RunConfig(hybrid=HybridConfig(parts=("bucket", "content", "item_to_item")))


@pytest.fixture(scope="module")
def study(lively_shop: Tables) -> Study:
    return Study(assemble(lively_shop), CONFIG, lambda _: None)


def test_every_part_is_switched_off_once(study: Study) -> None:
    assert [ablated.model for ablated in ablate(study, RANKER_VIEW)] == [
        "hybrid_without_bucket",
        "hybrid_without_content",
        "hybrid_without_item_to_item",
    ]


def test_the_ranker_is_trained_on_what_is_left(study: Study) -> None:
    for ablated in ablate(study, RANKER_VIEW):
        assert isinstance(ablated.ranker, LinearRanker)
        assert ablated.part not in ablated.ranker.scales
        hybrid = ablated.hybrid(study.fit(RANKER_VIEW).source, 100)
        assert set(hybrid.parts) == set(CONFIG.hybrid.parts) - {ablated.part}


def test_a_hybrid_of_one_part_has_nothing_to_switch_off(lively_shop: Tables) -> None:
    alone = replace(CONFIG, hybrid=replace(CONFIG.hybrid, parts=("content",)))
    assert list(ablate(Study(assemble(lively_shop), alone, lambda _: None), RANKER_VIEW)) == []


def test_the_source_itself_stays_whole(study: Study) -> None:
    source = study.fit(RANKER_VIEW).source
    assert "content" not in without(source, "content").parts
    assert "content" in source.parts


def test_an_evaluation_without_an_ablation_is_made_again_when_one_is_wanted(
    lively_shop: Tables, tmp_path: Path
) -> None:
    runs = register(lively_shop, CONFIG, tmp_path)
    plain = evaluated(lively_shop, runs, EVALUATION_SCHEMA.empty_table(), tmp_path)
    assert not has_ablation(plain)
    full = evaluated(lively_shop, runs, plain, tmp_path, with_ablation=True)
    assert has_ablation(full)
    said: list[str] = []
    assert evaluated(lively_shop, runs, full, tmp_path, said.append, with_ablation=True).equals(full)
    assert said == []


def test_an_ablation_changes_no_other_result(lively_shop: Tables, trained: TrainedRun) -> None:
    run = replace(trained, config=replace(trained.config, evaluation=replace(trained.config.evaluation, baselines=())))
    plain, full = (evaluate(lively_shop, run, with_ablation=flag).results.to_pandas() for flag in (False, True))
    kept = full[~full["model"].str.startswith("hybrid_without_")].reset_index(drop=True)
    assert kept.equals(plain)
