// Four portraits in fixed boxes: asked for at once, each shown as soon as it exists, one chosen.
// Speaks `mv-change` with `{job_id, images, chosen}`; the page gives `description()` and `flavor()`.

import { post } from "../lib/api.js";
import { parts, setText, showProblem } from "../lib/dom.js";
import { follow } from "../lib/events.js";
import { money } from "../lib/format.js";
import { PRICE_AGAIN_MS, spend } from "../lib/spend.js";
import { _ } from "../lib/text.js";
import "./mv-portrait-option.js";

const COUNT = 4;
const CALM_MS = 150;
const TEXT = {
  needs: _("Describe the character first."),
  making: (ready) => _("%(ready)s of %(count)s portraits are here.", { ready, count: COUNT }),
  choose: _("Choose one of the portraits."),
  none: _("None of the portraits is here; each says why. Try again, or describe the character in other words."),
  chosen: (number) => _("Option %(number)s is chosen: it is the reference of every clip.", { number }),
  first: _("Generate portraits"),
  again: _("Generate new portraits"),
  priced: (words, usd) => (usd > 0 ? `${words} · ≈ ${money(usd)}` : words),
};
const EMPTY = Array.from({ length: COUNT }, () => ({ id: null }));

class PortraitGrid extends HTMLElement {
  #kept = { job_id: null, images: [], chosen: null };
  #feed = null;
  #usd = 0;
  #priced = null;
  #timer = 0;

  connectedCallback() {
    this.ui = parts(this);
    this.description = () => "";
    this.flavor = () => "default";
    this.ui.make.addEventListener("click", () => this.#make());
    this.addEventListener("mv-picture", () => this.#paint());
    this.addEventListener("change", (event) => {
      event.stopPropagation();
      this.#kept = { ...this.#kept, chosen: event.target.value };
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

  /** Choose the one with an id, or none of them, without telling anybody. */
  choose(id) {
    this.#kept = { ...this.#kept, chosen: id };
    for (const radio of this.querySelectorAll("input")) radio.checked = false;
    this.#paint();
  }

  /** Say on the button what four portraits cost with the flavor of now; where nobody can tell, starting asks. */
  price() {
    const flavor = this.flavor();
    if (flavor === this.#priced) return;
    this.#priced = flavor;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#price(flavor), CALM_MS);
  }

  async #price(flavor) {
    try {
      const body = { character_description: "?", num_images: COUNT, config_flavor: flavor };
      const told = await post("/api/mv/estimate", { calls: [{ call: "generate_character_reference", body }] }, null);
      if (flavor !== this.#priced) return;
      this.#usd = Number(told.estimated_cost_usd);
      this.#paint();
    } catch (problem) {
      if (flavor !== this.#priced) return;
      console.info("No price of portraits can be had.", problem.code);
      this.#priced = null;
      this.#timer = setTimeout(() => this.price(), PRICE_AGAIN_MS);
    }
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
    setText(this.ui.make, TEXT.priced(this.#kept.job_id ? TEXT.again : TEXT.first, this.#usd));
    if (!this.#kept.job_id) return;
    const open = this.options.some((option) => option.isOpen);
    setText(this.ui.note, chosen?.isReady ? TEXT.chosen(chosen.number) : open ? TEXT.making(ready) : ready ? TEXT.choose : TEXT.none);
  }

  #tell() {
    this.#paint();
    this.dispatchEvent(new CustomEvent("mv-change", { detail: this.#kept, bubbles: true }));
  }
}

customElements.define("mv-portrait-grid", PortraitGrid);
