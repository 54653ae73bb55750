// A link that shows the finished video to people without an account: made, copied, revoked.

import { get, post, remove } from "../lib/api.js";
import { copyText } from "../lib/copy.js";
import { h, setText, showProblem } from "../lib/dom.js";
import { _, language } from "../lib/text.js";

const HOURS = [
  [24, _("one day")],
  [168, _("one week")],
  [720, _("30 days")],
];
const TEXT = {
  title: _("Share this video"),
  about: _("Whoever has the link sees the video, without an account, until the link expires or you revoke it."),
  lasts: _("The link lasts"),
  make: _("Make a link"),
  copy: _("Copy"),
  copied: _("The link is copied."),
  revoke: _("Revoke"),
  until: (time) => _("until %(time)s", { time }),
  link: _("Link"),
  close: _("Close"),
};

/** Open the dialog for `{project_id}` or `{video_id}`. */
export async function share(what) {
  const hours = h("select", { ariaLabel: TEXT.lasts }, ...HOURS.map(([value, text]) => h("option", { value, textContent: text })));
  hours.value = "168";
  const make = h("button", { type: "button", className: "primary", textContent: TEXT.make });
  const close = h("button", { type: "button", textContent: TEXT.close });
  const problem = h("div", { className: "problem", hidden: true, role: "alert" });
  const list = h("ul", { className: "stack" });
  const head = h("h2", { id: "share-heading", textContent: TEXT.title });
  const body = h("div", { className: "stack" }, head, h("p", { textContent: TEXT.about }), list, problem);
  body.append(h("p", { className: "row" }, h("label", { className: "row" }, TEXT.lasts, hours), make, close));
  const dialog = h("dialog", { className: "share" }, body);
  dialog.setAttribute("aria-labelledby", "share-heading");
  const tried = (act) => async () => {
    showProblem(problem, null);
    try {
      await act();
    } catch (wrong) {
      showProblem(problem, wrong);
    }
  };
  const shown = new Set();
  const add = (link) => {
    if (shown.has(link.id)) return; // made while those before it were asked for
    shown.add(link.id);
    list.append(row(link, tried));
  };
  make.addEventListener("click", tried(async () => add(await post("/api/mv/shares/", { ...what, expires_in_hours: Number(hours.value) }))));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  await tried(async () => {
    const [[name, id]] = Object.entries(what);
    const { results } = await get(`/api/mv/shares/?${name}=${id}`);
    results.filter((link) => link.is_open && link[name] === id).forEach(add);
  })();
}

function row(link, tried) {
  const address = h("input", { type: "text", readOnly: true, value: new URL(link.url, location.origin).href, ariaLabel: TEXT.link });
  const copy = h("button", { type: "button", className: "small", textContent: TEXT.copy });
  const revoke = h("button", { type: "button", className: "small plain", textContent: TEXT.revoke });
  const until = h("span", { className: "quiet" });
  const said = h("span", { className: "quiet", role: "status" });
  setText(until, TEXT.until(new Date(link.expires_at).toLocaleString(language(), { dateStyle: "medium", timeStyle: "short" })));
  const item = h("li", { className: "share-link" }, address, h("p", { className: "row" }, copy, revoke, until, said));
  copy.addEventListener("click", async () => {
    setText(said, await copyText(address, address.value, TEXT.copied)); // a toast would lie below the dialog
  });
  revoke.addEventListener("click", tried(async () => {
    await remove(`/api/mv/shares/${link.id}`);
    item.remove();
  }));
  return item;
}
