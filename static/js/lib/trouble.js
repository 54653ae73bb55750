// What went wrong with a scene's words, or with the work on a whole project: why, what it cost, and the ways out.

import { inWords, waysOut } from "./failure.js";
import { showProblem } from "./dom.js";
import { money } from "./format.js";
import { _ } from "./text.js";

const TEXT = {
  failed: (number) => (what) => _("The text of scene %(number)s failed: %(what)s", { number, what }),
  review: (number) => (what) => _("The text of scene %(number)s waits for your decision: %(what)s", { number, what }),
  kept: _("The text before it is still there."),
  retry: (price) => (price !== null ? _("Retry · ≈ %(price)s", { price: money(price) }) : _("Retry")),
  scenes: {
    failed: (what) => _("The scenes could not be written: %(what)s", { what }),
    review: (what) => _("The scenes wait for your decision: %(what)s", { what }),
  },
  run: (what) => _("Not everything could be made: %(what)s", { what }),
};

/** Say it beside the scene's words. `edit` opens them, `retry` has them written at a price. */
export function tellText(ui, scene, { edit, retry, price }) {
  const { writing: job, textStatus: state, index, description } = scene;
  const kept = state === "failed" && description ? TEXT.kept : "";
  const again = state === "failed" && { text: TEXT.retry(price), act: retry };
  show(ui, state && job, state && inWords(job, TEXT[state](index + 1), kept), { edit, again });
}

/** Say it for the whole project: a writing that waits for a decision, or what failed last. */
export function tellProject(ui, state) {
  const job = troubleOf(state);
  const title = job?.kind === "run" ? TEXT.run : TEXT.scenes[job?.state === "failed" ? "failed" : "review"];
  show(ui, job, job && inWords(job, title), {});
  ui.trouble_place.hidden = !job;
}

function show({ trouble, ways }, job, words, more) {
  showProblem(trouble, words || null);
  ways.hidden = !job;
  if (job) waysOut(ways, job, more);
}

/** A failure counts until somebody begins something after it, and is not said twice: a scene or the film may show it. */
export function troubleOf({ writing, run, stitch, jobs, ordered }) {
  if (writing?.state === "needs_review") return writing;
  const told = [...ordered.filter(({ status }) => status === "failed").map(({ job }) => job), stitch].filter((job) => job?.state === "failed");
  const counts = ({ error, finished_at: at }) =>
    error?.code !== "user:job:canceled" && // by whoever looks
    !told.some((job) => job.error?.code === error?.code && job.error?.detail === error?.detail) &&
    ![...jobs.values()].some((job) => job.queued_at > at && !job.automatic);
  return [writing, run].find((job) => job?.state === "failed" && counts(job)) ?? null;
}
