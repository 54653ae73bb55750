// How the project is made: flavor, number of scenes, cut and length. A change is saved at once and counts from then on.

import { patch } from "../lib/api.js";
import { h, parts, showProblem } from "../lib/dom.js";
import { time } from "../lib/format.js";
import { like, likes } from "../lib/prefs.js";
import { _ } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import "./mv-flavor-select.js";

const TEXT = {
  saved: (what) => _("Changed: %(what)s. It counts from now on.", { what }),
  denied: _("The browser does not let this page notify you. Its settings for this site can allow it."),
};

class ConfigCard extends HTMLElement {
  #typed = null; // the field that was changed and is not saved yet
  #saving = Promise.resolve(true);

  connectedCallback() {
    this.ui = parts(this);
    this.flavor = this.querySelector("mv-flavor-select");
    this.ui.form.addEventListener("submit", (event) => event.preventDefault());
    const { number_of_scenes: number } = this.ui.form.elements;
    if (number.value) this.#typed = number; // before this module was there
    this.ui.form.addEventListener("input", ({ target }) => (this.#typed = target));
    this.ui.form.addEventListener("change", ({ target }) => this.#keep(target));
    this.ui.form.addEventListener("focusout", ({ target }) => this.#leave(target));
    for (const name of ["teletype", "notify"]) Object.assign(this.ui[name], { checked: likes(name), disabled: false });
    this.ui.teletype.addEventListener("change", () => like("teletype", this.ui.teletype.checked));
    this.ui.notify.addEventListener("change", async () => {
      const { wishToHear } = await import("../lib/away.js");
      const on = this.ui.notify.checked;
      this.ui.notify.checked = await wishToHear({ on });
      if (on && !this.ui.notify.checked) toast(TEXT.denied);
    });
  }

  /** Draw the project's choices, but not the one that is being made. */
  paint(project) {
    this.project = project;
    const { number_of_scenes: number, cut_by: cut, target_duration: length } = this.ui.form.elements;
    if (this.flavor.select !== this.#typed) this.flavor.value = project.config_flavor || "default";
    if (![...length.options].some((option) => option.value === project.target_duration)) {
      length.append(h("option", { value: project.target_duration, textContent: time(Number(project.target_duration)) }));
    }
    const shown = [[number, project.number_of_scenes ?? ""], [cut, project.cut_by], [length, project.target_duration]];
    for (const [field, value] of shown) if (field !== document.activeElement && field !== this.#typed) field.value = String(value);
    cut.disabled = length.querySelector("[value=song]").disabled = !project.audio_id;
  }

  /** Save what was typed and is not saved yet, as when the field still has the focus; gives whether nothing is left unsaved. */
  async settle() {
    if (this.#typed) this.#keep(this.#typed);
    if (await this.#saving) return true;
    this.querySelector("details").open = true; // folded, it would hide what is wrong
    this.#typed?.focus();
    return false;
  }

  /** A field that holds again what the project has is not waiting to be saved. */
  #leave(field) {
    if (field !== this.#typed || field.value !== String(this.project?.[field.name] ?? "")) return;
    this.#typed = null;
    this.#saving = this.#saving.then(() => true);
  }

  /** One after the other, so that the last choice is the one that stays; what was refused stays in its field. */
  #keep(field) {
    const { value } = field;
    this.#typed = field;
    this.#saving = this.#saving.then(async () => {
      const isSaved = await this.#save(field, value);
      if (isSaved && this.#typed === field && field.value === value) this.#typed = null;
      return isSaved;
    });
  }

  /** Save a choice at once; the way back leads to what it was. */
  async #save(field, value) {
    const { name } = field;
    const before = { [name]: this.project[name] };
    showProblem(this.ui.problem, null);
    try {
      const project = await this.#send({ [name]: name === "number_of_scenes" ? Number(value) || null : value });
      if (project[name] !== before[name]) toast(TEXT.saved(field.labels[0].textContent), { undo: () => this.#send(before) });
      return true;
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      return false;
    }
  }

  async #send(changes) {
    const project = await patch(`/api/mv/projects/${this.project.id}`, changes);
    this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind: "project.changed", data: project }, bubbles: true }));
    return project;
  }
}

customElements.define("mv-config-card", ConfigCard);
