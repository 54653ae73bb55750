// A scene's words: read, edit, save or cancel, have them written anew. News from the server never touches an edit.

import { patch } from "../lib/api.js";
import { parts, setText, showProblem } from "../lib/dom.js";
import { Draft } from "../lib/draft.js";
import { money } from "../lib/format.js";
import { isActive, isUnfinished } from "../lib/studio-state.js";
import { _ } from "../lib/text.js";
import { toast } from "../lib/toast.js";

const TEXT = {
  empty: _("No text yet."),
  label: (number) => _("Text of scene %(number)s", { number }),
  dropped: (number) => _("The changes to the text of scene %(number)s are dropped.", { number }),
  rewrite: (price) => (price === null ? _("Regenerate scene text") : _("Regenerate scene text · ≈ %(price)s", { price: money(price) })),
  saved: (number) => _("The text of scene %(number)s is saved.", { number }),
};

const rewriting = () => import("../lib/rewriting.js");

class SceneText extends HTMLElement {
  #scene = null;
  #price = null;
  #base = null;
  #saving = null;
  #draft = null;
  #rewriting = null;

  connectedCallback() {
    if (this.ui) return; // a card that is moved in the list is connected again
    this.ui = parts(this);
    this.ui.edit.addEventListener("click", () => this.edit());
    for (const verb of ["rewrite", "stop"]) this.ui[verb].addEventListener("click", () => this.#anew(verb));
    this.ui.form.addEventListener("reset", (event) => {
      event.preventDefault();
      this.#drop();
    });
    this.ui.form.addEventListener("input", () => this.#draft.save(this.#edited));
    this.ui.form.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault(); // the page's own Ctrl+Enter would start a whole run
        this.ui.form.requestSubmit();
      }
      if (event.key === "Escape") this.ui.form.reset();
    });
    this.ui.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.settle();
    });
  }

  paint(scene, { price = null } = {}) {
    const isFirst = this.#scene?.id !== scene.id && !scene.id.startsWith("draft-");
    const isWritten = scene.status === "writing" || this.#scene?.status === "writing" || isActive(this.#scene?.writing);
    const isNews = isWritten && scene.description && scene.description !== this.#scene?.description;
    this.#scene = scene;
    this.#words(scene, isNews);
    this.ui.text.setAttribute("aria-label", TEXT.label(scene.index + 1));
    setText(this.ui.negative, scene.negative_description);
    this.ui.fold.hidden = this.isEditing || !(scene.negative_description || scene.status === "writing"); // a draft keeps room
    this.ui.newer.hidden = !(this.isEditing && scene.version_id !== this.#base);
    this.ui.actions.hidden = this.isEditing;
    this.#price = price;
    this.#written(scene);
    if (isFirst) this.#reopen();
  }

  /** How the words are being written anew, and what went wrong with it. */
  #written(scene) {
    const { ui } = this;
    const { writing: job, textStatus } = scene;
    this.#rewriting?.heard(scene);
    ui.writing.job = job ?? null;
    ui.rewrite.disabled = isUnfinished(job);
    setText(ui.rewrite_words, TEXT.rewrite(this.#price));
    ui.stopping.hidden = !isActive(job);
    ui.stop.disabled = Boolean(job?.cancel_requested);
    if (!textStatus && ui.trouble.hidden) return;
    const ways = { edit: () => this.edit(), retry: () => this.#anew("rewrite"), price: this.#price };
    import("../lib/trouble.js").then(({ tellText }) => tellText(ui, this.#scene, ways));
  }

  #words(scene, isNews) {
    const { text } = this.ui;
    text.toggleAttribute("data-empty", !scene.description);
    text.toggleAttribute("data-skeleton", scene.status === "writing" && !scene.description);
    if (!scene.description) setText(text, scene.status === "writing" ? "" : TEXT.empty);
    else if (isNews || text.dataset.typing !== undefined) this.#arrive(text);
    else setText(text, scene.description);
  }

  async #arrive(node) {
    node.dataset.typing = "";
    const { type } = await import("../lib/teletype.js");
    type(node, this.#scene.description);
  }

  /** Save what is being edited; gives whether nothing is left unsaved. */
  async settle() {
    if (!this.isEditing) return true;
    this.#saving ??= this.#save();
    const saved = await this.#saving;
    this.#saving = null;
    return saved;
  }

  edit() {
    if (!this.isEditing && this.#scene.status !== "writing" && this.ui.actions.checkVisibility()) this.#open();
  }

  get isEditing() {
    return !this.ui.form.hidden;
  }

  get #typed() {
    return { description: this.ui.description.value, negative_description: this.ui.negative_description.value };
  }

  get #edited() {
    return { ...this.#typed, version: this.#base };
  }

  /** An edit that was open when the page was left comes back as it was. */
  #reopen() {
    this.#draft = new Draft(`scene-${this.#scene.id}`);
    const draft = this.#draft.load();
    if (draft.description !== undefined) this.#open(draft);
  }

  #open(draft = null) {
    this.#base = draft?.version ?? this.#scene.version_id;
    this.ui.description.value = draft?.description ?? this.#scene.description;
    this.ui.negative_description.value = draft?.negative_description ?? this.#scene.negative_description;
    this.#show({ editing: true });
    if (!draft) this.ui.description.focus();
  }

  /** Leave the edit without saving; the way back is offered. */
  #drop() {
    const { index, ...scene } = this.#scene;
    const edited = this.#edited;
    const isChanged = Object.keys(this.#typed).some((name) => edited[name] !== scene[name]);
    this.#close();
    const back = () => {
      if (this.isEditing) this.#drop();
      this.#draft.save(edited);
      this.#open(edited);
      this.ui.description.focus();
    };
    if (isChanged) toast(TEXT.dropped(index + 1), { undo: back });
  }

  #close() {
    this.#draft.forget();
    this.#show({ editing: false });
    this.ui.edit.focus();
  }

  #show({ editing }) {
    this.ui.form.hidden = !editing;
    this.ui.text.hidden = this.ui.actions.hidden = editing;
    showProblem(this.ui.problem, null);
    this.ui.newer.hidden = true;
    this.ui.fold.hidden = !this.#scene.negative_description || editing;
    setText(this.ui.text, this.#scene.description || TEXT.empty);
  }

  async #save() {
    const old = this.#scene;
    try {
      const scene = await patch(`/api/mv/scenes/${old.id}`, this.#typed);
      if (scene.version_id !== old.version_id) toast(TEXT.saved(old.index + 1), { undo: async () => (await rewriting()).bringBack(old, this.#tell) });
      this.#tell("scene.changed", scene);
      this.#close();
      return true;
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      return false;
    }
  }

  async #anew(verb) {
    if (this.ui[verb].disabled) return;
    const scene = this.#scene;
    this.ui[verb].disabled = true;
    try {
      this.#rewriting ??= new (await rewriting()).Rewriting(this.#tell);
      await this.#rewriting[verb](scene);
    } catch (detail) {
      this.dispatchEvent(new CustomEvent("mv-problem", { detail, bubbles: true }));
    }
    this.#written(this.#scene);
  }

  #tell = (kind, data) => this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind, data }, bubbles: true }));
}

customElements.define("mv-scene-text", SceneText);
