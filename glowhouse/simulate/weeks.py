"""What a shop that is extracted once a week has got by the end of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from glowhouse.simulate.records import text

#: When a row of an extract came to be. An order's lines come with it.
_CAME_AT: Final = {"app.events": "occurred_at", "webshop.orders": "ordered_at", "crm.customers": "signed_up_at"}
_ORDERS, _LINES = "webshop.orders", "webshop.order_lines"


def extracted_after(begins: datetime, week: int) -> np.datetime64:
    """When the extracts are made after so many weeks: on the next morning."""
    return np.datetime64(begins + timedelta(days=7 * week, hours=6), "s")


def after_week(frames: Mapping[str, pd.DataFrame], begins: datetime, week: int) -> dict[str, pd.DataFrame]:
    """The rows that there were when the extracts were made after a week (weeks count from 1).

    Args:
        frames: rows of all weeks, by extract.
        begins: the start of the first week.
    """
    moment = text(extracted_after(begins, week))
    kept = {
        extract: frames[extract][_as_text(frames[extract][column]) <= moment]
        for extract, column in _CAME_AT.items()
        if extract in frames
    }
    kept[_LINES] = frames[_LINES][frames[_LINES]["order_id"].isin(kept[_ORDERS]["order_id"])]
    return {extract: rows.assign(extracted_at=moment) for extract, rows in kept.items()}


def _as_text(moments: pd.Series[str]) -> pd.Series[str]:
    """Moments as `records.text` writes them, which compare as moments do; events are written as ISO 8601 has it."""
    return moments.str.replace("T", " ").str.rstrip("Z")
