// What a person likes, kept in this browser: how text arrives, whether to be told, the song under a clip.

import { load, save } from "./draft.js";

const USUAL = { teletype: true, notify: false, song: true };

export const likes = (name) => ({ ...USUAL, ...load("likes") })[name];

export const like = (name, value) => save("likes", { ...load("likes"), [name]: value });

/** Whether things may move at all. */
export const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
