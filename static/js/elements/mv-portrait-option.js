// One portrait in its box: empty, in the making, there (and selectable), or failed with a way on. Speaks `mv-picture`.

import { post } from "../lib/api.js";
import { setText, stamp } from "../lib/dom.js";

const TEXT = {
  name: (number) => `Option ${number}`,
  empty: "",
  loading: "Being painted…",
  fetching: "Loading…",
  broken: "The picture did not load. Loading it again is free.",
  failed: "This portrait failed.",
};

class PortraitOption extends HTMLElement {
  #state = "empty";
  #job = null;

  connectedCallback() {
    this.className = "portrait-option";
    this.ui = stamp("portrait-option", this);
    setText(this.ui.name, TEXT.name(this.number));
    this.ui.radio.value = this.image ?? "";
    this.ui.picture.alt = TEXT.name(this.number);
    this.ui.picture.addEventListener("load", () => this.#become("ready"));
    this.ui.picture.addEventListener("error", () => this.#become("failed", TEXT.broken));
    this.ui.again.addEventListener("click", () => this.#again());
    this.#draw(this.image ? "loading" : "empty", this.image ? TEXT.loading : TEXT.empty);
  }

  get isReady() {
    return this.#state === "ready";
  }

  /** Still something to wait for. */
  get isOpen() {
    return this.#state === "loading";
  }

  /** The job that paints this portrait, as the feed tells it. */
  set job(job) {
    this.#job = job;
    if (job.state === "succeeded") this.show();
    else if (["failed", "canceled"].includes(job.state)) this.#become("failed", job.error?.detail || job.error?.title || TEXT.failed);
    else this.#become("loading", TEXT.loading);
  }

  /** Fetch the picture; its own load and error events say the rest. */
  show() {
    if (this.isReady || this.ui.picture.hasAttribute("src")) return;
    this.#become("loading", TEXT.fetching);
    this.ui.picture.src = `/api/mv/get_character_reference/${this.image}?size=medium`;
  }

  choose() {
    this.ui.radio.checked = this.isReady;
  }

  async #again() {
    this.ui.picture.removeAttribute("src");
    if (this.#job?.state === "succeeded" || !this.#job) return this.show();
    try {
      this.job = await post(this.#job.urls.retry);
    } catch (problem) {
      this.#become("failed", problem.detail || problem.title);
    }
  }

  #become(state, text = "") {
    this.#draw(state, text);
    this.dispatchEvent(new CustomEvent("mv-picture", { bubbles: true }));
  }

  #draw(state, text = "") {
    this.#state = this.dataset.state = state;
    setText(this.ui.state, text);
    this.ui.picture.hidden = state !== "ready";
    this.ui.state.hidden = state === "ready";
    this.ui.radio.disabled = state !== "ready";
    this.ui.again.hidden = state !== "failed";
  }
}

customElements.define("mv-portrait-option", PortraitOption);
