// A button that is on or off: saved or not.

import { element } from "./dom.js";

/** The button for a product of the storefront: this browser remembers, and the service is told. */
export function saveFor(app, product) {
  const id = product.product_id;
  return saveButton(product.title, app.session.remembered(id).isSaved === true, (isSaved) => {
    app.session.remember(id, { isSaved });
    app.tell(isSaved ? "save" : "unsave", app.session.subject(id));
  });
}

/**
 * @param {string} what the product's name, for those who hear the button without seeing the tile.
 * @param {boolean} isSaved
 * @param {(isSaved: boolean) => void} onChange
 */
export function saveButton(what, isSaved, onChange) {
  const heart = element("span", { "aria-hidden": "true" });
  const word = element("span", {});
  const button = element(
    "button",
    {
      type: "button",
      class: "save",
      "aria-label": `Save ${what}`,
      on: {
        click: () => {
          show(button.getAttribute("aria-pressed") !== "true");
          onChange(button.getAttribute("aria-pressed") === "true");
        },
      },
    },
    heart,
    word,
  );
  const show = (saved) => {
    button.setAttribute("aria-pressed", String(saved));
    heart.textContent = saved ? "♥ " : "♡ ";
    word.textContent = saved ? "Saved" : "Save";
  };
  show(isSaved);
  return button;
}
