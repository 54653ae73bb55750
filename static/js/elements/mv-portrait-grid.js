// Four portraits in fixed boxes: asked for at once, each shown as soon as it exists, one chosen.
// Speaks `mv-change` with `{job_id, images, chosen}`; the page gives `description()` and `flavor()`.

import { parts, setText, showProblem } from "../lib/dom.js";
import { follow } from "../lib/events.js";
import { spend } from "../lib/spend.js";
import "./mv-portrait-option.js";

const COUNT = 4;
const TEXT = {
  needs: "Describe the character first.",
  making: (ready) => `${ready} of ${COUNT} portraits are here.`,
  choose: "Choose one of the portraits.",
  chosen: (number) => `Option ${number} is chosen: it is the reference of every clip.`,
  again: "Generate new portraits",
};
const EMPTY = Array.from({ length: COUNT }, () => ({ id: null }));

class PortraitGrid extends HTMLElement {
  #kept = { job_id: null, images: [], chosen: null };
  #feed = null;

  connectedCallback() {
    this.ui = parts(this);
    this.description = () => "";
    this.flavor = () => "default";
    this.ui.make.addEventListener("click", () => this.#make());
    this.addEventListener("mv-picture", () => this.#paint());
    this.addEventListener("change", (event) => {
      this.#kept.chosen = event.target.value;
      this.#tell();
    });
    this.#boxes(EMPTY);
  }

  disconnectedCallback() {
    this.#feed?.stop();
  }

  get value() {
    return this.#kept;
  }

  /** Go on with portraits that were asked for before. */
  set value(kept) {
    if (!kept?.job_id) return;
    this.#kept = kept;
    this.#boxes(kept.images);
    this.#follow();
    this.#paint();
  }

  async #make() {
    const description = this.description();
    if (!description) return setText(this.ui.note, TEXT.needs);
    this.ui.make.disabled = true;
    showProblem(this.ui.problem, null);
    try {
      const body = { character_description: description, num_images: COUNT, config_flavor: this.flavor() };
      const job = await spend("/api/mv/generate_character_reference", body);
      if (job) {
        this.#kept = { job_id: job.id, images: job.images.map(({ id }) => ({ id })), chosen: null };
        this.#boxes(this.#kept.images);
        this.#follow();
        this.#tell();
      }
    } catch (problem) {
      showProblem(this.ui.problem, problem);
    }
    this.ui.make.disabled = false;
  }

  #boxes(images) {
    this.options = images.map(({ id }, index) => Object.assign(document.createElement("mv-portrait-option"), { image: id, number: index + 1 }));
    this.ui.grid.replaceChildren(...this.options);
  }

  #follow() {
    this.#feed?.stop();
    this.#feed = follow(`/api/mv/jobs/${this.#kept.job_id}/events`, {
      after: 0,
      onEvents: (events) => events.forEach((event) => event.kind.startsWith("job.") && this.#hear(event.data)),
      onState: (state) => state === "gone" && this.#forget(),
      pace: () => (this.options.some((option) => option.isOpen) ? 400 : 10_000),
    });
  }

  #hear(job) {
    const option = this.options.find(({ image }) => job.parent_id && image === job.result?.id);
    if (option) option.job = job;
    this.#paint();
  }

  /** A draft may be older than the studio's data: then there is nothing to go on with. */
  #forget() {
    this.#kept = { job_id: null, images: [], chosen: null };
    this.#boxes(EMPTY);
    this.#tell();
  }

  #paint() {
    const ready = this.options.filter((option) => option.isReady).length;
    const chosen = this.options.find((option) => option.image && option.image === this.#kept.chosen);
    chosen?.choose();
    if (!this.#kept.job_id) return;
    setText(this.ui.make, TEXT.again);
    const open = this.options.some((option) => option.isOpen);
    setText(this.ui.note, chosen?.isReady ? TEXT.chosen(chosen.number) : open ? TEXT.making(ready) : TEXT.choose);
  }

  #tell() {
    this.#paint();
    this.dispatchEvent(new CustomEvent("mv-change", { detail: this.#kept, bubbles: true }));
  }
}

customElements.define("mv-portrait-grid", PortraitGrid);
