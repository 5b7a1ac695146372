// One product: what it is, what it is for, how you like it, and what is like it.

import { productArt } from "../parts/art.js";
import { element } from "../parts/dom.js";
import { ratingForm } from "../parts/rating.js";
import { productFacts, productTile, shortName } from "../parts/tile.js";
import { saveFor } from "../parts/toggle.js";
import { whyDetails } from "../parts/why.js";

const NEIGHBOURS = 4;
const CONCERNS = 4;

/**
 * @param {import("../app.js").App} app
 * @param {string} productId
 */
export async function productPage(app, productId) {
  const [product, similar] = await Promise.all([app.shop.product(productId), app.shop.similar(productId, NEIGHBOURS)]);
  app.tell("view", app.session.subject(productId));
  return {
    title: product.title,
    node: element(
      "div",
      {},
      element("a", { class: "back", href: "#/" }, "Back to your recommendations"),
      element(
        "article",
        { class: "product" },
        productArt(product),
        element(
          "div",
          { class: "product-text" },
          product.brand && element("p", { class: "tile-brand" }, product.brand),
          element("h1", { tabindex: "-1" }, shortName(product)),
          productFacts(product),
          product.description && element("p", {}, product.description),
          app.session.customer && whyDetails(() => app.shop.why(productId), product.title),
          product.concerns?.length > 0 &&
            element("p", { class: "hint" }, `Cares for ${listed(product.concerns.slice(0, CONCERNS))}.`),
          app.session.customer && actions(app, product),
          contents(product),
          app.session.customer && rating(app, productId),
        ),
      ),
      shelf(app, "Alike", similar.alike),
      shelf(app, "Often bought together", similar.bought_together),
    ),
  };
}

function actions(app, product) {
  const id = product.product_id;
  const said = element("p", { class: "hint", role: "status" });
  // The second press buys: a made-up shop has no till.
  let isInBag = false;
  const buy = element(
    "button",
    {
      type: "button",
      on: {
        click: () => {
          app.tell(isInBag ? "purchase" : "add_to_cart", app.session.subject(id));
          said.textContent = isInBag ? "Bought, as far as a made-up shop can sell." : "It is in your bag.";
          isInBag = !isInBag;
          buy.textContent = isInBag ? "Buy what is in the bag" : "Add to bag";
        },
      },
    },
    "Add to bag",
  );
  return element("div", { class: "actions" }, product.is_in_stock !== false && buy, saveFor(app, product), said);
}

function contents(product) {
  if (!product.ingredients?.length)
    return element("p", { class: "hint" }, "Its ingredients are not known to the shop.");
  return element(
    "details",
    { class: "why" },
    element("summary", {}, `Ingredients (${product.ingredients.length})`),
    element("p", { class: "hint" }, product.ingredients.join(", ")),
  );
}

const listed = (choices) => choices.map(({ label }) => label.toLowerCase()).join(", ");

function rating(app, productId) {
  return ratingForm(app.session.remembered(productId).stars ?? null, (stars) => {
    app.session.remember(productId, { stars });
    app.tell("rating", { ...app.session.subject(productId), rating: stars });
  });
}

function shelf(app, heading, neighbours) {
  if (!neighbours.length) return null;
  const id = `shelf-${heading.toLowerCase().replaceAll(" ", "-")}`;
  return element(
    "section",
    { class: "shelf", "aria-labelledby": id },
    element("h2", { id }, heading),
    element(
      "ul",
      { class: "tiles" },
      neighbours.map(({ product }) => productTile(product, { href: app.productAddress(product.product_id) })),
    ),
  );
}
