// What is on its way and is waited for before something is made of it: a song, a picture, a choice that is being saved.

import { Problem } from "./api.js";
import { announce, setText } from "./dom.js";

export class Work {
  #going = new Set();

  /** Remember what is going on until it ends; it gives whether it worked and never throws. */
  add(work) {
    this.#going.add(work);
    return work.finally(() => this.#going.delete(work));
  }

  get isGoing() {
    return this.#going.size > 0;
  }

  /** Wait until nothing is going on any more; gives whether the last of it worked. */
  async settle() {
    let worked = true;
    while (this.isGoing) worked = (await Promise.all(this.#going)).every(Boolean);
    return worked;
  }
}

/**
 * Wait for what is on its way to fields, each with its `work` and `words` (`waits`, `lost`), and say so in a node.
 * Throws a Problem when one of it does not come.
 */
export async function arrived(fields, node) {
  const coming = fields.filter((field) => field?.work.isGoing);
  if (!coming.length) return;
  setText(node, coming.map(({ words }) => words.waits).join(" "));
  node.hidden = false;
  announce(node.textContent);
  const here = await Promise.all(coming.map(({ work }) => work.settle()));
  node.hidden = true;
  const lost = coming.find((_field, at) => !here[at]);
  if (lost) throw new Problem(0, { title: lost.words.lost });
}
