// The song as a strip: its curve and beats, the scenes as spans in their state's colour, and a playhead that runs
// whenever something plays. Its own button plays the film as it would be cut now (lib/rough-cut.js).

import { get } from "../lib/api.js";
import { h, parts, setText } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { like, likes } from "../lib/prefs.js";
import { _ } from "../lib/text.js";

const AGAIN_MS = 2_000;
const PLACE_PX = 25; // a place and the line beside it: 24 px can be hit by a finger
const STATE = {
  empty: _("no clip yet"),
  writing: _("being written"),
  loading: _("generating"),
  ready: _("ready"),
  failed: _("failed"),
  review: _("needs a decision"),
  stale: _("out of date"),
};
const TEXT = {
  span: ({ index, start, end, status, stale }) =>
    _("Scene %(number)s, %(from)s to %(to)s: %(state)s", {
      number: index + 1,
      from: time(start),
      to: time(end),
      state: [STATE[status], ...(stale?.length ? [STATE.stale] : [])].join(", "),
    }),
  play: _("Play the film as it would be cut now"),
  pause: _("Pause"),
};

class SongStrip extends HTMLElement {
  #state = null;
  #song = null;
  #heard = null;
  #cut = null;
  #playing = null;

  connectedCallback() {
    this.ui = parts(this);
    this.ui.play.addEventListener("click", () => this.#toggle());
    this.ui.place.addEventListener("input", () => this.#seek(Number(this.ui.place.value)));
    this.ui.along.checked = likes("song");
    this.ui.along.addEventListener("change", () => like("song", this.ui.along.checked));
    new ResizeObserver(() => this.#draw()).observe(this.ui.track);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    new MutationObserver(() => this.#draw()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  paint(state) {
    this.#state = state;
    const scenes = state.ordered;
    const { audio_id: song } = state.project;
    this.ui.curve.hidden = this.ui.along_label.hidden = !song;
    this.toggleAttribute("data-song", Boolean(song));
    this.ui.place.max = this.#seconds || 1;
    this.ui.play.disabled = !scenes.some((scene) => scene.take);
    setText(this.ui.seconds, time(this.#playing === null ? this.#seconds : Number(this.ui.place.value)));
    this.#spans(scenes);
    this.#widen(scenes);
    if (song !== this.#song) this.#listen(song);
    else if (this.dataset.drawn !== String(this.#seconds)) this.#draw();
  }

  /** The film's length; before there are scenes, the song's. */
  get #seconds() {
    return this.#state.seconds || this.#heard?.duration || 0;
  }

  #spans(scenes) {
    const spans = this.ui.timeline.children;
    while (spans.length > scenes.length) spans[spans.length - 1].remove();
    while (spans.length < scenes.length) this.ui.timeline.append(h("li", {}, h("a")));
    scenes.forEach((scene, index) => {
      const link = spans[index].firstChild;
      spans[index].style.setProperty("--seconds", scene.end - scene.start);
      setText(link, String(scene.index + 1));
      link.href = `#scene-${scene.id}`;
      link.title = TEXT.span(scene);
      link.setAttribute("aria-label", TEXT.span(scene));
      Object.assign(link.dataset, { state: scene.status, scene: scene.id });
      link.toggleAttribute("data-stale", scene.stale.length > 0);
      link.toggleAttribute("data-playing", scene.id === this.#playing);
    });
  }

  /** No place is too narrow: many scenes, or short ones, make the strip wider than its window, which then scrolls. */
  #widen(scenes) {
    const lengths = scenes.map(({ start, end }) => end - start);
    const seconds = lengths.reduce((sum, each) => sum + each, 0);
    const short = Math.max(Math.min(...lengths), seconds / scenes.length / 2); // a scrap of a scene stretches not all of it
    this.ui.track.style.setProperty("--least", scenes.length ? `${Math.ceil((seconds / short) * PLACE_PX)}px` : "0");
  }

  /** Curve and beats come from the server; a long song is still being heard for a moment. */
  async #listen(song) {
    this.#song = song;
    this.#heard = null;
    this.#draw();
    if (!song) return;
    try {
      const curve = await get(`/api/audio/${song}/waveform`);
      if (song === this.#song) this.#heard = curve;
      this.#draw();
      const { beats, downbeats } = await get(`/api/audio/${song}/analysis`);
      if (song === this.#song) this.#heard = { ...curve, beats, downbeats };
      this.#draw();
    } catch (problem) {
      if (problem.status === 409) setTimeout(() => song === this.#song && this.#listen(song), AGAIN_MS);
    }
  }

  async #draw() {
    if (!this.#song) return;
    this.dataset.drawn = String(this.#seconds);
    const { drawWave } = await import("../lib/wave.js");
    drawWave(this.ui.curve, this.#heard, this.#seconds);
  }

  async #toggle() {
    this.#cut ??= import("../lib/rough-cut.js").then(({ RoughCut }) => new RoughCut(this.ui.monitor, (told) => this.#show(told)));
    const cut = await this.#cut;
    if (cut.isPlaying) cut.stop();
    else cut.play(this.#state, Number(this.ui.place.value) % Math.max(this.#seconds - 0.05, 0.1));
  }

  async #seek(at) {
    const cut = await this.#cut;
    if (cut?.isPlaying) cut.play(this.#state, at);
    this.#head(at, true);
  }

  #show({ at, scene, playing }) {
    setText(this.ui.play_words, playing ? TEXT.pause : TEXT.play);
    this.ui.play.toggleAttribute("data-playing", playing);
    const begins = this.#playing === null;
    this.#mark(playing ? scene?.id : null);
    this.#head(at, begins);
  }

  #mark(id) {
    if (id === this.#playing) return;
    this.#playing = id ?? null;
    for (const link of this.ui.timeline.querySelectorAll("a")) link.toggleAttribute("data-playing", link.dataset.scene === id);
  }

  #head(at, anew = false) {
    this.ui.place.value = at;
    this.ui.place.setAttribute("aria-valuetext", time(at));
    setText(this.ui.seconds, time(at));
    this.#turn(at, anew);
  }

  /** A strip that is wider than its window goes along with the playhead. */
  async #turn(at, anew) {
    const { view } = this.ui;
    if (view.scrollWidth === view.clientWidth) return;
    const { turn } = await import("../lib/wide-strip.js");
    turn(view, at / this.#seconds, anew);
  }

  /** Something plays that lies at `scene` (null for the whole film): the playhead runs with it, and the song if wished. */
  async follow(video, scene) {
    (await this.#cut)?.stop();
    const { alongside } = await import("../lib/rough-cut.js");
    const song = scene?.song && scene.take.kind !== "lipsync" && likes("song") ? this.#song : null;
    alongside(video, scene?.start ?? 0, song, (at) => {
      const begins = this.#playing === null;
      this.#mark(at === null ? null : (scene?.id ?? this.#sceneAt(at)));
      if (at !== null) this.#head(at, begins);
    });
  }

  #sceneAt = (at) => this.#state.ordered.find(({ start, end }) => at >= start && at < end)?.id ?? null;
}

customElements.define("mv-song-strip", SongStrip);
