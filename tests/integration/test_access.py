"""Who may read what: the release names no customer, and what does is declared and kept apart. See docs/access.md."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import Shop
from tests.integration.identifiers import found_in, known_identifiers, values_of

RELEASED = ("serving.duckdb", "recommendations.parquet")
# Where rows of a person stand as their system sent them, and what connects the systems.
APART = {"raw", "staging", "pii"}
# The name of a person or a way to reach them; ids of their records tell nothing without the system that holds them.
DIRECT = {"email", "email_hash", "name", "md5", "sha1", "sha256", "loyalty_card", "device"}


@pytest.fixture(scope="module")
def identifiers(built_shop: Shop) -> dict[str, str]:
    found = known_identifiers(built_shop.warehouse)
    kinds = {"account", "email", "email_hash", "loyalty_card", "device", "session", "event", "order", "receipt"}
    assert kinds <= set(found.values()), "the shop has identifiers of each kind, or finding none would say nothing"
    return found


def manifest_of(shop: Shop) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((shop.folder / "target" / "manifest.json").read_text())
    return manifest


def released_files(folder: Path) -> list[Path]:
    packages = [file for name in ("serving_model", "releases") for file in (folder / name).rglob("*") if file.is_file()]
    return [*(folder / name for name in RELEASED), *packages]


def test_no_released_column_holds_an_identifier_of_a_customer(built_shop: Shop, identifiers: dict[str, str]) -> None:
    files = released_files(built_shop.folder)
    assert len(files) >= 9
    found = {file.name: found_in(values_of(file), identifiers) for file in files}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize("said", ["{}", "Made for {}.", "urn:customer:{}/list"])
def test_the_search_finds_an_identifier_of_any_kind_in_any_file(
    said: str, tmp_path: Path, identifiers: dict[str, str]
) -> None:
    one_of_each = {kind: identifier for identifier, kind in identifiers.items()}
    rows = pa.table({kind: [said.format(identifier)] for kind, identifier in one_of_each.items()})
    pq.write_table(rows, tmp_path / "rows.parquet")
    with duckdb.connect(str(tmp_path / "rows.duckdb")) as connection:
        connection.register("incoming", rows)
        connection.execute("create table published as from incoming")
    (tmp_path / "rows.json").write_text(json.dumps(rows.to_pylist()))
    for file in tmp_path.iterdir():
        assert {kind for _, kind in found_in(values_of(file), identifiers)} == set(one_of_each), file.name


def test_others_may_read_the_release_and_no_other_data(built_shop: Shop) -> None:
    written = {path.name: stat.S_IMODE(path.stat().st_mode) for path in built_shop.folder.iterdir()}
    assert {written[name] for name in RELEASED} == {0o644}
    for name in ("warehouse.duckdb", "artifacts", "serving_model", "releases"):
        assert not written[name] & stat.S_IRWXO, name


def test_the_same_search_in_the_build_comes_before_the_release(built_shop: Shop) -> None:
    """dbt lets a test stop what comes after all models that the test reads, and nothing else."""
    parents = manifest_of(built_shop)["parent_map"]
    before, last = set(), ["model.glowhouse.releases"]
    while last:
        last = [parent for node in last for parent in parents[node] if parent not in before]
        before |= set(last)
    (search,) = (node for node in parents if ".assert_release_holds_no_identifiers" in node)
    assert set(parents[search]) <= before


def test_every_column_that_holds_an_identifier_is_declared_and_who_somebody_is_stays_apart(
    built_shop: Shop, identifiers: dict[str, str]
) -> None:
    manifest, declared = manifest_of(built_shop), {}
    for node in (manifest["nodes"] | manifest["sources"]).values():
        table = f"{node['schema']}.{node.get('identifier') or node.get('alias')}"
        for name, column in node["columns"].items():
            declared[f"{table}.{name}"] = column["config"]["meta"].get("pii")

    found = found_in(values_of(built_shop.warehouse), identifiers, inside_words=False)
    assert {(place, kind) for place, kind in found if kind != "account" and declared[place] is None} == set()
    who = {place for place, kind in found if kind in DIRECT}
    assert {place for place in who if declared[place] != "direct"} == set()
    assert {place for place in who if place.split(".")[0] not in APART} == set()
    assert {place for place, pii in declared.items() if pii == "direct" and place.split(".")[0] not in APART} == set()
