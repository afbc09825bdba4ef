// What a student and an instructor do, in a real Chromium.
import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, mkdirSync, writeFileSync, chmodSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { start, source, isQuiet, looksRight, dropFiles } from "./harness.mjs";

const scratch = mkdtempSync(join(tmpdir(), "gradeoven-browser-"));
let site;
before(async () => { site = await start(); });
after(async () => {
  rmSync(scratch, { recursive: true });
  await site?.stop();
});

const slow = "/courses/browser/assignments/slow";
const solution = `${source}conf/demo/roman-numerals/solution/roman.c`;

// An archive of one stage that takes its time, so that a browser can watch it.
function slowAssignment() {
  const folder = mkdtempSync(join(scratch, "assignment-"));
  mkdirSync(join(folder, "test"));
  writeFileSync(join(folder, "stages"), "test\n");
  writeFileSync(join(folder, "test/main"), `#!/bin/bash
for i in 1 2 3 4 5 6 7 8 9 10; do
  echo "Step $i" >> /grade_oven/output/status; echo "$i/10" > /grade_oven/output/progress; sleep 0.3
done
echo "a hint" >> /grade_oven/output/errors; echo "for staff" >> /grade_oven/output/debug
echo '{"tests": [{"name": "adds", "status": "passed"}, {"name": "halts", "status": "failed", "output": "too late"},
  {"name": "unseen", "visibility": "hidden"}]}' > /grade_oven/output/results.json
echo 8/10 > /grade_oven/output/score
`);
  chmodSync(join(folder, "test/main"), 0o755);
  execFileSync("tar", ["-czf", join(folder, "slow.tar.gz"), "-C", folder, "stages", "test"]);
  return join(folder, "slow.tar.gz");
}

