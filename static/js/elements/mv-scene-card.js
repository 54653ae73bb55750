// One scene: number and place on the song, words, picture, state, and the buttons that change it. Stands in a list item.

import { post } from "../lib/api.js";
import { icon, setText, showProblem, stamp } from "../lib/dom.js";
import { money, time } from "../lib/format.js";
import { isActive } from "../lib/studio-state.js";
import { _, told } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import "./mv-scene-text.js";
import "./mv-take-player.js";

const BADGE = {
  empty: ["empty", _("No clip yet")],
  writing: ["pen", _("Writing")],
  loading: ["clock", _("Generating")],
  ready: ["tick", _("Ready")],
  failed: ["cross", _("Failed")],
  review: ["question", _("Needs a decision")],
};
const TEXT = {
  number: (number) => _("Scene %(number)s", { number }),
  lipsyncing: _("Lipsyncing…"),
  lipsync: _("lip-sync"),
  failed: (number, what) => _("Scene %(number)s failed: %(what)s", { number, what }),
  copied: _("The id of the scene is copied."),
  priced: (words, price) => (price === null || price === undefined ? words : `${words} · ≈ ${money(price)}`),
};
const SHOOT = { first: _("Make clip"), retry: _("Retry"), another: _("Regenerate"), sung: _("Regenerate with lipsync") };
const FRAME = { empty: _("No clip yet"), writing: "", loading: _("The clip appears here."), failed: _("No clip"), review: _("No clip") };

const spend = async (...order) => (await import("../lib/spend.js")).spend(...order);

class SceneCard extends HTMLElement {
  #scene = null;
  #wrong = null;
  #ui = null;
  #prices = null;

  /** Draw a scene as `StudioState` views it. */
  paint(scene, prices) {
    this.#ui ??= this.#build();
    if (this.#scene?.version_id !== scene.version_id || this.#scene?.job?.id !== scene.job?.id) this.#wrong = null;
    this.#scene = scene;
    this.#prices = prices;
    const { number, span, short, progress, picture } = this.#ui;
    setText(number, TEXT.number(scene.index + 1));
    setText(span, `${time(scene.start)}–${time(scene.end)}`);
    setText(short, scene.id.slice(0, 8));
    this.toggleAttribute("data-draft", scene.status === "writing");
    this.#badge(scene);
    this.#ui.text.paint(scene, { price: prices.rewrite });
    this.#ui.earlier.hidden = !(scene.version > 1);
    picture.paint(scene, FRAME[scene.status] ?? "");
    progress.about = scene.description;
    progress.job = scene.job ?? null;
    this.#buttons(scene);
    this.#problem(scene);
  }

  get words() {
    return this.#ui.text;
  }

  /** Open the words for an edit, from a key. */
  edit = () => this.#ui.text.edit();

  #build() {
    const ui = stamp("scene-card", this);
    ui.text = this.querySelector("mv-scene-text");
    ui.picture = this.querySelector("mv-take-player");
    ui.earlier = ui.text.querySelector("[data-part=earlier]");
    ui.earlier.addEventListener("click", () => this.#earlier());
    ui.shoot.addEventListener("click", () => this.shoot());
    ui.cancel.addEventListener("click", () => this.#try(() => post(this.#scene.job.urls.cancel), "job.changed"));
    ui.sung.addEventListener("change", () => this.#buttons(this.#scene));
    ui.copy.addEventListener("click", async () => {
      const { copyText } = await import("../lib/copy.js");
      toast(await copyText(ui.short, this.#scene.id, TEXT.copied));
    });
    this.addEventListener("mv-problem", (event) => {
      event.stopPropagation();
      this.#wrong = event.detail;
      this.#problem(this.#scene);
    });
    return ui;
  }

  async #earlier() {
    const { earlierTexts } = await import("./mv-earlier-texts.js");
    earlierTexts(() => this.#scene, (data) => this.#tell("scene.changed", data));
  }

  #tell(kind, data) {
    this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind, data }, bubbles: true }));
  }

  #badge({ status, job }) {
    const { badge } = this.#ui;
    const singing = status === "loading" && job.kind === "lipsync";
    const shown = `${status}${singing}`;
    if (badge.dataset.shown === shown) return;
    const [name, words] = BADGE[status];
    Object.assign(badge.dataset, { shown, state: status === "writing" ? "loading" : status });
    this.dataset.state = status;
    badge.replaceChildren(icon(name), singing ? TEXT.lipsyncing : words);
  }

  #buttons(scene) {
    const { shoot, shoot_words: words, shoot_scene: which, cancel, lipsync, sung, sung_words: sungWords } = this.#ui;
    const busy = isActive(scene.job);
    const singing = busy && scene.job.kind === "lipsync";
    lipsync.hidden = !scene.song || scene.status === "writing";
    sung.disabled = busy || !scene.take;
    if (singing) sung.checked = false;
    if (scene.status === "failed" && scene.job.kind === "lipsync" && this.dataset.sungFor !== scene.job.id) {
      this.dataset.sungFor = scene.job.id; // what failed is what is tried again
      sung.checked = true;
    }
    setText(sungWords, singing ? TEXT.lipsyncing : TEXT.lipsync);
    const asks = this.#isSung ? "sung" : scene.status === "failed" ? "retry" : scene.take ? "another" : "first";
    const price = this.#isSung ? this.#prices.lipsyncOf(scene) : this.#prices.clipOf(scene);
    setText(words, TEXT.priced(SHOOT[asks], price));
    setText(which, `: ${TEXT.number(scene.index + 1)}`);
    shoot.hidden = busy || scene.status === "writing";
    shoot.disabled = !scene.description || scene.status === "review";
    cancel.hidden = !busy;
    cancel.disabled = Boolean(scene.job?.cancel_requested);
  }

  get #isSung() {
    const { lipsync, sung } = this.#ui;
    return !lipsync.hidden && sung.checked && !sung.disabled;
  }

  #problem(scene) {
    const isBad = ["failed", "review"].includes(scene.status);
    const { problem, ways } = this.#ui;
    if (this.#wrong || !isBad) showProblem(problem, this.#wrong);
    ways.hidden = !isBad;
    if (!isBad) return;
    const how = { now: () => this.#scene, edit: this.edit, act: (...order) => this.#try(...order) };
    import("../lib/failure.js").then(({ tellClip }) => scene === this.#scene && tellClip(this.#ui, this.#wrong, how));
  }

  /** Text and portrait come from the scene and its project, so an open edit is saved first. */
  shoot() {
    const { shoot } = this.#ui;
    if (!shoot.checkVisibility() || shoot.disabled) return null;
    const path = this.#isSung ? "/api/mv/lipsync" : "/api/mv/generate_video";
    return this.#try(async () => (await this.words.settle()) && spend(path, { scene_id: this.#scene.id }), "job.queued");
  }

  async #try(act, kind) {
    const buttons = [this.#ui.shoot, this.#ui.cancel];
    if (buttons[0].ariaBusy === "true") return;
    this.#wrong = null;
    buttons.forEach((button) => button.setAttribute("aria-busy", "true"));
    try {
      const data = await act();
      if (data) this.#tell(kind, data);
    } catch (problem) {
      const title = TEXT.failed(this.#scene.index + 1, told(problem.title));
      this.#wrong = { ...problem, title, detail: problem.detail };
      this.#problem(this.#scene);
    }
    buttons.forEach((button) => button.removeAttribute("aria-busy"));
  }
}

customElements.define("mv-scene-card", SceneCard);
