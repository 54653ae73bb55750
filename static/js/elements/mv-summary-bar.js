// The strip that stays in sight: how many scenes stand how, what it has cost of what it will, what the budget leaves.

import { parts, setText } from "../lib/dom.js";
import { money } from "../lib/format.js";
import { isActive } from "../lib/studio-state.js";
import { _, _n } from "../lib/text.js";
import "./mv-song-strip.js";

const TEXT = {
  none: _("No scenes yet"),
  scenes: (count) => _n("%(count)s scene", "%(count)s scenes", count),
  stand: (counts) => _("%(loading)s loading / %(ready)s succeeded / %(failed)s failed", counts),
  of: (spent, planned) => _("%(spent)s of ≈ %(planned)s", { spent, planned }),
  left: (money) => _("budget left %(money)s", { money }),
};

/** What the project will have cost once its run is done, USD: what it cost without it, and what the run was to cost. */
export function planned({ project, run, jobs }) {
  const own = [...jobs.values()].filter((job) => job.parent_id === run.id).reduce((sum, job) => sum + Number(job.cost_usd), 0);
  const spent = Number(project.cost_usd);
  return Math.max(spent, spent - own + Number(run.estimated_cost_usd));
}

class SummaryBar extends HTMLElement {
  connectedCallback() {
    this.ui = parts(this);
    this.strip = this.querySelector("mv-song-strip");
    this.ui.skip.addEventListener("click", () => import("../lib/teletype.js").then((teletype) => teletype.finishAll()));
  }

  paint(state, prices) {
    const { counts, project, run } = state;
    setText(this.ui.counts, counts.total ? `${TEXT.scenes(counts.total)}: ${TEXT.stand(counts)}` : TEXT.none);
    const spent = Number(project.cost_usd);
    const whole = isActive(run) ? planned(state) : spent + (prices.run?.usd ?? 0);
    const cost = isActive(run) || prices.run?.clips ? TEXT.of(money(spent), money(whole)) : money(spent);
    const left = prices.budgetLeft === null ? "" : TEXT.left(money(prices.budgetLeft));
    setText(this.ui.cost, [cost, left].filter(Boolean).join(" · "));
    this.strip.paint(state);
  }
}

customElements.define("mv-summary-bar", SummaryBar);
