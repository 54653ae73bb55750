// The choice of a flavor: the list comes from the API; without it `default` stays and a note says so.

import { get } from "../lib/api.js";
import { h, parts, setText } from "../lib/dom.js";
import { _ } from "../lib/text.js";

const TEXT = {
  loaded: _("Prompts and parameters for every scene, portrait and clip."),
  missing: _("The flavors cannot be had right now; default is used."),
};

class FlavorSelect extends HTMLElement {
  #wanted = "";

  connectedCallback() {
    this.select = this.querySelector("select");
    this.hint = parts(this).hint;
    this.#load();
  }

  /** What is wished for counts until the list is there, which may not have it. */
  get value() {
    return (this.select.ariaBusy && this.#wanted) || this.select.value;
  }

  /** Choose a flavor; one that is not (yet) in the list is chosen when the list has it. */
  set value(name) {
    this.#wanted = name;
    if ([...this.select.options].some((option) => option.value === name)) this.select.value = name;
  }

  async #load() {
    try {
      const { flavors } = await get("/api/mv/get_config_flavors");
      this.select.replaceChildren(...flavors.map((name) => h("option", { value: name, textContent: name })));
      this.value = this.#wanted || flavors[0];
      setText(this.hint, TEXT.loaded);
    } catch {
      setText(this.hint, TEXT.missing);
    }
    this.select.removeAttribute("aria-busy");
  }
}

customElements.define("mv-flavor-select", FlavorSelect);
