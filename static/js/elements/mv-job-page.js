// One job's page: state, progress, cost, result or error, and what a person can do with it. Follows the job's own feed.

import { get, post } from "../lib/api.js";
import { embedded, h, icon, parts, setText, showConnection, showProblem } from "../lib/dom.js";
import { follow } from "../lib/events.js";
import { money } from "../lib/format.js";
import { spend } from "../lib/spend.js";
import { _, language } from "../lib/text.js";
import { isActive } from "../lib/studio-state.js";
import "./mv-job-progress.js";

const STATE = {
  queued: ["clock", _("Queued"), "loading"],
  running: ["clock", _("Running"), "loading"],
  waiting: ["clock", _("The provider works"), "loading"],
  needs_review: ["question", _("Needs a decision"), "review"],
  succeeded: ["tick", _("Done"), "ready"],
  failed: ["cross", _("Failed"), "failed"],
  canceled: ["cross", _("Canceled"), ""],
};
const TEXT = {
  retry: _("Retry"),
  sendAgain: _("Nothing was bought: send it again"),
  notBought: _("Nothing was bought: end it"),
  priced: (words, usd) => (usd > 0 ? `${words} · ≈ ${money(usd)}` : words),
  at: (iso) => (iso ? new Date(iso).toLocaleString(language()) : "–"),
  cost: (job) => _("%(cost)s (estimated %(estimate)s)", { cost: money(job.cost_usd), estimate: money(job.estimated_cost_usd) }),
};

const AGAIN = ["failed", "canceled", "needs_review"];
const LINE_MS = 5_000;

class JobPage extends HTMLElement {
  #shown = null;
  #priced = "";
  #usd = 0;

  connectedCallback() {
    this.ui = parts(this);
    const { job, cursor } = embedded("snapshot");
    this.job = job;
    for (const verb of ["cancel", "retry"]) this.ui[verb].addEventListener("click", () => this.#act(job.urls[verb]));
    this.ui.bought.addEventListener("click", () => this.#act(`${job.urls.self}/resolve`, { outcome: "bought" }));
    this.ui.not_bought.addEventListener("click", () => this.#act(`${job.urls.self}/resolve`, { outcome: "not_bought" }));
    this.#paint();
    this.feed = follow(job.urls.events, {
      after: cursor,
      onEvents: (events) => events.forEach(({ data }) => data.id === job.id && this.#become(data)),
      onState: (state) => showConnection(this.ui.connection, state),
      pace: () => (isActive(this.job) ? 1000 : 5000),
    });
    this.line = setInterval(() => this.#lookAtLine(), LINE_MS);
    this.#lookAtLine();
  }

  disconnectedCallback() {
    this.feed.stop();
    clearInterval(this.line);
  }

  /** Its place in a line, a pause before it is tried again, that it takes too long, a part's bill: none is an event. */
  async #lookAtLine() {
    const before = this.job;
    if (document.hidden || !isActive(before)) return;
    const { state, waiting_for, overdue, eta_seconds, eta_range_seconds, cost_usd } = await get(before.urls.self).catch(() => ({}));
    if (this.job !== before || state !== before.state) return;
    this.#become({ ...before, waiting_for, overdue, eta_seconds, eta_range_seconds, cost_usd });
  }

  #become(job) {
    this.job = job;
    this.#paint();
  }

  #paint() {
    const { job, ui } = this;
    const [name, words, state] = STATE[job.state];
    ui.badge.dataset.state = state;
    ui.badge.replaceChildren(icon(name), words);
    ui.progress.job = job;
    setText(ui.cost, TEXT.cost(job));
    setText(ui.attempts, String(job.attempts));
    setText(ui.started, TEXT.at(job.started_at));
    setText(ui.finished, TEXT.at(job.finished_at));
    showProblem(ui.problem, ["failed", "needs_review"].includes(job.state) ? job.error : null);
    ui.cancel.hidden = !isActive(job);
    ui.cancel.disabled = job.cancel_requested;
    ui.review.hidden = job.state !== "needs_review";
    ui.retry.hidden = !ui.review.hidden || !AGAIN.includes(job.state);
    setText(ui.retry, TEXT.priced(TEXT.retry, this.#usd));
    setText(ui.not_bought, job.cancel_requested ? TEXT.notBought : TEXT.priced(TEXT.sendAgain, this.#usd));
    this.#price();
    this.#result();
  }

  /** What starting again costs hangs on what was bought so far; where nobody can tell, starting asks. */
  async #price() {
    const { id, state, attempts } = this.job;
    const priced = `${state} ${attempts}`;
    if (priced === this.#priced) return;
    this.#priced = priced;
    this.#usd = 0;
    if (!AGAIN.includes(state) || document.body.dataset.role === "view") return;
    try {
      const told = await post("/api/mv/estimate", { calls: [{ call: "retry", body: { job_id: id } }] }, null);
      if (priced !== this.#priced) return;
      this.#usd = Number(told.estimated_cost_usd);
      this.#paint();
    } catch (problem) {
      console.info("No price of another try can be had.", problem.code);
    }
  }

  /** What came out: a player for a video or a song, the pictures, the words. */
  #result() {
    const { state, result } = this.job;
    const shown = state === "succeeded" ? JSON.stringify(result) : "";
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.ui.result.replaceChildren(...(shown ? made(result) : []));
  }

  async #act(path, body = {}) {
    if (this.ariaBusy === "true") return;
    this.ariaBusy = "true";
    const before = this.job;
    try {
      const job = await spend(path, body);
      if (job?.id === before.id && this.job === before) this.#become(job); // else the feed has told what is newer
      this.feed.poke();
    } catch (problem) {
      showProblem(this.ui.problem, problem);
    }
    this.ariaBusy = null;
  }
}

function made(result) {
  if (result.video_id) {
    const source = `/api/mv/get_video/${result.video_id}`;
    const video = h("video", { controls: true, preload: "none", playsInline: true, src: source, poster: `${source}?size=thumb` });
    return [h("div", { className: "film" }, video)];
  }
  if (result.audio_id) return [h("audio", { controls: true, preload: "none", src: `/api/audio/get/${result.audio_id}` })];
  const pictures = result.images ?? (result.id ? [result] : []);
  const scenes = (result.scenes ?? []).map((scene) => h("li", { textContent: `${scene.index + 1}. ${scene.description}` }));
  const album = pictures.map(({ id }) => h("img", { src: `/api/mv/get_character_reference/${id}?size=medium`, alt: "", width: 240 }));
  return [h("div", { className: "row" }, ...album), h("ol", { className: "stack" }, ...scenes)];
}

customElements.define("mv-job-page", JobPage);
