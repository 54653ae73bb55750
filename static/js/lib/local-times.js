// Moments that the server wrote in UTC are shown as the clock of the person's own place has them. Pages load it by itself:
// what it shares with too many of them would be loaded by all.

import { language } from "./text.js";

const FORM = { dateStyle: "medium", timeStyle: "short" }; // that of moment.js
for (const node of document.querySelectorAll("time[datetime]")) node.textContent = new Date(node.dateTime).toLocaleString(language(), FORM);
