// The self-check, live: asks for its JSON until it has ended. On its own page that is loaded again,
// with all that was said; beside a form only the scores change, so that nothing typed is lost.
import { find } from "./app.js";

const box = find("[data-check]");

function show(check) {
  find("[data-why]", box).textContent = check.why;
  find("[data-verdict]", box).textContent = check.verdict_label;
  find("[data-verdict]", box).className = `state ${check.is_passed ? "finished" : check.is_running ? "running" : "failed"}`;
  for (const name of ["reference", "empty"]) {
    const row = find(`[data-run="${name}"]`, box), run = check[name];
    if (!row || !run) continue;
    find("[data-state]", row).textContent = run.label;
    find("[data-state]", row).className = `state ${run.tone}`;
    find("[data-score]", row).textContent = run.score ? `${run.score.earned} / ${run.score.possible}` : "–";
  }
}

async function poll() {
  try {
    const answer = await fetch(box.dataset.check, { cache: "no-store", headers: { Accept: "application/json" } });
    if ([401, 403, 404].includes(answer.status)) return;
    if (answer.ok) {
      const { check } = await answer.json();
      show(check);
      if (!check.is_running) return find("[data-reload]") && location.reload();
    }
  } catch { /* the connection is interrupted: the next time */ }
  setTimeout(poll, 700);
}
if (box) poll();
