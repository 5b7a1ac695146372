// "Recommended for you": the list with its reasons, and what is left out of it.

import { element } from "../parts/dom.js";
import { leaveOutPanel } from "../parts/leave_out.js";
import { productTile } from "../parts/tile.js";
import { saveFor } from "../parts/toggle.js";
import { whyDetails } from "../parts/why.js";

const COUNT = 10;

/** @param {import("../app.js").App} app */
export async function forYou(app) {
  const [recommended, excluded, vocabulary] = await Promise.all([
    app.shop.recommendations(COUNT),
    app.shop.exclusions(),
    app.shop.vocabulary(),
  ]);
  const list = element("ol", { class: "tiles", "aria-label": "Recommended products" });
  let shown = recommended.items;
  const show = (items) => {
    list.replaceChildren(...items.map((item) => tile(app, item)));
    shown = items;
  };
  show(shown);

  // The list stays as it is until the new one is here; what has changed is said, not only shown.
  const changed = async (excludedNow, what) => {
    const before = new Set(shown.map((item) => item.product.product_id));
    const { items } = await app.shop.recommendations(COUNT);
    app.impressions.clear();
    show(items);
    const fresh = shown.filter((item) => !before.has(item.product.product_id)).length;
    const counted = fresh === 0 ? "None of your recommendations had to change." : `${replaced(fresh)} chosen anew.`;
    return { excluded: excludedNow, said: `${what} ${counted}` };
  };
  const panel = leaveOutPanel({
    excluded,
    choices: vocabulary.excludable,
    onAdd: async (term) => changed(await app.shop.exclude(term), `You will not be shown ${term} again.`),
    onRemove: async (term) => changed(await app.shop.allow(term), `${capitalised(term)} may be shown again.`),
  });
  return {
    title: "Recommended for you",
    node: element(
      "div",
      {},
      element("h1", { tabindex: "-1" }, "Recommended for you"),
      element("p", { class: "lead" }, lead(app, recommended)),
      element("div", { class: "for-you" }, panel, element("div", { class: "list" }, list)),
    ),
  };
}

function tile(app, item) {
  const { product, tracking } = item;
  const id = product.product_id;
  app.session.track(id, tracking);
  // Somebody new has no account in which anything could be saved.
  const more = app.session.customer ? [whyDetails(() => app.shop.why(id), product.title), saveFor(app, product)] : [];
  const node = productTile(product, {
    level: 2,
    href: app.productAddress(id),
    onOpen: () => app.tell("click", { tracking }),
    reason: item.reason,
    caution: item.caution,
    more,
  });
  app.impressions.watch(node, tracking);
  return node;
}

function lead(app, recommended) {
  if (!app.session.customer) return "Chosen from what you told us. Nothing of it is kept.";
  if (!recommended.is_known) return "We do not know you yet, so these are what suits most people.";
  return "Every product says why it is here. What you rate, buy or leave out changes what comes next.";
}

const replaced = (count) => (count === 1 ? "One product was" : `${count} products were`);
const capitalised = (text) => text[0].toUpperCase() + text.slice(1);
