// One picture from the library or from a file. Speaks `mv-change` with its id, or null when it is taken away again.

import { get, upload } from "../lib/api.js";
import { h, parts, setText, showProblem } from "../lib/dom.js";
import { nameOf } from "../lib/format.js";
import { _, told } from "../lib/text.js";
import { Work } from "../lib/work.js";

const TEXT = {
  uploading: (name) => _("Uploading %(name)s…", { name }),
  chosen: (name) => _("“%(name)s” is chosen.", { name }),
  gone: _("The chosen picture is no longer in the library."),
  empty: _("There are no pictures in the library yet."),
  nothing: _("No picture matches."),
};
const CALM_MS = 250;

class PicturePick extends HTMLElement {
  #id = null;
  #timer = 0;
  #coming = null; // the file that is shown once it has come, unless something is chosen meanwhile
  work = new Work(); // a picture that is being uploaded
  words = { waits: _("Waiting for the picture…"), lost: _("The picture did not come; its card says why.") };

  connectedCallback() {
    this.ui = parts(this);
    this.ui.file.addEventListener("change", () => this.#upload());
    this.ui.open.addEventListener("click", () => this.#open());
    this.ui.close.addEventListener("click", () => this.ui.dialog.close());
    this.ui.search.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#list(), CALM_MS);
    });
    this.ui.remove.addEventListener("click", () => this.#choose(null));
    for (const name of ["input", "change"]) {
      this.ui.dialog.addEventListener(name, (event) => event.stopPropagation());
      this.ui.file.addEventListener(name, (event) => event.stopPropagation());
    }
    this.#upload(); // chosen before this module was there
  }

  get value() {
    return this.#id;
  }

  /** Show a picture that was chosen before, without telling anybody. */
  set value(id) {
    this.#id = id;
    this.#coming = null;
    this.#paint();
    if (id) this.#name(id);
  }

  async #name(id) {
    try {
      const row = await get(`/api/mv/characters/${id}`);
      if (id === this.#id) setText(this.ui.note, TEXT.chosen(nameOf(row)));
    } catch (problem) {
      if (id !== this.#id || problem.status !== 404) return; // what cannot be asked now is not gone
      this.#choose(null);
      setText(this.ui.note, TEXT.gone);
    }
  }

  #upload() {
    const [file] = this.ui.file.files;
    this.ui.file.value = "";
    if (file) this.work.add(this.#take(file));
  }

  async #take(file) {
    this.#coming = file;
    showProblem(this.ui.problem, null);
    setText(this.ui.note, TEXT.uploading(file.name));
    try {
      const { id } = await upload("/api/mv/characters/upload", file);
      if (file === this.#coming) this.#choose(id);
    } catch (problem) {
      if (file !== this.#coming) return true; // it is not wanted any more
      this.#coming = null;
      setText(this.ui.note, "");
      showProblem(this.ui.problem, problem);
      return false;
    }
    return true;
  }

  #open() {
    this.ui.dialog.showModal();
    this.ui.search.value = "";
    this.#list();
  }

  /** Show what the search finds; an answer that comes after another question is dropped. */
  async #list() {
    const search = this.ui.search.value.trim();
    const isOld = () => search !== this.ui.search.value.trim();
    try {
      const query = new URLSearchParams({ page_size: 24, search });
      const { results } = await get(`/api/mv/characters/?${query}`);
      if (isOld()) return;
      this.ui.list.replaceChildren(...results.map((row) => h("li", {}, this.#button(row))));
      setText(this.ui.empty, results.length ? "" : search ? TEXT.nothing : TEXT.empty);
    } catch (problem) {
      if (!isOld()) setText(this.ui.empty, told(problem.title));
    }
  }

  #button(row) {
    const picture = h("img", { src: `/api/mv/get_character_reference/${row.id}?size=thumb`, alt: "", width: 256, height: 256, loading: "lazy" });
    const button = h("button", { type: "button", className: "plain" }, picture, h("span", { textContent: nameOf(row) }));
    button.addEventListener("click", () => {
      this.ui.dialog.close();
      this.#choose(row.id);
    });
    return button;
  }

  #choose(id) {
    this.value = id;
    this.dispatchEvent(new CustomEvent("mv-change", { detail: id, bubbles: true }));
  }

  #paint() {
    this.ui.picture.hidden = this.ui.remove.hidden = !this.#id;
    if (this.#id) this.ui.picture.src = `/api/mv/get_character_reference/${this.#id}?size=medium`;
    else setText(this.ui.note, "");
  }
}

customElements.define("mv-picture-pick", PicturePick);
