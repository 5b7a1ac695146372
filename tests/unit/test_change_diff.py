"""`make diff`: what is compared with what, and what is said where that cannot be done. The builds are stood in for."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from benchmarks import change_diff
from glowhouse.release import publish


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits, of which the second one has a lock, and a change that is not committed."""
    root = tmp_path / "project"
    root.mkdir()

    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=Ann", "-c", "user.email=ann@shop.example")
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)

    git("init", "--initial-branch", "main")
    (root / "product.txt").write_text("a")
    git("add", ".")
    git("commit", "-m", "first")
    (root / change_diff.LOCK).write_text("locked")
    git("add", ".")
    git("commit", "-m", "second")
    (root / "product.txt").write_text("b")
    monkeypatch.setattr(change_diff, "ROOT", root)
    monkeypatch.setattr(change_diff.tempfile, "tempdir", str(tmp_path))
    return root


def build(side: change_diff.Side) -> None:
    """One customer, who is recommended the product that the side's files name."""
    product = (side.source / "product.txt").read_text()
    publish(
        {
            "recommendations": pa.table({"customer_id": ["ann"], "rank": [1], "product_id": [product]}),
            "products": pa.table(
                {
                    "product_id": ["a", "b"], "product_name": ["Cream", "Balm"], "brand": ["Shop", "Shop"],
                    "price_eur": [1.0, 1.0], "is_in_stock": [True, True],
                }
            ),
        },
        side.folder,
    )  # fmt: skip


def run(monkeypatch: pytest.MonkeyPatch, base: str) -> int:
    monkeypatch.setattr(sys, "argv", ["change_diff", base])
    return change_diff.main()


def test_a_change_that_is_not_committed_is_compared_with_the_commit(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(change_diff.Side, "build", build)
    assert run(monkeypatch, "main") == 0
    said = capsys.readouterr().out
    assert "- leaves: Shop Cream" in said and "- comes: Shop Balm" in said
    assert [path.name for path in project.parent.iterdir()] == ["project"], "nothing is left behind"


def test_a_base_that_cannot_be_built_is_no_failure_of_the_change(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "main~1") == 0
    assert "main~1 (" in (said := capsys.readouterr().out) and "it has no requirements.lock" in said
    assert [path.name for path in project.parent.iterdir()] == ["project"]


def test_a_change_that_cannot_be_built_fails_and_says_why(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(side: change_diff.Side) -> None:
        if side.source == project:
            raise change_diff.FailedError("Compilation Error in recommendations")
        build(side)

    monkeypatch.setattr(change_diff.Side, "build", broken)
    assert run(monkeypatch, "main") == 1
    assert "The working tree cannot be built.\n\n```\nCompilation Error" in capsys.readouterr().out


def test_an_unknown_base_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "nowhere") == 1
    assert "nowhere is no commit" in capsys.readouterr().err
