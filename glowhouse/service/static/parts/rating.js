// Stars as a group of radio buttons: arrow keys move, and nothing is sent before the button is pressed.

import { element } from "./dom.js";

const MEANINGS = ["Not for me", "So so", "Good", "Very good", "I love it"];

/**
 * A form that asks for stars.
 *
 * @param {number|null} given the stars given before.
 * @param {(stars: number) => void} onRate
 */
export function ratingForm(given, onRate) {
  const said = element("p", { class: "rating-said", role: "status" }, given ? thanks(given) : "");
  const form = element(
    "form",
    {
      class: "rating",
      on: {
        submit: (event) => {
          event.preventDefault();
          const stars = Number(new FormData(form).get("stars"));
          if (!stars) {
            said.textContent = "Choose one to five stars first.";
            form.querySelector("input").focus();
            return;
          }
          said.textContent = thanks(stars);
          onRate(stars);
        },
      },
    },
    element(
      "fieldset",
      {},
      element("legend", {}, "How do you like it?"),
      element(
        "div",
        { class: "stars" },
        MEANINGS.map((meaning, at) => star(at + 1, meaning, given === at + 1)),
      ),
    ),
    element("button", { type: "submit", class: "quiet" }, "Send rating"),
    said,
  );
  return form;
}

// The label follows the input, so that style sheets can fill the stars up to the chosen one.
function star(stars, meaning, isGiven) {
  const id = `stars-${stars}`;
  return element(
    "span",
    { class: "star" },
    element("input", { type: "radio", name: "stars", id, value: stars, checked: isGiven, class: "visually-hidden" }),
    element(
      "label",
      { for: id, title: meaning },
      element("span", { "aria-hidden": "true" }, "★"),
      element("span", { class: "visually-hidden" }, `${stars} ${stars === 1 ? "star" : "stars"}: ${meaning}`),
    ),
  );
}

function thanks(stars) {
  return `You gave ${stars} of 5 stars. Thank you: your next recommendations take it into account.`;
}
