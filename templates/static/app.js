// Grade Oven: what script adds to pages that work without it.
"use strict";

const find = (selector, root = document) => root.querySelector(selector);
const make = (name, text, className) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
};

// --- times: the reader's own zone as a tooltip ---------------------------------------------------
for (const time of document.querySelectorAll("time[datetime]"))
  time.title = new Date(time.dateTime).toLocaleString();

// --- the live page: polls its own JSON, unchanged is a 304 -----------------------------------------
function live(page) {
  const at = (name) => find(`[data-${name}]`, page);
  const title = document.title;
  let etag = "", failures = 0, shown = at("status").children.length;

  function showLines(list, lines, from) {
    while (list.children.length > from) list.lastChild.remove();
    for (const line of lines.slice(from)) list.append(make("li", line));
  }

  // Only what is new is added, so that a screen reader and the eye keep their place.
  function showStatus(lines) {
    const list = at("status");
    let same = 0;
    while (same < shown && same < lines.length && list.children[same].textContent === lines[same]) same++;
    showLines(list, lines, same);
    shown = lines.length;
    if (at("status-empty")) at("status-empty").hidden = lines.length > 0;
  }

  function showScore(score) {
    const box = at("score");
    box.replaceChildren();
    if (!score) return box.append(make("span", "–", "muted"));
    box.append(make("span", score.earned, "earned"), make("span", ` / ${score.possible}`, "of"));
  }

  function showStages(stages) {
    at("stages-box").hidden = stages.length === 0;
    at("stages").replaceChildren(...stages.map((stage) => {
      const row = make("tr"), name = make("th", stage.name), outcome = make("td");
      name.scope = "row";
      outcome.append(make("span", stage.outcome, `state ${stage.is_ok ? "finished" : "failed"}`));
      row.append(name, outcome, make("td", `${stage.wall_ms} ms`));
      return row;
    }));
  }

  function showStaff(run) {
    if (!at("debug")) return;
    at("debug").textContent = run.debug;
    at("problem").textContent = run.problem || "";
    at("consoles").replaceChildren(...run.stages.flatMap((stage) => {
      const console = make("pre", stage.console, "console");
      console.tabIndex = 0;
      return [make("h3", `Console of ${stage.name}`), make("p", stage.problem || "", "problem"), console];
    }));
  }

  function show({ run }) {
    const state = at("state"), bar = at("bar");
    state.textContent = run.state;
    state.className = `state ${run.state}`;
    if (at("explanation").textContent !== run.explanation) at("explanation").textContent = run.explanation;
    bar.hidden = !run.is_waiting;
    if (run.progress) bar.value = run.progress.percent;
    else bar.removeAttribute("value");
    showScore(run.score);
    showStatus(run.status);
    at("errors-box").hidden = run.errors.length === 0;
    showLines(at("errors"), run.errors, 0);
    showStages(run.stages);
    showStaff(run);
    const score = run.score ? `${run.score.earned}/${run.score.possible}` : run.state;
    document.title = `${score} · ${title}`;
    return run;
  }

  async function poll() {
    let pause = 1000;
    try {
      const answer = await fetch(page.dataset.live, {
        headers: { Accept: "application/json", ...(etag && { "If-None-Match": etag }) },
        cache: "no-store",
      });
      failures = 0;
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") || "";
        const run = show(await answer.json());
        if (!run.is_waiting) return;
        pause = run.state === "running" ? 150 : 700;
      } else if (answer.status === 304) {
        pause = at("state").textContent === "running" ? 200 : 1000;
      } else {
        throw new Error(answer.status);
      }
    } catch {
      failures++;
      pause = Math.min(1000 * 2 ** failures, 15000);
      at("explanation").textContent = "The connection is interrupted; trying again. Grading goes on without it.";
    }
    setTimeout(poll, document.hidden ? Math.max(pause, 3000) : pause);
  }
  poll();
}
const livePage = find("[data-live][data-waiting]");
if (livePage) live(livePage);

// --- submitting: drag and drop, the list of what will be sent, progress ------------------------------
function upload(form) {
  const list = find("[data-chosen]", form), drop = find("[data-drop]", form);
  const bar = find("[data-progress]", form), button = find("button.primary", form);
  const message = make("p", "", "problem");
  let chosen = []; // {path, file}
  message.setAttribute("role", "alert");
  button.before(message);
  drop.hidden = false;

  const size = (bytes) => bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`;

  function show() {
    list.replaceChildren(...chosen.map((one) => {
      const item = make("li", `${one.path} `), remove = make("button", "Remove", "quiet");
      remove.type = "button";
      remove.setAttribute("aria-label", `Remove ${one.path}`);
      remove.onclick = () => { chosen = chosen.filter((other) => other !== one); show(); };
      item.append(make("span", size(one.file.size), "muted"), " ", remove);
      return item;
    }));
  }

  function add(files) {
    for (const one of files) {
      chosen = chosen.filter((other) => other.path !== one.path);
      chosen.push(one);
    }
    message.textContent = "";
    show();
  }

  // A dropped folder, with all below it.
  async function walk(entry, path) {
    if (entry.isFile) {
      const file = await new Promise((done, fail) => entry.file(done, fail));
      return [{ path: path + entry.name, file }];
    }
    const reader = entry.createReader(), found = [];
    for (;;) {
      const some = await new Promise((done, fail) => reader.readEntries(done, fail));
      if (some.length === 0) return found;
      for (const below of some) found.push(...await walk(below, `${path}${entry.name}/`));
    }
  }

  for (const input of form.querySelectorAll("input[type=file]"))
    input.addEventListener("change", () => {
      add([...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
      input.value = "";
    });
  form.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  form.addEventListener("dragleave", () => drop.classList.remove("over"));
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    for (const entry of entries) add(await walk(entry, ""));
  });

  function fail(text) {
    message.textContent = text;
    button.disabled = false;
    bar.hidden = true;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (chosen.length === 0) return fail("Choose one or more files, a folder or an archive.");
    const data = new FormData(), request = new XMLHttpRequest();
    for (const field of form.querySelectorAll("input[type=hidden]")) data.append(field.name, field.value);
    for (const one of chosen) data.append("files", one.file, one.path);
    button.disabled = true;
    bar.hidden = false;
    message.textContent = "";
    request.upload.onprogress = (step) => { bar.value = step.total ? 100 * step.loaded / step.total : 0; };
    request.onerror = () => fail("The connection broke. Press Submit again: nothing is submitted twice.");
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* shown below */ }
      if (request.status < 300 && answer.location) return location.assign(answer.location);
      const problems = (answer.problems || []).map((problem) => problem.text).join(" ");
      fail(problems || [answer.detail, answer.remedy].filter(Boolean).join(" ") || `The server answered ${request.status}.`);
    };
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(data);
  });
}
const uploadForm = find("form[data-upload]");
if (uploadForm) upload(uploadForm);
