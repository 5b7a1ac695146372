"""The README that the generator leaves in the shop's folder: what it is, how it was made, and its dirt in numbers."""

from __future__ import annotations

from glowhouse.demo.config import DemoConfig
from glowhouse.demo.dirt import CHUNK_DIRT, PRODUCT_DIRT
from glowhouse.demo.dirt_tools import Dirtied

# The generator replaces a folder only when its README begins so.
TITLE = "# The demo shop"
_TEXT = """\
{title}

Raw extracts of a beauty shop that does not exist: customers, products, sales and app events from {start} to {end},
extracted at {extracted}. Brands, products and people are invented; the ingredients bear real INCI names.

Written by the generator in `glowhouse/demo` (see docs/demo_shop.md); do not edit by hand. To make it again:

    glowhouse demo --customers {customers} --products {products} --seed {seed} --to DIR

## Files

| extract | file | rows |
|---|---|---:|
{files}

Rows include the dirt. All customers' times are UTC; days of the tills are local.

## Dirt

The extracts are broken on purpose, in ways that real ones are. Each kind is a function of that name in
`glowhouse/demo/dirt_*.py`; it befalls a fixed share of the rows that it can befall (at least one).

| kind | extract | what | of | share | rows |
|---|---|---|---|---:|---:|
{dirt}
"""


def readme(config: DemoConfig, rows: dict[str, int], dirt: dict[str, Dirtied], files: dict[str, str]) -> str:
    """The text of README.md, in Markdown."""
    file_lines = [f"| {name} | `{path}` | {rows[name]:,} |" for name, path in files.items()]
    dirt_lines = [
        f"| {kind.name} | {kind.extract} | {kind.description} | {dirt[kind.name].eligible:,} {kind.eligible} "
        f"| {kind.rate:.3%} | {dirt[kind.name].dirty:,} |"
        for kind in (*PRODUCT_DIRT, *CHUNK_DIRT)
    ]
    return _TEXT.format(
        title=TITLE,
        start=config.starts_on,
        end=config.ends_on,
        extracted=config.extracted_at,
        customers=config.customers,
        products=config.products,
        seed=config.seed,
        files="\n".join(file_lines),
        dirt="\n".join(dirt_lines),
    )
