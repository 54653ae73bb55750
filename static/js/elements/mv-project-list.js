// The list of projects: throwing one away with a way back, restoring, emptying the trash, and the demonstration for who
// has none yet.

import { get, post, remove } from "../lib/api.js";
import { parts, setText, showProblem } from "../lib/dom.js";
import { makeDemo } from "../lib/demo.js";
import { shortcuts } from "../lib/shortcuts.js";
import { _, _n } from "../lib/text.js";
import { toast } from "../lib/toast.js";

const TEXT = {
  thrown: (name) => _("“%(name)s” is in the trash.", { name }),
  gone: (count) => _n("%(count)s project was deleted.", "%(count)s projects were deleted.", count),
};

class ProjectList extends HTMLElement {
  connectedCallback() {
    this.ui = parts(this);
    for (const verb of ["trash", "restore"]) {
      for (const button of this.querySelectorAll(`[data-verb=${verb}]`)) button.addEventListener("click", () => this.#act(verb, button));
    }
    if (this.querySelector("mv-empty-trash")) import("./mv-empty-trash.js");
    this.addEventListener("mv-changed", ({ detail }) => detail.count && this.#emptied(detail));
    this.ui.demo?.addEventListener("click", () => this.#demo());
    if (this.ui.search) shortcuts(_("On this page"), [{ key: "/", text: _("Search the projects"), act: () => this.ui.search.focus() }]);
  }

  async #act(verb, button) {
    const card = button.closest("li");
    const { id, name } = card.dataset;
    const path = `/api/mv/projects/${id}`;
    try {
      if (verb === "restore") await post(`${path}/restore`);
      else await remove(path);
      const neighbour = card.nextElementSibling ?? card.previousElementSibling;
      card.remove();
      (neighbour?.querySelector("h2 a") ?? this.ui.search)?.focus();
      if (verb === "trash") toast(TEXT.thrown(name), { undo: () => undo(path) });
    } catch (problem) {
      showProblem(this.ui.problem, problem);
    }
  }

  /** Take out the cards of what the trash no longer holds, and say how many projects went; a page that is bare then, or
   * has others beside it, is loaded anew and shows itself what is there, unless a failure stands on it. */
  async #emptied({ count, failed }) {
    const left = new Set();
    try {
      for (let path = "/api/mv/projects/?trashed=true&page_size=200"; path; ) {
        const { next, results } = await get(path);
        for (const { id } of results) left.add(id);
        path = next && new URL(next, location).pathname + new URL(next, location).search;
      }
      for (const card of this.querySelectorAll("li[data-id]")) if (!left.has(card.dataset.id)) card.remove();
      if (!failed && (this.ui.pages || !this.querySelector("li[data-id]"))) return location.reload();
    } catch (problem) {
      showProblem(this.ui.problem, problem);
    }
    return toast(TEXT.gone(count));
  }

  async #demo() {
    this.ui.demo.disabled = true;
    try {
      location.assign(`/studio/${await makeDemo((words) => setText(this.ui.note, words))}/`);
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      this.ui.demo.disabled = false;
    }
  }
}

async function undo(path) {
  await post(`${path}/restore`);
  location.reload();
}

customElements.define("mv-project-list", ProjectList);
