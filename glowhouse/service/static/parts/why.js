// "Why this?": what speaks for a product, fetched when somebody asks.

import { element } from "./dom.js";
import { failure, waiting } from "./states.js";

/**
 * @param {() => Promise<Array<[string, string]>>} ask the facts, as pairs of a name and a sentence.
 * @param {string} name the product's, for those who hear the summary without seeing the tile.
 */
export function whyDetails(ask, name) {
  const facts = element("div", { class: "why-facts" });
  const show = async () => {
    facts.replaceChildren(waiting("Looking it up"));
    try {
      const pairs = await ask();
      facts.replaceChildren(
        element("dl", {}, pairs.map(([term, sentence]) => [element("dt", {}, term), element("dd", {}, sentence)])),
      );
    } catch (error) {
      facts.replaceChildren(failure(error, show));
    }
  };
  const details = element(
    "details",
    {
      class: "why",
      on: {
        toggle: () => {
          if (details.open && !facts.hasChildNodes()) show();
        },
      },
    },
    element("summary", {}, "Why this?", element("span", { class: "visually-hidden" }, ` ${name}`)),
    facts,
  );
  return details;
}
