// How the writing of the scenes goes, shown where the first clip will be: nothing moves when it comes and goes.

import { isActive } from "./studio-state.js";

const WRONG = ["failed", "needs_review"];

/** Draw it from a `StudioState`, and what went wrong; `first` is the first scene as viewed, `list` the element with the cards. */
export function paintWriting(ui, state, { first, list }) {
  const { writing, writing_progress: progress } = ui;
  const { writing: job, run, project } = state;
  const frame = first?.status === "writing" && list.querySelector(".film");
  if (frame && writing.parentNode !== frame) frame.append(writing);
  else if (!frame && writing.closest(".film")) list.before(writing);
  const shown = isActive(job) ? job : frame ? run : null; // a run begins with the writing
  progress.about = `${project.idea}. ${project.character_description}`;
  progress.job = shown;
  writing.hidden = !shown;
  const isWrong = [run, job].some((each) => WRONG.includes(each?.state));
  if (isWrong || !ui.trouble.hidden) import("./trouble.js").then(({ tellProject }) => tellProject(ui, state));
}
