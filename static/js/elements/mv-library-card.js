// One thing of the library: to look at or play, mark, rename, tag, fetch, throw away. Speaks `mv-card` with `{verb}`.

import { h, icon, setText, stamp } from "../lib/dom.js";
import { nameOf } from "../lib/format.js";
import { factsOf } from "../lib/library.js";
import { _ } from "../lib/text.js";

const TEXT = {
  pick: (name) => _("Select %(name)s", { name }),
  favourite: (name) => _("Favourite: %(name)s", { name }),
  edit: (name) => _("Rename or tag %(name)s", { name }),
  trash: (name) => _("Move %(name)s to the trash", { name }),
  restore: (name) => _("Restore %(name)s", { name }),
  play: (name) => _("Play %(name)s", { name }),
  download: (name) => _("Download %(name)s", { name }),
  use: (name) => _("New video with %(name)s", { name }),
};
const VERBS = ["favourite", "edit", "trash", "restore"];

class LibraryCard extends HTMLElement {
  connectedCallback() {
    if (this.ui) return;
    this.className = "card library-card";
    this.ui = stamp("library-card", this);
    for (const verb of VERBS) this.ui[verb].addEventListener("click", () => this.#say(verb));
    this.ui.pick.addEventListener("change", () => this.#say("pick"));
    this.ui.media.replaceChildren(...this.#media());
    this.paint(this.row);
  }

  get isPicked() {
    return this.ui.pick.checked;
  }

  set isPicked(picked) {
    this.ui.pick.checked = picked;
  }

  paint(row) {
    this.row = row;
    const { ui, shelf } = this;
    const name = nameOf(row);
    setText(ui.title, name);
    setText(ui.facts, factsOf(row));
    ui.tags.replaceChildren(...row.tags.map((tag) => h("li", { className: "tag", textContent: tag })));
    ui.favourite.setAttribute("aria-pressed", String(row.favourite));
    for (const part of ["pick", "favourite", "edit", "trash", "restore", "download", "use"]) ui[part].setAttribute("aria-label", TEXT[part](name));
    const thrown = Boolean(row.trashed_at);
    for (const part of ["favourite", "edit", "trash", "download"]) ui[part].hidden = thrown;
    ui.restore.hidden = !thrown;
    ui.use.hidden = thrown || !shelf.use;
    if (shelf.use) ui.use.href = shelf.use(row.id);
    ui.download.href = `${shelf.file}${row.id}?download=true`;
  }

  /** In the trash a file is not served: its place says so. */
  #media() {
    const { row, shelf } = this;
    const source = `${shelf.file}${row.id}`;
    if (row.trashed_at) return [icon("empty")];
    if (row.image_url) return [h("img", { src: `${source}?size=medium`, alt: "", loading: "lazy", width: 512, height: 512 })];
    const common = { controls: true, preload: "none", src: source, ariaLabel: TEXT.play(nameOf(row)) };
    if (row.audio_url) return [h("audio", common)];
    return [h("video", { ...common, playsInline: true, poster: row.poster_url ?? "", width: row.width, height: row.height })];
  }

  #say(verb) {
    this.dispatchEvent(new CustomEvent("mv-card", { detail: { verb }, bubbles: true }));
  }
}

customElements.define("mv-library-card", LibraryCard);
