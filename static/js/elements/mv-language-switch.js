// The choice of a language; it is a cookie, so that the server draws every page in it.

const YEAR = 31_536_000;

class LanguageSwitch extends HTMLElement {
  connectedCallback() {
    this.querySelector("select").addEventListener("change", (event) => {
      document.cookie = `django_language=${event.target.value}; path=/; max-age=${YEAR}; samesite=lax`;
      location.reload();
    });
  }
}

customElements.define("mv-language-switch", LanguageSwitch);
