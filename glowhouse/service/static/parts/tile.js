// A product as a tile: drawing, brand, name, price, stars; for a recommendation also the reason.

import { productArt } from "./art.js";
import { element } from "./dom.js";

const PRICE = new Intl.NumberFormat("en", { style: "currency", currency: "EUR" });

/**
 * A tile, as an item of a list.
 *
 * @param {object} product facts as the service gives them.
 * @param {number} options.level of the name as a heading.
 * @param {string|null} options.href where the name leads; without one it is a button.
 * @param {(event: Event) => void} options.onOpen called when the tile is clicked or Enter is pressed on it.
 * @param {string} options.reason a sentence for the customer.
 * @param {string} options.caution a sentence that has to stand beside it.
 * @param {Array<Node>} options.more what else the tile holds: details, buttons.
 */
export function productTile(product, { level = 3, href = null, onOpen = () => {}, reason, caution, more = [] } = {}) {
  const [control, attributes] = href === null ? ["button", { type: "button" }] : ["a", { href }];
  return element(
    "li",
    { class: "tile", "data-product": product.product_id },
    element("div", { class: "tile-art" }, productArt(product)),
    element(
      "div",
      { class: "tile-text" },
      product.brand && element("p", { class: "tile-brand" }, product.brand),
      element(
        `h${level}`,
        { class: "tile-name" },
        element(control, { class: "tile-open", ...attributes, on: { click: onOpen } }, shortName(product)),
      ),
      productFacts(product),
      reason && element("p", { class: "tile-reason" }, reason),
      caution && element("p", { class: "caution" }, element("strong", {}, "Good to know: "), caution),
      more.length > 0 && element("div", { class: "tile-more" }, more),
    ),
  );
}

/** Price, stars and kind, as far as they are known. */
export function productFacts(product) {
  return element(
    "p",
    { class: "facts" },
    product.price_eur !== null &&
      product.price_eur !== undefined &&
      element("span", { class: "price" }, PRICE.format(product.price_eur)),
    product.average_rating && averageStars(product.average_rating),
    element("span", {}, category(product)),
    product.is_in_stock === false && element("span", { class: "sold-out" }, "Sold out"),
  );
}

/** Many names begin with the brand, which stands above them already. */
export function shortName({ name, brand }) {
  const begins = brand && name.toLowerCase().startsWith(`${brand.toLowerCase()} `);
  return begins ? name.slice(brand.length + 1) : name;
}

/** The last part of the category path: "Serum". */
export function category(product) {
  return product.category_path?.split(">").at(-1).trim() ?? "";
}

function averageStars(rating) {
  const rounded = rating.toFixed(1);
  return element(
    "span",
    { class: "average" },
    element("span", { "aria-hidden": "true" }, "★ "),
    element("span", { class: "visually-hidden" }, "Rated "),
    rounded,
    element("span", { class: "visually-hidden" }, " of 5"),
  );
}
