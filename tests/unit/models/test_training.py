"""Whole runs: deterministic, saved and found again, told apart by their fingerprints."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from models_py import artifacts
from models_py.arrays.parallel import THREADS_VARIABLE
from models_py.artifacts import DamagedArtifactError
from models_py.config import RunConfig, from_dict, to_dict
from models_py.fingerprint import LIBRARY, fingerprint, reachable_modules, table_digest
from models_py.model_evaluation import evaluate
from models_py.parts.names import ALL_PARTS
from models_py.ranking.hybrid import HybridConfig
from models_py.recommend import recommend
from models_py.tables import REQUIRED_COLUMNS, Tables
from models_py.training import TrainedRun, train


def changed(tables: Tables, **replaced: pa.Table) -> Tables:
    return Tables(**{**tables.__dict__, **replaced})


def shuffled(table: pa.Table, seed: int) -> pa.Table:
    return table.take(np.random.default_rng(seed).permutation(len(table)))


def model_bytes(run: TrainedRun, folder: Path) -> bytes:
    artifacts.save(run, folder)
    return (folder / artifacts.ARRAYS_FILE).read_bytes()


def test_the_order_of_rows_changes_nothing(lively_shop: Tables, trained: TrainedRun, tmp_path: Path) -> None:
    again = changed(lively_shop, **{name: shuffled(getattr(lively_shop, name), 3) for name in REQUIRED_COLUMNS})
    other = train(again, trained.config)
    assert other.run_id == trained.run_id
    assert model_bytes(other, tmp_path / "a") == model_bytes(trained, tmp_path / "b")
    assert recommend(other, again).equals(recommend(trained, lively_shop))


def test_the_number_of_threads_changes_nothing(
    lively_shop: Tables, trained: TrainedRun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(THREADS_VARIABLE, "1")
    alone = train(lively_shop, trained.config)
    on_one = (model_bytes(alone, tmp_path / "a"), recommend(alone, lively_shop), evaluate(lively_shop, alone))
    monkeypatch.setenv(THREADS_VARIABLE, "3")
    together = train(lively_shop, trained.config)
    on_three = (
        model_bytes(together, tmp_path / "b"),
        recommend(together, lively_shop),
        evaluate(lively_shop, together),
    )
    assert on_one[0] == on_three[0]
    assert on_one[1].equals(on_three[1])
    assert on_one[2].results.equals(on_three[2].results)
    assert on_one[2].users.equals(on_three[2].users)


def test_a_saved_run_recommends_the_same(lively_shop: Tables, trained: TrainedRun, tmp_path: Path) -> None:
    artifacts.save(trained, tmp_path)
    loaded = artifacts.load(tmp_path)
    assert recommend(loaded, lively_shop).equals(recommend(trained, lively_shop))
    assert loaded.config == trained.config
    assert loaded.summary == trained.summary


def test_saving_twice_gives_the_same_bytes(trained: TrainedRun, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        artifacts.save(trained, tmp_path / folder)
    for name in (artifacts.ARRAYS_FILE, artifacts.FACTS_FILE):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("name", [artifacts.ARRAYS_FILE, artifacts.FACTS_FILE])
def test_damage_is_found_wherever_it_is(name: str, trained: TrainedRun, tmp_path: Path) -> None:
    artifacts.save(trained, tmp_path)
    content = bytearray((tmp_path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DamagedArtifactError, match=name):
        artifacts.load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(DamagedArtifactError, match="is missing"):
        artifacts.load(tmp_path)


def test_the_fingerprint_knows_values_and_settings(lively_shop: Tables) -> None:
    before = fingerprint(lively_shop, RunConfig())
    assert fingerprint(lively_shop, RunConfig()) == before
    assert fingerprint(lively_shop, RunConfig(hybrid=HybridConfig(per_part=99))) != before
    fewer = changed(lively_shop, visible_purchases=lively_shop.visible_purchases.slice(1))
    assert fingerprint(fewer, RunConfig()) != before
    wider = lively_shop.targets.append_column("note", pa.nulls(len(lively_shop.targets)))
    assert fingerprint(changed(lively_shop, targets=wider), RunConfig()) == before


def test_the_fingerprint_covers_the_code_that_training_and_evaluation_reach_and_no_other(tmp_path: Path) -> None:
    library = tmp_path / "library"
    modules = {
        "__init__.py": "",
        "training.py": "import numpy\nfrom library.inner.used import something",
        "model_evaluation.py": "from library import judge",
        "judge.py": "def late():\n    import library.inner.other",
        "inner/__init__.py": "",
        "inner/used.py": "from library.inner import used",
        "inner/other.py": "",
        "inner/readout.py": "from library import training",
        "recommend.py": "from library.training import train",
    }
    for name, code in modules.items():
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).write_text(code)
    reached = {path.relative_to(library).as_posix() for path in reachable_modules(library)}
    assert set(modules) - reached == {"inner/readout.py", "recommend.py"}


def test_no_module_that_training_and_evaluation_import_escapes_the_fingerprint() -> None:
    code = "import sys, models_py.training, models_py.model_evaluation; print(*sys.modules)"
    imported = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    files = {LIBRARY.parent.joinpath(*name.split(".")) for name in imported if name.startswith("models_py.")}
    reached = {path.parent if path.name == "__init__.py" else path.with_suffix("") for path in reachable_modules()}
    assert files <= reached
    assert LIBRARY / "experiments" not in reached


def test_a_table_digest_tells_columns_and_nulls_apart() -> None:
    rows = pa.table({"a": ["x", None], "b": ["", "y"]})
    swapped = pa.table({"a": rows["b"], "b": rows["a"]})
    empty = pa.table({"a": ["x", ""], "b": ["", "y"]})
    digests = [table_digest(table, ("a", "b")) for table in (rows, swapped, empty)]
    assert len(set(digests)) == 3
    encoded = rows.set_column(0, "a", rows["a"].dictionary_encode())
    assert table_digest(encoded, ("a", "b")) == digests[0]


def test_a_configuration_survives_json() -> None:
    config = RunConfig(hybrid=HybridConfig(per_part=50))
    assert from_dict(RunConfig, json.loads(json.dumps(to_dict(config)))) == config
    with pytest.raises(ValueError, match="HybridConfig has no setting per_prat"):
        from_dict(RunConfig, {"hybrid": {"per_prat": 1}})


@pytest.mark.parametrize("part", ALL_PARTS)
def test_every_part_can_be_switched_off(lively_shop: Tables, tmp_path: Path, part: str) -> None:
    active = tuple(name for name in ALL_PARTS if name != part)
    run = train(lively_shop, RunConfig(hybrid=HybridConfig(parts=active)))
    assert set(run.hybrid.parts) == set(active)
    artifacts.save(run, tmp_path)
    recommended = recommend(artifacts.load(tmp_path), lively_shop)
    assert recommended.equals(recommend(run, lively_shop))
    assert set(recommended.group_by("customer_id").aggregate([([], "count_all")])["count_all"].to_pylist()) == {10}


def test_parts_that_do_not_exist_are_refused() -> None:
    with pytest.raises(ValueError, match="no part 'horoscope'"):
        HybridConfig(parts=("content", "horoscope"))
    with pytest.raises(ValueError, match="at least one part"):
        HybridConfig(parts=())
