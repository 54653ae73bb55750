// A scene's clip: the selected take with its poster, the choice among all takes, the download. Nothing loads unasked.

import { h, parts, setText } from "../lib/dom.js";
import { selectTake, staleWords, takeWords } from "../lib/takes.js";
import { _ } from "../lib/text.js";

const TEXT = {
  label: (number) => _("Clip of scene %(number)s", { number }),
  file: (number, take) => `scene-${String(number).padStart(2, "0")}-take-${take}.mp4`,
};

class TakePlayer extends HTMLElement {
  #scene = null;

  connectedCallback() {
    if (this.ui) return;
    this.ui = parts(this);
    this.ui.takes.addEventListener("change", () => this.#select(this.ui.takes.value));
    this.ui.compare.addEventListener("click", () => this.compare());
  }

  /** Show a scene; `empty` is what stands in the frame while there is no clip. */
  paint(scene, empty) {
    this.#scene = scene;
    const { take, takes } = scene;
    this.ui.video.hidden = this.ui.takes.hidden = this.ui.download.hidden = !take;
    this.ui.compare.hidden = takes.length < 2;
    this.ui.empty.hidden = Boolean(take);
    setText(this.ui.empty, empty);
    this.ui.stale.hidden = !scene.stale.length;
    if (!take) return;
    if (this.ui.video.getAttribute("src") !== take.video_url) {
      this.ui.video.poster = take.poster_url;
      this.ui.video.src = take.video_url;
    }
    this.ui.video.setAttribute("aria-label", TEXT.label(scene.index + 1));
    this.ui.download.href = `${take.video_url}?download=true`; // a bucket's answer heeds this, not the attribute
    this.ui.download.download = TEXT.file(scene.index + 1, take.number);
    setText(this.ui.stale, staleWords(scene.stale));
    this.#choices(takes, take);
  }

  async compare() {
    if (this.#scene?.takes.length < 2) return;
    const { compare } = await import("./mv-take-compare.js");
    compare(this.#scene);
  }

  #choices(takes, chosen) {
    const wanted = takes.map((take) => `${take.video_id} ${takeWords(take, takes.length)}`).join();
    if (this.dataset.takes !== wanted) {
      this.dataset.takes = wanted;
      const option = (take) => h("option", { value: take.video_id, textContent: takeWords(take, takes.length) });
      this.ui.takes.replaceChildren(...takes.map(option));
    }
    this.ui.takes.value = chosen.video_id;
    this.ui.takes.disabled = takes.length < 2;
  }

  async #select(videoId) {
    try {
      await selectTake(this.#scene, this.#scene.takes.find((take) => take.video_id === videoId));
    } catch (problem) {
      this.ui.takes.value = this.#scene.take.video_id;
      this.dispatchEvent(new CustomEvent("mv-problem", { detail: problem, bubbles: true }));
    }
  }
}

customElements.define("mv-take-player", TakePlayer);
