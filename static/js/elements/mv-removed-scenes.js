// The scenes that were removed from the project: what each said, when it went, and the way back.

import { get } from "../lib/api.js";
import { h, parts, showProblem } from "../lib/dom.js";
import { beginning } from "../lib/format.js";
import { moment } from "../lib/moment.js";
import { _, _n } from "../lib/text.js";

const AT_ONCE = 50;
const TEXT = {
  number: (number) => _("Scene %(number)s", { number }),
  when: (when) => _("removed %(when)s", { when }),
  takes: (count) => _n("%(count)s take", "%(count)s takes", count),
  empty: _("No text yet."),
  restore: _("Restore"),
};

class RemovedScenes extends HTMLElement {
  #asked = null; // what the list was fetched for
  #next = null;
  #list = null; // the list as it is being fetched anew

  connectedCallback() {
    this.ui = parts(this);
    this.ui.more.addEventListener("click", () => this.#more());
  }

  /** Draw what lies in the project's trash, when it is opened and whenever something else may lie there. */
  paint({ id, trashed_scenes: count, scene_ids: kept }) {
    const asked = [count, ...kept].join();
    if (asked === this.#asked || !this.firstElementChild.open) return;
    this.#asked = asked;
    const many = Math.max(AT_ONCE, this.ui.list.children.length);
    this.#list = this.#fetch(`/api/mv/scenes/?project=${id}&trashed=true&ordering=-trashed_at&page_size=${many}`, (rows) => this.#put(rows));
  }

  /** Rows that are there already stay the same nodes, so that the focus stays, too. */
  #put(rows) {
    const { list } = this.ui;
    const known = new Map([...list.children].map((item) => [item.dataset.id, item]));
    const items = rows.map((scene) => known.get(scene.id) ?? this.#item(scene));
    for (const item of known.values()) if (!items.includes(item)) item.remove();
    items.forEach((item, at) => item === list.children[at] || list.insertBefore(item, list.children[at] ?? null));
  }

  async #more() {
    if (this.ui.more.ariaBusy === "true") return;
    this.ui.more.ariaBusy = "true";
    for (let list; list !== this.#list; await list) list = this.#list; // what comes next hangs on what is there
    const last = this.ui.list.children.length;
    if (this.#next) {
      const { pathname, search } = new URL(this.#next, location.href);
      await this.#fetch(`${pathname}${search}`, (rows) => this.ui.list.append(...rows.map((scene) => this.#item(scene))));
    }
    this.ui.more.ariaBusy = null;
    this.ui.list.children[last]?.querySelector("button").focus();
  }

  /** Ask for a page and put it in; an answer that comes after another question is dropped. */
  async #fetch(path, put) {
    const asked = this.#asked;
    try {
      const { results, next } = await get(path);
      if (asked !== this.#asked) return;
      put(results);
      this.#next = next;
      showProblem(this.ui.problem, null);
    } catch (problem) {
      if (asked !== this.#asked) return;
      this.#asked = null;
      showProblem(this.ui.problem, problem);
    }
    this.ui.list.removeAttribute("aria-busy");
    this.ui.more.hidden = !this.#next;
  }

  #item(scene) {
    const number = h("strong", { textContent: TEXT.number(scene.index + 1) });
    const facts = [TEXT.when(moment(scene.trashed_at)), scene.takes.length ? TEXT.takes(scene.takes.length) : ""];
    const head = h("p", {}, number, " ", h("span", { className: "quiet", textContent: facts.filter(Boolean).join(" · ") }));
    const words = h("p", { className: "removed-words", textContent: scene.description || TEXT.empty });
    const which = h("span", { className: "visually-hidden", textContent: `: ${number.textContent}, ${beginning(scene.description)}` });
    const button = h("button", { type: "button", className: "small" }, TEXT.restore, which);
    const item = h("li", {}, h("div", {}, head, words), button);
    item.dataset.id = scene.id;
    button.addEventListener("click", () => this.#restore(scene, item, button));
    return item;
  }

  async #restore(scene, item, button) {
    if (button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    showProblem(this.ui.problem, null);
    const scenes = this.closest("mv-scene-list");
    try {
      await scenes.restore(scene);
      const near = item.nextElementSibling ?? item.previousElementSibling;
      item.remove();
      if (near) near.querySelector("button").focus();
      else scenes.show(scene.id);
    } catch (problem) {
      showProblem(this.ui.problem, problem);
    }
    button.ariaBusy = null;
  }
}

customElements.define("mv-removed-scenes", RemovedScenes);
