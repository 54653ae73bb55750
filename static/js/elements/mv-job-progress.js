// How far a job is: its stage in words, a bar that never lies, and the time left, counted down between two events.

import { h, setText } from "../lib/dom.js";
import { left } from "../lib/format.js";
import { isActive } from "../lib/studio-state.js";

const TEXT = {
  queued: "Waiting for a free worker",
  running: "Working",
  waiting: "The provider is working",
  stopping: "Stopping…",
  label: "Progress",
};
const STAGE = { submitting: "Sending the order", ingesting: "Fetching and checking" };
const DRAWN_HERE = { ingesting: "Drawing" }; // the sample provider makes the picture when it is fetched

class JobProgress extends HTMLElement {
  #job = null;
  #until = null;
  #timer = 0;

  connectedCallback() {
    this.words = h("span");
    this.rest = h("span");
    this.bar = h("progress", { max: 1, ariaLabel: TEXT.label });
    this.replaceChildren(h("p", {}, this.words, this.rest), this.bar);
    this.#paint();
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
  }

  /** The job to show; one that is not under way (or null) hides the element. */
  set job(job) {
    if (job !== this.#job) this.#until = job?.eta_seconds == null ? null : Date.now() + job.eta_seconds * 1000;
    this.#job = job;
    if (this.isConnected) this.#paint();
  }

  #paint() {
    const job = this.#job;
    this.hidden = !isActive(job);
    clearInterval(this.#timer);
    if (this.hidden) return;
    setText(this.words, job.cancel_requested && !job.stage.startsWith("stopping;") ? TEXT.stopping : stageOf(job));
    if (job.progress > 0) this.bar.value = job.progress;
    else this.bar.removeAttribute("value");
    this.#count();
    this.#timer = setInterval(() => this.#count(), 1000);
  }

  #count() {
    const percent = this.#job.progress > 0 ? `${Math.round(this.#job.progress * 100)} %` : "";
    const rest = this.#until === null ? "" : left(Math.max(1, (this.#until - Date.now()) / 1000));
    setText(this.rest, [percent, rest].filter(Boolean).join(" · "));
  }
}

/** The stage in a person's words; most pipelines name theirs that way already. */
function stageOf({ stage, state, provider }) {
  const known = (provider === "sample" && DRAWN_HERE[stage]) || STAGE[stage];
  return known ?? (stage ? stage[0].toUpperCase() + stage.slice(1).replaceAll("_", " ") : TEXT[state]);
}

customElements.define("mv-job-progress", JobProgress);
