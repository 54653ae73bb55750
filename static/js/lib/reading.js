// Where a person reads: the page follows what is new only while they let it, and never moves under their hands.

const NEAR_PX = 120;

/** `chip` is the button that jumps to the newest thing; it shows itself when that is out of sight. */
export class Reading {
  #newest = null;
  #follows = false;

  constructor(chip) {
    this.chip = chip;
    chip.addEventListener("click", () => {
      this.#follows = true;
      this.#show();
    });
    for (const name of ["wheel", "touchmove", "keydown"]) addEventListener(name, (event) => this.#moved(event), { passive: true });
    addEventListener("scroll", () => this.#isSeen() && (this.chip.hidden = true), { passive: true });
  }

  /** From now on the page goes along with what is new, until the person scrolls away. */
  start() {
    this.#follows = true;
  }

  /** Something new stands in this node. */
  news(node) {
    this.#newest = node;
    const typing = document.activeElement?.matches("textarea, input, select") || document.querySelector("dialog[open]");
    if (this.#follows && !typing) this.#show();
    else this.chip.hidden = this.#isSeen();
  }

  #show() {
    this.chip.hidden = true;
    this.#newest?.scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  #moved(event) {
    const scrolls = ["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown", " "];
    if (event.type === "keydown" && (!scrolls.includes(event.key) || event.target.closest("button, input, textarea, select"))) return;
    setTimeout(() => (this.#follows = innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR_PX), 60);
  }

  #isSeen() {
    const box = this.#newest?.getBoundingClientRect();
    return !box || (box.top < innerHeight && box.bottom > 0);
  }
}
