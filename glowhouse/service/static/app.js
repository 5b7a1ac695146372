// The storefront: knows who is there, shows the page that the address names, and tells the service what happens.

import { element } from "./parts/dom.js";
import { EventQueue } from "./parts/events.js";
import { Impressions } from "./parts/impressions.js";
import { Service, path } from "./parts/service.js";
import { Session, storageOr } from "./parts/session.js";
import { Shop } from "./parts/shop.js";
import { failure, waiting } from "./parts/states.js";
import { forYou } from "./views/for_you.js";
import { productPage } from "./views/product.js";
import { searchPage } from "./views/search.js";
import { signIn } from "./views/sign_in.js";

/** What pages need of each other. */
export class App {
  session = new Session();
  shop = null;
  impressions = new Impressions((tracking) => this.tell("impression", { tracking }));
  #main = document.getElementById("main");
  #account = document.getElementById("account");
  #queue = null;
  #visits = 0;

  start() {
    this.#open();
    addEventListener("hashchange", () => this.show());
    addEventListener("pagehide", () => this.#queue?.leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.#queue?.leave();
    });
    document.getElementById("search").addEventListener("submit", (event) => {
      event.preventDefault();
      const words = event.target.elements.words.value.trim();
      if (words) location.hash = path`#/search/${words}`;
    });
    this.show({ isFirst: true });
  }

  signIn(who) {
    this.#queue?.leave();
    this.#queue?.stop();
    this.session.who = who;
    this.#open();
    if (location.hash === "#/") this.show();
    else location.hash = "#/";
  }

  signOut() {
    this.signIn(null);
  }

  /** Tells the service what a customer did. Somebody new has no account for it to be written to. */
  tell(type, facts) {
    this.#queue?.add({ event_type: type, session_id: this.session.visit, ...facts });
  }

  productAddress(productId) {
    return path`#/product/${productId}`;
  }

  /** Shows the page that the address names. */
  async show({ isFirst = false } = {}) {
    const visit = ++this.#visits;
    this.impressions.clear();
    this.#main.setAttribute("aria-busy", "true");
    const isCurrent = () => visit === this.#visits;
    // A page that is there at once should not flicker.
    const patience = setTimeout(
      () => isCurrent() && this.#main.replaceChildren(waiting("One moment")),
      isFirst ? 0 : 300,
    );
    const page = await this.#page().catch((error) => ({
      title: "Something went wrong",
      node: element(
        "div",
        {},
        element("h1", { tabindex: "-1" }, "That did not work"),
        failure(error, () => this.show()),
      ),
    }));
    clearTimeout(patience);
    // Meanwhile another page may have been asked for.
    if (!isCurrent()) return;
    this.#main.removeAttribute("aria-busy");
    this.#main.replaceChildren(page.node);
    document.title = `${page.title} · Glowhouse`;
    this.#showAccount();
    if (isFirst) return;
    scrollTo(0, 0);
    // Those who hear the page learn from its heading that it is another one.
    this.#main.querySelector("h1")?.focus({ preventScroll: true });
  }

  #page() {
    if (!this.session.who) return signIn(this);
    const [, view, ...rest] = location.hash.split("/");
    const argument = decoded(rest.join("/"));
    if (view === "product") return productPage(this, argument);
    if (view === "search") return searchPage(this, argument);
    return forYou(this);
  }

  #showAccount() {
    const { who } = this.session;
    const change = element("button", { type: "button", class: "quiet", on: { click: () => this.signOut() } }, "Change");
    const name = who?.customer ? `Customer ${who.customer}` : "Somebody new";
    document.getElementById("search").hidden = !who;
    this.#account.replaceChildren(...(who ? [element("p", {}, name), change] : []));
  }

  // Everything that holds a customer's token is made anew for the next one: nothing is asked or told in another's name.
  #open() {
    const { customer } = this.session;
    const service = new Service("", customer ? tokensOf(customer) : undefined);
    const send = (events, options) => service.post("/v1/events", { events }, options);
    this.shop = new Shop(service, this.session);
    this.#queue = customer ? new EventQueue(send, storageOr("localStorage"), `glowhouse.events.${customer}`) : null;
  }
}

// The demo's service gives tokens to this page; in a shop, the shop's own back end asks for them.
function tokensOf(customer) {
  let minted = null;
  return async ({ refused }) => {
    if (refused) minted = null;
    minted ??= new Service("").post(path`/v1/customers/${customer}/token`);
    try {
      return (await minted).token;
    } catch (error) {
      minted = null;
      throw error;
    }
  };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

new App().start();