test("an instructor makes a course, registers students, makes and publishes an assignment", async () => {
  const page = await site.visitor("instructor");
  await page.getByRole("link", { name: "New course" }).click();
  await page.getByLabel("Short name").fill("browser");
  await page.getByLabel("Title").fill("A course made in a browser");
  await page.getByLabel("Time zone").selectOption("Asia/Tokyo");
  await page.getByRole("button", { name: "Make the course" }).click();
  await page.getByRole("link", { name: "People" }).click();
  await page.getByLabel("Paste CSV").fill("username,name\nstudent,\ngina,Gina New\n");
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("heading", { name: "Registered: 2" }).waitFor();
  const password = await page.getByRole("row", { name: /^gina .* new/ }).locator("code").innerText();
  assert.match(password, /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download them as CSV" }).click();
  assert.equal((await download).suggestedFilename(), "passwords.csv");
  await page.getByRole("link", { name: "New assignment" }).click();
  await page.getByLabel("Short name").fill("slow");
  await page.getByLabel("Title").fill("Slow and steady");
  await page.getByLabel(/Due/).fill("2035-05-06T12:00");
  await page.getByLabel(/Description/).fill("Do *this*.");
  await page.getByRole("button", { name: "Make the assignment" }).click();
  await page.getByLabel(/Archive/).setInputFiles(slowAssignment());
  await page.getByRole("button", { name: "Upload a new version" }).click();
  await page.getByText("The new version is stored").waitFor();
  await page.getByLabel("Publish anyway").check();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByText("Published. Students can see it now.").waitFor();
  isQuiet(page);
});

test("a student submits files and watches the score arrive without a reload", async () => {
  const page = await site.visitor("student");
  await page.getByRole("link", { name: "A course made in a browser" }).first().click();
  await page.getByRole("link", { name: "Slow and steady" }).click();
  await page.getByText("Sun 6 May 2035, 12:00").first().waitFor();
  await page.locator("#files").setInputFiles([solution]);
  await page.getByText("roman.c").waitFor();
  let loads = 0;
  page.on("load", () => { loads++; });
  await page.getByRole("button", { name: "Submit" }).click();
  await page.waitForURL(/submissions\/\d+/);
  await page.waitForLoadState("load");
  const after = loads;
  await page.getByText("Step 3", { exact: true }).waitFor();
  assert.equal(await page.getByText("Step 10", { exact: true }).count(), 0, "it is live, not shown at the end");
  assert.ok(await page.locator("[data-bar]").evaluate((bar) => bar.value) > 0);
  assert.match(await page.title(), /running/);
  await page.locator("[data-score]", { hasText: "8 / 10" }).waitFor();
  await page.getByText("Graded.").waitFor();
  assert.match(await page.title(), /^8\/10, finished/);
  await page.getByText("a hint").waitFor();
  assert.equal(await page.locator("[data-status] li").count(), 10);
  await page.getByRole("heading", { name: "Tests" }).waitFor();
  assert.deepEqual(await page.locator(".tests .state").allInnerTexts(), ["failed", "passed"]);
  await page.locator(".tests summary").click();
  await page.getByText("too late").waitFor();
  assert.equal(await page.getByText("unseen").count(), 0);
  assert.equal(loads, after, "the page was loaded again");
  assert.equal(await page.getByText("for staff").count(), 0);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByText("You are logged out.").waitFor();
  await page.goto(`${site.url}/courses/browser`);
  await page.waitForURL(/login/);
  isQuiet(page);
});

test("a student does all of it without JavaScript", async () => {
  const page = await site.visitorWithoutScript("student", { viewport: { width: 375, height: 700 } });
  await page.goto(site.url + slow);
  await page.locator("#files").setInputFiles([solution]);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.waitForURL(/submissions\/\d+/);
  // not by its text: Playwright does not look for text in <noscript>
  await page.locator("noscript p", { hasText: "loads itself again" }).waitFor();
  await page.locator("[data-score]", { hasText: "8 / 10" }).waitFor({ timeout: 60000 });
  await page.getByRole("button", { name: "Log out" }).click();
  await page.waitForURL(/login/);
});

// The run takes three seconds; what each of these does to it happens within.
async function submitAndWatch(page) {
  await page.goto(site.url + slow);
  await page.locator("#files").setInputFiles([solution]);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.waitForURL(/submissions\/\d+/);
  await page.getByText("Step 1", { exact: true }).waitFor();
}

test("staff watch debug and console live, and a run that goes on is accessible", async () => {
  const page = await site.visitor("instructor");
  await submitAndWatch(page);
  await looksRight(page);
  await page.getByText("for staff", { exact: true }).waitFor();
  await page.getByRole("heading", { name: "Console of test" }).waitFor();
  await page.getByText("finished", { exact: true }).waitFor();
  isQuiet(page);
  await page.getByRole("button", { name: /Grade again/ }).click();
  await page.getByText("Queued to be graded again.").waitFor();
  await page.getByText("Step 2", { exact: true }).waitFor();
});

test("a connection that breaks is told, and made up for", async () => {
  const page = await site.visitor("student");
  await submitAndWatch(page);
  await page.context().setOffline(true);
  await page.getByText("The connection is interrupted").waitFor();
  await page.context().setOffline(false);
  await page.getByText("Graded.").waitFor();
  assert.equal(await page.locator("[data-status] li").count(), 10);
});

test("who is logged out meanwhile is told", async () => {
  const page = await site.visitor("student");
  await submitAndWatch(page);
  await page.context().clearCookies();
  await page.getByText("you are logged out").waitFor();
});

test("a double click submits once; coming back submits anew", async () => {
  const page = await site.visitor("student");
  await page.goto(site.url + slow);
  await page.getByText("My submissions").waitFor();
  const attempts = () => page.getByRole("link", { name: /^Attempt/ }).count();
  const before = await attempts();
  for (const after of [before + 1, before + 2]) {
    await page.locator("#files").setInputFiles([solution]);
    await page.getByRole("button", { name: "Submit" }).dblclick();
    await page.waitForURL(/submissions\/\d+/);
    await page.goBack({ waitUntil: "load" });
    await page.getByRole("link", { name: `Attempt ${after}` }).waitFor();
    assert.equal(await attempts(), after);
  }
});

// folder/src/main.c and folder/notes.txt
function makeFolder() {
  const folder = mkdtempSync(join(scratch, "folder-"));
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src/main.c"), "x");
  writeFileSync(join(folder, "notes.txt"), "y");
  return folder;
}

async function submitsTheFolder(page) {
  await page.getByText("src/main.c").waitFor();
  await page.getByText("2 files").waitFor();
  await page.getByRole("button", { name: "Submit" }).click();
  await page.waitForURL(/submissions\/\d+/);
  assert.deepEqual((await page.locator(".files a:not([download])").allInnerTexts()).sort(), ["notes.txt", "src/main.c"]);
  isQuiet(page);
}

test("a chosen folder is submitted with its paths", async () => {
  const page = await site.visitor("student");
  await page.goto(site.url + slow);
  await page.locator("#folder").setInputFiles(makeFolder());
  await submitsTheFolder(page);
});

test("a dropped folder is submitted with its paths", async () => {
  const page = await site.visitor("student");
  await page.goto(site.url + slow);
  await dropFiles(page, "[data-drop]", [makeFolder()]);
  await submitsTheFolder(page);
});

test("what was chosen can be added to and taken out again, by keyboard too", async () => {
  const page = await site.visitor("student");
  await page.goto(site.url + slow);
  await page.locator("#files").setInputFiles([solution]);
  await dropFiles(page, "h1", [`${source}conf/demo/README.md`, `${source}conf/demo/course.json`]);
  await page.getByText("3 files").waitFor();
  await page.getByRole("button", { name: "Remove README.md" }).press("Enter");
  await page.getByText("2 files").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Remove course.json");
  await page.keyboard.press("Enter");
  await page.getByText("1 file,").waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "files");
});

