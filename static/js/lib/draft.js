// What is typed stays: drafts in the browser's own storage, gone when they are sent. Each tab has its own.

const key = (name) => `mv-${name}`;

/** A browser that refuses storage costs the comfort, not the page. */
function tried(act) {
  try {
    return act();
  } catch (error) {
    console.info("Drafts are not kept in this browser.", error.name);
    return null;
  }
}

/** Return what is kept under a name for all tabs; an empty object when there is nothing that can be read. */
export function load(name) {
  return tried(() => JSON.parse(localStorage.getItem(key(name)))) ?? {};
}

export function save(name, value) {
  tried(() => localStorage.setItem(key(name), JSON.stringify(value)));
}

/** Return what is kept under a name and forget it. */
export function taken(name) {
  const found = load(name);
  tried(() => localStorage.removeItem(key(name)));
  return found;
}

/** What is being typed in this tab; beside other tabs that type the same, and for the next visit. */
export class Draft {
  #own = null;

  constructor(name) {
    this.key = key(name);
    // What another tab has typed and sent is gone for all tabs; the words of this one are the newest then.
    addEventListener("storage", ({ key: changed, newValue }) => {
      if (changed !== this.key || newValue !== null) return;
      const own = tried(() => sessionStorage.getItem(this.key));
      if (own) tried(() => localStorage.setItem(this.key, own));
    });
  }

  /** Return this tab's draft, else the one that was typed last anywhere; empty when there is none. */
  load() {
    this.#own = tried(() => sessionStorage.getItem(this.key) ?? localStorage.getItem(this.key));
    return tried(() => JSON.parse(this.#own)) ?? {};
  }

  save(value) {
    this.#own = JSON.stringify(value);
    tried(() => {
      sessionStorage.setItem(this.key, this.#own);
      localStorage.setItem(this.key, this.#own);
    });
  }

  /** Forget this tab's draft; what another tab has typed since stays. */
  forget() {
    tried(() => {
      sessionStorage.removeItem(this.key);
      if (localStorage.getItem(this.key) === this.#own) localStorage.removeItem(this.key);
    });
  }
}
