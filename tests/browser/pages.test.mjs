// Every page and what forms answer: accessible, quiet, as wide as the window, by day and by night.
import { test, before, after } from "node:test";
import { start, source, isQuiet, looksRight } from "./harness.mjs";

const course = "/courses/cs101", homework = `${course}/assignments/roman-numerals`;
const pages = {
  nobody: ["/login"],
  outsider: ["/"],
  student: ["/", "/settings", "/settings/tokens", "/settings/second-factor", course, homework, `${homework}/submissions/1`, `${homework}/scoreboard`],
  grader: [course, `${homework}/scoreboard`, `${course}/roster`, `${homework}/submissions`, `${homework}/exceptions`],
  instructor: ["/", "/new-course", `${course}/edit`, `${course}/roster`, `${course}/exceptions`, `${course}/new-assignment`, homework,
    `${homework}/edit`, `${homework}/exceptions`, `${homework}/stages`, `${homework}/stages/tests/main`, `${homework}/versions`, `${homework}/versions/1/diff`,
    `${homework}/check`, `${homework}/reruns`, `${homework}/statistics`, `${homework}/copy`, `${course}/copy`, `${course}/assignments/empty/stages`, `${homework}/submissions`, `${homework}/submissions?show=all`, `${homework}/submissions/1`,
    `${course}/gradebook`, `${course}/gradebook/cell?student=student&column=a-roman-numerals`, `${course}/gradebook/import`,
    `${course}/gradebook/settings`, `${course}/audit`, `${course}/assignments/broken/submissions/1`, `${course}/assignments/broken/edit`, `${course}/assignments/empty`, `${course}/assignments/empty/edit`],
  admin: ["/admin", "/admin/users", "/admin/courses", "/admin/audit"],
};
const visitor = (who) => site.visitor(who === "nobody" ? null : who);

let site;
before(async () => {
  site = await start();
  const page = await site.visitor("student");
  for (const name of ["roman-numerals", "broken"]) {
    await page.goto(`${site.url}${course}/assignments/${name}`);
    await page.locator("#files").setInputFiles([`${source}conf/demo/roman-numerals/solution/roman.c`]);
    await page.getByRole("button", { name: "Submit" }).click();
    await page.getByText("finished", { exact: true }).waitFor({ timeout: 60000 });
  }
  const teacher = await site.visitor("instructor");
  await teacher.goto(`${site.url}${homework}/edit`);
  await teacher.getByLabel("What students see of each other").selectOption("names");
  await teacher.locator("form[action$='/scoreboard'] button").click();
  await teacher.getByText("Saved.").waitFor();
});
after(async () => { await site?.stop(); });

for (const [who, paths] of Object.entries(pages))
  test(`the pages of ${who}`, async () => {
    const page = await visitor(who);
    for (const path of paths) {
      await page.goto(site.url + path);
      await looksRight(page);
      isQuiet(page);
    }
  });

test("pages that are not there, or not for everybody", async () => {
  const page = await site.visitor("student");
  for (const path of ["/nothing", "/admin", `${course}/roster`]) {
    await page.goto(site.url + path);
    await page.getByRole("link", { name: "Back to the dashboard" }).waitFor();
    await looksRight(page);
  }
});

