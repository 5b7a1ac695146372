"""The report of a really built shop, in a real browser."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.test_accessibility import LOOKS, violations
from tests.conftest import ROOT, Shop, copy_of, made_once

# What a page lists of each of its tables of numbers: query, columns, and each row's values as the query gave them.
NUMBERS = """
    [...document.querySelectorAll('table[data-query]')].map(table => [
      table.dataset.query,
      [...table.querySelectorAll('tbody tr')].map(row => Object.fromEntries(
        [...row.querySelectorAll('td')].map(cell => [
          cell.dataset.column, cell.querySelector('data')?.value ?? null])))])
"""


def report(shop: Shop, target: Path) -> subprocess.CompletedProcess[str]:
    return shop.glowhouse("report", "--to", str(target))


@pytest.fixture(scope="session")
def written(built_shop: Shop, shared: Path) -> Path:
    """The report of the shop; tests only read it."""

    def write(folder: Path) -> None:
        shop = copy_of(built_shop, folder)
        result = report(shop, folder / "report.html")
        assert result.returncode == 0, result.stderr

    return made_once(shared / "report", write) / "report.html"


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def opened(browser: Browser, written: Path, complaints: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on(
        "request",
        lambda request: complaints.extend([] if request.url.startswith(("file:", "data:")) else [request.url]),
    )
    page.goto(written.as_uri())
    yield page
    context.close()


def test_nothing_is_missing_and_nothing_is_fetched(opened: Page, complaints: list[str]) -> None:
    articles = opened.locator("article").all()
    without = [
        each.get_attribute("id")
        for each in articles
        if each.locator("svg:visible, table:visible, .absent").count() == 0
    ]

    assert len(articles) == 28
    assert without == []
    assert opened.locator(".plot.wide svg").count() >= 13
    # This shop has no experiment yet and says so.
    assert "has been shown anything yet" in opened.locator("#experiment_effects .absent").inner_text()
    assert complaints == []


def test_every_number_is_the_querys(opened: Page, written: Path, built_shop: Shop) -> None:
    tables = dict(opened.evaluate(NUMBERS))
    compiled = written.parent / "target" / "compiled" / "glowhouse" / "analyses"
    assert len(tables) >= 15

    with duckdb.connect(str(built_shop.warehouse), read_only=True, config={"threads": 1}) as connection:
        for name, rows in tables.items():
            found = connection.execute((compiled / f"{name}.sql").read_text(encoding="utf-8"))
            columns = [column[0] for column in found.description]
            answers = [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
            if len(answers) == 1:
                # A single row may be shown from top to bottom.
                rows = [{column: value for row in rows for column, value in row.items()}]
            assert len(rows) == len(answers), name
            for row, answer in zip(rows, answers, strict=True):
                for column, value in row.items():
                    expected = answer[column]
                    is_number = isinstance(expected, int | float) and not isinstance(expected, bool)
                    assert (None if value is None else float(value)) == (expected if is_number else None), (
                        name,
                        column,
                    )


def test_every_query_is_named_and_shown(opened: Page) -> None:
    for article in opened.locator("article").all():
        name = article.get_attribute("id")
        assert article.get_by_text(f"Query: analyses/{name}.sql").count() == 1
        source = (ROOT / "analyses" / f"{name}.sql").read_text(encoding="utf-8")
        assert article.locator("pre").text_content() == source.strip()


@pytest.mark.parametrize(("scheme", "size"), LOOKS)
def test_it_can_be_read_by_everybody(browser: Browser, written: Path, scheme: str, size: dict[str, int]) -> None:
    context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(written.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    context.close()


def test_a_phone_gets_plots_of_its_own_with_text_large_enough(browser: Browser, written: Path) -> None:
    context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(written.as_uri())

    assert page.locator(".plot.wide:visible").count() == 0
    heights = page.evaluate(
        "[...document.querySelectorAll('.plot.narrow text')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(height for height in heights if height) > 8
    context.close()


def test_the_same_warehouse_gives_the_same_bytes(built_shop: Shop, written: Path, tmp_path: Path) -> None:
    shop = copy_of(built_shop, tmp_path / "shop")
    assert report(shop, tmp_path / "again.html").returncode == 0
    assert (tmp_path / "again.html").read_bytes() == written.read_bytes()


def test_a_busy_warehouse_is_told_and_the_last_report_stays(built_shop: Shop, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    target.write_text("the last report")
    busy = Shop(tmp_path)
    with duckdb.connect(str(busy.warehouse)):
        result = report(busy, target)

    assert result.returncode == 1
    assert re.search(r"cannot be opened; a build may be using\s+it", result.stderr)
    assert target.read_text() == "the last report"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "warehouse.duckdb"]
