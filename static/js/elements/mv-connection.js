// Says that the studio cannot be reached, and goes away when it can be again. Pages hear `mv-back` on the document.

const AGAIN_MS = 2_000;
const TIMEOUT_MS = 4_000;

class Connection extends HTMLElement {
  #asking = false;

  connectedCallback() {
    document.addEventListener("mv-away", () => this.#ask());
    window.addEventListener("offline", () => this.#ask());
  }

  /** A browser without a network still reaches a studio on its own machine: only the studio's answer counts. */
  async #ask() {
    if (this.#asking) return;
    this.#asking = true;
    while (!(await answers())) {
      this.hidden = false;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    this.#asking = false;
    if (!this.hidden) document.dispatchEvent(new CustomEvent("mv-back"));
    this.hidden = true;
  }
}

async function answers() {
  try {
    return (await fetch("/health/live", { cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) })).ok;
  } catch {
    return false;
  }
}

customElements.define("mv-connection", Connection);
