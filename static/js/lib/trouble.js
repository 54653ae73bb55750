// What went wrong with a scene's words: why, what it cost, and the ways out.

import { inWords, waysOut } from "./failure.js";
import { showProblem } from "./dom.js";
import { money } from "./format.js";
import { _ } from "./text.js";

const TEXT = {
  failed: (number) => (what) => _("The text of scene %(number)s failed: %(what)s", { number, what }),
  review: (number) => (what) => _("The text of scene %(number)s waits for your decision: %(what)s", { number, what }),
  kept: _("The text before it is still there."),
  retry: (price) => (price !== null ? _("Retry · ≈ %(price)s", { price: money(price) }) : _("Retry")),
};

/** Say it beside the scene's words. `edit` opens them, `retry` has them written at a price. */
export function tellText(ui, scene, { edit, retry, price }) {
  const { writing: job, textStatus: state, index, description } = scene;
  const kept = state === "failed" && description ? TEXT.kept : "";
  const again = state === "failed" && { text: TEXT.retry(price), act: retry };
  show(ui, state && job, state && inWords(job, TEXT[state](index + 1), kept), { edit, again });
}

function show({ trouble, ways }, job, words, more) {
  showProblem(trouble, words || null);
  ways.hidden = !job;
  if (job) waysOut(ways, job, more);
}
