// The Create page: keeps a draft of everything, says what is missing and what it costs, makes the project and goes there.

import { newKey, Problem, post } from "../lib/api.js";
import { parts, setText, showProblem } from "../lib/dom.js";
import { Draft, save } from "../lib/draft.js";
import { money, time } from "../lib/format.js";
import { bodyOf, missingIn, pictureOf, unfetchedIn } from "../lib/new-project.js";
import { shortcuts } from "../lib/shortcuts.js";
import { spend } from "../lib/spend.js";
import { _ } from "../lib/text.js";
import { arrived } from "../lib/work.js";
import "./mv-estimate.js";
import "./mv-flavor-select.js";
import "./mv-picture-pick.js";
import "./mv-portrait-grid.js";
import "./mv-song-field.js";
import "./mv-song-trim.js";

const TYPED = ["idea", "character_description", "number_of_scenes"];
const TEXT = {
  missing: _("Something is missing"),
  length: (count, seconds) => _("%(count)s × %(seconds)s seconds: %(time)s.", { count, seconds, time: time(count * seconds) }),
  anyLength: (seconds) => _("Every scene lasts %(seconds)s seconds.", { seconds }),
  generate: _("Generate Videos"),
  priced: (usd) => _("Generate Videos · ≈ %(usd)s", { usd }),
  uncut: _("It could not be cut; the song's card says why."),
};

class CreateForm extends HTMLElement {
  #draft = new Draft("create");

  connectedCallback() {
    this.form = this.querySelector("form");
    this.ui = parts(this);
    this.flavor = this.querySelector("mv-flavor-select");
    this.portraits = this.querySelector("mv-portrait-grid");
    this.own = this.querySelector("[data-name=portrait]");
    this.product = this.querySelector("[data-name=product]");
    this.song = this.querySelector("mv-song-field");
    this.estimate = this.querySelector("mv-estimate");
    this.querySelector("mv-song-trim").field = this.song;
    this.portraits.description = () => this.form.elements.character_description.value.trim();
    this.portraits.flavor = () => this.flavor.value;
    this.#restore();
    for (const event of ["input", "change", "mv-change", "mv-link", "mv-window"]) this.addEventListener(event, (spoken) => this.#keep(spoken));
    this.addEventListener("mv-price", ({ detail }) => this.#price(detail));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send({ start: true });
    });
    this.ui.quick.addEventListener("click", () => this.#send({ start: false }));
    shortcuts(_("On this page"), [{ key: "Ctrl+Enter", text: _("Generate the videos"), act: () => this.form.requestSubmit() }]);
    // Coming back by the Back button must not show the page as it was when it was left.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  #restore() {
    const draft = this.#draft.load();
    const { elements } = this.form;
    let typedEarly = false; // before this module was there
    for (const name of TYPED) {
      const field = elements[name];
      if (field.value !== field.defaultValue) typedEarly = true;
      else field.value = draft[name] ?? "";
    }
    if (draft.mode) elements.mode.value = draft.mode;
    if (draft.use_ai !== undefined) elements.use_ai.checked = draft.use_ai;
    if (draft.config_flavor) this.flavor.value = draft.config_flavor;
    if (draft.portraits) this.portraits.value = draft.portraits;
    this.own.value = draft.own ?? null;
    this.product.value = draft.product ?? null;
    this.song.value = draft.song ?? null;
    if (this.song.link) typedEarly = true;
    else this.song.link = draft.link ?? "";
    if (draft.song && draft.range) this.song.window.range = draft.range;
    if (location.search) this.#comeWith(new URLSearchParams(location.search));
    else if (typedEarly) this.#keep();
    else this.#paint();
  }

  /** The library leads here with a portrait or a song: the draft takes it, so that the address says it only once. */
  async #comeWith(asked) {
    const [portrait, song] = [asked.get("portrait"), asked.get("song")];
    if (portrait) {
      const { mode, use_ai: ai } = this.form.elements;
      mode.value = "music_video";
      ai.checked = true;
      this.portraits.choose(null);
      this.own.value = portrait;
    }
    this.#keep();
    if (song && !(await this.song.restore(song))) return;
    history.replaceState(null, "", location.pathname);
    this.#keep();
  }

