// The scenes in order, each a card that stays the same node whatever happens to it; moving them by hand and by keys.

import { announce, parts, setText } from "../lib/dom.js";
import { shortcuts } from "../lib/shortcuts.js";
import { _ } from "../lib/text.js";
import "./mv-scene-card.js";

const TEXT = {
  scenes: _("On scenes"),
  next: _("Next scene"),
  before: _("Scene before"),
  edit: _("Edit the scene's text"),
  again: _("Make the clip (again) of the scene that has the focus"),
  compare: _("Compare two takes"),
  removed: (count) => _("Removed scenes (%(count)s)", { count }),
};

class SceneList extends HTMLElement {
  #cards = new Map();
  #scenes = [];
  #moves = null;
  #project = null;

  connectedCallback() {
    this.ui = parts(this);
    this.addEventListener("click", (event) => this.#onClick(event));
    this.addEventListener("keydown", (event) => this.#onKey(event));
    this.addEventListener("pointerdown", (event) => this.#onPointer(event));
    const fold = this.ui.removed.querySelector("details");
    fold.addEventListener("toggle", () => fold.open && import("./mv-removed-scenes.js").then(() => this.#paintRemoved()));
    shortcuts(TEXT.scenes, [
      { key: "j", text: TEXT.next, act: () => this.#go(1) },
      { key: "k", text: TEXT.before, act: () => this.#go(-1) },
      { key: "e", text: TEXT.edit, act: () => this.#here()?.edit() },
      { key: "r", text: TEXT.again, act: () => this.#focused()?.shoot() }, // it may cost: never what is only in sight
      { key: "t", text: TEXT.compare, act: () => this.#here()?.querySelector("mv-take-player").compare() },
    ]);
  }

  /** Draw the scenes, and how many of the project's were removed. */
  paint(scenes, prices, project) {
    this.#project = project;
    this.#paintRemoved();
    this.#adopt(scenes);
    const known = new Set(scenes.map(({ id }) => id));
    for (const [id, item] of this.#cards) {
      if (known.has(id)) continue;
      item.remove();
      this.#cards.delete(id);
    }
    this.#scenes = scenes;
    const focused = document.activeElement;
    scenes.forEach((scene, index) => {
      const item = this.#cards.get(scene.id) ?? this.#card(scene.id);
      this.#put(item, index);
      item.firstChild.paint(scene, prices);
    });
    if (focused !== document.activeElement && this.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** What was removed is seldom looked at: its module comes when it is. */
  #paintRemoved() {
    const { removed } = this.ui;
    const { trashed_scenes: count } = this.#project;
    removed.hidden = !count;
    setText(removed.querySelector("summary"), TEXT.removed(count));
    removed.paint?.(this.#project);
  }

  /** Take a scene back; `show(id)` then leads to it. */
  restore(scene) {
    return this.#act("restore", scene);
  }

  show(id) {
    this.#focus(id);
  }

  /** Moving a card must not stop what plays in it, where the browser can do that. */
  #put(item, index) {
    const { list } = this.ui;
    const there = list.children[index] ?? null;
    if (there === item) return;
    if (item.isConnected && list.moveBefore) list.moveBefore(item, there);
    else list.insertBefore(item, there);
  }

  /** The card of a draft becomes the card of the scene that was made of it. */
  #adopt(scenes) {
    for (const { id, index } of scenes) {
      const item = this.#cards.get(`draft-${index}`);
      if (!item || id === `draft-${index}`) continue;
      this.#cards.delete(`draft-${index}`);
      this.#cards.set(id, item);
      item.id = `scene-${id}`;
    }
  }

  #card(id) {
    const item = document.createElement("li");
    const card = document.createElement("mv-scene-card");
    item.id = `scene-${id}`;
    card.className = "scene";
    item.append(card);
    this.#cards.set(id, item);
    return item;
  }

  #sceneOf = (node) => this.#scenes.find(({ id }) => `scene-${id}` === node.closest("li[id]")?.id);

  async #act(verb, scene, ...given) {
    this.#moves ??= import("../lib/scene-moves.js").then(({ sceneMoves }) =>
      sceneMoves({
        scenes: () => this.#scenes,
        tell: (kind, data) => this.dispatchEvent(new CustomEvent("mv-event", { detail: { kind, data }, bubbles: true })),
        wrong: (detail) => this.dispatchEvent(new CustomEvent("mv-wrong", { detail, bubbles: true })),
      }),
    );
    return (await this.#moves)[verb](scene, ...given);
  }

  async #onClick({ target }) {
    const button = target.closest("[data-move]");
    if (!button) return;
    const scene = this.#sceneOf(button);
    const verb = button.dataset.move;
    button.closest("details").open = false;
    const near = this.#scenes[scene.index + 1] ?? this.#scenes[scene.index - 1];
    if (verb === "up" || verb === "down") await this.#shift(scene, verb === "up" ? -1 : 1);
    else if (verb === "insert") (await this.#act("insert", scene).then((made) => made && this.#cards.get(made.id)?.firstChild))?.edit();
    else await this.#act(verb, scene);
    if (verb === "trash" && near) this.#focus(near.id);
  }

  async #shift(scene, by) {
    await this.#act("move", scene, scene.index + by);
    this.#cards.get(scene.id)?.querySelector("[data-part=handle]").focus();
  }

  #onKey(event) {
    const menu = event.target.closest("details.menu[open]");
    if (event.key === "Escape" && menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || event.target.dataset.part !== "handle") return;
    event.preventDefault();
    this.#shift(this.#sceneOf(event.target), by);
  }

  async #onPointer(event) {
    const handle = event.target.closest("[data-part=handle]");
    if (!handle || event.button !== 0) return;
    event.preventDefault();
    handle.focus();
    const scene = this.#sceneOf(handle);
    const { dragItem } = await import("../lib/scene-moves.js");
    dragItem(event, handle.closest("li"), (index) => this.#act("move", scene, index));
  }

  #focused = () => document.activeElement?.closest("mv-scene-card");

  /** The card that has the focus, else the first one in sight. */
  #here() {
    const cards = [...this.querySelectorAll("mv-scene-card")];
    return this.#focused() ?? cards.find((card) => card.getBoundingClientRect().bottom > innerHeight / 4) ?? null;
  }

  #go(by) {
    const cards = [...this.querySelectorAll("mv-scene-card")];
    const at = cards.indexOf(this.#focused());
    const next = at < 0 ? cards.indexOf(this.#here()) : Math.min(Math.max(at + by, 0), cards.length - 1);
    if (cards[next]) this.#focus(cards[next].parentElement.id.replace("scene-", ""));
  }

  #focus(id) {
    const item = this.#cards.get(id);
    item?.scrollIntoView({ block: "nearest" });
    item?.querySelector("h3").focus({ preventScroll: true });
    if (item) announce(item.querySelector("h3").textContent);
  }
}

customElements.define("mv-scene-list", SceneList);
