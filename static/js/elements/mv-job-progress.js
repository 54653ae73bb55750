// How far a job is: its stage in words, what it waits for, a bar that never lies, the time left, and what it works on.

import { h, setText } from "../lib/dom.js";
import { clock, leftBetween } from "../lib/format.js";
import { isActive } from "../lib/studio-state.js";
import { _, _n, language, told } from "../lib/text.js";

const SNIPPET_MS = 12_000;
const TEXT = {
  queued: _("Waiting for a free worker"),
  running: _("Working"),
  waiting: _("The provider is working"),
  stopping: _("Stopping… What the provider has begun may still be charged."),
  ending: _("Stopping…"),
  label: _("Progress"),
  ahead: (count) => _n("%(count)s before it", "%(count)s before it", count),
  noWorker: _("No worker takes it. Is the studio's worker running? ./studio doctor says."),
  retry: (time) => _("That did not work; tried again in %(time)s", { time }),
  place: (time) => _("looks again in %(time)s", { time }),
  overdue: (time) => _("Longer than usual. You can stop it, or wait: it is given up at %(time)s.", { time }),
  elapsed: (time) => _("%(time)s so far", { time }),
  on: (text) => _("on “%(text)s”", { text }),
};
const STAGE = { submitting: _("Sending the order"), ingesting: _("Fetching and checking") };
const DRAWN_HERE = { ingesting: _("Drawing") }; // the sample provider makes the picture when it is fetched

class JobProgress extends HTMLElement {
  #job = null;
  #heard = 0;
  #timer = 0;
  #snippets = [];

  connectedCallback() {
    if (this.words) return this.#paint(); // moved, not new
    this.words = h("span");
    this.rest = h("span");
    this.bar = h("progress", { max: 1, ariaLabel: TEXT.label });
    this.snippet = h("p", { className: "snippet" });
    this.replaceChildren(h("p", {}, this.words, this.rest), this.bar, this.snippet);
    for (const name of ["about", "job"]) this.#heed(name);
    this.#paint();
  }

  /** Take over what was set before this module was there. */
  #heed(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    delete this[name];
    this[name] = value;
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /** The job to show; one that is not under way (or null) hides the element. */
  set job(job) {
    if (job === this.#job) return;
    this.#job = job;
    this.#heard = Date.now();
    if (this.isConnected) this.#paint();
  }

  /** The words it works on; a piece of them is shown, another one every twelve seconds. */
  set about(text) {
    this.#snippets = (text ?? "").match(/[^.;:!?\n]{12,}[.!?]?/g)?.map((piece) => piece.trim().slice(0, 90)) ?? [];
  }

  #paint() {
    const job = this.#job;
    this.hidden = !isActive(job);
    clearInterval(this.#timer);
    if (this.hidden) return;
    if (job.progress > 0) this.bar.value = job.progress;
    else this.bar.removeAttribute("value");
    this.#count();
    this.#timer = setInterval(() => this.#count(), 1000);
  }

  #count() {
    const job = this.#job;
    const since = (Date.now() - this.#heard) / 1000;
    setText(this.words, wordsOf(job, since));
    setText(this.rest, restOf(job, since));
    const turn = Math.floor(Date.now() / SNIPPET_MS) % (this.#snippets.length || 1);
    setText(this.snippet, this.#snippets.length ? TEXT.on(this.#snippets[turn]) : "");
  }
}

function wordsOf(job, since) {
  if (job.cancel_requested && !job.stage.startsWith("stopping;")) return Number(job.estimated_cost_usd) > 0 ? TEXT.stopping : TEXT.ending;
  if (job.overdue) return TEXT.overdue(new Date(job.deadline_at).toLocaleTimeString(language(), { timeStyle: "short" }));
  const { reason, ahead, seconds } = job.waiting_for ?? {};
  const then = clock(Math.max(0, (seconds ?? 0) - since));
  if (reason === "no_worker") return TEXT.noWorker;
  if (reason === "retry") return TEXT.retry(then);
  const more = [ahead ? TEXT.ahead(ahead) : "", reason === "place" && seconds ? TEXT.place(then) : ""];
  return [stageOf(job), ...more].filter(Boolean).join(" · ");
}

function restOf({ progress, eta_range_seconds: range, eta_seconds: eta, started_at: started, waiting_for: waits }, since) {
  const percent = progress > 0 ? `${Math.round(progress * 100)} %` : "";
  const elapsed = started && !waits ? TEXT.elapsed(clock((Date.now() - new Date(started)) / 1000)) : "";
  const [least, most] = range ?? [eta, eta];
  const rest = least === null ? "" : leftBetween(least - since, most - since);
  return [percent || elapsed, rest].filter(Boolean).join(" · ");
}

/** The stage in a person's words; most pipelines name theirs that way already. */
function stageOf({ stage, state, provider }) {
  const known = (provider === "sample" && DRAWN_HERE[stage]) || STAGE[stage];
  const words = told(stage ?? "");
  return known ?? (words ? words[0].toUpperCase() + words.slice(1).replaceAll("_", " ") : TEXT[state]);
}

customElements.define("mv-job-progress", JobProgress);
