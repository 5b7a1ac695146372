// What stands where something is on its way, did not come, or is not there.

import { element } from "./dom.js";

/** Says that something is being fetched. */
export function waiting(what) {
  return element("p", { class: "waiting", role: "status" }, `${what} …`);
}

/** Says in words what went wrong, with a button to try again. */
export function failure(error, onRetry) {
  return element(
    "div",
    { class: "failure", role: "alert" },
    element("p", {}, sentence(error)),
    onRetry && element("button", { type: "button", on: { click: onRetry } }, "Try again"),
  );
}

/** What an error says to a customer; an error of this page itself is written to the console as well. */
export function sentence(error) {
  if (error.name === "ServiceError") return error.message;
  console.error(error);
  return "Something went wrong on this page.";
}
