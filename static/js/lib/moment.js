// When something was, as people write it.

import { language } from "./text.js";

/** A moment (ISO 8601) as day and time of the page's language: `Nov 27, 2026, 11:10 PM`. */
export const moment = (iso) => new Date(iso).toLocaleString(language(), { dateStyle: "medium", timeStyle: "short" });
