// One job's page: state, progress, cost, result or error, and what a person can do with it. Follows the job's own feed.

import { post } from "../lib/api.js";
import { embedded, h, icon, parts, setText, showConnection, showProblem } from "../lib/dom.js";
import { follow } from "../lib/events.js";
import { money } from "../lib/format.js";
import { isActive } from "../lib/studio-state.js";
import "./mv-job-progress.js";

const STATE = {
  queued: ["clock", "Queued", "loading"],
  running: ["clock", "Running", "loading"],
  waiting: ["clock", "The provider works", "loading"],
  needs_review: ["question", "Needs a decision", "review"],
  succeeded: ["tick", "Done", "ready"],
  failed: ["cross", "Failed", "failed"],
  canceled: ["cross", "Canceled", ""],
};
const TEXT = {
  notBought: "Nothing was bought: end it",
  at: (iso) => (iso ? new Date(iso).toLocaleString() : "–"),
  cost: (job) => `${money(job.cost_usd)} (estimated ${money(job.estimated_cost_usd)})`,
};

class JobPage extends HTMLElement {
  #shown = null;

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
  }

  disconnectedCallback() {
    this.feed.stop();
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
    ui.retry.hidden = !["failed", "canceled"].includes(job.state);
    ui.review.hidden = job.state !== "needs_review";
    if (job.cancel_requested) setText(ui.not_bought, TEXT.notBought);
    this.#result();
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
    try {
      const job = await post(path, body);
      if (job?.id === this.job.id) this.#become(job);
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
