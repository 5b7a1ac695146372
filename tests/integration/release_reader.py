"""BI at work beside a build: another process that reads the release again and again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A process of its own, as a BI tool would be: it opens both files, counts, closes, until it is told to stop.
READER = """
import sys, time, pathlib, duckdb, pyarrow.parquet
serving, stop = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
count = "select count(*), count(distinct customer_id), count(distinct model_run_id) from recommendations"
reads = errors = 0
while not stop.exists():
    try:
        with duckdb.connect(str(serving), read_only=True) as connection:
            found = [connection.execute(count).fetchone()]
        # Opened once: a path that is opened twice may be two releases.
        file = pyarrow.parquet.ParquetFile(serving.with_name("recommendations.parquet")).read()
        found += [(file.num_rows, len(file["customer_id"].unique()), len(file["model_run_id"].unique()))]
        errors += any(rows != customers * 10 or runs != 1 for rows, customers, runs in found)
    except Exception as error:
        print(error)
        errors += 1
    reads += 1
    time.sleep(0.05)
print(reads, errors)
"""


@contextmanager
def polled(serving: Path, at_least: int) -> Iterator[None]:
    """Polls the release through what is done inside; fails after an error, a torn table, or too few reads."""
    stop = serving.with_name("stop")
    command = [sys.executable, "-c", READER, str(serving), str(stop)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        try:
            yield
        finally:
            stop.touch()
            output, _ = reader.communicate(timeout=30)
    reads, errors = map(int, output.split()[-2:])
    print(f"the release was read {reads} times, {errors} of them not as it should be")
    assert errors == 0, output
    assert reads >= at_least
