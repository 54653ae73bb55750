// Messages that float: what was done, with a way to undo it. They stay until they are dismissed.

import { h, showProblem } from "./dom.js";
import { _ } from "./text.js";

const MOST = 3;

/** Say what was done. `undo` is called when the person wants it back; the toast goes when that is done, and says why when it fails. */
export function toast(text, { undo } = {}) {
  const place = document.getElementById("toasts");
  const close = h("button", { type: "button", className: "small plain", textContent: _("Dismiss") });
  const wrong = h("div", { className: "problem", role: "alert", hidden: true });
  const row = h("div", { className: "toast" }, h("p", { textContent: text }), wrong);
  if (undo) {
    row.dataset.undo = "";
    const back = h("button", { type: "button", className: "small", textContent: _("Undo") });
    back.addEventListener("click", async () => {
      if (back.ariaBusy) return;
      back.ariaBusy = "true";
      try {
        await undo();
        row.remove();
      } catch (problem) {
        showProblem(wrong, problem);
      }
      back.ariaBusy = null;
    });
    row.append(back);
  }
  close.addEventListener("click", () => row.remove());
  row.append(close);
  place.append(row);
  place.scrollTop = place.scrollHeight; // the newest is in sight
  const plain = [...place.querySelectorAll(":scope > :not([data-undo], :last-child)")]; // a way back is never dropped
  for (const old of plain.slice(0, Math.max(0, place.children.length - MOST))) old.remove();
}
