// The song of a project: upload a file or name a link, see and hear it, cut it, go back to the whole one, take it away.
// Speaks `mv-change` with `{id, title, duration, original}` or null, and `mv-link` when another link stands in its field.

import { parts, setText, showProblem } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { songById, songCut, songFromFile, songFromLink } from "../lib/songs.js";
import { _, told } from "../lib/text.js";
import { Work } from "../lib/work.js";
import "./mv-song-window.js";

const TEXT = {
  kinds: _("MP3, WAV, M4A, OGG or FLAC. Without a song the clips keep their own sound."),
  uploading: (name) => _("Uploading %(name)s…", { name }),
  fetching: _("Fetching the song…"),
  trimming: _("Cutting the song…"),
  ready: _("The song is here."),
  cut: (length) => _("The song is cut to %(length)s. The original is kept.", { length }),
  whole: _("The whole song is back."),
  gone: _("The song of this draft is no longer in the library."),
  none: _("No song yet"),
};

class SongField extends HTMLElement {
  #song = null;
  #fetching = null;
  work = new Work(); // a song that is being uploaded, fetched, cut or looked up
  words = { waits: _("Waiting for the song…"), lost: _("The song did not come; its card says why.") };

  connectedCallback() {
    this.ui = parts(this);
    this.window = this.querySelector("mv-song-window");
    this.ui.file.addEventListener("change", () => this.#upload());
    this.ui.fetch.addEventListener("click", () => this.#fetch());
    this.ui.link.addEventListener("keydown", (event) => this.#enter(event));
    this.ui.link.addEventListener("change", (event) => event.stopPropagation());
    this.ui.link.addEventListener("input", (event) => {
      event.stopPropagation();
      this.tellLink();
    });
    this.ui.trim.addEventListener("click", () => this.trim());
    this.ui.original.addEventListener("click", () => this.untrim());
    this.ui.remove.addEventListener("click", () => this.#choose(null, TEXT.kinds));
    this.ui.player.addEventListener("timeupdate", () => (this.window.moment = this.ui.player.currentTime));
    this.window.addEventListener("mv-window", ({ detail }) => (this.ui.player.currentTime = detail.start));
    this.#paint();
    this.#upload(); // chosen before this module was there
  }

  get value() {
    return this.#song;
  }

  /** Show a song that was chosen before, without telling anybody. */
  set value(song) {
    this.#song = song;
    this.#paint();
  }

  /** The link as it is typed; empty when there is none, or its song has come. */
  get link() {
    return this.ui.link.value;
  }

  set link(text) {
    this.ui.link.value = text;
  }

  tellLink() {
    this.dispatchEvent(new CustomEvent("mv-link", { bubbles: true }));
  }

  /** Whether a link is typed whose song nobody has asked for, or could not be had. */
  get isUnfetched() {
    const url = this.link.trim();
    return url !== "" && url !== this.#fetching;
  }

  /** Find a song by its id (the facts come from the API) and show it. Gives whether it is there. */
  restore(id) {
    return this.work.add(this.#find(id));
  }

  async #find(id) {
    try {
      this.value = await songById(id);
      setText(this.ui.hint, TEXT.kinds);
      return true;
    } catch (problem) {
      if (problem.status === 404) setText(this.ui.hint, TEXT.gone);
      showProblem(this.ui.problem, problem.status === 404 ? null : problem);
      return false;
    }
  }

  /** Cut the song to what the handles say; gives whether it worked. */
  trim() {
    const { start, end } = this.window.range;
    return this.#busy(TEXT.trimming, async () => {
      const cut = await songCut(this.#song, { start, end });
      this.#choose(cut, TEXT.cut(time(cut.duration)));
    });
  }

  untrim() {
    this.#choose(this.#song.original, TEXT.whole);
  }

  #upload() {
    const file = this.ui.file.files[0];
    if (file) this.#busy(TEXT.uploading(file.name), async () => this.#choose(await songFromFile(file), TEXT.ready));
  }

  #fetch() {
    const url = this.ui.link.value.trim();
    if (!url) return this.ui.link.focus();
    const onChange = (job) => setText(this.ui.hint, told(job.stage) || TEXT.fetching);
    this.#fetching = url;
    return this.#busy(TEXT.fetching, async () => {
      const song = await songFromLink(url, onChange).finally(() => (this.#fetching = null));
      if (this.link.trim() === url) this.link = ""; // else another was typed meanwhile
      this.tellLink();
      this.#choose(song, TEXT.ready);
    });
  }

  #enter(event) {
    if (event.key !== "Enter") return;
    event.preventDefault(); // Enter in here fetches the song and does not send the form around it
    if (!this.ui.fetch.disabled) this.#fetch();
  }

  #busy(words, act) {
    return this.work.add(this.#tried(words, act));
  }

  /** Do something long: what can be pressed waits, the hint says what is going on, a failure is told. */
  async #tried(words, act) {
    showProblem(this.ui.problem, null);
    setText(this.ui.hint, words);
    this.#wait(true);
    try {
      await act();
      return true;
    } catch (problem) {
      setText(this.ui.hint, TEXT.kinds);
      showProblem(this.ui.problem, problem);
      return false;
    } finally {
      this.ui.file.value = "";
      this.#wait(false);
    }
  }

  #wait(isBusy) {
    this.toggleAttribute("data-busy", isBusy);
    for (const part of ["file", "fetch", "trim", "original", "remove"]) this.ui[part].disabled = isBusy;
    if (!isBusy) this.#paint();
  }

  #choose(song, words) {
    this.value = song;
    setText(this.ui.hint, words);
    this.dispatchEvent(new CustomEvent("mv-change", { detail: song, bubbles: true }));
  }

  #paint() {
    const song = this.#song;
    this.window.song = song;
    setText(this.ui.title, song ? song.title || song.id.slice(0, 8) : TEXT.none);
    setText(this.ui.length, song ? time(song.duration ?? 0) : "");
    this.ui.original.hidden = !song?.original;
    this.ui.trim.disabled = this.ui.remove.disabled = !song;
    const source = song ? `/api/audio/get/${song.id}` : null;
    if (this.ui.player.getAttribute("src") === source) return; // setting it again would draw the player anew
    if (source) this.ui.player.src = source;
    else this.ui.player.removeAttribute("src");
  }
}

customElements.define("mv-song-field", SongField);
