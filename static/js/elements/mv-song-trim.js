// The start position of the song, in step with the handles of the song's own card, and the button that cuts there.

import { parts, setText } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { _ } from "../lib/text.js";

const TEXT = {
  none: _("Add a song first."),
  at: (start) => _("The song starts at %(start)s.", { start: time(start) }),
  trimming: _("Cutting the song…"),
  done: (length) => _("Done: the cut is %(length)s long, the player has it. The original is kept.", { length }),
  failed: _("It could not be cut; the song's card says why."),
};

class SongTrim extends HTMLElement {
  connectedCallback() {
    this.ui = parts(this);
    this.ui.trim.addEventListener("click", () => this.#trim());
    this.ui.original.addEventListener("click", () => this.field.untrim());
    for (const name of ["input", "change"]) {
      this.ui.start.addEventListener(name, (event) => {
        event.stopPropagation();
        this.field.window.range = { start: Number(this.ui.start.value) || 0 };
      });
    }
  }

  /** The song field this belongs to. */
  set field(field) {
    this.song = field;
    this.ui.start.value = 0;
    field.addEventListener("mv-window", ({ detail }) => {
      if (Number(this.ui.start.value) !== detail.start) this.ui.start.value = detail.start; // never under who types in it
      this.#paint();
    });
    this.#paint();
  }

  get field() {
    return this.song;
  }

  #paint(words) {
    const song = this.field.value;
    this.ui.trim.disabled = !song || this.ui.trim.getAttribute("aria-busy") === "true";
    this.ui.start.disabled = !song;
    this.ui.start.max = song ? Math.max(0, song.duration - 1) : 0;
    this.ui.original.hidden = !song?.original;
    setText(this.ui.note, words ?? (song ? TEXT.at(Number(this.ui.start.value)) : TEXT.none));
  }

  async #trim() {
    this.ui.trim.setAttribute("aria-busy", "true");
    this.#paint(TEXT.trimming);
    const worked = await this.field.trim();
    this.ui.trim.removeAttribute("aria-busy");
    this.#paint(worked ? TEXT.done(time(this.field.value.duration)) : TEXT.failed);
  }
}

customElements.define("mv-song-trim", SongTrim);
