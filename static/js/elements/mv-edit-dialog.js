// A dialog with a title and tags; `ask(row)` gives what was typed, or null when nothing shall change.

import { parts } from "../lib/dom.js";

class EditDialog extends HTMLElement {
  connectedCallback() {
    this.ui = parts(this);
    this.ui.no.addEventListener("click", () => this.ui.dialog.close("no"));
  }

  ask({ title, tags }) {
    this.ui.title.value = title;
    this.ui.tags.value = tags.join(", ");
    this.ui.dialog.returnValue = "no";
    this.ui.dialog.showModal();
    this.ui.title.select();
    return new Promise((resolve) => {
      this.ui.dialog.addEventListener("close", () => resolve(this.ui.dialog.returnValue === "yes" ? this.#typed() : null), { once: true });
    });
  }

  #typed() {
    const tags = this.ui.tags.value.split(",").map((tag) => tag.trim());
    return { title: this.ui.title.value.trim(), tags: tags.filter(Boolean) };
  }
}

customElements.define("mv-edit-dialog", EditDialog);
