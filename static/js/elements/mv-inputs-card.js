// What the project is made from: words are saved on demand, the portrait and the song as soon as they are chosen.

import { patch } from "../lib/api.js";
import { parts, showProblem } from "../lib/dom.js";
import "./mv-flavor-select.js";
import "./mv-portrait-grid.js";
import "./mv-song-field.js";

const FIELDS = ["title", "idea", "character_description", "number_of_scenes"];

class InputsCard extends HTMLElement {
  #project = null;
  #songAsked = null;
  #folded = false;

  connectedCallback() {
    this.ui = parts(this);
    this.flavor = this.querySelector("mv-flavor-select");
    this.song = this.querySelector("mv-song-field");
    this.portraits = this.querySelector("mv-portrait-grid");
    this.portraits.description = () => this.ui.form.elements.character_description.value.trim();
    this.portraits.flavor = () => this.flavor.value;
    this.ui.form.addEventListener("input", () => this.#touch({ touched: true }));
    this.ui.form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.#touch({ touched: false });
      this.#fill();
    });
    this.ui.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save(this.#typed());
    });
    this.portraits.addEventListener("mv-change", ({ detail: { chosen } }) => chosen && this.#save({ character_reference_id: chosen }));
    this.song.addEventListener("mv-change", (event) => this.#save({ audio_id: event.detail?.id ?? null }));
  }

  get isTouched() {
    return !this.ui.buttons.hidden;
  }

  /** Draw the project; what is being edited stays as it is typed. */
  paint(project, { fold }) {
    if (fold && !this.#folded) this.fold();
    this.#project = project;
    if (!this.isTouched) this.#fill();
    this.ui.portrait.hidden = !project.character_reference_id;
    const source = `/api/mv/get_character_reference/${project.character_reference_id}?size=medium`;
    if (project.character_reference_id && this.ui.portrait.getAttribute("src") !== source) this.ui.portrait.src = source;
    if (project.audio_id === this.#songAsked || project.audio_id === this.song.value?.id) return;
    this.#songAsked = project.audio_id;
    if (project.audio_id) this.song.restore(project.audio_id);
    else this.song.value = null;
  }

  /** Make room for what is made from it; not while something is being typed, and only once. */
  fold() {
    if (!this.isTouched) this.ui.fold.open = false;
    this.#folded = true;
  }

  /** Open up and put the cursor where something is missing; gives false when nothing is. */
  ask() {
    const empty = ["idea", "character_description"].find((name) => !this.ui.form.elements[name].value.trim());
    if (!empty) return false;
    this.ui.fold.open = true;
    this.ui.form.elements[empty].setAttribute("aria-invalid", "true");
    this.ui.form.elements[empty].focus();
    return true;
  }

  /** Save what was typed and not saved yet; gives whether nothing is left unsaved. */
  async settle() {
    return this.isTouched ? this.#save(this.#typed()) : true;
  }

  #fill() {
    for (const name of FIELDS) {
      const field = this.ui.form.elements[name];
      const value = String(this.#project[name] ?? "");
      if (field.value !== value) field.value = value;
    }
    if (this.#project.config_flavor) this.flavor.value = this.#project.config_flavor;
  }

  #touch({ touched }) {
    this.ui.buttons.hidden = !touched;
    for (const field of this.ui.form.elements) field.removeAttribute("aria-invalid");
    showProblem(this.ui.problem, null);
  }

  #typed() {
    const fields = this.ui.form.elements;
    const count = Number(fields.number_of_scenes.value);
    return {
      title: fields.title.value.trim(),
      idea: fields.idea.value.trim(),
      character_description: fields.character_description.value.trim(),
      config_flavor: this.flavor.value,
      number_of_scenes: count || null,
    };
  }

  async #save(changes) {
    try {
      const project = await patch(`/api/mv/projects/${this.#project.id}`, changes);
      if ("idea" in changes) this.#touch({ touched: false });
      this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind: "project.changed", data: project }, bubbles: true }));
      return true;
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      return false;
    }
  }
}

customElements.define("mv-inputs-card", InputsCard);
