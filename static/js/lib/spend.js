// Starting work that may cost money: when it is dear the studio asks back once, for the sum.

import { newKey, post } from "./api.js";
import { h } from "./dom.js";
import { money } from "./format.js";
import { _, told } from "./text.js";

const TEXT = { title: _("Confirm the price"), go: (price) => _("Start · ≈ %(price)s", { price }), stop: _("Not now") };

/** Milliseconds until a price that could not be had is asked for again. */
export const PRICE_AGAIN_MS = 5_000;

/** POST, and again with the confirmed price when the API asks for it. Gives null when the person says no. */
export async function spend(path, body = {}, key = newKey()) {
  try {
    return await post(path, body, key);
  } catch (problem) {
    if (problem.code !== "user:cost:confirm") throw problem;
    const price = problem.body.estimated_cost_usd;
    return (await agree(problem.detail, price)) ? post(path, { ...body, confirm_cost_usd: price }) : null;
  }
}

function agree(detail, price) {
  const yes = h("button", { type: "submit", value: "yes", className: "primary", textContent: TEXT.go(money(price)) });
  const no = h("button", { type: "submit", value: "no", textContent: TEXT.stop });
  const form = h("form", { method: "dialog", className: "stack" });
  form.append(h("h2", { textContent: TEXT.title }), h("p", { textContent: told(detail) }), h("p", { className: "row" }, yes, no));
  const dialog = h("dialog", { ariaLabel: TEXT.title }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
