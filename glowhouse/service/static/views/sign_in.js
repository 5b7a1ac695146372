// The door of the demo shop: be one of its customers, or somebody new.

import { element } from "../parts/dom.js";
import { sentence } from "../parts/states.js";

/** @param {import("../app.js").App} app */
export async function signIn(app) {
  const [demo, vocabulary] = await Promise.all([app.shop.demo().catch(noDemo), app.shop.vocabulary()]);
  if (!demo) return withoutDemo();
  return {
    title: "Who are you today?",
    node: element(
      "div",
      {},
      element("h1", { tabindex: "-1" }, "Who are you today?"),
      element(
        "p",
        { class: "lead" },
        "This shop is made up, and so are its customers. Be one of them, or describe yourself as somebody new.",
      ),
      element("div", { class: "doors" }, known(app, demo.customers), fresh(app, vocabulary)),
    ),
  };
}

// Only `glowhouse serve --demo` lets this page be somebody.
function noDemo(error) {
  if (error.status === 404) return null;
  throw error;
}

function withoutDemo() {
  return {
    title: "No demo here",
    node: element(
      "div",
      {},
      element("h1", { tabindex: "-1" }, "No demo here"),
      element(
        "p",
        { class: "lead" },
        "This service answers the shop's own site and app. To look around here, start it with --demo.",
      ),
    ),
  };
}

function known(app, customers) {
  return element(
    "section",
    { class: "panel door", "aria-labelledby": "known" },
    element("h2", { id: "known" }, "A customer of the shop"),
    element("p", { class: "hint" }, "Each has a history of purchases, searches and ratings."),
    element(
      "ul",
      { class: "customers" },
      customers.map((customer) =>
        element(
          "li",
          {},
          element("button", { type: "button", on: { click: () => app.signIn({ customer }) } }, customer),
        ),
      ),
    ),
  );
}

function fresh(app, vocabulary) {
  const said = element("p", { class: "leave-out-said", role: "status" });
  const form = element(
    "form",
    {
      class: "fields",
      on: {
        submit: async (event) => {
          event.preventDefault();
          const profile = described(new FormData(form));
          said.textContent = "Choosing for you …";
          try {
            // Asked once here, so that a word that nobody understands is said beside the field that it is in.
            await app.shop.recommendationsFor(profile, 1);
            app.signIn({ profile });
          } catch (error) {
            said.textContent = sentence(error);
          }
        },
      },
    },
    element(
      "div",
      { class: "pair" },
      field(
        "Age",
        element("input", { id: "age", name: "age", type: "number", min: 13, max: 110, inputmode: "numeric" }),
      ),
      field("Region", element("select", { id: "region", name: "region" }, options(vocabulary.regions))),
    ),
    choices("Skin type", "radio", "skin_type", vocabulary.skin_types),
    choices("What would you like to care for?", "checkbox", "concerns", vocabulary.concerns),
    field(
      "Leave out",
      element("input", {
        id: "leave-out",
        name: "excluded",
        autocomplete: "off",
        autocapitalize: "none",
        maxlength: 300,
        placeholder: "fragrance, coconut",
        "aria-describedby": "leave-out-how",
      }),
      element("p", { class: "hint", id: "leave-out-how" }, "Ingredients or families, separated by commas."),
    ),
    element("div", {}, element("button", { type: "submit" }, "Show my recommendations")),
    said,
  );
  return element(
    "section",
    { class: "panel door", "aria-labelledby": "fresh" },
    element("h2", { id: "fresh" }, "Somebody new"),
    element("p", { class: "hint" }, "Say as much or as little as you like. Nothing of it is kept."),
    form,
  );
}

function field(name, control, ...more) {
  return element("div", {}, element("label", { for: control.id }, name), control, more);
}

function options(words) {
  return [element("option", { value: "" }, "Rather not say"), ...words.map(({ term, label }) => option(term, label))];
}

const option = (value, label) => element("option", { value }, label);

function choices(legend, type, name, words) {
  return element(
    "fieldset",
    {},
    element("legend", {}, legend),
    element(
      "div",
      { class: "choices" },
      words.map(({ term, label }) => {
        const id = `${name}-${term}`;
        return element(
          "span",
          { class: "choice" },
          element("input", { type, name, id, value: term, class: "visually-hidden" }),
          element("label", { for: id }, label),
        );
      }),
    ),
  );
}

/** What the form says, without what was left empty. */
function described(form) {
  const profile = {
    age: form.get("age") ? Number(form.get("age")) : null,
    region: form.get("region") || null,
    skin_type: form.get("skin_type") || null,
    concerns: form.getAll("concerns"),
    excluded: form
      .get("excluded")
      .split(",")
      .map((word) => word.trim())
      .filter(Boolean),
  };
  return Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== null && value.length !== 0));
}
