// What a search found.

import { element } from "../parts/dom.js";
import { productTile } from "../parts/tile.js";

const COUNT = 24;

/**
 * @param {import("../app.js").App} app
 * @param {string} words
 */
export async function searchPage(app, words) {
  const { products } = await app.shop.search(words, COUNT);
  app.tell("search", { query: words });
  return {
    title: `Search: ${words}`,
    node: element(
      "div",
      {},
      element("h1", { tabindex: "-1" }, `“${words}”`),
      element("p", { class: "lead" }, found(products.length)),
      element(
        "ul",
        { class: "tiles", "aria-label": "Products found" },
        products.map((product) => productTile(product, { level: 2, href: app.productAddress(product.product_id) })),
      ),
    ),
  };
}

function found(count) {
  if (count === 0) return "Nothing is called that. Try fewer words, or a kind of product such as “night cream”.";
  if (count === COUNT) return `The first ${COUNT} products.`;
  return count === 1 ? "One product." : `${count} products.`;
}
