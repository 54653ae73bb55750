// The song of a project: upload a file, hear it, take it away. Speaks `mv-change` with `{id, title, duration}` or null.

import { get, upload } from "../lib/api.js";
import { parts, setText, showProblem } from "../lib/dom.js";
import { time } from "../lib/format.js";

const TEXT = {
  uploading: (name) => `Uploading ${name}…`,
  ready: "The song is here.",
  another: "Use another song",
  gone: "The song of this draft is no longer in the library.",
};

class SongField extends HTMLElement {
  #song = null;

  connectedCallback() {
    this.ui = parts(this);
    this.ui.file.addEventListener("change", () => this.#upload());
    this.ui.remove.addEventListener("click", () => {
      this.ui.file.value = "";
      this.#choose(null);
    });
  }

  get value() {
    return this.#song;
  }

  /** Show a song that was chosen before, without telling anybody. */
  set value(song) {
    this.#song = song;
    this.#paint();
  }

  /** Find a song by its id (the facts come from the API) and show it. */
  async restore(id) {
    try {
      const info = await get(`/api/audio/get/${id}/info`);
      this.value = { id, title: info.title || info.metadata?.title || "", duration: info.duration };
    } catch (problem) {
      if (problem.status === 404) setText(this.ui.hint, TEXT.gone);
      showProblem(this.ui.problem, problem.status === 404 ? null : problem);
    }
  }

  async #upload() {
    const file = this.ui.file.files[0];
    if (!file) return;
    showProblem(this.ui.problem, null);
    this.ui.file.disabled = true;
    setText(this.ui.hint, TEXT.uploading(file.name));
    try {
      const made = await upload("/api/audio/upload", file, { title: file.name.replace(/\.[^.]+$/, "").slice(0, 120) });
      this.#choose({ id: made.audio_id, title: made.title, duration: made.duration });
      setText(this.ui.hint, TEXT.ready);
    } catch (problem) {
      setText(this.ui.hint, "");
      showProblem(this.ui.problem, problem);
      this.ui.file.value = "";
    }
    this.ui.file.disabled = false;
  }

  #choose(song) {
    this.value = song;
    this.dispatchEvent(new CustomEvent("mv-change", { detail: song, bubbles: true }));
  }

  #paint() {
    const song = this.#song;
    this.ui.chosen.hidden = !song;
    if (!song) return this.ui.player.removeAttribute("src");
    setText(this.ui.title, song.title || song.id.slice(0, 8));
    setText(this.ui.length, time(song.duration ?? 0));
    setText(this.ui.label, TEXT.another);
    const source = `/api/audio/get/${song.id}`;
    if (this.ui.player.getAttribute("src") !== source) this.ui.player.src = source;
  }
}

customElements.define("mv-song-field", SongField);
