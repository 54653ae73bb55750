// The demonstration: a project of three scenes with a portrait, made over the same API as everything else.

import { post } from "./api.js";
import { finished } from "./jobs.js";
import { spend } from "./spend.js";
import { _ } from "./text.js";

const TEXT = {
  portrait: _("The portrait is being painted…"),
  project: _("The project is being made…"),
  title: _("Demonstration"),
  idea: _("A lighthouse keeper dances through one stormy night and wakes to a calm sea."),
  character: _("A young woman with short copper hair and a yellow raincoat, painted in soft flat shapes."),
};

/** Make it and start its run; `say` hears what is going on. Gives the project's id. */
export async function makeDemo(say) {
  say(TEXT.portrait);
  const portraits = await spend("/api/mv/generate_character_reference", { character_description: TEXT.character, num_images: 1 });
  await finished(portraits);
  say(TEXT.project);
  const [{ id: portrait }] = portraits.images;
  const words = { title: TEXT.title, idea: TEXT.idea, character_description: TEXT.character };
  const project = await post("/api/mv/projects/", { ...words, character_reference_id: portrait, number_of_scenes: 3 });
  await spend(`/api/mv/projects/${project.id}/run`);
  return project.id;
}
