// Changing the row of scenes: insert, split, move, delete; each can be taken back.

import { post, remove } from "./api.js";
import { announce } from "./dom.js";
import { _ } from "./text.js";
import { toast } from "./toast.js";

const TEXT = {
  moved: (from, to) => _("Scene %(from)s is scene %(to)s now.", { from, to }),
  back: (number) => _("Scene %(number)s is back.", { number }),
  gone: (number) => _("Scene %(number)s is in the trash.", { number }),
  added: (number) => _("Scene %(number)s is added; give it a text.", { number }),
  split: (number) => _("Scene %(number)s is a copy of the one before it.", { number }),
};

// One after the other, in the order asked for: where a scene lands depends on what was changed before.
let last = Promise.resolve();
const inTurn = (ask) => (...words) => {
  const answer = last.then(() => ask(...words));
  last = answer.catch(() => null); // whoever asked hears of it
  return answer;
};
const send = inTurn(post);
const drop = inTurn(remove);

/** `tell(kind, data)` shows a change at once; `scenes()` gives the scenes in order; `wrong(problem)` shows a failure. */
export function sceneMoves({ tell, scenes, wrong }) {
  const tried = (act) => async (...given) => {
    try {
      return await act(...given);
    } catch (problem) {
      wrong(problem);
      return null;
    }
  };
  const others = (scene) => scenes().map(({ id }) => id).filter((id) => id !== scene.id);
  const lined = (ids) => tell("scenes.reordered", { ids });
  const landed = (scene) => {
    const ids = others(scene);
    ids.splice(scene.index, 0, scene.id);
    tell("scene.changed", scene);
    lined(ids);
  };

  // Told first, so that nobody asks for the price of a scene that is going.
  const trash = async (scene) => {
    const ids = others(scene);
    tell("scene.changed", { id: scene.id, trashed: true });
    lined(ids);
    try {
      await drop(`/api/mv/scenes/${scene.id}`);
    } catch (problem) {
      landed(scene);
      throw problem;
    }
  };
  const back = async (scene) => {
    const restored = await send(`/api/mv/scenes/${scene.id}/restore`);
    landed(restored);
    return restored;
  };

  const place = async (scene, index) => {
    const before = scenes().map(({ id }) => id);
    const ids = others(scene);
    ids.splice(index, 0, scene.id);
    lined(ids);
    try {
      await send(`/api/mv/scenes/${scene.id}/reorder`, { index });
    } catch (problem) {
      lined(before);
      throw problem;
    }
  };

  return {
    insert: tried(async (scene) => {
      const made = await send("/api/mv/scenes/", { project_id: scene.project_id, index: scene.index + 1 });
      landed(made);
      toast(TEXT.added(made.index + 1), { undo: () => trash(made) });
      return made;
    }),
    split: tried(async (scene) => {
      const made = await send(`/api/mv/scenes/${scene.id}/split`);
      landed(made);
      toast(TEXT.split(made.index + 1), { undo: () => trash(made) });
      return made;
    }),
    move: tried(async (scene, index) => {
      const from = scene.index;
      if (index < 0 || index >= scenes().length || index === from) return;
      await place(scene, index);
      announce(TEXT.moved(from + 1, index + 1));
      toast(TEXT.moved(from + 1, index + 1), { undo: () => place(scene, from) });
    }),
    trash: tried(async (scene) => {
      await trash(scene);
      toast(TEXT.gone(scene.index + 1), { undo: () => back(scene) });
    }),
    /** Whoever asks for it shows what goes wrong. */
    restore: async (scene) => {
      const restored = await back(scene);
      toast(TEXT.back(restored.index + 1), { undo: () => trash(restored) });
      return restored;
    },
  };
}

/** Drag a list item by its handle: `drop(index)` is called where it is let go. Escape, or another pointer, ends it. */
export function dragItem(event, item, drop) {
  const list = item.parentElement;
  const others = [...list.children].filter((each) => each !== item);
  const handle = event.target;
  let index = null;
  handle.setPointerCapture?.(event.pointerId);
  item.dataset.dragged = "";
  const mark = (place) => {
    index = place;
    others.forEach((each, at) => each.toggleAttribute("data-before", at === place));
    others.at(-1)?.toggleAttribute("data-after", place === others.length);
  };
  const move = ({ clientY }) => {
    const edge = 60;
    if (clientY < edge) scrollBy(0, -12);
    if (clientY > innerHeight - edge) scrollBy(0, 12);
    const below = others.findIndex((each) => clientY < each.getBoundingClientRect().top + each.offsetHeight / 2);
    mark(below < 0 ? others.length : below);
  };
  const stop = new AbortController();
  const end = ({ type }) => {
    stop.abort();
    mark(null);
    delete item.dataset.dragged;
    if (type === "pointerup" && landed !== null) drop(landed);
  };
  let landed = null;
  const options = { signal: stop.signal };
  document.addEventListener("pointermove", (moved) => {
    move(moved);
    landed = index;
  }, options);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end, options);
  document.addEventListener("keydown", (key) => key.key === "Escape" && end(key), options);
}