  #keep(event) {
    if (event?.type === "mv-change" && event.detail) this.#onlyOnePortrait(event.target);
    const { elements } = this.form;
    const typed = Object.fromEntries(TYPED.map((name) => [name, elements[name].value]));
    const chosen = { config_flavor: this.flavor.value, portraits: this.portraits.value };
    const song = { song: this.song.value, range: this.song.window.range, link: this.song.link };
    this.#draft.save({ ...typed, ...chosen, ...song, mode: elements.mode.value, use_ai: elements.use_ai.checked, own: this.own.value, product: this.product.value });
    this.#paint();
  }

  /** A portrait of one's own takes the place of a generated one, and the other way round. */
  #onlyOnePortrait(speaker) {
    if (speaker === this.own) this.portraits.choose(null);
    else if (speaker === this.portraits && this.portraits.value.chosen) this.own.value = null;
  }

  #price(usd) {
    setText(this.ui.price, usd > 0 ? TEXT.priced(money(usd)) : TEXT.generate);
    this.#length();
  }

  #length() {
    const count = Number(this.form.elements.number_of_scenes.value);
    const { seconds } = this.estimate;
    setText(this.ui.length, count >= 1 ? TEXT.length(count, seconds) : TEXT.anyLength(seconds));
  }

  #paint() {
    const { mode, use_ai: ai } = this.form.elements;
    this.#length();
    const isProduct = mode.value === "product";
    this.ui.product.hidden = !isProduct;
    this.ui.character.hidden = isProduct;
    this.ui.portraits.hidden = isProduct || !ai.checked;
    this.estimate.ask(bodyOf(this));
    this.portraits.price();
    if (this.lacks) this.#missing(this.lacks); // what was marked is right by now, or less of it is missing
  }

  /** Mark what is missing and say it, as long as something is; gives the list. Where nothing starts, little can be. */
  #missing({ start }) {
    const missing = start ? missingIn(this, bodyOf(this)) : unfetchedIn(this);
    for (const field of this.form.elements) field.removeAttribute("aria-invalid");
    for (const [field] of missing) if (field.name) field.setAttribute("aria-invalid", "true");
    this.lacks = missing.length > 0 && { start };
    const detail = missing.map(([, text]) => text).join(" ");
    showProblem(this.ui.problem, this.lacks ? { title: TEXT.missing, detail } : null);
    return missing;
  }

  /** Go to the first thing that is missing; gives whether nothing is. */
  #isWhole(asked) {
    const [first] = this.#missing(asked).map(([field]) => field);
    first?.closest("details")?.setAttribute("open", "");
    first?.focus();
    return !first;
  }

  /** Make the project of what is here, once its song and its picture have come, and go there; with `start` its run begins, too. */
  async #send(asked) {
    const buttons = [this.ui.generate, this.ui.quick];
    if (buttons.some((button) => button.getAttribute("aria-busy") === "true") || !this.#isWhole(asked)) return;
    buttons.forEach((button) => button.setAttribute("aria-busy", "true"));
    try {
      await this.#arrive();
      if (this.#isWhole(asked)) {
        const project = await post("/api/mv/projects/", bodyOf(this), newKey()); // what was typed while it waited, too
        this.#draft.forget();
        if (asked.start) await this.#start(project.id);
        return location.assign(`/studio/${project.id}/`);
      }
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      this.ui.problem.focus();
    }
    return buttons.forEach((button) => button.removeAttribute("aria-busy"));
  }

  /** Wait for the song and the picture that are on their way, and cut the song to the part that is wanted. */
  async #arrive() {
    const coming = () => [this.song, pictureOf(this)];
    while (coming().some((field) => field?.work.isGoing)) await arrived(coming(), this.ui.waits); // others may begin meanwhile
    if (this.song.window.isPart && !(await this.song.trim())) throw new Problem(0, { title: TEXT.uncut });
  }

  /** The project exists by now: what hinders the start is shown on its own page. */
  async #start(id) {
    try {
      await spend(`/api/mv/projects/${id}/run`);
    } catch (problem) {
      save(`notice-${id}`, { title: problem.title, detail: problem.detail, next_step: problem.next_step, request_id: problem.body?.request_id });
    }
  }
}

customElements.define("mv-create-form", CreateForm);
