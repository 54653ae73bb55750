// What a project takes that is chosen and not typed: pictures, portrait, song. Each is saved as soon as it is chosen,
// with `save(changes)`, which the card gives: it gives a problem, or null.

import { parts, setText } from "../lib/dom.js";
import { Draft } from "../lib/draft.js";
import { arrived, Work } from "../lib/work.js";
import "./mv-picture-pick.js";
import "./mv-portrait-grid.js";
import "./mv-song-field.js";

class InputChoices extends HTMLElement {
  #project = null;
  #painted = null;
  #songAsked = null;
  #saving = new Work();

  connectedCallback() {
    this.ui = parts(this);
    this.song = this.querySelector("mv-song-field");
    this.portraits = this.querySelector("mv-portrait-grid");
    this.product = this.querySelector("[data-name=product]");
    this.own = this.querySelector("[data-name=portrait]");
    this.portraits.addEventListener("mv-change", ({ detail: { chosen, ...painted } }) => {
      if (painted.job_id) this.#painted.save(painted);
      else this.#painted.forget();
      if (chosen && chosen !== this.#project.character_reference_id) this.#save({ character_reference_id: chosen });
    });
    this.#pick(this.product, "product_image_id");
    this.#pick(this.own, "character_reference_id");
    this.song.addEventListener("mv-change", (event) => this.#save({ audio_id: event.detail?.id ?? null }));
  }

  /** Begin with a project: its portraits as they were painted here, and a link that was typed and not fetched. */
  begin(project, { description, link }) {
    this.#project = project;
    this.portraits.description = description;
    this.portraits.flavor = () => this.#project.config_flavor || "default";
    this.#painted = new Draft(`portraits-${project.id}`);
    this.portraits.value = { ...this.#painted.load(), chosen: project.character_reference_id };
    if (this.song.link) this.song.tellLink(); // typed before this module was there
    else this.song.link = link;
    this.paint(project);
  }

  /** Draw the project, once it has begun. */
  paint(project) {
    if (!this.#project) return;
    this.#project = project;
    const { mode, audio_id: id } = project;
    this.ui.another.hidden = mode === "product";
    this.ui.product.hidden = mode !== "product";
    this.ui.song_id.hidden = !id;
    setText(this.ui.song_id, id ?? "");
    this.portraits.price();
    if (id === this.#songAsked || id === this.song.value?.id) return;
    this.#songAsked = id;
    if (id) this.song.restore(id);
    else this.song.value = null;
  }

  get isGoing() {
    return this.#fields.some((field) => field?.work.isGoing) || this.#saving.isGoing;
  }

  get #fields() {
    return [this.song, this.own, this.product];
  }

  /** Wait for what is chosen and has not come or is not saved yet; gives whether all of it is. Throws a Problem. */
  async arrive() {
    await arrived(this.#fields, this.ui.waits);
    return this.#saving.settle();
  }

  /** Take a picture that is there already; the card itself shows which one it is. */
  #pick(pick, name) {
    pick.addEventListener("mv-change", ({ detail: id }) => {
      if (!id) return;
      pick.value = null;
      if (pick === this.own) this.portraits.unchoose();
      this.#save({ [name]: id });
    });
  }

  #save(changes) {
    this.#saving.add(this.save(changes).then((problem) => !problem));
  }
}

customElements.define("mv-input-choices", InputChoices);
