"""What the release that is in place shows, for whoever is about to replace it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from glowhouse.release_files import RELEASE_TABLE, SERVING_FILE
from models_py.monitoring.repetition import LastRelease


def last_lists(folder: Path) -> LastRelease | None:
    """Read the lists of the release in `folder`; None if there is none that can be read.

    A release of an earlier version, or a damaged one, is about to be replaced: it must not stop the build that does so.
    """
    path = folder / SERVING_FILE
    if not path.is_file():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            ((release_id,),) = connection.execute(f"select release_id from {RELEASE_TABLE}").fetchall()
            ((generated_at,),) = connection.execute("select max(generated_at) from recommendations").fetchall()
            lists = connection.sql("select customer_id, rank, product_id from recommendations").to_arrow_table()
    except duckdb.Error:
        return None
    return LastRelease(str(release_id), generated_at, lists)
