// A button that is on or off: saved or not.

import { element } from "./dom.js";

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
