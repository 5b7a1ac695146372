// <glowhouse-recommendations>: a customer's recommendations on the shop's own page.
//
//   <script type="module" src="https://recommendations.shop.example/widget.js"></script>
//   <glowhouse-recommendations customer-token="…" count="4"></glowhouse-recommendations>
//
// Attributes: customer-token (minted by the shop's back end), service (address; by default where this script came
// from), count, heading, product-address (where a tile leads, with {product_id}; without it tiles are buttons).
// Events, which bubble: glowhouse-shown ({items}), glowhouse-open ({product, rank}; preventDefault() keeps the link
// from being followed), glowhouse-failed ({message}), glowhouse-token-needed when the token has run out.

import { element } from "./parts/dom.js";
import { EventQueue, newId } from "./parts/events.js";
import { Impressions } from "./parts/impressions.js";
import { Service, path } from "./parts/service.js";
import { storageOr } from "./parts/session.js";
import { failure, sentence } from "./parts/states.js";
import { productTile } from "./parts/tile.js";

const HOME = new URL(".", import.meta.url);
const STYLES = ["theme", "tile", "widget"];
const VISIT = "glowhouse.visit";
const DEFAULT_COUNT = 4;

class GlowhouseRecommendations extends HTMLElement {
  static observedAttributes = ["customer-token", "service", "count", "heading", "product-address"];

  #queue = null;
  #queueOf = null;
  #isAsked = false;
  #showing = 0;
  #impressions = new Impressions((tracking) => this.#tell("impression", tracking));
  #leave = () => document.visibilityState === "hidden" && this.#queue?.leave();
  #content = element("div", { part: "content" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const styles = STYLES.map((name) =>
      element("link", { rel: "stylesheet", href: new URL(`styles/${name}.css`, HOME).href }),
    );
    // Nothing is shown unstyled: the content comes when its style sheets have come, or will not.
    const styled = styles.map((link) => new Promise((done) => (link.onload = link.onerror = done)));
    root.append(...styles);
    Promise.all(styled).then(() => root.append(this.#content));
  }

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#leave);
    addEventListener("pagehide", this.#leave);
    this.#refresh();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#leave);
    removeEventListener("pagehide", this.#leave);
    this.#impressions.clear();
    this.#queue?.leave();
    this.#queue?.stop();
    this.#queue = this.#queueOf = null;
  }

  attributeChangedCallback(_name, before, after) {
    if (this.isConnected && before !== after) this.#refresh();
  }

  // Several attributes that are set in one breath are one question.
  #refresh() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    queueMicrotask(() => {
      this.#isAsked = false;
      if (this.isConnected) this.#show();
    });
  }

  async #show() {
    const showing = ++this.#showing;
    const customer = customerOf(this.getAttribute("customer-token"));
    this.#openQueue(customer);
    const question = customer ? path`/v1/customers/${customer}/recommendations?count=${this.#count}` : null;
    let node;
    let outcome;
    try {
      if (!question) throw new TypeError("<glowhouse-recommendations> needs a customer-token.");
      const { items } = await this.#service.get(question);
      node = element(
        "ol",
        { class: "tiles is-row", part: "list" },
        items.map((item) => this.#tile(item)),
      );
      outcome = ["glowhouse-shown", { items }];
    } catch (error) {
      const message = sentence(error);
      node = failure({ name: "ServiceError", message }, () => this.#show());
      outcome = ["glowhouse-failed", { message }];
      if (error.status === 401) this.#emit("glowhouse-token-needed", {});
    }
    if (showing !== this.#showing) return;
    const hadFocus = this.shadowRoot.activeElement !== null;
    const heading = element("h2", { part: "heading", id: "heading", tabindex: "-1" }, this.#heading);
    this.#content.replaceChildren(element("section", { "aria-labelledby": "heading" }, heading, node));
    if (hadFocus) heading.focus();
    this.#emit(...outcome);
  }

  #tile(item) {
    const { product, tracking, rank } = item;
    const address = this.getAttribute("product-address");
    const tile = productTile(product, {
      href: address?.replaceAll("{product_id}", encodeURIComponent(product.product_id)) ?? null,
      reason: item.reason,
      caution: item.caution,
      onOpen: (event) => {
        this.#tell("click", tracking);
        if (!this.#emit("glowhouse-open", { product, rank })) event.preventDefault();
      },
    });
    this.#impressions.watch(tile, tracking);
    return tile;
  }

  #openQueue(customer) {
    const address = this.#service.address;
    const queueOf = customer && `glowhouse.events.${address}.${customer}`;
    if (queueOf === this.#queueOf) return;
    this.#queue?.stop();
    const send = (events, options) => this.#service.post("/v1/events", { events }, options);
    this.#queue = customer ? new EventQueue(send, storageOr("localStorage"), queueOf) : null;
    this.#queueOf = queueOf;
  }

  #tell(type, tracking) {
    this.#queue?.add({ event_type: type, session_id: visit(), tracking });
  }

  #emit(type, detail) {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }));
  }

  get #service() {
    return new Service(this.getAttribute("service") ?? HOME.href, async ({ refused }) =>
      refused ? null : this.getAttribute("customer-token"),
    );
  }

  get #count() {
    const count = Number.parseInt(this.getAttribute("count") ?? "", 10);
    return count > 0 ? count : DEFAULT_COUNT;
  }

  get #heading() {
    return this.getAttribute("heading") ?? "Recommended for you";
  }
}

/** Whom a token is for. It is signed, not secret: what it says is in front of its full stop. */
function customerOf(token) {
  try {
    const bytes = Uint8Array.from(atob(token.split(".")[0].replaceAll("-", "+").replaceAll("_", "/")), (character) =>
      character.codePointAt(0),
    );
    return String(JSON.parse(new TextDecoder().decode(bytes))[0]);
  } catch {
    return null;
  }
}

function visit() {
  const storage = storageOr("sessionStorage");
  if (!storage.getItem(VISIT)) storage.setItem(VISIT, newId());
  return storage.getItem(VISIT);
}

customElements.define("glowhouse-recommendations", GlowhouseRecommendations);
