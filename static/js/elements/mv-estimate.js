// What starting would cost, asked of the API as soon as something that costs has changed. Speaks `mv-price` with USD.
// `seconds` is how long each of its clips lasts.

import { post } from "../lib/api.js";
import { parts, setText } from "../lib/dom.js";
import { money } from "../lib/format.js";
import { PRICE_AGAIN_MS } from "../lib/spend.js";
import { _, _n, told } from "../lib/text.js";

const CALM_MS = 100;
const TEXT = {
  some: (usd, clips) => _n("About %(usd)s for the scenes and %(count)s clip.", "About %(usd)s for the scenes and %(count)s clips.", clips, { usd }),
  free: (clips) => _n("Free: the scenes and %(count)s clip.", "Free: the scenes and %(count)s clips.", clips),
  asks: (usd) => _("You are asked once more, because it is %(usd)s or more.", { usd }),
  over: _("That is more than the budget that is left."),
  unknown: _("The price cannot be had right now; it is asked for again."),
};
const COSTS = ["mode", "character_reference_id", "product_image_id", "audio_id", "config_flavor", "number_of_scenes"];

class Estimate extends HTMLElement {
  seconds = 8; // as the flavors that come with the studio say
  #asked = "";
  #timer = 0;

  connectedCallback() {
    this.ui = parts(this);
  }

  /** Ask for the price of a project made with this body. */
  ask(body) {
    const counts = Object.fromEntries(COSTS.map((name) => [name, body[name]]));
    const wanted = JSON.stringify(counts);
    if (wanted === this.#asked) return;
    this.#asked = wanted;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#estimate(wanted, counts), CALM_MS);
  }

  async #estimate(wanted, project) {
    try {
      const told = await post("/api/mv/estimate", { calls: [{ call: "run", body: { project } }] }, null);
      if (wanted === this.#asked) this.#show(told);
    } catch (problem) {
      if (wanted !== this.#asked) return;
      this.#asked = "";
      this.#timer = setTimeout(() => this.ask(project), PRICE_AGAIN_MS);
      setText(this.ui.words, TEXT.unknown);
      setText(this.ui.more, problem.status ? told(problem.detail || problem.title) : "");
      this.#tell(null);
    }
  }

  #show({ lines, estimated_cost_usd: usd, needs_confirmation: asks, confirm_above_usd: limit, over_budget: over }) {
    const made = lines.filter(({ kind }) => kind === "clip");
    const clips = made.reduce((sum, { times }) => sum + times, 0);
    this.seconds = made[0]?.clip_seconds ?? this.seconds;
    const price = Number(usd);
    setText(this.ui.words, price > 0 ? TEXT.some(money(price), clips) : TEXT.free(clips));
    setText(this.ui.more, over ? TEXT.over : asks ? TEXT.asks(money(limit)) : "");
    this.#tell(price);
  }

  #tell(usd) {
    this.dispatchEvent(new CustomEvent("mv-price", { detail: usd, bubbles: true }));
  }
}

customElements.define("mv-estimate", Estimate);
