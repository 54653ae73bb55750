// Copying for people. Browsers offer their clipboard on safe origins only; elsewhere the text is selected for a key.

import { setText } from "./dom.js";
import { _ } from "./text.js";

const TEXT = { select: _("The browser does not let this page copy. The text is selected: press Ctrl+C.") };

/** Copy a text that stands in a node, maybe shortened; gives what to say of it: `copied`, or what is left to do. */
export async function copyText(node, text, copied) {
  try {
    await navigator.clipboard.writeText(text);
    return copied;
  } catch (refused) {
    console.info("There is no clipboard.", refused.name);
  }
  if (node.select) node.select();
  else {
    setText(node, text);
    getSelection().selectAllChildren(node);
  }
  return TEXT.select;
}
