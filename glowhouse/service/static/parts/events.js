// Tells the shop what happened, so that nothing is lost: events wait in the browser's storage until the service has
// written them down. Each carries an id made here, so one that is sent twice counts once.

const BATCH = 50;
const SOON_MS = 1_500;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
// Impressions are many and each says little: they are the first to go when the queue is full.
export const LONGEST_QUEUE = 500;

/** Events on their way to the service. */
export class EventQueue {
  #send;
  #storage;
  #key;
  #isSending = false;
  #pause = FIRST_PAUSE_MS;
  #timer = null;

  /**
   * @param {(events: object[], options: {isLeaving: boolean}) => Promise<void>} send throws a ServiceError.
   * @param {Storage} storage outlives the page.
   * @param {string} key one for each customer, so that nobody's events are sent as somebody else's.
   */
  constructor(send, storage, key) {
    this.#send = send;
    this.#storage = storage;
    this.#key = key;
    this.#later(0);
  }

  /** Events that are not yet written down by the service, oldest first. */
  get waiting() {
    try {
      const stored = JSON.parse(this.#storage.getItem(this.#key) ?? "[]");
      return Array.isArray(stored) ? stored : [];
    } catch {
      return [];
    }
  }

  /** Takes an event; it is sent soon. */
  add(event) {
    const waiting = [...this.waiting, { event_id: newId(), ...event }];
    while (waiting.length > LONGEST_QUEUE) {
      const impression = waiting.findIndex((queued) => queued.event_type === "impression");
      waiting.splice(Math.max(impression, 0), 1);
    }
    this.#store(waiting);
    this.#later(event.event_type === "impression" ? SOON_MS : 0);
  }

  /** The page is hidden or left: what waits is handed to the browser. It stays queued until an answer comes. */
  leave() {
    const batch = this.waiting.slice(0, BATCH);
    if (!batch.length) return;
    this.#send(batch, { isLeaving: true }).then(
      () => this.#forget(batch),
      () => {},
    );
  }

  /** Stops sending; what waits stays in the storage for the next time. */
  stop() {
    clearTimeout(this.#timer);
    this.#send = () => new Promise(() => {});
  }

  async #flush() {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let batch = this.waiting.slice(0, BATCH); batch.length; batch = this.waiting.slice(0, BATCH)) {
        await this.#deliver(batch);
        this.#pause = FIRST_PAUSE_MS;
      }
    } catch {
      this.#later(this.#pause);
      this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE_MS);
    } finally {
      this.#isSending = false;
    }
  }

  async #deliver(batch) {
    try {
      await this.#send(batch, { isLeaving: false });
    } catch (error) {
      // A token that ran out does not make the events wrong; they wait for the next one.
      if (error.isPassing || [401, 403].includes(error.status)) throw error;
      if (batch.length > 1) {
        for (const event of batch) await this.#deliver([event]);
        return;
      }
      console.warn(`The service does not take this event: ${error.message}`, batch[0]);
    }
    this.#forget(batch);
  }

  // Read again before writing: another tab of the same customer may have added events meanwhile.
  #forget(events) {
    const done = new Set(events.map((event) => event.event_id));
    this.#store(this.waiting.filter((event) => !done.has(event.event_id)));
  }

  #store(events) {
    try {
      this.#storage.setItem(this.#key, JSON.stringify(events));
    } catch {
      console.warn("The browser's storage is full or closed: events of this page may be lost.");
    }
  }

  #later(pause) {
    if (this.#timer !== null && pause > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#flush();
    }, pause);
  }
}

/** A random UUID. `crypto.randomUUID` is missing on pages that are not served securely. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
