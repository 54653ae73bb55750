// Every text that a scene had before: when it came, how, which takes were made from it, and the way back to it.

import { get, patch } from "../lib/api.js";
import { h, setText, showProblem } from "../lib/dom.js";
import { moment } from "../lib/moment.js";
import { _ } from "../lib/text.js";
import { toast } from "../lib/toast.js";

const SOURCE = { written: _("written"), edited: _("edited"), split: _("from a split") };
const TEXT = {
  title: (number) => _("Earlier texts of scene %(number)s", { number }),
  about: _("The text that you use becomes the newest one; the others stay here."),
  text: (number) => _("Text %(number)s", { number }),
  takes: (numbers) => _("made from it: take %(numbers)s", { numbers }),
  negative: (words) => _("Negative prompt: %(words)s", { words }),
  use: _("Use this text"),
  used: (number, text) => _("Scene %(number)s has text %(text)s again.", { number, text }),
  loading: _("Loading…"),
  none: _("It never had another text."),
  more: _("Show more"),
  close: _("Close"),
};

const wordsOf = ({ description, negative_description }) => ({ description, negative_description });
const keyOf = (text) => JSON.stringify(wordsOf(text));

/** Open the dialog for the scene that `now()` gives; `tell(scene)` hears of the scene with the text that was chosen. */
export async function earlierTexts(now, tell) {
  const scene = now();
  const list = h("ol", { className: "stack earlier-list" });
  const note = h("p", { className: "quiet", role: "status", textContent: TEXT.loading });
  const problem = h("div", { className: "problem", role: "alert", hidden: true });
  const more = h("button", { type: "button", className: "earlier-more", textContent: TEXT.more, hidden: true });
  const close = h("button", { type: "button", textContent: TEXT.close, autofocus: true });
  const head = h("h2", { id: "earlier-heading", textContent: TEXT.title(scene.index + 1) });
  const row = h("div", { className: "row earlier-head" }, head, close);
  const dialog = h("dialog", { className: "earlier" }, h("div", { className: "stack" }, row, note, problem, list, more));
  dialog.setAttribute("aria-labelledby", head.id);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();

  const address = `/api/mv/scenes/${scene.id}`;
  const use = async (text) => {
    if (list.ariaBusy === "true") return;
    list.ariaBusy = "true";
    const { index, ...before } = now(); // others may have changed it since the dialog was opened
    try {
      tell(await patch(address, wordsOf(text)));
    } finally {
      list.ariaBusy = null;
    }
    dialog.close();
    toast(TEXT.used(index + 1, text.number), { undo: async () => tell(await patch(address, wordsOf(before))) });
  };
  const seen = new Set([keyOf(scene)]); // words that came twice are shown once
  let next = `${address}/versions`;
  const fetchMore = async () => {
    const last = list.children.length;
    do {
      const { results, next: further } = await get(next);
      const others = results.filter((text) => !seen.has(keyOf(text)) && seen.add(keyOf(text)));
      list.append(...others.map((text) => item(text, scene, () => tried(problem, () => use(text)))));
      next = further && new URL(further, location.href).href.replace(location.origin, "");
    } while (next && list.children.length === last);
    more.hidden = !next;
    setText(note, list.children.length ? TEXT.about : TEXT.none);
    if (last) list.children[last]?.querySelector("button").focus();
  };
  more.addEventListener("click", () => tried(problem, fetchMore));
  await tried(problem, fetchMore);
}

async function tried(problem, act) {
  showProblem(problem, null);
  try {
    await act();
  } catch (wrong) {
    showProblem(problem, wrong);
  }
}

function item(text, { takes }, use) {
  const shot = takes.filter((take) => take.version_id === text.id).map((take) => take.number);
  const facts = [SOURCE[text.source] ?? text.source, moment(text.created_at), shot.length ? TEXT.takes(shot.join(", ")) : ""];
  const name = h("strong", { textContent: TEXT.text(text.number) });
  const which = h("span", { className: "visually-hidden", textContent: `: ${name.textContent}` });
  const button = h("button", { type: "button", className: "small" }, TEXT.use, which);
  button.addEventListener("click", use);
  const head = h("p", {}, name, " ", h("span", { className: "quiet", textContent: facts.filter(Boolean).join(" · ") }));
  const words = h("p", { className: "earlier-words", textContent: text.description });
  const more = text.negative_description ? [h("p", { className: "quiet", textContent: TEXT.negative(text.negative_description) })] : [];
  return h("li", {}, head, words, ...more, button);
}
