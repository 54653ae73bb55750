// Having a scene's words written anew: asking for it, stopping it, and the way back to the words before.

import { patch, post } from "./api.js";
import { isActive } from "./studio-state.js";
import { _ } from "./text.js";
import { toast } from "./toast.js";

const TEXT = { rewritten: (number) => _("The text of scene %(number)s is written anew.", { number }) };

/** Bring the words of a scene back as it was; `tell(kind, data)` passes the answer on. */
export async function bringBack({ id, description, negative_description }, tell) {
  tell("scene.changed", await patch(`/api/mv/scenes/${id}`, { description, negative_description }));
}

export class Rewriting {
  #asked = null;

  constructor(tell) {
    this.tell = tell;
  }

  async rewrite(scene) {
    const { spend } = await import("./spend.js");
    const job = await spend(`/api/mv/scenes/${scene.id}/regenerate`);
    if (!job) return;
    this.#asked = { job, scene };
    this.tell("job.queued", job);
  }

  async stop({ writing }) {
    this.tell("job.changed", await post(writing.urls.cancel));
  }

  /** Once new words that were asked for here have come, the old ones can be had back. */
  heard({ index, writing }) {
    if (!this.#asked || writing?.id !== this.#asked.job.id || isActive(writing)) return;
    const { scene } = this.#asked;
    this.#asked = null;
    if (writing.state === "succeeded") toast(TEXT.rewritten(index + 1), { undo: () => bringBack(scene, this.tell) });
  }
}
