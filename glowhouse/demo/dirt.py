"""The dirt of the demo shop: one small named function for each kind, with its rate, in the order of application.

A function changes the tables in place (or replaces one) and says how many rows it could have touched and how many it
did. Of E eligible rows exactly `max(1, round(rate × E))` are dirtied, drawn at random, so that tests and readers can
count on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glowhouse.demo import dirt_events, dirt_master, dirt_sales
from glowhouse.demo.config import DemoConfig
from glowhouse.demo.dirt_tools import DirtFunction, Dirtied, Tables
from glowhouse.demo.world import Stream


@dataclass(frozen=True, slots=True)
class Dirt:
    """One kind of dirt: `rate` is a share of `eligible`, the rows of `extract` that it can befall."""

    name: str
    extract: str
    rate: float
    eligible: str
    description: str
    function: DirtFunction


def _kind(function: DirtFunction, extract: str, rate: float, eligible: str) -> Dirt:
    description = " ".join((function.__doc__ or "").split("\n\n")[0].split())
    return Dirt(function.__name__, extract, rate, eligible, description, function)


PRODUCT_DIRT = (
    _kind(dirt_master.misspelt_categories, "catalog.products", 0.30, "products of categories that get misspelt"),
    _kind(dirt_master.other_path_separators, "catalog.products", 0.08, "products"),
    _kind(dirt_master.missing_categories, "catalog.products", 0.01, "products"),
    _kind(dirt_master.html_entities_in_products, "catalog.products", 0.6, "products with & or ' in a text"),
    _kind(dirt_master.missing_ingredients, "catalog.products", 0.04, "products"),
    _kind(dirt_master.ingredient_synonyms, "catalog.products", 0.25, "products with ingredients"),
    _kind(dirt_master.unknown_ingredients, "catalog.products", 0.03, "products with ingredients"),
    _kind(dirt_master.ingredients_as_text, "catalog.products", 0.25, "products with ingredients"),
    _kind(dirt_master.missing_prices, "catalog.products", 0.01, "products"),
    _kind(dirt_master.impossible_prices, "catalog.products", 0.012, "products with a price"),
    _kind(dirt_master.decimal_commas_in_prices, "catalog.products", 0.06, "products with a price"),
    _kind(dirt_master.currency_inside_price, "catalog.products", 0.04, "products with a price"),
    _kind(dirt_master.size_and_unit_in_one, "catalog.products", 0.10, "products"),
    _kind(dirt_master.resent_products, "catalog.products", 0.02, "products"),
)
CHUNK_DIRT = (
    _kind(dirt_master.second_accounts, "crm.customers", 0.015, "customers with an e-mail address"),
    _kind(dirt_master.tester_accounts, "crm.customers", 0.002, "customers"),
    _kind(dirt_master.misspelt_skin_types, "crm.customers", 0.05, "customers with a skin type"),
    _kind(dirt_master.misspelt_countries, "crm.customers", 0.03, "customers from a country that gets misspelt"),
    _kind(dirt_master.words_for_missing, "crm.customers", 0.05, "customers without a skin type"),
    _kind(dirt_master.impossible_ages, "crm.customers", 0.02, "customers with an age"),
    _kind(dirt_master.impossible_birth_dates, "crm.customers", 0.008, "customers with a birth date"),
    _kind(dirt_master.german_birth_dates, "crm.customers", 0.20, "customers with a birth date"),
    _kind(dirt_master.slashed_birth_dates, "crm.customers", 0.05, "customers with a birth date"),
    _kind(dirt_master.resent_customers, "crm.customers", 0.03, "customers"),
    _kind(dirt_sales.tester_orders, "webshop.orders", 0.004, "orders"),
    _kind(dirt_sales.orphan_order_customers, "webshop.orders", 0.003, "orders"),
    _kind(dirt_sales.orders_from_the_future, "webshop.orders", 0.0005, "orders"),
    _kind(dirt_sales.shouted_order_status, "webshop.orders", 0.02, "orders"),
    _kind(dirt_sales.unknown_order_status, "webshop.orders", 0.001, "orders"),
    _kind(dirt_sales.german_order_times, "webshop.orders", 0.06, "orders"),
    _kind(dirt_sales.resent_orders, "webshop.orders", 0.01, "orders"),
    _kind(dirt_sales.orphan_line_products, "webshop.order_lines", 0.003, "order lines"),
    _kind(dirt_sales.orphan_lines, "webshop.order_lines", 0.001, "order lines"),
    _kind(dirt_sales.missing_line_prices, "webshop.order_lines", 0.005, "order lines"),
    _kind(dirt_sales.impossible_line_prices, "webshop.order_lines", 0.002, "order lines with a price"),
    _kind(dirt_sales.impossible_discounts, "webshop.order_lines", 0.001, "order lines"),
    _kind(dirt_sales.non_positive_quantities, "webshop.order_lines", 0.002, "order lines"),
    _kind(dirt_sales.extreme_quantities, "webshop.order_lines", 0.0005, "order lines"),
    _kind(dirt_sales.decimal_commas_in_lines, "webshop.order_lines", 0.05, "order lines with a price"),
    _kind(dirt_sales.resent_lines, "webshop.order_lines", 0.002, "order lines"),
    _kind(dirt_sales.cut_lines, "webshop.order_lines", 0.0003, "order lines"),
    _kind(dirt_sales.voided_sales, "pos.sales", 0.015, "till lines"),
    _kind(dirt_sales.training_receipts, "pos.sales", 0.002, "till lines"),
    _kind(dirt_sales.unknown_cards, "pos.sales", 0.004, "till lines with a card"),
    _kind(dirt_sales.orphan_articles, "pos.sales", 0.003, "till lines"),
    _kind(dirt_sales.missing_till_times, "pos.sales", 0.01, "till lines"),
    _kind(dirt_sales.impossible_till_dates, "pos.sales", 0.001, "till lines"),
    _kind(dirt_sales.padded_article_numbers, "pos.sales", 0.06, "till lines"),
    _kind(dirt_sales.resent_sales, "pos.sales", 0.005, "till lines"),
    _kind(dirt_sales.reassigned_cards, "pos.loyalty_cards", 0.01, "loyalty cards"),
    _kind(dirt_sales.orphan_cards, "pos.loyalty_cards", 0.005, "loyalty cards"),
    _kind(dirt_events.bots, "app.events", 0.0001, "views (bot sessions for each view)"),
    _kind(dirt_events.events_from_the_future, "app.events", 0.001, "events"),
    _kind(dirt_events.orphan_event_products, "app.events", 0.003, "events about a product"),
    _kind(dirt_events.orphan_event_customers, "app.events", 0.001, "events of a known customer"),
    _kind(dirt_events.missing_event_products, "app.events", 0.001, "events about a product"),
    _kind(dirt_events.searches_without_query, "app.events", 0.005, "searches"),
    _kind(dirt_events.impossible_ratings, "app.events", 0.006, "ratings"),
    _kind(dirt_events.unknown_event_types, "app.events", 0.0005, "events"),
    _kind(dirt_events.missing_sessions, "app.events", 0.001, "events"),
    _kind(dirt_events.html_entities_in_reviews, "app.events", 0.7, "reviews with & or '"),
    _kind(dirt_events.epoch_times, "app.events", 0.05, "events"),
    _kind(dirt_events.offset_times, "app.events", 0.02, "events in ISO 8601"),
    _kind(dirt_events.resent_events, "app.events", 0.015, "events"),
    _kind(dirt_events.cut_events, "app.events", 0.0002, "events"),
)


def make_dirty(tables: Tables, kinds: tuple[Dirt, ...], config: DemoConfig, chunk: int) -> dict[str, Dirtied]:
    """Apply `kinds` in order; each has random numbers of its own, so that none changes what another one does."""
    counts: dict[str, Dirtied] = {}
    for kind in kinds:
        name_number = int.from_bytes(kind.name.encode()[:24], "big")
        seed = np.random.SeedSequence([config.seed, int(Stream.DIRT), chunk, name_number])
        counts[kind.name] = kind.function(tables, kind.rate, np.random.default_rng(seed))
    return counts
