// The button that turns the page light or dark; the choice is a cookie, so that the server draws the next page in it.

const YEAR = 31_536_000;

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => {
      const root = document.documentElement;
      const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = isDark ? "light" : "dark";
      document.cookie = `mv_theme=${root.dataset.theme}; path=/; max-age=${YEAR}; samesite=lax`;
    });
  }
}

customElements.define("mv-theme-switch", ThemeSwitch);