test("a submission that is refused loses nothing and says why", async () => {
  const page = await site.visitor("student");
  await page.goto(site.url + slow);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByRole("alert").getByText("Choose one or more files").waitFor();
  const bad = join(mkdtempSync(join(scratch, "bad-")), "broken.zip");
  writeFileSync(bad, "this is no zip");
  await page.locator("#files").setInputFiles([bad]);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByRole("alert").getByText(/archive/).waitFor();
  await page.getByRole("button", { name: "Remove broken.zip" }).click();
  const large = join(dirname(bad), "large");
  writeFileSync(large, Buffer.alloc(33 * 1024 * 1024));
  await page.locator("#files").setInputFiles([large]);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByRole("alert").getByText(/larger than 32 MiB/).waitFor();
});

test("a picture is changed in the settings", async () => {
  const page = await site.visitor("student");
  await page.goto(`${site.url}/settings`);
  const picture = join(mkdtempSync(join(scratch, "picture-")), "me.png");
  await page.screenshot({ path: picture });
  await page.getByLabel(/PNG, JPEG or WebP/).setInputFiles(picture);
  await page.getByRole("button", { name: "Change picture" }).click();
  await page.getByText("Your picture is changed.").waitFor();
  assert.equal(await page.getByAltText("Your picture").evaluate((image) => image.naturalWidth), 256);
  isQuiet(page);
});

test("HTML that a stage wrote is shown in a frame, in which it can do nothing", async () => {
  const page = await site.visitor("student");
  await page.goto(`${site.url}/courses/cs101/assignments/frames`);
  await page.locator("input[type=file]").first().setInputFiles(solution);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByText("Output", { exact: true }).click();
  const frame = page.frameLocator("iframe.output");
  await frame.getByRole("heading", { name: "Look" }).waitFor();
  assert.equal(await frame.locator("#p").innerText(), "still");
  const title = await page.title(), url = page.url();
  assert.doesNotMatch(title, /owned/);
  await looksRight(page);
  await frame.getByRole("link", { name: "leave" }).click();
  await frame.getByRole("button", { name: "post" }).click();
  await page.reload();
  assert.equal(page.url(), url);
  const said = page.complaints.join("\n");
  for (const refusal of [/script/i, /form/i]) assert.match(said, refusal);
});
