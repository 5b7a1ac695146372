"""A customer as the model is to see them now: what the release knows, brought up to date by what was said since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from glowhouse.service.exclusions import Exclusions
from glowhouse.service.open_release import OpenRelease
from glowhouse.service.overlay import Said
from glowhouse.serving import Item, ServingError
from glowhouse.serving_model import CONFLICTS
from models_py import columns as c
from models_py.profile import Exclusion, Profile, rules_of, with_customer
from models_py.rules.tables import RuleTables
from models_py.serving import Serving
from models_py.tables import Tables

# A product that one customer does not want to see again is an exclusion that forbids itself alone.
_DISLIKED = "disliked product"


@dataclass(frozen=True)
class LiveCustomer:
    """One customer's rows of the library's input, and the rules that go with them."""

    tables: Tables
    rules: RuleTables

    @classmethod
    def known(cls, release: OpenRelease, customer_id: str, exclusions: Exclusions, said: Said) -> LiveCustomer:
        """A customer of the release.

        Raises:
            ServingError: the release recommends to a customer whom its model does not know.
        """
        tables = release.model.customer(customer_id)
        if tables is None:
            raise ServingError("The release recommends to a customer whom its model does not know.")
        shown = {c.PROTOCOL: c.SERVING, c.SPLIT: c.SERVING, c.CUSTOMER: customer_id}
        last = pc.max(tables.visible_purchases[c.TRANSACTION_SEQUENCE]).as_py() or 0
        bought = [
            {**shown, c.PRODUCT: product, c.TRANSACTION_SEQUENCE: place, c.LINE_SEQUENCE: 1}
            for place, product in enumerate(said.bought, last + 1)
        ]
        rules = release.model.rules_of(customer_id)
        in_use = rules_of(Profile(bought=said.bought, customer_id=customer_id), rules, release.model.table(CONFLICTS))
        return cls(
            _forbidding(
                replace(
                    tables,
                    visible_purchases=_with(tables.visible_purchases, bought),
                    user_products=_not_due(tables.user_products, said.bought),
                ),
                customer_id,
                exclusions.all,
                said.disliked,
                release,
            ),
            replace(rules, user_conflicts=pa.concat_tables([rules.user_conflicts, in_use.user_conflicts])),
        )

    @classmethod
    def described(cls, release: OpenRelease, profile: Profile, disliked: Iterable[str] = ()) -> LiveCustomer:
        """Somebody of whom there is nothing but a description."""
        model = release.model
        tables = with_customer(model.shop, profile, model.contents, model.as_of)
        return cls(
            _forbidding(tables, profile.customer_id, profile.exclusions, disliked, release),
            rules_of(profile, model.rules, model.table(CONFLICTS)),
        )

    def opened(self, release: OpenRelease) -> Serving:
        """The model, ready to be asked about this customer."""
        return release.opened_shop.for_customers(self.tables, self.rules)

    def recommended(self, release: OpenRelease, count: int) -> list[Item]:
        """What the model recommends now, best first; fewer than asked for only where no more products may be shown."""
        return release.recommended(self.opened(release), count)


def _forbidding(
    tables: Tables, customer_id: str, exclusions: Iterable[Exclusion], disliked: Iterable[str], release: OpenRelease
) -> Tables:
    """The tables with these exclusions and dislikes in place of those that the release knows."""
    shown = {c.PROTOCOL: c.SERVING, c.SPLIT: c.SERVING, c.CUSTOMER: customer_id}
    named = sorted(exclusions, key=lambda one: (one.kind, one.id))
    unwanted = sorted(disliked)
    wished = [{**shown, c.EXCLUSION_KIND: one.kind, c.EXCLUSION: one.id} for one in named]
    wished += [{**shown, c.EXCLUSION_KIND: _DISLIKED, c.EXCLUSION: product} for product in unwanted]
    contained = [
        {c.EXCLUSION_KIND: one.kind, c.EXCLUSION: one.id, c.PRODUCT: product}
        for one in named
        for product in sorted(release.forbidden([one]))
    ]
    themselves = [{c.EXCLUSION_KIND: _DISLIKED, c.EXCLUSION: product, c.PRODUCT: product} for product in unwanted]
    return replace(
        tables,
        user_exclusions=pa.Table.from_pylist(wished, schema=tables.user_exclusions.schema),
        exclusion_products=pa.Table.from_pylist(
            contained + themselves, schema=release.model.shop.exclusion_products.schema
        ),
    )


def _with(table: pa.Table, rows: list[dict[str, Any]]) -> pa.Table:
    """The table and some rows more; what they do not name is null."""
    return pa.concat_tables([table, pa.Table.from_pylist(rows, schema=table.schema)])


def _not_due(user_products: pa.Table, bought: tuple[str, ...]) -> pa.Table:
    """What was bought just now is not due, whatever was the case before."""
    is_just_bought = pc.is_in(
        user_products[c.PRODUCT], value_set=pa.array(bought, user_products.schema.field(c.PRODUCT).type)
    )
    is_due = pc.and_(pc.fill_null(user_products[c.IS_DUE], False), pc.invert(is_just_bought))
    return user_products.set_column(user_products.schema.get_field_index(c.IS_DUE), c.IS_DUE, is_due)
