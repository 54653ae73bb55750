// The Create page: keeps a draft of everything typed, says what is missing, makes the project and goes to its studio.

import { newKey, post } from "../lib/api.js";
import { parts, setText, showProblem } from "../lib/dom.js";
import { forget, load, save } from "../lib/draft.js";
import { time } from "../lib/format.js";
import { spend } from "../lib/spend.js";
import "./mv-flavor-select.js";
import "./mv-portrait-grid.js";
import "./mv-song-field.js";

const SECONDS_EACH = 8;
const TEXT = {
  missing: "Something is missing",
  idea: "Type an idea.",
  character: "Describe the character and generate portraits.",
  portrait: "Choose one of the portraits.",
  scenes: "The number of scenes is 1 to 60.",
  length: (count) => `${count} × 8 seconds: ${time(count * SECONDS_EACH)}.`,
  anyLength: "Every scene lasts 8 seconds.",
};

class CreateForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.ui = parts(this);
    this.flavor = this.querySelector("mv-flavor-select");
    this.portraits = this.querySelector("mv-portrait-grid");
    this.song = this.querySelector("mv-song-field");
    this.portraits.description = () => this.#field("character_description").value.trim();
    this.portraits.flavor = () => this.flavor.value;
    this.#restore();
    for (const event of ["input", "change", "mv-change"]) this.addEventListener(event, () => this.#keep());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#generate();
    });
    this.ui.quick.addEventListener("click", () => this.#send({ start: false }));
    // Coming back by the Back button must not show the page as it was when it was left.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  }

  #field(name) {
    return this.form.elements[name];
  }

  #restore() {
    const draft = load("create");
    let typedEarly = false; // before this module was there
    for (const name of ["idea", "character_description", "number_of_scenes"]) {
      const field = this.#field(name);
      if (field.value !== field.defaultValue) typedEarly = true;
      else field.value = draft[name] ?? "";
    }
    if (draft.config_flavor) this.flavor.value = draft.config_flavor;
    if (draft.portraits) this.portraits.value = draft.portraits;
    if (draft.song) this.song.value = draft.song;
    if (typedEarly) this.#keep();
    else this.#paint();
  }

  #keep() {
    const { idea, character_description, number_of_scenes } = Object.fromEntries(new FormData(this.form));
    const chosen = { config_flavor: this.flavor.value, portraits: this.portraits.value, song: this.song.value };
    save("create", { idea, character_description, number_of_scenes, ...chosen });
    this.#paint();
  }

  #paint() {
    const count = Number(this.#field("number_of_scenes").value);
    setText(this.ui.length, count >= 1 ? TEXT.length(count) : TEXT.anyLength);
  }

  #missing() {
    const has = (name) => this.#field(name).value.trim() !== "";
    const scenes = this.#field("number_of_scenes");
    const found = [];
    if (!has("idea")) found.push([this.#field("idea"), TEXT.idea]);
    if (!has("character_description")) found.push([this.#field("character_description"), TEXT.character]);
    else if (!this.portraits.value.chosen) found.push([this.portraits.querySelector("button"), TEXT.portrait]);
    if (!scenes.validity.valid) found.push([scenes, TEXT.scenes]);
    return found;
  }

  #generate() {
    const missing = this.#missing();
    for (const field of this.form.elements) field.removeAttribute("aria-invalid");
    showProblem(this.ui.problem, null);
    if (!missing.length) return this.#send({ start: true });
    for (const [field] of missing) if (field.name) field.setAttribute("aria-invalid", "true");
    showProblem(this.ui.problem, { title: TEXT.missing, detail: missing.map(([, text]) => text).join(" ") });
    missing[0][0].focus();
    return undefined;
  }

  async #send({ start }) {
    const buttons = [this.ui.generate, this.ui.quick];
    if (buttons.some((button) => button.getAttribute("aria-busy") === "true")) return;
    buttons.forEach((button) => button.setAttribute("aria-busy", "true"));
    try {
      const project = await post("/api/mv/projects/", this.#body(), newKey());
      forget("create");
      if (start) await this.#start(project.id);
      location.assign(`/studio/${project.id}/`);
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      this.ui.problem.focus();
      buttons.forEach((button) => button.removeAttribute("aria-busy"));
    }
  }

  /** The project exists by now: what hinders the start is shown on its own page. */
  async #start(id) {
    try {
      await spend(`/api/mv/projects/${id}/run`);
    } catch (problem) {
      save(`notice-${id}`, { title: problem.title, detail: problem.detail, next_step: problem.next_step });
    }
  }

  #body() {
    const count = Number(this.#field("number_of_scenes").value);
    const whole = Number.isInteger(count) && count >= 1 && count <= 60;
    return {
      idea: this.#field("idea").value.trim(),
      character_description: this.#field("character_description").value.trim(),
      character_reference_id: this.portraits.value.chosen,
      audio_id: this.song.value?.id ?? null,
      config_flavor: this.flavor.value,
      number_of_scenes: whole ? count : null,
    };
  }
}

customElements.define("mv-create-form", CreateForm);
