// Texts in the visitor's language. The catalogue is a script of its own (/texts/…), loaded before the modules; English
// needs none: the texts stand in the modules as they are. `./studio texts` collects what `_` and `_n` are called with.

/** A text, with `%(name)s` filled in from `values`. The first argument is a plain string, so that it can be collected. */
export function _(text, values) {
  return fill(globalThis.gettext?.(text) ?? text, values);
}

/** The text that goes with a number: `_n("%(count)s clip", "%(count)s clips", 3)`; `count` is filled in by itself. */
export function _n(one, many, count, values) {
  const found = globalThis.ngettext?.(one, many, count) ?? (count === 1 ? one : many);
  return fill(found, { count, ...values });
}

/**
 * A text that came from the server (an error's detail, a job's stage): translated where the catalogue knows it. What it
 * says with values stands there with numbered places: `Scene {0} has no text yet.`
 */
export function told(text) {
  if (!text || !globalThis.django?.catalog) return text || "";
  if (Object.hasOwn(django.catalog, text)) return gettext(text);
  for (const [shape, words] of shapes()) {
    const found = shape.exec(text);
    if (found) return words.replace(/\{(\d+)\}/g, (_whole, place) => told(found[Number(place) + 1]));
  }
  return text;
}

let known = null;

/** What is said with values, as patterns; those that say most themselves first, so that they win over vaguer ones. */
function shapes() {
  known ??= Object.entries(django.catalog)
    .filter(([text]) => text.includes("{0}"))
    .map(([text, words]) => [text.split(/\{\d+\}/).map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")), words])
    .sort(([one], [other]) => other.join("").length - one.join("").length)
    .map(([pieces, words]) => [new RegExp(`^${pieces.join("(.*?)")}$`, "s"), words]);
  return known;
}

/** The language of the page, for dates. */
export const language = () => document.documentElement.lang || "en";

function fill(text, values) {
  return values ? text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}
