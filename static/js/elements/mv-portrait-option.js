// One portrait in its box: empty, in the making, there (and selectable), or failed with a way on. Speaks `mv-picture`.

import { setText, stamp } from "../lib/dom.js";
import { money } from "../lib/format.js";
import { spend } from "../lib/spend.js";
import { _, told } from "../lib/text.js";

const TEXT = {
  name: (number) => _("Option %(number)s", { number }),
  empty: "",
  loading: _("Being painted…"),
  fetching: _("Loading…"),
  broken: _("The picture did not load."),
  reload: _("Load again · free"),
  failed: _("This portrait failed."),
  remake: (usd) => (usd > 0 ? _("Paint again · ≈ %(usd)s", { usd: money(usd) }) : _("Paint again")),
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
    else if (["failed", "canceled", "needs_review"].includes(job.state)) this.#become("failed", told(job.error?.detail || job.error?.title) || TEXT.failed);
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

  /** The picture exists: only its way to this page failed. */
  get #isMade() {
    return !this.#job || this.#job.state === "succeeded";
  }

  async #again() {
    if (this.#state !== "failed") return;
    this.ui.picture.removeAttribute("src");
    if (this.#isMade) return this.show();
    const failed = this.#job;
    this.#become("loading", TEXT.loading);
    try {
      const job = await spend(failed.urls.retry);
      if (this.#job === failed) this.job = job ?? failed; // else the feed has told what came of it
    } catch (problem) {
      this.#become("failed", told(problem.detail || problem.title));
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
    setText(this.ui.again, this.#isMade ? TEXT.reload : TEXT.remake(Number(this.#job.estimated_cost_usd)));
  }
}

customElements.define("mv-portrait-option", PortraitOption);
