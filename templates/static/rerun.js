// A rerun that is being baked: asks how far it is, and loads the page again when it is ready.
import { find } from "./app.js";

const box = find("[data-rerun]");

async function poll() {
  try {
    const answer = await fetch(box.dataset.rerun, { cache: "no-store", headers: { Accept: "application/json" } });
    if ([401, 403, 404].includes(answer.status)) return;
    if (answer.ok) {
      const { rerun } = await answer.json();
      if (!rerun.is_baking) return location.reload();
      find("[data-baked]", box).textContent = rerun.baked;
      find("progress", box).value = rerun.baked;
    }
  } catch { /* the connection is interrupted: the next time */ }
  setTimeout(poll, 3000);
}
if (box) setTimeout(poll, 1000);
