// The list of what keys do, opened by `?` or Ctrl+K: each line can be searched for and done from there.

import { h, parts, setText } from "../lib/dom.js";
import { areOn, everyShortcut, shortcuts, switchKeys } from "../lib/shortcuts.js";
import { _ } from "../lib/text.js";

const go = (path) => () => location.assign(path);
const TEXT = { none: _("Nothing is called that.") };

class Shortcuts extends HTMLElement {
  connectedCallback() {
    this.ui = parts(this);
    shortcuts(_("Anywhere"), [
      { key: "p", text: _("Go to the projects"), act: go("/") },
      { key: "c", text: _("Make a new video"), act: go("/create/") },
      { key: "l", text: _("Go to the library"), act: go("/library/") },
      { key: "s", text: _("Open the newest project"), act: go("/quick-gen-page") },
      { key: "?", text: _("Show this list"), act: () => this.#open() },
      { key: "Ctrl+K", text: _("Find something to do"), act: () => this.#open() },
    ]);
    this.ui.open.addEventListener("click", () => this.#open());
    this.ui.close.addEventListener("click", () => this.ui.dialog.close());
    this.ui.filter.addEventListener("input", () => this.#draw());
    this.ui.filter.addEventListener("keydown", (event) => this.#first(event));
    this.ui.on.addEventListener("change", () => switchKeys({ on: this.ui.on.checked }));
  }

  #open() {
    this.ui.on.checked = areOn();
    this.ui.filter.value = "";
    this.#draw();
    this.ui.dialog.showModal();
    this.ui.filter.focus();
  }

  #draw() {
    const wanted = this.ui.filter.value.trim().toLowerCase();
    const found = everyShortcut()
      .map(([heading, list]) => [heading, list.filter(({ text }) => text.toLowerCase().includes(wanted))])
      .filter(([, list]) => list.length);
    this.ui.list.replaceChildren(...found.map(([heading, list]) => this.#group(heading, list)));
    setText(this.ui.none, found.length ? "" : TEXT.none);
  }

  #group(heading, list) {
    const rows = list.map(({ key, text, act }) => {
      const button = h("button", { type: "button", className: "plain shortcut" }, h("span", { textContent: text }), h("kbd", { textContent: key }));
      button.addEventListener("click", () => this.#do(act));
      return h("li", {}, button);
    });
    return h("section", {}, h("h3", { textContent: heading }), h("ul", {}, ...rows));
  }

  /** Enter in the search does the first line that is left. */
  #first(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    this.ui.list.querySelector("button")?.click();
  }

  #do(act) {
    this.ui.dialog.close();
    act();
  }
}

customElements.define("mv-shortcuts", Shortcuts);
