// What a project takes that is chosen and not typed: pictures, portrait, song. Each is saved as soon as it is chosen,
// with `save(changes)`, which the card gives: it gives a problem, or null.

import { parts, setText } from "../lib/dom.js";
import { Draft } from "../lib/draft.js";
import { _ } from "../lib/text.js";
import { toast } from "../lib/toast.js";
import { arrived, Work } from "../lib/work.js";
import "./mv-picture-pick.js";
import "./mv-portrait-grid.js";
import "./mv-song-field.js";

const TEXT = {
  saved: (what) => _("Changed: %(what)s. It counts from now on.", { what }),
  audio_id: _("Song"),
  character_reference_id: _("Portrait"),
  product_image_id: _("Product picture"),
};

class InputChoices extends HTMLElement {
  #project = null;
  #painted = null;
  #songAsked = null;
  #portrait;
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
      if (chosen && chosen !== this.#project.character_reference_id) this.#save("character_reference_id", chosen);
    });
    this.#pick(this.product, "product_image_id");
    this.#pick(this.own, "character_reference_id");
    this.song.addEventListener("mv-change", (event) => this.#save("audio_id", event.detail?.id ?? null));
  }

  /** Begin with a project: its portraits as they were painted here, and a link that was typed and not fetched. */
  begin(project, { description, link }) {
    this.#project = project;
    this.portraits.description = description;
    this.portraits.flavor = () => this.#project.config_flavor || "default";
    this.#painted = new Draft(`portraits-${project.id}`);
    this.portraits.value = this.#painted.load();
    if (this.song.link) this.song.tellLink(); // typed before this module was there
    else this.song.link = link;
    this.paint(project);
  }

  /** Draw the project, once it has begun. */
  paint(project) {
    if (!this.#project) return;
    this.#project = project;
    const { mode, audio_id: id, character_reference_id: portrait } = project;
    this.ui.another.hidden = mode === "product";
    this.ui.product.hidden = mode !== "product";
    this.ui.song_id.hidden = !id;
    setText(this.ui.song_id, id ?? "");
    this.portraits.price();
    if (portrait !== this.#portrait) this.portraits.choose(portrait);
    this.#portrait = portrait;
    if (id === this.#songAsked) return;
    this.#songAsked = id;
    if (id === this.song.value?.id) return;
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
      this.#save(name, id);
    });
  }

  /** Save what was chosen; the way back leads to what it was. */
  async #save(name, value) {
    const before = this.#project[name];
    if (await this.#send({ [name]: value })) return;
    toast(TEXT.saved(TEXT[name]), {
      undo: async () => {
        const problem = await this.#send({ [name]: before });
        if (problem) throw problem;
      },
    });
  }

  /** Gives a problem, or null. */
  #send(changes) {
    const sent = this.save(changes);
    this.#saving.add(sent.then((problem) => !problem));
    return sent;
  }
}

customElements.define("mv-input-choices", InputChoices);
