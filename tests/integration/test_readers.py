"""BI reads the release while builds run: never an error, never a torn table."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.conftest import MODELS_ONLY, Shop, copy_of

# A process of its own, as a BI tool would be: it opens, counts, closes, until it is told to stop.
READER = """
import sys, time, pathlib, duckdb
serving, stop = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
reads = errors = 0
while not stop.exists():
    try:
        with duckdb.connect(str(serving), read_only=True) as connection:
            rows, customers = connection.execute(
                "select count(*), count(distinct customer_id) from recommendations").fetchone()
        errors += rows != customers * 10
    except Exception as error:
        print(error)
        errors += 1
    reads += 1
    time.sleep(0.02)
print(reads, errors)
"""


def test_a_reader_polls_the_release_through_several_builds_without_an_error(built_shop: Shop, tmp_path: Path) -> None:
    shop = copy_of(built_shop, tmp_path)
    stop = tmp_path / "stop"
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(shop.serving), str(stop)], stdout=subprocess.PIPE, text=True
    )
    try:
        shop.build(*MODELS_ONLY)
        # What a loop of builds does to a reader is the replacement; the last node alone does it again and again.
        for _ in range(3):
            shop.build("--select", "releases")
    finally:
        stop.touch()
        output, _ = reader.communicate(timeout=30)

    reads, errors = map(int, output.split()[-2:])
    assert errors == 0, output
    assert reads >= 200
