"""The small shop some weeks later, for the tests of everything that only time brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from glowhouse.demo.config import DemoConfig
from glowhouse.simulate import drift
from glowhouse.simulate.run import simulate

from ..conftest import WITHOUT_SEEDS, Shop, copy_of, made_once

# Layers whose data tests the shop has passed before; other events do not change what they are about.
BELOW = ("staging", "intermediate", "core", "features")
# In so small a shop, chance alone may look like the quarter more customers that come by default.
NEWCOMERS = 0.5


@pytest.fixture(scope="session")
def played_shop(built_shop: Shop, shared: Path) -> Shop:
    """The small shop eight simulated weeks later, the last four in another world; built, and its tests passed."""

    def play(folder: Path) -> None:
        shop, later = copy_of(built_shop, folder), folder / "later"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(drift, "NEWCOMERS", NEWCOMERS)
            simulate(DemoConfig(customers=150, products=120, seed=3), 8, shop.raw, shop.folder, later, drift_week=5)
        shop.raw.rename(folder / "before")
        later.rename(shop.raw)
        shop.build(*WITHOUT_SEEDS, *(f"path:dbt_project/models/{layer},resource_type:test" for layer in BELOW))

    return Shop(made_once(shared / "played_shop", play))
