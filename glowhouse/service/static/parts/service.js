// Asks the service, and says in words what went wrong.

const PATIENCE_MS = 15_000;

/** What the service, or the way to it, did not do. `isPassing`: trying again may help. */
export class ServiceError extends Error {
  constructor(message, { status = 0, isPassing = false } = {}) {
    super(message);
    this.name = "ServiceError";
    this.status = status;
    this.isPassing = isPassing;
  }
}

/** The service at an address, with a customer's token or without one. */
export class Service {
  /**
   * @param {string} address where the service is; without a path.
   * @param {() => Promise<string|null>} token the token to send; asked again, with `refused`, when one is refused.
   */
  constructor(address, token = async () => null) {
    this.address = address.replace(/\/+$/, "");
    this.token = token;
  }

  get(path) {
    return this.ask("GET", path);
  }

  post(path, body, options) {
    return this.ask("POST", path, body, options);
  }

  put(path) {
    return this.ask("PUT", path);
  }

  delete(path) {
    return this.ask("DELETE", path);
  }

  /**
   * The answer to a request, as an object.
   *
   * @param {boolean} options.isLeaving the page is going away: the browser finishes the request without it.
   * @throws {ServiceError}
   */
  async ask(method, path, body, { isLeaving = false } = {}) {
    let answer = await this.#once(method, path, body, isLeaving, await this.token({ refused: false }));
    if (answer.status === 401 && !isLeaving) {
      const another = await this.token({ refused: true });
      if (another) answer = await this.#once(method, path, body, isLeaving, another);
    }
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    throw await refusal(answer);
  }

  async #once(method, path, body, isLeaving, token) {
    const headers = { Accept: "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
      return await fetch(this.address + path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        keepalive: isLeaving,
        credentials: "omit",
        signal: isLeaving ? undefined : AbortSignal.timeout(PATIENCE_MS),
      });
    } catch (error) {
      const message =
        error.name === "TimeoutError" ? "The shop took too long to answer." : "The shop cannot be reached right now.";
      throw new ServiceError(message, { isPassing: true });
    }
  }
}

async function refusal(answer) {
  const { status } = answer;
  const body = await answer.json().catch(() => null);
  if (status >= 500)
    return new ServiceError("The shop has a problem of its own right now.", { status, isPassing: true });
  if (status === 429) return new ServiceError("That was a lot at once. Wait a moment.", { status, isPassing: true });
  return new ServiceError(inWords(body) ?? "The shop did not understand that.", { status });
}

// FastAPI says what is wrong as one sentence, or as a list of problems with the fields' names.
function inWords(body) {
  const detail = body?.detail ?? body?.message;
  if (typeof detail === "string") return detail;
  if (Array.isArray(detail)) {
    return detail.map((problem) => `${problem.loc?.at(-1) ?? "That"}: ${problem.msg}`).join(". ");
  }
  return null;
}

/** A path with its parts escaped: `path`/v1/customers/${id}/why/${product}``. */
export function path(parts, ...values) {
  return parts.reduce((whole, part, at) => whole + encodeURIComponent(values[at - 1]) + part);
}
