// What the Create page makes of its form: the body of a new project, and what is still missing before a run can start.

import { _ } from "./text.js";

const TEXT = {
  idea: _("Type an idea."),
  character: _("Describe the character and generate portraits, or choose a picture."),
  portrait: _("Choose one of the portraits."),
  described: _("Describe the character."),
  product: _("Choose a product picture."),
  scenes: _("The number of scenes is 1 to 60."),
  link: _("Fetch the song of the link, or clear the link."),
};

/** The field of the one picture that the project takes from a file or the library; none where it takes none. */
export function pictureOf({ form: { elements }, own, product }) {
  if (elements.mode.value === "product") return product;
  return elements.use_ai.checked ? own : null;
}

/** The body of the project; texts are trimmed, what is not chosen is null. */
export function bodyOf({ form, flavor, portraits, own, product, song }) {
  const fields = form.elements;
  const count = Number(fields.number_of_scenes.value);
  const isProduct = fields.mode.value === "product";
  const portrait = fields.use_ai.checked ? (own.value ?? portraits.value.chosen) : null;
  return {
    mode: fields.mode.value,
    idea: fields.idea.value.trim(),
    character_description: isProduct ? "" : fields.character_description.value.trim(),
    character_reference_id: isProduct ? null : portrait,
    product_image_id: isProduct ? product.value : null,
    audio_id: song.value?.id ?? null,
    config_flavor: flavor.value,
    number_of_scenes: Number.isInteger(count) && count >= 1 && count <= 60 ? count : null,
  };
}

/** What is missing before videos can be generated: `[[field to go to, words], …]`. */
export function missingIn({ form, portraits, own, product, song }, body) {
  const fields = form.elements;
  const isComing = pictureOf({ form, own, product })?.work.isGoing;
  const found = [];
  if (!body.idea) found.push([fields.idea, TEXT.idea]);
  if (body.mode === "product") {
    if (!body.product_image_id && !isComing) found.push([product.querySelector("input"), TEXT.product]);
  } else if (fields.use_ai.checked && !body.character_reference_id && !isComing) {
    if (body.character_description) found.push([portraits.querySelector("button"), TEXT.portrait]);
    else found.push([fields.character_description, TEXT.character]);
  } else if (!body.character_description && !body.character_reference_id && !isComing) {
    found.push([fields.character_description, TEXT.described]);
  }
  if (!fields.number_of_scenes.validity.valid) found.push([fields.number_of_scenes, TEXT.scenes]);
  return [...found, ...unfetchedIn({ song })];
}

/** What is typed and would not come along even where nothing starts: a link whose song nobody has fetched; as `missingIn`. */
export function unfetchedIn({ song }) {
  return song.isUnfetched ? [[song.ui.link, TEXT.link]] : [];
}
