// An impression is counted when at least half of a tile has been on the screen, once for each time it is shown.

const SEEN = 0.5;

/** Calls `seen` for each watched tile that comes into sight. */
export class Impressions {
  #seen;
  #watched = new Map();
  #observer = new IntersectionObserver((entries) => this.#look(entries), { threshold: SEEN });

  /** @param {(tracking: string) => void} seen */
  constructor(seen) {
    this.#seen = seen;
  }

  /** Watches a tile that stands for the tracked recommendation. */
  watch(tile, tracking) {
    this.#watched.set(tile, tracking);
    this.#observer.observe(tile);
  }

  /** Forgets all tiles: the list is replaced. */
  clear() {
    this.#observer.disconnect();
    this.#watched.clear();
  }

  #look(entries) {
    for (const { target, isIntersecting, intersectionRatio } of entries) {
      if (!isIntersecting || intersectionRatio < SEEN || !this.#watched.has(target)) continue;
      this.#observer.unobserve(target);
      this.#seen(this.#watched.get(target));
      this.#watched.delete(target);
    }
  }
}
