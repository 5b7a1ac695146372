"""The benchmarks run on what they say they run on, and race the library as it is."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import beauty_picture, beauty_report, histories
from benchmarks.beauty_report import METRICS, Figures
from benchmarks.contenders import CONTENDERS, measure
from benchmarks.histories import Histories
from benchmarks.neighbours import overlap


def test_generated_histories_have_the_asked_size_and_heavy_tails() -> None:
    drawn = histories.generate(customers=2000, items=500, purchases=20_000, seed=7)
    assert len(drawn.items) == pytest.approx(20_000, rel=0.01)
    assert np.diff(drawn.ptr).min() >= 1
    sold = np.sort(np.bincount(drawn.items, minlength=500))[::-1]
    assert sold[:50].sum() > 0.25 * sold.sum()  # a tenth of the products makes a quarter of the purchases
    pairs = drawn.customers() * 500 + drawn.items
    assert len(np.unique(pairs)) == len(pairs)  # nobody buys a product twice


def test_the_same_seed_generates_the_same_histories() -> None:
    one, two, other = (histories.generate(1000, 200, 5000, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.items, two.items)
    assert not np.array_equal(one.items, other.items)


def test_a_text_file_is_read_oldest_first_and_each_product_once(tmp_path: Path) -> None:
    (tmp_path / "shop.txt").write_text("ann serum cream serum\nbob cream\n")
    read = histories.read(tmp_path / "shop.txt")
    assert read.ptr.tolist() == [0, 2, 3]
    assert read.items.tolist() == [1, 0, 0]  # products by name: cream, serum
    read.save(tmp_path / "shop.npz")
    assert Histories.load(tmp_path / "shop.npz").items.tolist() == read.items.tolist()


def test_a_customer_without_products_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop.txt").write_text("ann serum\nbob\n")
    with pytest.raises(ValueError, match=r"shop\.txt, line 2"):
        histories.read(tmp_path / "shop.txt")


@pytest.mark.parametrize("name", ["glowhouse_cosine", "glowhouse_item_to_item", "implicit_cosine"])
def test_a_contender_recommends_to_everybody_what_they_do_not_have(name: str) -> None:
    drawn = histories.generate(customers=500, items=100, purchases=4000, seed=3)
    figures = measure(CONTENDERS[name], drawn, neighbours=20, top=5, patience=60)
    assert figures["served"] == 500
    for customer, recommended in enumerate(figures["sample"]):
        had = drawn.items[drawn.ptr[customer] : drawn.ptr[customer + 1]]
        assert not set(recommended) & set(had.tolist())


def test_ours_recommends_what_implicit_recommends() -> None:
    drawn = histories.generate(customers=500, items=60, purchases=2900, seed=4)
    ours, theirs = (
        measure(CONTENDERS[name], drawn, neighbours=60, top=10, patience=60)["sample"]
        for name in ("glowhouse_cosine", "implicit_cosine")
    )
    assert overlap(ours, theirs) > 0.99  # the rest are ties


def test_the_table_shows_mean_and_spread_beside_what_was_published(tmp_path: Path) -> None:
    runs = [
        Figures("published", seed, "", {"hybrid": dict.fromkeys(METRICS, value)}, {"ease": (0.03, 0.02, 0.04)})
        for seed, value in ((1, 0.08), (2, 0.09))
    ]
    runs[0].values["ease"] = dict.fromkeys(METRICS, 0.05)  # draws no random numbers: evaluated once
    table = beauty_report.markdown(runs, ["hybrid", "ease"])
    assert "| WEARec | .0738 | .0516 |" in table
    assert "| Glowhouse hybrid | .0850 ± .0071 |" in table
    assert "| EASE | .0500 | .0500 |" in table
    assert "| +0.0300 (+0.0200 to +0.0400) |" in table


def test_figures_survive_a_file(tmp_path: Path) -> None:
    figures = Figures("refit", 3, "abc", {"hybrid": {"hr@5": 0.1}}, {})
    assert Figures.read(tmp_path / "refit_3.json") is None
    figures.write(tmp_path / "refit_3.json")
    assert Figures.read(tmp_path / "refit_3.json") == figures


def test_the_picture_is_drawn_for_light_and_dark_pages_with_the_same_bytes_each_time(tmp_path: Path) -> None:
    runs = [
        Figures("published", seed, "", {"hybrid": dict.fromkeys(METRICS, 0.08 + seed / 1e3)}, {}) for seed in (1, 2)
    ]
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        beauty_picture.draw(runs, ["hybrid"], tmp_path / folder / "table.svg")
    for name in ("table.svg", "table_dark.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
