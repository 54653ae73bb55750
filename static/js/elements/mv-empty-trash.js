// The button that empties one's whole trash for good, once its dialog has said yes. Speaks `mv-changed` with
// `{count, failed}`: how many went, and whether not all that could.
// The library's; with `projects` that of the projects, whose list says itself how many are gone.

import { remove } from "../lib/api.js";
import { parts, showProblem } from "../lib/dom.js";
import { size } from "../lib/format.js";
import { _, _n } from "../lib/text.js";
import { toast } from "../lib/toast.js";

const TEXT = {
  nothing: _("Nothing was deleted: what still lies in the trash is a favourite or in use."),
  gone: (count, bytes) => _n("%(count)s thing was deleted (%(size)s).", "%(count)s things were deleted (%(size)s).", count, { size: size(bytes) }),
  noProject: _("Nothing was deleted: what still lies in the trash is at work or has an open share link."),
};

class EmptyTrash extends HTMLElement {
  connectedCallback() {
    this.ui = parts(this);
    this.ui.ask.addEventListener("click", () => this.#ask());
    this.ui.dialog.addEventListener("close", () => this.ui.dialog.returnValue === "yes" && this.#empty());
  }

  #ask() {
    this.ui.dialog.returnValue = "no";
    this.ui.dialog.showModal();
  }

  /** A call deletes a part of a large trash: ask until nothing more goes. */
  async #empty() {
    const projects = this.hasAttribute("projects");
    let [count, bytes, failed] = [0, 0, false];
    this.ui.ask.disabled = true;
    try {
      for (let more = true; more; ) {
        const { deleted, size_bytes: freed = 0, has_more: left } = await remove(`/api/mv/trash${projects ? "/projects" : ""}`);
        [count, bytes, more] = [count + deleted, bytes + freed, left];
      }
      showProblem(this.ui.problem, null);
      if (!count) toast(projects ? TEXT.noProject : TEXT.nothing);
      else if (!projects) toast(TEXT.gone(count, bytes));
    } catch (problem) {
      failed = true;
      showProblem(this.ui.problem, problem);
    }
    this.ui.ask.disabled = false;
    this.ui.ask.focus();
    this.dispatchEvent(new CustomEvent("mv-changed", { bubbles: true, detail: { count, failed } }));
  }
}

customElements.define("mv-empty-trash", EmptyTrash);
