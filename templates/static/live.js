// The live page: asks for its own JSON; what has not changed is a 304.
import { find, make } from "./app.js";

function live(page) {
  const at = (name) => find(`[data-${name}]`, page);
  const title = document.title, explanation = at("explanation");
  let etag = "", failures = 0, pause = 150, timer;

  const say = (text) => { if (explanation.textContent !== text) explanation.textContent = text; };

  // Only what is new is added: a screen reader and the eye keep their place.
  function showLines(list, lines) {
    const box = list.parentElement, atEnd = box.scrollTop + box.clientHeight > box.scrollHeight - 8;
    let same = 0;
    while (same < lines.length && list.children[same]?.textContent === lines[same]) same++;
    while (list.children.length > same) list.lastChild.remove();
    list.append(...lines.slice(same).map((line) => make("li", line)));
    if (atEnd) box.scrollTop = box.scrollHeight;
  }

  function showScore(score) {
    const percent = score ? score.percent : 0;
    at("ring").setAttribute("stroke-dasharray", `${percent} 100`);
    at("percent").textContent = score ? `${percent} %` : "";
    at("score").replaceChildren(...score
      ? [make("span", score.earned, "earned"), make("span", ` / ${score.possible}`, "of")] : [make("span", "–", "muted")]);
  }

  function stageRow(stage) {
    const row = make("tr"), name = make("th", stage.name), outcome = make("td"), time = make("td", `${stage.wall_ms} ms`);
    name.scope = "row";
    outcome.dataset.label = "Outcome";
    time.dataset.label = "Time";
    outcome.append(make("span", stage.outcome, `state ${stage.is_ok ? "finished" : "failed"}`));
    row.append(name, outcome, time);
    return row;
  }

  function consoleOf(stage) {
    const text = make("pre", stage.console, "console");
    text.tabIndex = 0;
    return [make("h3", `Console of ${stage.name}`), make("p", stage.problem || "", "problem"), text];
  }

  function show(run) {
    const state = at("state"), bar = at("bar");
    if (state.textContent !== run.label) state.textContent = run.label;
    state.className = `state ${run.tone}`;
    say(run.explanation);
    bar.hidden = !run.is_waiting;
    if (run.progress) bar.value = run.progress.percent;
    else bar.removeAttribute("value");
    showScore(run.score);
    at("errors-box").hidden = run.errors.length === 0;
    showLines(at("errors"), run.errors);
    showLines(at("status"), run.status);
    if (at("status-empty")) {
      at("status-empty").hidden = run.status.length > 0;
      if (!run.is_waiting) at("status-empty").textContent = "The stages said nothing.";
    }
    for (const choice of page.querySelectorAll("[data-if]")) choice.hidden = !run[choice.dataset.if];
    at("stages-box").hidden = run.stages.length === 0;
    at("stages").replaceChildren(...run.stages.map(stageRow));
    if (at("debug")) { // staff
      at("debug").textContent = run.debug;
      at("problem").textContent = run.problem || "";
      at("consoles").replaceChildren(...run.stages.flatMap(consoleOf));
    }
    document.title = `${run.score ? `${run.score.earned}/${run.score.possible}, ` : ""}${run.state} · ${title}`;
    page.toggleAttribute("data-waiting", run.is_waiting);
  }

  // What is only known when all is over comes as the page shows it.
  async function showEnd() {
    const answer = await fetch(page.dataset.live, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const whole = new DOMParser().parseFromString(await answer.text(), "text/html");
    const ends = whole.querySelectorAll("[data-at-end]");
    page.querySelectorAll("[data-at-end]").forEach((part, i) => ends[i] && part.replaceChildren(...ends[i].children));
  }

  // Quick while things change, slower the longer nothing does; true when there is no more to come.
  async function ask() {
    const answer = await fetch(page.dataset.live, { cache: "no-store", headers: { Accept: "application/json", "If-None-Match": etag } });
    if ([401, 403, 404].includes(answer.status)) {
      say("This page no longer gets news: you are logged out, or may not see it any more.");
      return true;
    }
    if (answer.status === 304) {
      pause = Math.min(pause * 1.4, at("state").classList.contains("running") ? 400 : 1000);
    } else {
      if (!answer.ok) throw new Error(answer.status);
      const { run } = await answer.json();
      etag = answer.headers.get("ETag") || "";
      pause = 150;
      show(run);
      if (!run.is_waiting) return showEnd().then(() => true);
    }
    if (failures) etag = ""; // the next answer puts the explanation back
    failures = 0;
    return false;
  }

  async function poll() {
    timer = 0;
    try {
      if (await ask()) return document.removeEventListener("visibilitychange", hurry);
    } catch {
      pause = Math.min(1000 * 2 ** failures++, 15000);
      say("The connection is interrupted; trying again. Grading goes on without it.");
    }
    timer = setTimeout(poll, document.hidden ? Math.max(pause, 3000) : pause);
  }

  function hurry() {
    if (document.hidden || !timer) return;
    clearTimeout(timer);
    poll();
  }
  document.addEventListener("visibilitychange", hurry);
  poll();
}

const page = find("[data-live][data-waiting]");
if (page) live(page);
