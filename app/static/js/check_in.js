// SPDX-License-Identifier: AGPL-3.0-or-later
// The projected page: the code and the list are asked again every ten seconds.
(() => {
  const live = document.getElementById("live");
  const lost = document.getElementById("lost");
  const full = document.getElementById("full-screen");

  async function renew() {
    try {
      const answer = await fetch(live.dataset.live, { headers: { "HX-Request": "true" } });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) throw new Error(answer.status);
      live.innerHTML = await answer.text();
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
  }

  if (live) setInterval(renew, 10_000);
  if (full && document.fullscreenEnabled) {
    full.hidden = false;
    full.addEventListener("click", () => document.getElementById("wall").requestFullscreen());
  }
})();
