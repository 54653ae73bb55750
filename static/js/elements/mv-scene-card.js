// One scene: number and place on the song, words, picture, state, and the button that shoots it. Stands in a list item.

import { post } from "../lib/api.js";
import { announce, icon, setText, showProblem, stamp } from "../lib/dom.js";
import { money, time } from "../lib/format.js";
import { spend } from "../lib/spend.js";
import { isActive } from "../lib/studio-state.js";
import "./mv-job-progress.js";
import "./mv-scene-text.js";
import "./mv-take-player.js";

const BADGE = {
  empty: ["empty", "No clip yet"],
  loading: ["clock", "Generating"],
  ready: ["tick", "Ready"],
  failed: ["cross", "Failed"],
  review: ["question", "Needs a decision"],
};
const TEXT = {
  number: (number) => `Scene ${number}`,
  first: "Make clip",
  another: "Regenerate",
  retry: "Retry",
  failed: (number) => `Scene ${number} failed`,
  cost: (usd) => (Number(usd) > 0 ? `It cost ${money(usd)}.` : "It cost nothing."),
  frame: {
    empty: "No clip yet",
    loading: "The clip appears here.",
    failed: "No clip",
    review: "No clip",
  },
  copied: "The id of the scene is copied.",
};

class SceneCard extends HTMLElement {
  #scene = null;
  #wrong = null;
  #ui = null;

  /** Draw a scene as `StudioState` views it. */
  paint(scene) {
    this.#ui ??= this.#build();
    if (this.#scene?.version_id !== scene.version_id || this.#scene?.job?.id !== scene.job?.id) this.#wrong = null;
    this.#scene = scene;
    const { number, span, short, cancel, job } = this.#ui;
    const busy = isActive(scene.job);
    setText(number, TEXT.number(scene.index + 1));
    setText(span, `${time(scene.start)}–${time(scene.end)}`);
    setText(short, scene.id.slice(0, 8));
    this.#badge(scene.status);
    this.querySelector("mv-scene-text").scene = scene;
    this.querySelector("mv-take-player").paint(scene, TEXT.frame[scene.status] ?? "");
    this.#ui.progress.job = scene.job;
    cancel.hidden = !busy;
    cancel.disabled = Boolean(scene.job?.cancel_requested);
    job.hidden = !["failed", "review"].includes(scene.status);
    if (scene.job) job.href = `/result/job_${scene.job.id}/`;
    this.#shootButton(scene, busy);
    this.#problem(scene);
  }

  #build() {
    const ui = stamp("scene-card", this);
    ui.shoot.addEventListener("click", () => this.#shoot());
    ui.cancel.addEventListener("click", () => this.#try(() => post(this.#scene.job.urls.cancel), "job.changed"));
    ui.copy.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(this.#scene.id); // browsers offer it on safe origins only
      announce(TEXT.copied);
    });
    this.addEventListener("mv-problem", (event) => {
      event.stopPropagation();
      this.#wrong = event.detail;
      this.#problem(this.#scene);
    });
    return ui;
  }

  #badge(status) {
    const { badge } = this.#ui;
    if (badge.dataset.state === status) return;
    const [name, words] = BADGE[status];
    badge.dataset.state = this.dataset.state = status;
    badge.replaceChildren(icon(name), words);
  }

  #shootButton(scene, busy) {
    const { shoot } = this.#ui;
    const words = scene.status === "failed" ? TEXT.retry : scene.take ? TEXT.another : TEXT.first;
    setText(shoot, words);
    shoot.setAttribute("aria-label", `${words}: ${TEXT.number(scene.index + 1)}`);
    shoot.hidden = busy;
    shoot.disabled = !scene.description || scene.status === "review";
  }

  #problem(scene) {
    const failed = ["failed", "review"].includes(scene.status) ? scene.job.error : null;
    const told = failed && {
      ...failed,
      title: `${TEXT.failed(scene.index + 1)}: ${failed.title ?? ""}`,
      detail: `${failed.detail ?? ""} ${TEXT.cost(scene.job.cost_usd)}`.trim(),
    };
    showProblem(this.#ui.problem, this.#wrong ?? told);
  }

  /** Text and portrait come from the scene and its project, so an open edit is saved first. */
  #shoot() {
    const shoot = async () =>
      (await this.querySelector("mv-scene-text").settle()) && spend("/api/mv/generate_video", { scene_id: this.#scene.id });
    return this.#try(shoot, "job.queued");
  }

  async #try(act, kind) {
    const buttons = [this.#ui.shoot, this.#ui.cancel];
    if (buttons[0].ariaBusy === "true") return;
    this.#wrong = null;
    buttons.forEach((button) => button.setAttribute("aria-busy", "true"));
    try {
      const data = await act();
      if (data) this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind, data }, bubbles: true }));
    } catch (problem) {
      this.#wrong = problem;
      this.#problem(this.#scene);
    }
    buttons.forEach((button) => button.removeAttribute("aria-busy"));
  }
}

customElements.define("mv-scene-card", SceneCard);
