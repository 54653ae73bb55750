// What the project is made from: words are saved on demand; pictures and song (mv-input-choices.js) when they are chosen.

import { patch } from "../lib/api.js";
import { parts, setText, showProblem } from "../lib/dom.js";
import { Draft } from "../lib/draft.js";
import { toast } from "../lib/toast.js";
import { _ } from "../lib/text.js";
import { Typed } from "../lib/typed.js";

const FIELDS = ["title", "idea", "character_description"];
const TEXT = { saved: _("The input data is saved. It counts for what is made from now on."), dropped: _("What you had typed is dropped."), flavor: (name) => _("Flavor: %(name)s", { name }) };

class InputsCard extends HTMLElement {
  #project = null;
  #draft = null;
  #link = ""; // of a song, typed and not fetched
  #folded = false;
  #whole = null;

  connectedCallback() {
    this.ui = parts(this);
    this.typed = new Typed(this.ui.form, FIELDS);
    this.#folded = this.hasAttribute("data-folded");
    this.choices = this.querySelector("mv-input-choices");
    this.ui.fold.addEventListener("toggle", () => this.ui.fold.open && this.#complete());
    this.ui.form.addEventListener("input", () => {
      this.#touch({ touched: true });
      this.#keep();
    });
    this.addEventListener("mv-link", ({ target }) => {
      this.#link = target.link;
      this.#keep();
    });
    this.ui.form.addEventListener("reset", (event) => {
      event.preventDefault();
      const { kept } = this.typed;
      this.#close();
      toast(TEXT.dropped, { undo: () => this.#write(kept) });
    });
    this.ui.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.settle();
    });
  }

  /** Song and portraits are seldom looked at again: their modules come when the card is opened. */
  #complete() {
    this.#whole ??= import("./mv-input-choices.js").then(() => {
      this.choices.save = (changes) => this.#save(changes);
      const description = () => this.ui.form.elements.character_description.value.trim();
      this.choices.begin(this.#project, { description, link: this.#link });
    });
  }

  /** Wait for what is chosen and has not come or is not saved yet; gives whether all of it is. Throws a Problem. */
  async arrive() {
    let isSaved = false;
    try {
      await this.#whole; // its modules, where the card is open
      isSaved = (await this.choices.arrive?.()) !== false;
    } finally {
      if (!isSaved) this.ui.fold.open = true; // folded, it would hide what is wrong
    }
    return isSaved;
  }

  get isTouched() {
    return !this.ui.buttons.hidden;
  }

  /** Draw the project; what is being edited stays as it is typed. */
  paint(project, { fold }) {
    this.#project = project;
    if (!this.#draft) this.#reopen(project);
    if (fold && !this.#folded) this.fold();
    if (!this.isTouched) this.typed.settle();
    this.typed.fill(project);
    if (this.ui.fold.open) this.#complete();
    const isProduct = project.mode === "product";
    this.ui.character.hidden = isProduct;
    const picture = isProduct ? project.product_image_id : project.character_reference_id;
    this.ui.portrait.hidden = !picture;
    const source = `/api/mv/get_character_reference/${picture}?size=medium`;
    if (picture && this.ui.portrait.getAttribute("src") !== source) this.ui.portrait.src = source;
    setText(this.ui.flavor, TEXT.flavor(project.config_flavor || "default"));
    this.choices.paint?.(project);
  }

  /** What was typed and not saved when the page was left comes back as it was. */
  #reopen({ id }) {
    for (const name of FIELDS) this.ui.form.elements[name].readOnly = document.body.dataset.role === "view";
    this.#draft = new Draft(`inputs-card-${id}`);
    const draft = this.#draft.load();
    this.#link = draft.link ?? "";
    if (draft.idea !== undefined) this.#write(draft);
  }

  /** Keep what is typed and neither saved nor fetched. */
  #keep() {
    const kept = { ...(this.isTouched && this.typed.kept), ...(this.#link && { link: this.#link }) };
    if (Object.keys(kept).length) this.#draft.save(kept);
    else this.#draft.forget();
  }

  /** Put words back that were not saved. */
  #write(kept) {
    this.typed.kept = kept;
    this.typed.fill(this.#project);
    this.#touch({ touched: true });
    this.#keep();
  }

  #close() {
    this.#touch({ touched: false });
    this.#keep();
    this.typed.settle();
    this.typed.fill(this.#project);
  }

  /** Make room for what is made from it; not while something is being typed or on its way, and only once. */
  fold() {
    if (!this.isTouched && !this.#link && !this.choices.isGoing) this.ui.fold.open = false;
    this.#folded = true;
  }

  /** Open up and put the cursor where something is missing, as `lacks` says of a project; gives false when nothing is. */
  ask(lacks) {
    const empty = lacks({ ...this.#project, ...this.typed.words });
    if (!empty) return false;
    const field = this.ui.form.elements[empty];
    this.ui.fold.open = true;
    field?.setAttribute("aria-invalid", "true");
    (field ?? this.querySelector("[data-name=product] input")).focus();
    return true;
  }

  /** Save what was typed and not saved yet; gives whether nothing is left unsaved. */
  async settle() {
    if (!this.isTouched) return true;
    const { changes } = this.typed;
    const names = Object.keys(changes);
    const before = Object.fromEntries(names.map((name) => [name, this.#project[name]]));
    const problem = names.length ? await this.#save(changes) : null;
    if (problem) {
      const field = problem.errors?.[0]?.pointer.slice(2);
      this.ui.fold.open = true; // folded, it would hide what is wrong
      this.ui.form.elements[names.includes(field) ? field : names[0]].focus();
      return false;
    }
    if (names.length) toast(TEXT.saved, { undo: () => this.#change(before) });
    if (Object.keys(this.typed.changes).length) this.#keep(); // typed while it was saved
    else this.#close();
    return true;
  }

  #touch({ touched }) {
    this.ui.buttons.hidden = !touched;
    for (const field of this.ui.form.elements) field.removeAttribute("aria-invalid");
    showProblem(this.ui.problem, null);
  }

  async #change(changes) {
    const project = await patch(`/api/mv/projects/${this.#project.id}`, changes);
    this.typed.settle(changes);
    this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind: "project.changed", data: project }, bubbles: true }));
  }

  /** Save, and show what went wrong; gives that, or null. */
  async #save(changes) {
    try {
      await this.#change(changes);
      return null;
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      return problem;
    }
  }
}

customElements.define("mv-inputs-card", InputsCard);
