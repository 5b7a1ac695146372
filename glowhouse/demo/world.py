"""The latent truth of one demo shop, and the random numbers it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from glowhouse.demo.behaviour import Scene, Visits, simulate
from glowhouse.demo.catalogue import Products, draw_products
from glowhouse.demo.config import DemoConfig
from glowhouse.demo.formulary import Formulary, load_formulary
from glowhouse.demo.identity import customer_ids, product_ids
from glowhouse.demo.people import People, Society, draw_people, draw_society
from glowhouse.demo.pools import Pools, build_pools


class Stream(IntEnum):
    """Independent streams of random numbers: more dirt must not change who buys what."""

    PRODUCTS = 0
    POOLS = 1
    SOCIETY = 2
    PEOPLE = 3
    VISITS = 4
    JOURNEYS = 5
    SYSTEMS = 6
    DIRT = 7


def random_stream(config: DemoConfig, stream: Stream, chunk: int = 0) -> np.random.Generator:
    """The generator of one stream in one chunk; equal arguments give equal numbers."""
    return np.random.default_rng(np.random.SeedSequence([config.seed, int(stream), chunk]))


@dataclass(frozen=True, slots=True)
class World:
    """Everything that all customers share."""

    config: DemoConfig
    formulary: Formulary
    products: Products
    product_ids: list[str]
    pools: Pools
    society: Society


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of the customers, with their visits. `customer_ids` are as long as `people`."""

    number: int
    people: People
    customer_ids: list[str]
    visits: Visits


def build_world(config: DemoConfig) -> World:
    """Invent the shop: products, taste clusters and the links between products."""
    formulary = load_formulary()
    products = draw_products(config, formulary, random_stream(config, Stream.PRODUCTS))
    return World(
        config=config,
        formulary=formulary,
        products=products,
        product_ids=product_ids(len(products)),
        pools=build_pools(products, random_stream(config, Stream.POOLS)),
        society=draw_society(random_stream(config, Stream.SOCIETY)),
    )


def chunks(world: World) -> Iterator[Chunk]:
    """Invent the customers and play their history, `config.chunk_size` customers at a time."""
    config = world.config
    day_of_year = config.starts_on.timetuple().tm_yday
    for number, first in enumerate(range(0, config.customers, config.chunk_size)):
        count = min(config.chunk_size, config.customers - first)
        people = draw_people(count, world.society, random_stream(config, Stream.PEOPLE, number))
        scene = Scene(people, world.products, world.pools, day_of_year)
        visits = simulate(scene, random_stream(config, Stream.VISITS, number))
        yield Chunk(number, people, customer_ids(first, people.signed_up), visits)
