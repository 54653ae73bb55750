// A job that failed or waits for a decision: why, and what a person can do: other words, another provider, the job's page.

import { get, post } from "./api.js";
import { h, showProblem } from "./dom.js";
import { money } from "./format.js";
import { _, told } from "./text.js";

const WORDS = ["provider:call:refused", "provider:call:invalid"];
const ELSEWHERE = ["busy", "failed", "slow", "auth", "credit", "gone"].map((reason) => `provider:call:${reason}`);
const TEXT = {
  failed: (number) => (what) => _("Scene %(number)s failed: %(what)s", { number, what }),
  review: (number) => (what) => _("Scene %(number)s: %(what)s", { number, what }),
  cost: (usd) => (Number(usd) > 0 ? _("It cost %(price)s.", { price: money(usd) }) : _("It cost nothing.")),
  kept: _("The take before it is still there."),
  edit: _("Change the words"),
  keep: _("Keep the take before it"),
  other: (name) => _("Try with %(name)s", { name }),
  job: _("Details"),
  decide: _("Decide"),
};
let providers = null;

/** What happened (`title(what)`), whether it was paid (not for a run), what is still there. */
export function inWords(job, title, kept = "") {
  const { error, state, kind, cost_usd: cost } = job;
  const paid = state === "needs_review" || kind === "run" ? "" : TEXT.cost(cost);
  const why = error?.detail === error?.title ? "" : told(error?.detail);
  return { ...error, title: title(told(error?.title ?? "")), detail: [why, paid, kept].filter(Boolean).join(" ") };
}

/**
 * Say on a scene's card what went wrong with its clip (`wrong` is what a click has just told), with the ways out.
 * `now()` gives the scene as it is, `edit` opens its words, `act(order, kind)` sends an order and passes the answer on.
 */
export function tellClip({ problem, ways }, wrong, { now, edit, act }) {
  const { index, status, job, take } = now();
  const order = async (backend) => (await import("./spend.js")).spend("/api/mv/generate_video", { scene_id: now().id, backend });
  const other = (backend) => act(() => order(backend), "job.queued");
  const choose = () => post(`/api/mv/scenes/${now().id}/select_take`, { video_id: now().take.video_id });
  showProblem(problem, wrong ?? inWords(job, TEXT[status](index + 1), take ? TEXT.kept : ""));
  waysOut(ways, job, { edit, other, keep: take && (() => act(choose, "scene.changed")) });
}

/**
 * Fill a row with the buttons for one failed or undecided job. `edit`, `other(provider)`, `keep` (where there is a take)
 * and `again` (its text and act) do what they say.
 */
export async function waysOut(row, job, { edit, other, keep, again }) {
  const shown = `${job.id} ${job.attempts} ${job.state} ${Boolean(keep)} ${again?.text}`;
  if (row.dataset.shown === shown) return;
  row.dataset.shown = shown;
  const code = job.error?.code ?? "";
  const found = [];
  if (again) found.push(button(again.text, again.act));
  if (edit && WORDS.includes(code)) found.push(button(TEXT.edit, edit));
  if (job.kind === "clip" && ELSEWHERE.includes(code)) {
    for (const name of await others(job)) found.push(button(TEXT.other(name), () => other(name)));
  }
  if (keep && job.state === "failed") found.push(button(TEXT.keep, keep));
  const review = job.state === "needs_review";
  const link = h("a", { href: `/result/job_${job.id}/`, textContent: review ? TEXT.decide : TEXT.job });
  link.className = review ? "button small primary" : "quiet";
  row.replaceChildren(...found, link);
}

function button(text, act) {
  const made = h("button", { type: "button", className: "small", textContent: text });
  made.addEventListener("click", act);
  return made;
}

/** Who else could make it today: providers with a key that are not down; drawings are no stand-in for films. */
async function others({ provider }) {
  providers ??= get("/api/mv/providers").catch(() => ({ providers: [] }));
  const makesClips = (each) => each.models.some((model) => model.makes === "clip" && model.configured && !model.retired);
  const usable = (await providers).providers.filter((each) => each.configured && each.health !== "down" && makesClips(each));
  return usable.map(({ name }) => name).filter((name) => name !== provider && name !== "sample");
}
