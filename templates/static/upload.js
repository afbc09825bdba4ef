// Submitting: drag and drop, the list of what will be sent, progress.
import { find, make } from "./app.js";

// A dropped file, or a dropped folder with all below it, as [{path, file}].
async function walk(entry, path = "") {
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    return [{ path: path + entry.name, file }];
  }
  const reader = entry.createReader(), found = [];
  for (;;) { // it gives a hundred at a time
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return found;
    for (const below of some) found.push(...await walk(below, `${path}${entry.name}/`));
  }
}

const size = (bytes) => bytes < 1024 ? `${bytes} B`
  : bytes < 1048576 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`;

function upload(form) {
  const at = (name) => find(`[data-${name}]`, form);
  const list = at("chosen"), drop = at("drop"), bar = at("progress"), button = find(".primary", form);
  let chosen = [];
  drop.classList.add("picks");
  find("p", drop).hidden = false;

  function line(one, index) {
    const item = make("li"), name = make("span", `${one.path} `), remove = make("button", "Remove", "quiet");
    remove.type = "button";
    remove.setAttribute("aria-label", `Remove ${one.path}`);
    remove.onclick = () => {
      chosen.splice(index, 1);
      show();
      (list.children[Math.min(index, chosen.length - 1)]?.lastChild ?? find("#files", form)).focus();
    };
    name.append(make("span", size(one.file.size), "muted"));
    item.append(name, remove);
    return item;
  }

  function show(problem = "") {
    const bytes = chosen.reduce((sum, one) => sum + one.file.size, 0);
    list.replaceChildren(...chosen.map(line));
    at("total").textContent = chosen.length ? `${chosen.length} ${chosen.length === 1 ? "file" : "files"}, ${size(bytes)}` : "";
    at("error").textContent = problem;
  }

  function add(files) {
    const paths = new Set(files.map((one) => one.path));
    chosen = [...chosen.filter((one) => !paths.has(one.path)), ...files];
    show();
  }

  function fail(text) {
    at("error").textContent = text;
    button.disabled = false;
    bar.hidden = true;
  }

  function answered(request) {
    let answer = {};
    try { answer = JSON.parse(request.responseText); } catch { /* told by its status below */ }
    if (request.status < 300 && answer.location) return location.assign(answer.location);
    const told = answer.problems?.map((problem) => problem.text) ?? [answer.detail, answer.remedy];
    fail(told.filter(Boolean).join(" ") || `The server answered ${request.status}. Nothing was submitted.`);
  }

  for (const input of form.querySelectorAll("[type=file]"))
    input.onchange = () => {
      add([...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
      input.value = "";
    };

  // The whole window takes drops: a near miss must not open the file in the form's stead.
  addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    try {
      for (const entry of entries) add(await walk(entry));
    } catch {
      fail("Some of it could not be read. Drop it again, or choose the files.");
    }
  });

  form.onsubmit = (event) => {
    event.preventDefault();
    if (button.disabled) return;
    if (!chosen.length) return fail("Choose one or more files, a folder or an archive.");
    const data = new FormData(), request = new XMLHttpRequest();
    for (const field of form.querySelectorAll("[type=hidden]")) data.append(field.name, field.value);
    for (const one of chosen) data.append("files", one.file, one.path);
    button.disabled = true;
    bar.hidden = false;
    bar.value = 0;
    at("error").textContent = "";
    request.upload.onprogress = (step) => { bar.value = 100 * step.loaded / step.total; };
    request.onerror = () => fail("The connection broke. Submit again: nothing is submitted twice.");
    request.onload = () => answered(request);
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(data);
  };

  // Coming back to a kept page would send its used-up form: take a new one.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

const form = find("[data-upload]");
if (form) upload(form);
