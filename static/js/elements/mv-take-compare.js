// Two takes of a scene side by side: played together, told apart, one of them chosen.

import { get } from "../lib/api.js";
import { h, setText, showProblem } from "../lib/dom.js";
import { money } from "../lib/format.js";
import { selectTake, staleWords, takeWords } from "../lib/takes.js";
import { _, language } from "../lib/text.js";

const TEXT = {
  title: (number) => _("Two takes of scene %(number)s", { number }),
  side: { left: _("Take on the left"), right: _("Take on the right") },
  use: _("Use this take"),
  used: _("In the video now"),
  both: _("Play both"),
  close: _("Close"),
};

/** Open the dialog with the selected take on the right and the one before it on the left. */
export function compare(scene) {
  const right = scene.take;
  const left = scene.takes.filter((take) => take.id !== right.id).at(-1);
  const dialog = h("dialog", { className: "compare" });
  dialog.setAttribute("aria-labelledby", "compare-heading");
  const sides = [new Side(scene, left, "left", dialog), new Side(scene, right, "right", dialog)];
  const both = h("button", { type: "button", textContent: TEXT.both });
  both.addEventListener("click", () => sides.forEach((side) => side.play()));
  const close = h("button", { type: "button", textContent: TEXT.close });
  close.addEventListener("click", () => dialog.close());
  const head = h("h2", { id: "compare-heading", textContent: TEXT.title(scene.index + 1) });
  const pair = h("div", { className: "compare-pair" }, ...sides.map((side) => side.node));
  dialog.append(head, pair, h("p", { className: "row" }, both, close));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

class Side {
  constructor(scene, take, name, dialog) {
    const option = (each) => h("option", { value: each.id, textContent: takeWords(each, scene.takes.length) });
    this.choice = h("select", { ariaLabel: TEXT.side[name] }, ...scene.takes.map(option));
    this.video = h("video", { controls: true, preload: "none", playsInline: true });
    this.wrong = h("div", { className: "problem", role: "alert", hidden: true });
    this.facts = h("p", { className: "quiet compare-facts" });
    this.use = h("button", { type: "button", className: "small" });
    this.use.toggleAttribute("data-changes", true);
    this.node = h("section", { className: "stack" }, this.choice, h("div", { className: "film" }, this.video), this.facts, this.use, this.wrong);
    this.choice.addEventListener("change", () => this.#show(scene, scene.takes.find((each) => each.id === this.choice.value)));
    this.use.addEventListener("click", async () => {
      showProblem(this.wrong, null);
      try {
        await selectTake(scene, this.take);
        dialog.close();
      } catch (problem) {
        showProblem(this.wrong, problem);
      }
    });
    this.#show(scene, take);
  }

  play() {
    this.video.currentTime = 0;
    this.video.play();
  }

  async #show(scene, take) {
    this.take = take;
    this.choice.value = take.id;
    Object.assign(this.video, { poster: take.poster_url, src: take.video_url });
    this.use.disabled = take.id === scene.take.id;
    setText(this.use, this.use.disabled ? TEXT.used : TEXT.use);
    const made = new Date(take.created_at).toLocaleString(language());
    const facts = [made, staleWords(take.stale_reasons)];
    setText(this.facts, facts.filter(Boolean).join(" · "));
    const { metadata = {} } = await get(`/api/mv/get_video/${take.video_id}/info`).catch(() => ({}));
    const { model_used: model, cost_usd: cost } = metadata;
    if (this.take === take) setText(this.facts, [...facts, model, cost === undefined ? "" : money(cost)].filter(Boolean).join(" · "));
  }
}
