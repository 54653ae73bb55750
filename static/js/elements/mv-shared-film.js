// A film behind a share link: one of them plays at a time.

class SharedFilm extends HTMLElement {
  connectedCallback() {
    const video = this.querySelector("video");
    video.addEventListener("play", () => this.#pauseOthers(video));
  }

  #pauseOthers(video) {
    for (const other of document.querySelectorAll("video")) if (other !== video) other.pause();
  }
}

customElements.define("mv-shared-film", SharedFilm);
