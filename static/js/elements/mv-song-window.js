// The song's curve with a handle at each end of the part that is wanted, and the place that is playing. Speaks
// `mv-window` with `{start, end}` in seconds, for another song, too.

import { get } from "../lib/api.js";
import { parts, setText } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { _ } from "../lib/text.js";

const TEXT = {
  none: _("The song's curve appears here."),
  loading: _("Listening to the song…"),
  missing: _("The curve cannot be drawn; the song plays all the same."),
  part: (start, end) => _("%(start)s to %(end)s (%(length)s)", { start: time(start), end: time(end), length: time(end - start) }),
};
const LEAST = 1; // seconds between the handles

class SongWindow extends HTMLElement {
  #song = null;
  #heard = null;

  connectedCallback() {
    this.ui = parts(this);
    for (const end of ["start", "end"]) {
      this.ui[end].addEventListener("input", () => this.#move(end));
      this.ui[end].addEventListener("change", (event) => event.stopPropagation());
    }
    new ResizeObserver(() => this.#draw()).observe(this.ui.canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.song = null;
  }

  get range() {
    return { start: Number(this.ui.start.value), end: Number(this.ui.end.value) };
  }

  set range({ start, end }) {
    this.ui.start.value = Math.min(start, this.#length - LEAST);
    if (end !== undefined) this.ui.end.value = end;
    if (this.range.end < this.range.start + LEAST) this.ui.end.value = this.#length;
    this.#paint();
  }

  /** Whether less than the whole song is wanted; the handles stand on tenths of a second. */
  get isPart() {
    const { start, end } = this.range;
    return start > 0 || end < this.#length - 0.1;
  }

  /** Show another song, whole. */
  set song(song) {
    if (song && song.id === this.#song?.id) return;
    this.#song = song;
    this.#heard = null;
    for (const end of ["start", "end"]) Object.assign(this.ui[end], { max: this.#length, disabled: !song });
    this.ui.start.value = 0;
    this.ui.end.value = this.#length;
    this.#paint();
    setText(this.ui.note, song ? TEXT.loading : TEXT.none);
    if (song) this.#listen(song);
  }

  /** Show which moment is playing (seconds). */
  set moment(seconds) {
    this.ui.playhead.style.setProperty("--at", String(this.#song ? seconds / this.#length : 0));
  }

  get #length() {
    return this.#song?.duration ?? 0;
  }

  async #listen(song) {
    try {
      const heard = await get(`/api/audio/${song.id}/waveform`);
      if (song !== this.#song) return;
      this.#heard = heard;
      setText(this.ui.note, "");
    } catch (problem) {
      if (song !== this.#song) return;
      if (problem.code === "user:media:not_ready") setTimeout(() => song === this.#song && this.#listen(song), 1500);
      else setText(this.ui.note, TEXT.missing);
    }
    this.#draw();
  }

  #move(end) {
    const { start, end: stop } = this.range;
    if (end === "start" && start > stop - LEAST) this.ui.start.value = stop - LEAST;
    if (end === "end" && stop < start + LEAST) this.ui.end.value = start + LEAST;
    this.#paint();
  }

  #paint() {
    const { start, end } = this.range;
    const length = this.#length || 1;
    this.ui.part.style.setProperty("--from", String(this.#song ? start / length : 0));
    this.ui.part.style.setProperty("--to", String(this.#song ? end / length : 1));
    setText(this.ui.words, this.#song ? TEXT.part(start, end) : "");
    this.ui.start.ariaValueText = time(start);
    this.ui.end.ariaValueText = time(end);
    this.#draw();
    this.dispatchEvent(new CustomEvent("mv-window", { detail: { start, end }, bubbles: true }));
  }

  /** The studio's strip needs the same module, and only where there is a song: it comes alone. */
  async #draw() {
    const { drawWave } = await import("../lib/wave.js");
    drawWave(this.ui.canvas, this.#heard, this.#length);
  }
}

customElements.define("mv-song-window", SongWindow);
