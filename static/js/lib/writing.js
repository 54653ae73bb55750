// How the writing of the scenes goes, shown where the first clip will be: nothing moves when it comes and goes.

import { isActive } from "./studio-state.js";

/** Draw it from a `StudioState`; `first` is the first scene as it is viewed, `list` the element with the cards. */
export function paintWriting({ writing, writing_progress: progress }, { writing: job, run, project }, { first, list }) {
  const frame = first?.status === "writing" && list.querySelector(".film");
  if (frame && writing.parentNode !== frame) frame.append(writing);
  else if (!frame && writing.closest(".film")) list.before(writing);
  const shown = isActive(job) ? job : frame ? run : null; // a run begins with the writing
  progress.about = `${project.idea}. ${project.character_description}`;
  progress.job = shown;
  writing.hidden = !shown;
}
