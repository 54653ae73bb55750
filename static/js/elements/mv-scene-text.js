// A scene's words: read, edit, save or cancel, have them written anew. News from the server never touches an edit.

import { patch } from "../lib/api.js";
import { parts, setText, showProblem } from "../lib/dom.js";
import { forget, load, save } from "../lib/draft.js";
import { spend } from "../lib/spend.js";
import { isActive } from "../lib/studio-state.js";

const TEXT = { empty: "No text yet.", label: (number) => `Text of scene ${number}` };

class SceneText extends HTMLElement {
  #scene = null;
  #base = null;
  #saving = null;

  connectedCallback() {
    this.ui = parts(this);
    this.ui.edit.addEventListener("click", () => this.#open());
    this.ui.rewrite.addEventListener("click", () => this.#rewrite());
    this.ui.form.addEventListener("reset", () => this.#close());
    this.ui.form.addEventListener("input", () => save(this.#draftName, { ...this.#typed, version: this.#base }));
    this.ui.form.addEventListener("keydown", (event) => event.key === "Enter" && event.ctrlKey && this.ui.form.requestSubmit());
    this.ui.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.settle();
    });
  }

  set scene(scene) {
    const isFirst = !this.#scene;
    this.#scene = scene;
    setText(this.ui.text, scene.description || TEXT.empty);
    this.ui.text.toggleAttribute("data-empty", !scene.description);
    this.ui.text.setAttribute("aria-label", TEXT.label(scene.index + 1));
    setText(this.ui.negative, scene.negative_description);
    this.ui.fold.hidden = !scene.negative_description || this.isEditing;
    this.ui.newer.hidden = !(this.isEditing && scene.version_id !== this.#base);
    this.ui.writing.job = scene.writing;
    this.ui.rewrite.disabled = isActive(scene.writing);
    if (isFirst) this.#reopen();
  }

  /** Save what is being edited; gives whether nothing is left unsaved. */
  async settle() {
    if (!this.isEditing) return true;
    this.#saving ??= this.#save();
    const saved = await this.#saving;
    this.#saving = null;
    return saved;
  }

  get isEditing() {
    return !this.ui.form.hidden;
  }

  get #draftName() {
    return `scene-${this.#scene.id}`;
  }

  get #typed() {
    return { description: this.ui.description.value, negative_description: this.ui.negative_description.value };
  }

  /** An edit that was open when the page was left comes back as it was. */
  #reopen() {
    const draft = load(this.#draftName);
    if (draft.description !== undefined) this.#open(draft);
  }

  #open(draft = null) {
    this.#base = draft?.version ?? this.#scene.version_id;
    this.ui.description.value = draft?.description ?? this.#scene.description;
    this.ui.negative_description.value = draft?.negative_description ?? this.#scene.negative_description;
    this.#show({ editing: true });
    if (!draft) this.ui.description.focus();
  }

  #close() {
    forget(this.#draftName);
    this.#show({ editing: false });
    this.ui.edit.focus();
  }

  #show({ editing }) {
    this.ui.form.hidden = !editing;
    this.ui.text.hidden = this.ui.actions.hidden = editing;
    showProblem(this.ui.problem, null);
    this.scene = this.#scene;
  }

  async #save() {
    try {
      const scene = await patch(`/api/mv/scenes/${this.#scene.id}`, this.#typed);
      this.#scene = { ...this.#scene, ...scene };
      this.#close();
      this.#tell("scene.changed", scene);
      return true;
    } catch (problem) {
      showProblem(this.ui.problem, problem);
      return false;
    }
  }

  async #rewrite() {
    this.ui.rewrite.disabled = true;
    try {
      const job = await spend(`/api/mv/scenes/${this.#scene.id}/regenerate`);
      if (job) this.#tell("job.queued", job);
    } catch (problem) {
      this.dispatchEvent(new CustomEvent("mv-problem", { detail: problem, bubbles: true }));
    }
    this.ui.rewrite.disabled = isActive(this.#scene.writing);
  }

  #tell(kind, data) {
    this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind, data }, bubbles: true }));
  }
}

customElements.define("mv-scene-text", SceneText);