// Forms that are refused say why above themselves, and keep what was typed.
const refused = {
  "a login": ["nobody", "/login", { "#username": "student", "#password": "wrong" }, "Log in"],
  "a new course": ["instructor", "/new-course", { "#name": "a/b", "#title": "A title" }, "Make the course"],
  "a new assignment": ["instructor", `${course}/new-assignment`, { "#name": "roman-numerals", "#title": "Again" }, "Make the assignment"],
  "a roster": ["instructor", `${course}/roster`, { "#csv": "username,role\nbad name,student\nx,king\n" }, "Look at it"],
  "an assignment's rules": ["instructor", `${homework}/edit`, { "#late": "ten", "#attempts": "many" }, "Save the rules"],
  "an exception for a course": ["instructor", `${course}/exceptions`, { "#username": "student", "#time": "0.5" }, "Set"],
  "an exception": ["instructor", `${homework}/exceptions`, { "#username": "student", "#hours": "0.001" }, "Set"],
  "a grade": ["instructor", `${course}/gradebook/cell?student=student&column=a-roman-numerals`, { "#points": "ten" }, "Save"],
  "a category": ["instructor", `${course}/gradebook/settings`, { "#name": "Homework", "#weight": "much" }, "Add the category"],
  "a list of points": ["instructor", `${course}/gradebook/import`, { "#csv": "username,Nope\nstudent,1\n" }, "Show what it would change"],
  "a password": ["student", "/settings", { "#current": "wrong", "#new": "long enough", "#repeat": "long enough" }, "Change password"],
  "an account": ["admin", "/admin/users", { "#username": "student" }, "Make the account"],
};
for (const [what, [who, path, fields, button]] of Object.entries(refused))
  test(`${what} that is refused`, async () => {
    const page = await visitor(who);
    await page.goto(site.url + path);
    for (const [field, text] of Object.entries(fields)) await page.locator(field).fill(text);
    await page.getByRole("button", { name: button, exact: true }).click();
    await page.getByRole("alert").getByRole("listitem").first().waitFor();
    await looksRight(page);
  });

test("what is unfolded, and passwords that are shown once", async () => {
  const page = await site.visitor("admin");
  await page.goto(`${site.url}/admin/users`);
  await page.getByRole("row", { name: /^grader/ }).getByText("Change").click();
  await looksRight(page);
  await page.getByRole("row", { name: /^grader/ }).getByRole("button", { name: "New password" }).click();
  await page.getByRole("status").locator("code").waitFor();
  await looksRight(page);
  await page.goto(`${site.url}${course}/roster`);
  await page.getByRole("row", { name: /^grader/ }).getByText("Change").click();
  await looksRight(page);
  await page.locator("#csv").fill("username,name\nnewcomer,Nora Newcomer\n");
  await page.getByRole("button", { name: "Look at it" }).click();
  await page.getByRole("heading", { name: "What this list would change" }).waitFor();
  await looksRight(page);
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("heading", { name: "Registered: 1" }).waitFor();
  await looksRight(page);
  isQuiet(page);
});

test("chosen files", async () => {
  const page = await site.visitor("student");
  await page.goto(site.url + homework);
  await page.locator("#files").setInputFiles([`${source}conf/demo/README.md`, `${source}conf/demo/course.json`]);
  await page.getByText("2 files").waitFor();
  await looksRight(page);
  isQuiet(page);
});

test("teams, from turning them on to a list that moves somebody", async () => {
  const [teacher, student, other] = await Promise.all(["instructor", "student", "other"].map((who) => site.visitor(who)));
  await teacher.goto(`${site.url}${homework}/team`);
  await looksRight(teacher);
  await teacher.locator("#forming").selectOption("students");
  await teacher.getByLabel("Members at most").fill("3");
  await teacher.getByRole("button", { name: "Save" }).click();
  await teacher.getByText("Saved.").waitFor();
  await student.goto(`${site.url}${homework}/team`);
  await looksRight(student);
  await student.getByLabel("Its name").fill("A team with a name of some length");
  await student.getByRole("button", { name: "Make it" }).click();
  await student.getByLabel("Invite a student").fill("other");
  await student.getByRole("button", { name: "Invite" }).click();
  await student.getByRole("button", { name: "Take back the invitation of other" }).waitFor();
  await looksRight(student);
  await other.goto(site.url + homework);
  await looksRight(other);
  await other.getByRole("link", { name: "Answer" }).click();
  await looksRight(other);
  await other.getByRole("button", { name: "Accept" }).click();
  await other.getByRole("button", { name: "Leave the team" }).waitFor();
  await other.goto(site.url + homework);
  await other.getByText("Sam Student: costs them nothing").waitFor();
  await looksRight(other);
  await teacher.locator("#csv").fill("team,username\nBlue,other\n");
  await teacher.getByRole("button", { name: "Show what it would change" }).click();
  await teacher.getByRole("heading", { name: "What this list would change" }).waitFor();
  await looksRight(teacher);
  for (const page of [teacher, student, other]) isQuiet(page);
});
