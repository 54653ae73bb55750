// Fields of a form that others may change meanwhile: what was typed here is told apart from what only stands there.

export class Typed {
  #base = {}; // what the fields were filled with: what differs from it was typed here

  constructor(form, names) {
    this.form = form;
    this.names = names;
  }

  /** What a draft keeps: the fields, and what they were filled with. */
  get kept() {
    return { ...this.#raw, base: this.#base };
  }

  set kept({ base = {}, ...words }) {
    for (const name of this.names) this.form.elements[name].value = words[name];
    this.#base = { ...base };
  }

  get #raw() {
    return Object.fromEntries(this.names.map((name) => [name, this.form.elements[name].value]));
  }

  /** What was typed, by field. */
  get changes() {
    return Object.fromEntries(Object.entries(this.words).filter(([name]) => this.#isTyped(name)));
  }

  /** What stands in all fields, by name. */
  get words() {
    return Object.fromEntries(this.names.map((name) => [name, this.form.elements[name].value.trim()]));
  }

  #isTyped = (name) => this.form.elements[name].value !== this.#base[name];

  /** Show what is known by now in each field in which nothing was typed. */
  fill(known) {
    for (const name of this.names.filter((each) => !this.#isTyped(each))) {
      const field = this.form.elements[name];
      const value = String(known[name] ?? "");
      if (field.value !== value) field.value = value;
      this.#base[name] = field.value;
    }
  }

  /** Take what stands there as not typed: all of it, or the fields that hold what was `saved`. */
  settle(saved = this.words) {
    for (const [name, words] of Object.entries(this.words)) if (words === saved[name]) this.#base[name] = this.#raw[name];
  }
}
