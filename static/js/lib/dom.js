// Building and finding nodes without ever parsing text as markup.

import { _, told } from "./text.js";

/** Make an element: properties are set as given, strings become text. */
export function h(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** Make one of our icons (static/img/icons.svg); it is decoration, the word stands next to it. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** Find the nodes marked `data-part="name"` of one of our elements, by name; those of elements inside it are theirs. */
export function parts(root) {
  const own = [...root.querySelectorAll("[data-part]")].filter((node) => ownerOf(node) === root);
  return Object.fromEntries(own.map((node) => [node.dataset.part, node]));
}

function ownerOf(node) {
  let up = node.parentElement;
  while (up && !up.localName.includes("-")) up = up.parentElement;
  return up;
}

/** Put a copy of `<template id>` into an element and return its parts. */
export function stamp(id, into) {
  into.append(document.getElementById(id).content.cloneNode(true));
  return parts(into);
}

/** Write text only when it changed, so that nothing flickers and no selection is lost. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Show a problem (what happened, what to do) in a node, or hide the node when there is none. */
export function showProblem(node, problem) {
  node.hidden = !problem;
  if (!problem) return node.replaceChildren();
  const lines = [h("strong", { textContent: told(problem.title || problem.detail) })];
  if (problem.title && problem.detail && problem.detail !== problem.title) lines.push(h("span", { textContent: told(problem.detail) }));
  for (const field of problem.errors ?? []) {
    lines.push(h("span", { textContent: `${nameOf(field.pointer.replace("#/", ""), node)}: ${told(field.detail)}` }));
  }
  if (problem.next_step) lines.push(h("span", { textContent: told(problem.next_step) }));
  const id = problem.request_id ?? problem.body?.request_id;
  if (id) lines.push(h("small", { className: "quiet", textContent: _("Request %(id)s", { id }) }));
  if (node.textContent !== lines.map((line) => line.textContent).join("")) node.replaceChildren(...lines);
  return node;
}

/** What a field is called beside it, where it stands in the form of the error; else the name that programs use. */
function nameOf(field, node) {
  const control = node.closest("form")?.elements.namedItem(field);
  return control?.labels?.[0]?.textContent.trim() || control?.ariaLabel || field.replaceAll("_", " ");
}

/** Show how the feed stands in a badge: nothing while it is live, else the badge's own words for it. */
export function showConnection(badge, state) {
  badge.hidden = state === "live";
  if (badge.dataset.shown === state) return;
  badge.dataset.shown = state;
  for (const word of badge.children) word.hidden = word.dataset.when !== state;
}

const news = [];

/** Say something once to people who cannot see the page, with all that is said at the same time. */
export function announce(text) {
  if (news.push(text) > 1) return;
  setTimeout(() => (document.getElementById("announcements").textContent = news.splice(0).join(" ")), 100);
}

/** Read the JSON that the server put into the page under an id. */
export function embedded(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
