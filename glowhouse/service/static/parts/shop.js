// The shop's questions to the service, by name: for one customer, or for somebody new.

import { path } from "./service.js";

/** What the pages ask. Answers are described by the service's OpenAPI. */
export class Shop {
  #service;
  #session;

  /**
   * @param {import("./service.js").Service} service
   * @param {import("./session.js").Session} session whom everything is asked for.
   */
  constructor(service, session) {
    this.#service = service;
    this.#session = session;
  }

  demo() {
    return this.#service.get("/v1/demo");
  }

  vocabulary() {
    return this.#service.get("/v1/vocabulary");
  }

  recommendations(count) {
    const { customer, profile } = this.#session.who;
    if (profile) return this.recommendationsFor(profile, count);
    return this.#service.get(path`/v1/customers/${customer}/recommendations?count=${count}`);
  }

  recommendationsFor(profile, count) {
    return this.#service.post("/v1/recommendations", { ...profile, count });
  }

  search(words, count) {
    return this.#service.get(path`/v1/products?search=${words}&count=${count}`);
  }

  product(productId) {
    return this.#service.get(path`/v1/products/${productId}`);
  }

  similar(productId, count) {
    return this.#service.get(path`/v1/products/${productId}/similar?count=${count}`);
  }

  why(productId) {
    return this.#service.get(path`/v1/customers/${this.#session.customer}/why/${productId}`);
  }

  /** What is left out now. */
  async exclusions() {
    const { customer, profile } = this.#session.who;
    if (profile) return asSaid(profile);
    return (await this.#service.get(path`/v1/customers/${customer}/exclusions`)).exclusions;
  }

  /** Leaves a term out from now on; answers what is left out then. */
  exclude(term) {
    return this.#change("PUT", term, (excluded) => [...new Set([...excluded, term])]);
  }

  /** Allows it again. */
  allow(term) {
    return this.#change("DELETE", term, (excluded) => excluded.filter((other) => other !== term));
  }

  async #change(method, term, inProfile) {
    const { customer, profile } = this.#session.who;
    if (!profile)
      return (await this.#service.ask(method, path`/v1/customers/${customer}/exclusions/${term}`)).exclusions;
    const changed = { ...profile, excluded: inProfile(profile.excluded ?? []) };
    // Asked first: a word that nobody understands must not stay in the profile.
    await this.recommendationsFor(changed, 1);
    this.#session.who = { profile: changed };
    return asSaid(changed);
  }
}

// Somebody new is left out what they said, in their own words.
function asSaid(profile) {
  return (profile.excluded ?? []).map((term) => ({ term, label: term, evidence: null }));
}
