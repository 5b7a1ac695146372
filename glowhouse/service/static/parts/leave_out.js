// What a customer wants left out: the list, a way to add to it, and a way back.

import { element } from "./dom.js";
import { sentence } from "./states.js";

/**
 * A panel with the customer's exclusions.
 *
 * @param {Array<{term: string, label: string, evidence: string|null, is_declared: boolean}>} excluded what is left
 *   out now; what the customer's profile declares, such as an allergy, has no way back here.
 * @param {Array<{term: string, label: string}>} choices what is offered; anything else may be typed.
 * @param {(term: string) => Promise<{excluded: Array, said: string}>} onAdd leaves something out and says what changed.
 * @param {(term: string) => Promise<{excluded: Array, said: string}>} onRemove allows something again.
 */
export function leaveOutPanel({ excluded, choices, onAdd, onRemove }) {
  const list = element("ul", { class: "chips" });
  const count = element("span", {});
  const empty = element("p", { class: "hint" }, "Nothing is left out.");
  const said = element("p", { class: "leave-out-said", role: "status" });
  const input = element("input", {
    id: "leave-out-term",
    name: "term",
    list: "leave-out-choices",
    autocomplete: "off",
    autocapitalize: "none",
    maxlength: 80,
    required: true,
    placeholder: "fragrance, coconut …",
    "aria-describedby": "leave-out-hint",
  });
  const add = element("button", { type: "submit" }, "Leave out");

  const show = (terms) => {
    list.replaceChildren(...terms.map(chip));
    empty.hidden = terms.length > 0;
    count.textContent = terms.length ? ` (${terms.length})` : "";
  };

  // One change at a time; buttons stay focusable, because a disabled one would throw the keyboard back to the top.
  let isBusy = false;
  const change = async (action, term, after) => {
    if (isBusy) return;
    isBusy = true;
    panel.setAttribute("aria-busy", "true");
    said.classList.remove("is-error");
    said.textContent = "Choosing again …";
    try {
      const changed = await action(term);
      show(changed.excluded);
      said.textContent = changed.said;
      after();
    } catch (error) {
      said.classList.add("is-error");
      said.textContent = `${sentence(error)} Nothing was changed.`;
    } finally {
      isBusy = false;
      panel.removeAttribute("aria-busy");
    }
  };

  const chip = ({ term, label, evidence, is_declared: isDeclared }) =>
    element(
      "li",
      { class: "chip", "data-term": term },
      element("span", { class: "chip-text" }, label, evidence && element("span", { class: "chip-why" }, evidence)),
      !isDeclared &&
        element(
          "button",
          {
            type: "button",
            class: "chip-remove",
            "aria-label": `Allow ${label} again`,
            on: { click: () => change(onRemove, term, () => input.focus()) },
          },
          element("span", { "aria-hidden": "true" }, "×"),
        ),
    );

  const form = element(
    "form",
    {
      class: "leave-out-form",
      on: {
        submit: (event) => {
          event.preventDefault();
          const term = input.value.trim();
          if (term) {
            change(onAdd, term, () => {
              input.value = "";
              input.focus();
            });
          }
        },
      },
    },
    element("label", { for: "leave-out-term" }, "Leave out an ingredient"),
    element("div", { class: "field-row" }, input, add),
    element(
      "datalist",
      { id: "leave-out-choices" },
      choices.map(({ label }) => element("option", { value: label })),
    ),
    element(
      "p",
      { class: "hint", id: "leave-out-hint" },
      "A name or a family. Products whose ingredients are unknown are left out with it.",
    ),
  );
  // Folded up where it would push the recommendations off a phone's screen.
  const panel = element(
    "details",
    { class: "leave-out", open: matchMedia("(width >= 62rem)").matches },
    element("summary", {}, element("h2", {}, "Left out for you"), count),
    element("div", { class: "leave-out-inside" }, empty, list, form, said),
  );
  show(excluded);
  return panel;
}
