// Logging in by httpd, and out of both: a form may lead to this site only, and the way goes on all the same.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { isQuiet, looksRight, start } from "./harness.mjs";

let site;
before(async () => { site = await start("remote_site.py"); });
after(() => site.stop());

const known = { httpCredentials: { username: "student", password: "pw" } };

test("one button, back to what was wanted, and a logout that goes on to the institution's", async () => {
  const page = await site.visitor(null, known);
  await page.goto(`${site.url}/settings`);
  await looksRight(page);
  assert.equal(await page.getByLabel("Password").count(), 0);
  await page.getByRole("link", { name: "Log in with your institution's account" }).click();
  await page.waitForURL(`${site.url}/settings`);
  await page.getByText("You have none here").waitFor();
  await looksRight(page);
  await page.getByRole("button", { name: "Log out", exact: true }).click();
  await page.waitForURL(`${site.other}/login?ended=1`);
  isQuiet(page);
  await page.goto(`${site.url}/`);
  assert.equal(page.url(), `${site.url}/login?next=%2F`);
});

test("the page between both logouts, for who stays on it", async () => {
  const page = await site.visitor();
  await page.route("**/logged-out", async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    assert.equal(headers.refresh, `0; url=${site.other}/login?ended=1`);
    delete headers.refresh;
    await route.fulfill({ response, headers });
  });
  await page.goto(`${site.url}/logged-out`);
  await looksRight(page);
  await page.getByRole("link", { name: "Go on" }).click();
  await page.waitForURL(`${site.other}/login?ended=1`);
  isQuiet(page);
});

test("a button beside the form", async () => {
  const page = await site.visitor(null, known);
  await page.goto(`${site.other}/login?next=%2Fcourses%2Fcs101`);
  await looksRight(page);
  await page.getByLabel("Username").fill("instructor");
  await page.getByLabel("Password").fill(site.passwords.instructor);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${site.other}/courses/cs101`);
  await page.getByRole("button", { name: "Log out", exact: true }).click();
  await page.waitForURL(/login\?notice=logout$/);
  await page.getByRole("link", { name: /^Log in with an account of/ }).click();
  await page.waitForURL(`${site.other}/`);
  isQuiet(page);
});
