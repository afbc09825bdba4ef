// Making an assignment in a real browser: the self-check shows its scores live, and never takes away
// what is being typed on the page beside it; what an editor's textarea sends comes back the same.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { start, source, isQuiet, looksRight } from "./harness.mjs";

const homework = "/courses/cs101/assignments/roman-numerals";
let site, page;
before(async () => {
  site = await start();
  page = await site.visitor("instructor");
});
after(async () => { await site?.stop(); });

test("a self-check shows both scores without being asked again", async () => {
  await page.goto(`${site.url}${homework}/check`);
  await page.locator("#files").setInputFiles([`${source}conf/demo/roman-numerals/solution/roman.c`]);
  await page.getByRole("button", { name: "Upload the reference solution" }).click();
  await page.getByRole("button", { name: "Check version 1 now" }).click();
  await page.locator("[data-verdict]", { hasText: "passed" }).waitFor({ timeout: 60000 });
  await page.getByText("Empty submission: what its stages said").waitFor();
  assert.equal(await page.locator('[data-run="reference"] [data-score]').textContent(), "10 / 10");
  await looksRight(page);
  isQuiet(page);
});

test("what is typed beside a running self-check stays", async () => {
  await page.getByRole("button", { name: "Check version 1 now" }).click();
  await page.goto(`${site.url}${homework}/edit`);
  await page.locator("#title").fill("Typed meanwhile");
  await page.locator("[data-verdict]", { hasText: "passed" }).waitFor({ timeout: 60000 });
  assert.equal(await page.locator("#title").inputValue(), "Typed meanwhile");
  isQuiet(page);
});

test("a file that is saved as it is makes no version, and a changed one is compared", async () => {
  await page.goto(`${site.url}${homework}/stages/tests/main`);
  const text = await page.locator("#text").inputValue();
  await page.getByRole("button", { name: "Save as a new version" }).click();
  await page.getByText("Nothing was changed").waitFor();
  await page.locator("#text").fill(`${text}# the end\n`);
  await page.getByRole("button", { name: "Save as a new version" }).click();
  await page.getByText("The new version is stored").waitFor();
  await page.goto(`${site.url}${homework}/versions/2/diff`);
  assert.equal(await page.locator("tr.added").count(), 1);
  assert.equal(await page.locator("tr.removed").count(), 0);
  await looksRight(page);
  isQuiet(page);
});
