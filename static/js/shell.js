// What every page has: light or dark, the language, the list of keys, the word that the studio is away, players that go on.

import "./elements/mv-connection.js";
import "./elements/mv-language-switch.js";
import "./elements/mv-shortcuts.js";
import "./elements/mv-theme-switch.js";
import "./lib/fresh.js";
