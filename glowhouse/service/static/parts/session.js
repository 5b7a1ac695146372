// Who is in front of the page, for as long as its tab is open.

import { newId } from "./events.js";

const WHO = "glowhouse.who";
const VISIT = "glowhouse.visit";

/** A place to keep things that works where the browser lends none: then it lasts as long as the page. */
export function storageOr(name) {
  try {
    const storage = window[name];
    storage.setItem("glowhouse.probe", "");
    storage.removeItem("glowhouse.probe");
    return storage;
  } catch {
    const kept = new Map();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}

/** The customer or the new customer, and the visit that events belong to. */
export class Session {
  #storage = storageOr("sessionStorage");
  #memory = storageOr("localStorage");
  #trackings = new Map();

  /** `{customer: id}`, `{profile: {…}}`, or null before anybody signed in. */
  get who() {
    return JSON.parse(this.#storage.getItem(WHO) ?? "null");
  }

  set who(who) {
    if (who) this.#storage.setItem(WHO, JSON.stringify(who));
    else this.#storage.removeItem(WHO);
    this.#storage.removeItem(VISIT);
    this.#trackings.clear();
  }

  /** The customer's id; null for somebody who is new. */
  get customer() {
    return this.who?.customer ?? null;
  }

  /** Groups the events of one visit. */
  get visit() {
    if (!this.#storage.getItem(VISIT)) this.#storage.setItem(VISIT, newId());
    return this.#storage.getItem(VISIT);
  }

  /** Remembers which recommendation showed a product last, so that what is done on its page counts for that place. */
  track(productId, tracking) {
    this.#trackings.set(productId, tracking);
  }

  /** What says in an event which product is meant: the recommendation that showed it, or its id. */
  subject(productId) {
    const tracking = this.#trackings.get(productId);
    return tracking ? { tracking } : { product_id: productId };
  }

  /** What this browser remembers of a customer and a product: stars, saved or not. */
  remembered(productId) {
    return JSON.parse(this.#memory.getItem(this.#key(productId)) ?? "{}");
  }

  /** Adds to it. */
  remember(productId, facts) {
    this.#memory.setItem(this.#key(productId), JSON.stringify({ ...this.remembered(productId), ...facts }));
  }

  #key(productId) {
    return `glowhouse.product.${this.customer ?? "new"}.${productId}`;
  }
}
