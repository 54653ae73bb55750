// A scene's clip: the selected take with its poster, the choice among all takes, the download. Nothing loads unasked.

import { post } from "../lib/api.js";
import { h, parts, setText } from "../lib/dom.js";
import { time } from "../lib/format.js";

const KIND = { clip: "", lipsync: " · lip-synced", upload: " · uploaded" };
const TEXT = {
  take: (take, of) => `Take ${take.number}${of > 1 ? ` of ${of}` : ""} · ${time(take.duration)}${KIND[take.kind] ?? ""}`,
  label: (number) => `Clip of scene ${number}`,
  file: (number, take) => `scene-${String(number).padStart(2, "0")}-take-${take}.mp4`,
};

class TakePlayer extends HTMLElement {
  #scene = null;

  connectedCallback() {
    this.ui = parts(this);
    this.ui.takes.addEventListener("change", () => this.#select(this.ui.takes.value));
  }

  /** Show a scene; `empty` is what stands in the frame while there is no clip. */
  paint(scene, empty) {
    this.#scene = scene;
    const { take } = scene;
    this.ui.video.hidden = this.ui.bar.hidden = !take;
    this.ui.empty.hidden = Boolean(take);
    setText(this.ui.empty, empty);
    if (!take) return;
    if (this.ui.video.getAttribute("src") !== take.video_url) {
      this.ui.video.poster = take.poster_url;
      this.ui.video.src = take.video_url;
    }
    this.ui.video.setAttribute("aria-label", TEXT.label(scene.index + 1));
    this.ui.download.href = `${take.video_url}?download=true`; // a bucket's answer heeds this, not the attribute
    this.ui.download.download = TEXT.file(scene.index + 1, take.number);
    this.ui.stale.hidden = !take.stale;
    this.#choices(scene.takes, take);
  }

  #choices(takes, chosen) {
    const wanted = takes.map((take) => `${take.video_id} ${TEXT.take(take, takes.length)}`).join();
    if (this.dataset.takes !== wanted) {
      this.dataset.takes = wanted;
      this.ui.takes.replaceChildren(
        ...takes.map((take) => h("option", { value: take.video_id, textContent: TEXT.take(take, takes.length) })),
      );
    }
    this.ui.takes.value = chosen.video_id;
    this.ui.takes.disabled = takes.length < 2;
  }

  async #select(videoId) {
    try {
      const scene = await post(`/api/mv/scenes/${this.#scene.id}/select_take`, { video_id: videoId });
      this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind: "scene.changed", data: scene }, bubbles: true }));
    } catch (problem) {
      this.ui.takes.value = this.#scene.take.video_id;
      this.dispatchEvent(new CustomEvent("mv-problem", { detail: problem, bubbles: true }));
    }
  }
}

customElements.define("mv-take-player", TakePlayer);
