// What is typed stays: drafts in the browser's own storage, gone when they are sent.

/** Return a draft as an object; empty when there is none or it cannot be read. */
export function load(name) {
  try {
    return JSON.parse(localStorage.getItem(`mv-${name}`)) ?? {};
  } catch {
    return {};
  }
}

/** Keep a draft. A browser that refuses storage costs the comfort, not the page. */
export function save(name, value) {
  try {
    localStorage.setItem(`mv-${name}`, JSON.stringify(value));
  } catch (error) {
    console.info("Drafts are not kept in this browser.", error.name);
  }
}

export function forget(name) {
  try {
    localStorage.removeItem(`mv-${name}`);
  } catch (error) {
    console.info("Drafts are not kept in this browser.", error.name);
  }
}
