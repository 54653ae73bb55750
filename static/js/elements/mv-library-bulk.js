// The bar for what is selected in the library: mark, tag, throw away or restore many at once. Speaks `mv-changed`.

import { post } from "../lib/api.js";
import { parts, setText, showProblem } from "../lib/dom.js";
import { _, _n } from "../lib/text.js";
import { toast } from "../lib/toast.js";

const TEXT = {
  none: (shown) => _n("%(count)s shown", "%(count)s shown", shown),
  some: (picked, shown) => _n("%(count)s of %(shown)s selected", "%(count)s of %(shown)s selected", picked, { shown }),
  thrown: (count) => _n("%(count)s thing is in the trash.", "%(count)s things are in the trash.", count),
  back: (count) => _n("%(count)s thing is back in the library.", "%(count)s things are back in the library.", count),
};
const ON_SHELF = ["favourite", "unfavourite", "tag", "trash"];

class LibraryBulk extends HTMLElement {
  #cards = [];
  isTrash = false;

  connectedCallback() {
    this.ui = parts(this);
    this.ui.all.addEventListener("change", () => this.#pickAll());
    for (const action of ["favourite", "unfavourite", "trash", "restore"]) this.ui[action].addEventListener("click", () => this.#do(action));
    this.ui.tag.addEventListener("submit", (event) => {
      event.preventDefault();
      const tag = this.ui.tag.elements.tag.value.trim();
      if (tag) this.#do("tag", { tags: [tag] });
      this.ui.tag.reset();
    });
  }

  paint(cards) {
    this.#cards = cards;
    const picked = cards.filter((card) => card.isPicked).length;
    this.hidden = !cards.length;
    this.ui.all.checked = picked > 0 && picked === cards.length;
    this.ui.all.indeterminate = picked > 0 && picked < cards.length;
    setText(this.ui.count, picked ? TEXT.some(picked, cards.length) : TEXT.none(cards.length));
    for (const part of ON_SHELF) this.ui[part].hidden = this.isTrash || !picked;
    this.ui.restore.hidden = !this.isTrash || !picked;
  }

  #pickAll() {
    for (const card of this.#cards) card.isPicked = this.ui.all.checked;
    this.paint(this.#cards);
  }

  async #do(action, more = {}) {
    const ids = this.#cards.filter((card) => card.isPicked).map((card) => card.row.id);
    const isDone = await this.#change(action, ids, more);
    this.ui.all.focus();
    if (!isDone) return;
    if (action === "trash") toast(TEXT.thrown(ids.length), { undo: () => this.#send("restore", ids) });
    if (action === "restore") toast(TEXT.back(ids.length));
  }

  async #change(action, ids, more = {}) {
    try {
      await this.#send(action, ids, more);
      return true;
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      this.dispatchEvent(new CustomEvent("mv-changed", { bubbles: true }));
      return false;
    }
  }

  async #send(action, ids, more = {}) {
    await post(`${this.shelf.list}bulk`, { action, ids, ...more });
    showProblem(this.ui.problem, null);
    this.dispatchEvent(new CustomEvent("mv-changed", { bubbles: true }));
  }
}

customElements.define("mv-library-bulk", LibraryBulk);
