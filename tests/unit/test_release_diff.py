"""What changes for customers between two releases."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from glowhouse.cli import app
from glowhouse.diff_markdown import as_markdown
from glowhouse.model_package import Package
from glowhouse.release import publish
from glowhouse.release_diff import Accuracy, DiffError, compare


def lists(**customers: str) -> dict[str, pa.Table]:
    """Each customer's products, a letter each, best first."""
    rows = [(customer, at, product) for customer, row in customers.items() for at, product in enumerate(row, 1)]
    names = ("customer_id", "rank", "product_id")
    products = {"product_id": list("abcdef"), "product_name": [f"Cream {letter}" for letter in "abcdef"]}
    return {
        "recommendations": pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))),
        "products": pa.table({**products, "brand": ["B"] * 6, "price_eur": [1.0] * 6, "is_in_stock": [True] * 6}),
    }


@pytest.fixture
def two_releases(package: Package, tmp_path: Path) -> Path:
    """Ann and Eve bought two products each, Dan none. Bob leaves, Fay comes."""
    publish(lists(ann="abc", dan="abc", eve="abc", bob="abc"), tmp_path, package)
    tables = {**package.tables, "version": pa.table({"number": [2]})}
    publish(lists(ann="abc", dan="bac", eve="def", fay="abc"), tmp_path, replace(package, tables=tables))
    return tmp_path


def test_lists_are_compared_by_slice(two_releases: Path) -> None:
    diff = compare(two_releases)
    found = {part.slice: part for part in diff.slices}
    assert list(found) == ["all", "history_none", "history_light"]
    assert (found["all"].customers, diff.only_before, diff.only_after) == (3, 1, 1)
    # Ann keeps her list, Dan's products change their order, Eve's change altogether.
    assert found["all"].jaccard == pytest.approx(2 / 3)
    assert (found["all"].same, found["all"].same_first) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert (found["history_none"].jaccard, found["history_none"].same) == (1, 0)
    assert 0 < found["history_none"].rank_biased_overlap < 1
    assert found["history_light"].rank_biased_overlap == pytest.approx(0.5)


def test_examples_show_those_whose_lists_changed_most(two_releases: Path) -> None:
    diff = compare(two_releases)
    assert [example.customer_id for example in diff.examples] == ["eve", "dan"]
    assert diff.examples[0].left == ("B Cream a", "B Cream b", "B Cream c")
    assert diff.examples[0].came == ("B Cream d", "B Cream e", "B Cream f")
    assert (diff.examples[1].left, diff.examples[1].came) == ((), ())
    assert [(product.before, product.after) for product in diff.exposure] == [(4, 3)] * 3


def test_nothing_changes_between_a_release_and_itself(two_releases: Path) -> None:
    diff = compare(two_releases, str(two_releases), str(two_releases))
    assert {(part.jaccard, part.rank_biased_overlap, part.same) for part in diff.slices} == {(1, 1, 1)}
    assert diff.examples == diff.exposure == ()


def test_releases_without_a_common_customer_cannot_be_compared(tmp_path: Path) -> None:
    for customer in ("ann", "bob"):
        publish(lists(**{customer: "abc"}), tmp_path)
    with pytest.raises(DiffError, match="No customer has a list in both"):
        compare(tmp_path)


def test_the_command_says_it_in_words_and_in_rows(two_releases: Path) -> None:
    warehouse = ["--warehouse", str(two_releases / "warehouse.duckdb")]
    said = CliRunner().invoke(app, ["diff", *warehouse])
    assert said.exit_code == 0, said.output
    assert "history_light" in said.output and "Customer eve (overlap 0.00)" in said.output
    assert "the same products in another order" in said.output
    rows = CliRunner().invoke(app, ["diff", "--format", "csv", *warehouse])
    assert rows.output.startswith("before,after,slice,customers,jaccard,rank_biased_overlap,same,same_first\n")
    unknown = CliRunner().invoke(app, ["diff", "rel_none", *warehouse])
    assert unknown.exit_code == 1 and "There is no release rel_none" in unknown.output


def test_markdown_shows_slices_measures_products_and_customers(two_releases: Path) -> None:
    warehouse = ["--warehouse", str(two_releases / "warehouse.duckdb")]
    said = CliRunner().invoke(app, ["diff", "--markdown", *warehouse]).output
    assert "2 of 3 customers see another list. 1 had a list and have none; 1 had none and have one." in said
    assert "| `history_light` | 2 | 0.500 | 0.500 | 50% | 50% |" in said
    assert "NDCG" not in said, "these releases were not evaluated"
    assert "| B Cream a | 4 | 3 |" in said
    assert "**eve**, overlap 0.00:\n\n- leaves: B Cream a" in said


def test_names_in_markdown_are_no_markup_and_measures_have_intervals(two_releases: Path) -> None:
    diff = compare(two_releases)
    example = replace(diff.examples[0], left=("A|B <b>*C*",), came=())
    measured = (Accuracy("published", (0.1, 0.08, 0.12), (0.2, 0.18, 0.22)),)
    said = as_markdown(replace(diff, examples=(example,), accuracy=measured))
    assert r"- leaves: A\|B &lt;b>\*C\*" in said
    assert "| `published` | 0.1000 (0.0800 to 0.1200) | 0.2000 (0.1800 to 0.2200) |" in said
    unchanged = as_markdown(compare(two_releases, str(two_releases), str(two_releases)))
    assert "every customer sees the same list as before" in unchanged
    assert "details" not in unchanged and "|" not in unchanged
