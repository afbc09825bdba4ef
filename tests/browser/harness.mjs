// A site of the tests' own (site.py) and a real Chromium in front of it. Every page that is opened
// through visit() must be free of console errors, policy violations and horizontal scrolling.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const launch = {
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
};
export const source = new URL("../../", import.meta.url).pathname;

export async function start() {
  const child = spawn("python3", ["-B", "-W", "ignore", `${source}tests/browser/site.py`], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([once(lines, "line"), once(child, "exit").then(() => { throw new Error("the site did not start"); })]);
  const site = JSON.parse(line);
  const browser = await chromium.launch(launch);
  const others = [];
  return {
    ...site,
    // A visitor with a window of their own; `options` are Playwright's of a context.
    async visitor(username, options = {}) {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 }, ...options });
      const page = await context.newPage();
      const complaints = [];
      page.on("console", (message) => { if (message.type() === "error" || message.type() === "warning") complaints.push(message.text()); });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.complaints = complaints;
      if (username) await login(page, site, username);
      return page;
    },
    // One with JavaScript off in the engine itself: unlike Playwright's own switch, this makes the
    // parser read what stands in <noscript>.
    async visitorWithoutScript(username, options = {}) {
      const scriptless = await chromium.launch({ ...launch, args: [...launch.args, "--blink-settings=scriptEnabled=false"] });
      others.push(scriptless);
      const context = await scriptless.newContext({ ignoreHTTPSErrors: true, ...options });
      const page = await context.newPage();
      await login(page, site, username);
      return page;
    },
    async stop() {
      for (const other of others) await other.close();
      await browser.close();
      child.stdin.end();
      const [code] = await once(child, "exit");
      assert.equal(code, 0, "the site ended badly; its log stands above");
    },
  };
}

export async function login(page, site, username) {
  await page.goto(`${site.url}/login`);
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill(site.passwords[username]);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${site.url}/`);
}

export async function fitsTheWindow(page) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${page.url()} is ${content} px wide in a window of ${window}`);
}

export async function isAccessible(page) {
  await page.evaluate(axe);
  const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }));
  const found = result.violations.map((one) => `${one.id}: ${one.help}\n    ${one.nodes.map((node) => node.html).join("\n    ")}`);
  assert.deepEqual(found, [], `${page.url()}: ${found.join("\n")}`);
}

export function isQuiet(page) {
  assert.deepEqual(page.complaints, [], page.url());
}
