// What a person can do about a clip that failed: other words, another provider, the account, the job's page.

import { get } from "./api.js";
import { h } from "./dom.js";
import { _ } from "./text.js";

const WORDS = ["provider:call:refused", "provider:call:invalid"];
const ELSEWHERE = ["busy", "failed", "slow", "auth", "credit", "gone"].map((reason) => `provider:call:${reason}`);
const TEXT = {
  edit: _("Change the words"),
  keep: _("Keep the take before it"),
  other: (name) => _("Try with %(name)s", { name }),
  job: _("Details"),
  decide: _("Decide"),
};
let providers = null;

/** Fill a row with the buttons for one failed or undecided job. `edit`, `other(provider)` and `keep` (where there is a take) do what they say. */
export async function waysOut(row, job, { edit, other, keep }) {
  const shown = `${job.id} ${job.attempts} ${job.state} ${Boolean(keep)}`;
  if (row.dataset.shown === shown) return;
  row.dataset.shown = shown;
  const code = job.error?.code ?? "";
  const found = [];
  if (WORDS.includes(code)) found.push(button(TEXT.edit, edit));
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
