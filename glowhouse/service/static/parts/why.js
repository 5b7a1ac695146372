// "Why this?": what speaks for a product and what against it, fetched when somebody asks.

import { element } from "./dom.js";
import { failure, waiting } from "./states.js";

/**
 * @param {() => Promise<object>} ask the service's answer to "why".
 * @param {string} name the product's, for those who hear the summary without seeing the tile.
 */
export function whyDetails(ask, name) {
  const answer = element("div", { class: "why-answer" });
  const show = async () => {
    answer.replaceChildren(waiting("Looking it up"));
    try {
      answer.replaceChildren(facts(await ask()));
    } catch (error) {
      answer.replaceChildren(failure(error, show));
    }
  };
  const details = element(
    "details",
    {
      class: "why",
      on: {
        toggle: () => {
          if (details.open && !answer.hasChildNodes()) show();
        },
      },
    },
    element("summary", {}, "Why this?", element("span", { class: "visually-hidden" }, ` ${name}`)),
    answer,
  );
  return details;
}

function facts(why) {
  return element(
    "dl",
    {},
    fact("Its place", why.is_recommended ? `Number ${why.rank} of your recommendations.` : "It is not among them."),
    fact("What speaks for it", why.reason),
    fact("Where that comes from", why.evidence && `Your purchase of ${why.evidence.title}.`),
    fact("Good to know", why.caution),
    why.obstacles.map((obstacle) => fact("What speaks against it", obstacle)),
  );
}

const fact = (name, sentence) => sentence && [element("dt", {}, name), element("dd", {}, sentence)];
