// The library: one shelf at a time, searched, filtered, and changed one by one or many at once. What is asked stands in
// the address, so that a reload shows the same.

import { get, patch, post, remove, upload } from "../lib/api.js";
import { announce, h, parts, setText, showProblem } from "../lib/dom.js";
import { nameOf } from "../lib/format.js";
import { address, SHELVES } from "../lib/library.js";
import { shortcuts } from "../lib/shortcuts.js";
import { _ } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import "./mv-edit-dialog.js";
import "./mv-empty-trash.js";
import "./mv-library-card.js";
import "./mv-library-bulk.js";

const TYPED_MS = 250;
const SKELETONS = 8;
const TEXT = {
  none: _("Nothing matches. Search for something else, or show everything."),
  empty: _("The trash of this shelf is empty."),
  thrown: (name) => _("“%(name)s” is in the trash.", { name }),
  back: (name) => _("“%(name)s” is back in the library.", { name }),
  kept: (name) => _("“%(name)s” is in the library.", { name }),
  uploading: (name) => _("Uploading %(name)s…", { name }),
};

class Library extends HTMLElement {
  #turn = 0;
  #next = null;
  #timer = 0;

  connectedCallback() {
    this.ui = parts(this);
    this.shelf = SHELVES[this.dataset.shelf];
    this.bulk = this.querySelector("mv-library-bulk");
    this.bulk.shelf = this.shelf;
    this.form = this.ui.form;
    this.#restore();
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => this.#later());
    this.form.addEventListener("reset", () => setTimeout(() => this.load()));
    this.ui.more.addEventListener("click", () => this.#more());
    this.ui.file.addEventListener("change", () => this.#upload());
    this.addEventListener("mv-card", ({ target, detail }) => this.#act(target, detail.verb));
    this.addEventListener("mv-changed", () => this.load());
    this.addEventListener("play", (event) => this.#onlyOne(event.target), true);
    document.addEventListener("mv-back", () => this.load());
    shortcuts(_("In the library"), [{ key: "/", text: _("Search this shelf"), act: () => this.form.elements.search.focus() }]);
    this.load();
  }

  get cards() {
    return [...this.ui.list.querySelectorAll("mv-library-card")];
  }

  #restore() {
    const asked = new URLSearchParams(location.search);
    for (const field of this.form.elements) {
      if (field.type === "checkbox") field.checked = asked.get(field.name) === "true";
      else if (field.name && asked.has(field.name)) field.value = asked.get(field.name);
    }
  }

  #asked() {
    const { search, tag, ordering, favourite, trashed } = this.form.elements;
    const yes = (box) => (box.checked ? "true" : "");
    return { search: search.value.trim(), tag: tag.value.trim(), ordering: ordering.value, favourite: yes(favourite), trashed: yes(trashed) };
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.load(), TYPED_MS);
  }

  /** Ask for the first page anew; an answer that comes late is dropped. */
  async load() {
    const asked = this.#asked();
    const query = new URLSearchParams({ shelf: this.dataset.shelf });
    for (const [name, value] of Object.entries(asked)) if (value) query.set(name, value);
    history.replaceState(null, "", `?${query}`);
    this.bulk.isTrash = Boolean(asked.trashed);
    this.querySelector("mv-empty-trash").hidden = !asked.trashed;
    await this.#fetch(address(this.shelf, asked), { from: "start" });
  }

  #more() {
    const { pathname, search } = new URL(this.#next, location.href);
    return this.#fetch(`${pathname}${search}`, { from: "here" });
  }

  async #fetch(path, { from }) {
    const turn = ++this.#turn;
    this.ui.list.setAttribute("aria-busy", "true");
    if (from === "start" && !this.cards.length) this.ui.list.replaceChildren(...skeletons());
    try {
      const { results, next } = await get(path);
      if (turn !== this.#turn) return;
      const cards = results.map((row) => h("li", {}, Object.assign(document.createElement("mv-library-card"), { row, shelf: this.shelf })));
      const last = this.ui.list.children.length;
      if (from === "start") this.ui.list.replaceChildren(...cards);
      else this.ui.list.append(...cards);
      this.#next = next;
      showProblem(this.ui.problem, null);
      if (from === "here") this.ui.list.children[last]?.querySelector("input")?.focus();
    } catch (problem) {
      if (turn !== this.#turn) return;
      if (from === "start") this.ui.list.replaceChildren();
      showProblem(this.ui.problem, problem);
    }
    this.#paint();
  }

  #paint() {
    const count = this.cards.length;
    const { search, tag, favourite, trashed } = this.#asked();
    const narrowed = Boolean(search || tag || favourite);
    this.ui.list.removeAttribute("aria-busy");
    this.ui.more.hidden = !this.#next;
    this.ui.empty.hidden = count > 0 || !this.ui.problem.hidden;
    setText(this.ui.nothing, narrowed ? TEXT.none : trashed ? TEXT.empty : this.shelf.nothing);
    this.ui.all.hidden = !narrowed && !trashed;
    this.ui.create.hidden = narrowed || Boolean(trashed);
    this.bulk.paint(this.cards);
  }

  async #act(card, verb) {
    if (verb === "pick") return this.bulk.paint(this.cards);
    const { row } = card;
    const path = `${this.shelf.list}${row.id}`;
    try {
      if (verb === "favourite") card.paint(await patch(path, { favourite: !row.favourite }));
      if (verb === "edit") await this.#edit(card, path);
      if (verb === "trash") {
        await remove(path);
        this.#gone(card);
        toast(TEXT.thrown(nameOf(row)), { undo: () => this.#back(row) });
      }
      if (verb === "restore") await this.#back(row, card);
    } catch (problem) {
      showProblem(this.ui.problem, problem);
    }
    return undefined;
  }

  async #edit(card, path) {
    const typed = await this.querySelector("mv-edit-dialog").ask(card.row);
    if (typed) card.paint(await patch(path, typed));
    card.ui.edit.focus();
  }

  async #back(row, card) {
    await post(`${this.shelf.list}${row.id}/restore`);
    if (card) this.#gone(card);
    else await this.load();
    announce(TEXT.back(nameOf(row)));
  }

  /** Take a card away; who works with the keyboard goes on at its neighbour. */
  #gone(card) {
    const line = card.closest("li");
    const neighbour = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    (neighbour?.querySelector("input") ?? this.form.elements.search).focus();
    this.#paint();
  }

  async #upload() {
    const file = this.ui.file.files[0];
    if (!file) return;
    setText(this.ui.note, TEXT.uploading(file.name));
    try {
      await upload(this.shelf.upload, file);
      await this.load();
      toast(TEXT.kept(file.name));
    } catch (problem) {
      showProblem(this.ui.problem, problem);
    }
    setText(this.ui.note, "");
    this.ui.file.value = "";
  }

  #onlyOne(playing) {
    for (const media of this.querySelectorAll("video, audio")) if (media !== playing) media.pause();
  }
}

const skeletons = () => Array.from({ length: SKELETONS }, () => h("li", { className: "card library-card skeleton", ariaHidden: "true" }));

customElements.define("mv-library", Library);
