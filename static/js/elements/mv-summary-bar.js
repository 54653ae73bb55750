// The strip that stays in sight: the scenes as spans of the song, how many stand how, and what it has cost.

import { h, parts, setText } from "../lib/dom.js";
import { count, money, time } from "../lib/format.js";

const TEXT = {
  line: ({ total, loading, ready, failed }) =>
    `${count(total, "scene")}: ${loading} loading / ${ready} succeeded / ${failed} failed`,
  cost: (spent, planned) => (planned > spent ? `${money(spent)} of ≈ ${money(planned)}` : money(spent)),
  span: (scene) => `Scene ${scene.index + 1}, ${time(scene.start)} to ${time(scene.end)}: ${STATE[scene.status]}`,
};
const STATE = { empty: "no clip yet", loading: "generating", ready: "ready", failed: "failed", review: "needs a decision" };

class SummaryBar extends HTMLElement {
  connectedCallback() {
    this.ui = parts(this);
  }

  paint(state) {
    const scenes = state.ordered;
    this.hidden = !state.counts.total && !state.run;
    setText(this.ui.counts, TEXT.line(state.counts));
    const planned = state.run && !state.run.finished_at ? Number(state.run.estimated_cost_usd) : 0;
    setText(this.ui.cost, TEXT.cost(Number(state.project.cost_usd), planned));
    const spans = this.ui.timeline.children;
    while (spans.length > scenes.length) spans[spans.length - 1].remove();
    while (spans.length < scenes.length) this.ui.timeline.append(h("li", {}, h("a")));
    scenes.forEach((scene, index) => this.#span(spans[index].firstChild, scene));
  }

  #span(link, scene) {
    setText(link, String(scene.index + 1));
    link.href = `#scene-${scene.id}`;
    link.title = TEXT.span(scene);
    link.setAttribute("aria-label", TEXT.span(scene));
    link.dataset.state = scene.status;
    link.dataset.scene = scene.id;
  }

  /** Mark the scene whose clip plays; null for none. */
  play(id) {
    for (const link of this.ui.timeline.querySelectorAll("a")) link.toggleAttribute("data-playing", link.dataset.scene === id);
  }
}

customElements.define("mv-summary-bar", SummaryBar);
