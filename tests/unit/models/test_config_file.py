"""A configuration file says what differs from the defaults, and is refused where it makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest

from models_py.config import RunConfig, to_dict
from models_py.config_file import DEFAULT_FILE, ConfigFileError, configured, read, with_settings, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "model.yml"
    path.write_text(text)
    return path


def test_what_a_file_does_not_say_keeps_its_default(folder: Path) -> None:
    path = written(folder, "hybrid:\n  content:\n    kind_weights: {brand: 3}\n  companions_of_similar: {decay: 0.5}\n")

    config = configured(path)

    assert config.hybrid.content.kind_weights == {**RunConfig().hybrid.content.kind_weights, "brand": 3}
    assert config.hybrid.companions_of_similar.decay == 0.5
    assert config.hybrid.companions_of_similar.first == RunConfig().hybrid.companions_of_similar.first


def test_the_default_file_is_read_where_it_is_and_may_be_missing(folder: Path) -> None:
    assert configured(None) == configured("") == RunConfig()

    write({"recommend": {"due_products": 1}}, folder / DEFAULT_FILE, "Why")
    assert configured(None).recommend.due_products == 1
    with pytest.raises(ConfigFileError, match=r"There is no configuration file other\.yml"):
        configured("other.yml")


def test_what_the_caller_decides_wins(folder: Path) -> None:
    path = written(folder, "hybrid: {per_part: 50}")

    config = configured(path, hybrid={"ranker": "lambdamart"}, recommend={"count": 5})

    assert (config.hybrid.per_part, config.hybrid.ranker, config.recommend.count) == (50, "lambdamart", 5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hybird: {}", "no setting 'hybird'; there is evaluation, hybrid, recommend, rules"),
        ("hybrid: {bucket: {strength: 3}}", "no setting 'hybrid.bucket.strength'; there is purchase_strength"),
        ("hybrid: {bucket: {rating_power: high}}", "'hybrid.bucket.rating_power' must be a number, not 'high'"),
        ("hybrid: {per_part: 2.5}", "'hybrid.per_part' must be a whole number, not 2.5"),
        ("hybrid: {per_part: true}", "'hybrid.per_part' must be a whole number, not True"),
        ("hybrid: 3", "'hybrid' must be a section of settings, not 3"),
        ("hybrid: {parts: [telepathy]}", "There is no part 'telepathy'"),
        ("hybrid: {ranker: linear}", "set the dbt var 'ranker' instead"),
        ("- hybrid", "must hold settings by name, not list"),
        ("hybrid: [", "is no YAML"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_by_name(folder: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigFileError) as refused:
        configured(written(folder, text))
    assert message in str(refused.value)
    assert "model.yml" in str(refused.value)


def test_a_file_is_read_as_it_was_written_and_its_comment_is_for_people(folder: Path) -> None:
    path = folder / "config" / "model.yml"
    settings = {"hybrid": {"content": {"text_weight": 0.25, "kind_weights": {"brand": 1.5}}}}

    write(settings, path, "Found by a study\nof 3 trials")

    assert path.read_text().startswith("# Found by a study\n# of 3 trials\n")
    assert read(path) == settings
    write({}, path, "Nothing")
    assert read(path) == {}
    assert [file.name for file in path.parent.iterdir()] == ["model.yml"]


def test_the_configuration_file_of_the_repository_is_valid() -> None:
    path = Path(__file__).parents[3] / DEFAULT_FILE
    if path.is_file():
        assert to_dict(with_settings(read(path)))
