"""The commands that ask the released model: options and help. What they do is in the modules they import."""

from __future__ import annotations

from typing import Annotated

import typer

from glowhouse.cli_failures import failures
from glowhouse.cli_options import WAREHOUSE, Form, Format, WarehouseOfRelease


def recommend(
    customer: Annotated[str | None, typer.Option(help="Id of a customer.", show_default=False)] = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="For a new customer, as described by the options.")
    ] = False,
    age: Annotated[int | None, typer.Option(min=0, help="Age in years.", show_default=False)] = None,
    region: Annotated[
        str | None, typer.Option("--region", "--country", help="Country (name or code) or region.", show_default=False)
    ] = None,
    skin_type: Annotated[str | None, typer.Option(help="Dry, oily, combination, …", show_default=False)] = None,
    concern: Annotated[
        list[str] | None, typer.Option(help="Skin concern; may be repeated.", show_default=False)
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            help="Ingredient or family never to show, as a customer says it; may be repeated.", show_default=False
        ),
    ] = None,
    bought: Annotated[
        list[str] | None,
        typer.Option(help="Product bought, by id or name, the oldest first; may be repeated.", show_default=False),
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=1, help="How many products.", show_default="as many as were released")
    ] = None,
    form: Form = Format.table,
    warehouse: WarehouseOfRelease = WAREHOUSE,
) -> None:
    """What a customer is recommended, and why: a customer of the release, or a new one as described.

    Examples: `glowhouse recommend --customer C00042 --count 3 --format json`,
    `glowhouse recommend --profile --age 31 --country France --skin-type dry --concern redness --exclude fragrance`
    """
    from glowhouse.description import Description
    from glowhouse.recommend import recommend_to_customer, recommend_to_profile

    described = Description(age, region, skin_type, concern or (), exclude or (), bought or ())
    if (customer is None) == (described.is_empty and not profile):
        raise typer.BadParameter("Give --customer ID for a known customer, or --profile for a new one; not both.")
    with failures() as console:
        if customer is not None:
            recommend_to_customer(warehouse.parent, customer, console, count=count, form=form)
        else:
            recommend_to_profile(warehouse.parent, described, console, count=count, form=form)


def similar(
    product: Annotated[str, typer.Argument(help="Id of a product, or words of its name.", show_default=False)],
    count: Annotated[int, typer.Option(min=1, help="How many products of each kind.")] = 5,
    form: Form = Format.table,
    warehouse: WarehouseOfRelease = WAREHOUSE,
) -> None:
    """Products like one product: alike in what they are, and bought together with it.

    Examples: `glowhouse similar P0042`, `glowhouse similar "dew serum" --count 10`
    """
    with failures() as console:
        from glowhouse.similar import show_similar

        show_similar(warehouse.parent, product, console, count=count, form=form)


def explain(
    customer: Annotated[str, typer.Option(help="Id of a customer.", show_default=False)],
    product: Annotated[str, typer.Option(help="Id of a product, or words of its name.", show_default=False)],
    form: Form = Format.table,
    warehouse: WarehouseOfRelease = WAREHOUSE,
) -> None:
    """Why a product is recommended to a customer, or why not: rank, score, evidence, and what keeps it away.

    Example: `glowhouse explain --customer C00042 --product "dew serum"`
    """
    with failures() as console:
        from glowhouse.explain import explain as explain_product

        explain_product(warehouse.parent, customer, product, console, form)
