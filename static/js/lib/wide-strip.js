// A strip with so many scenes that it is wider than its window: what plays stays in sight, as long as the person looks at it.

let last = 0; // where the playhead was before, in px

/** Scroll to a part (0 to 1) of the strip that has come out of sight; `anew`: also when it was not in sight before. */
export function turn(view, part, anew) {
  const isSeen = (x) => x >= view.scrollLeft && x <= view.scrollLeft + view.clientWidth;
  const x = part * view.scrollWidth;
  if (!isSeen(x) && (anew || isSeen(last))) view.scrollLeft = x - view.clientWidth / 8; // turned like a page
  last = x;
}
