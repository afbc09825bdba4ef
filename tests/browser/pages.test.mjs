// Every page, on a phone and on a desk, by day and by night: accessible, quiet, as wide as the window.
import { test, before, after } from "node:test";
import { start, source, isQuiet, isAccessible, fitsTheWindow } from "./harness.mjs";

const course = "/courses/cs101", homework = `${course}/assignments/roman-numerals`;
const pages = {
  student: ["/", "/settings", course, homework, `${homework}/submissions/1`, "/nothing", "/admin"],
  instructor: ["/", "/new-course", `${course}/edit`, `${course}/roster`, `${course}/new-assignment`, homework,
    `${homework}/edit`, `${homework}/submissions`, `${homework}/submissions?show=all`, `${homework}/submissions/1`],
  admin: ["/admin", "/admin/users", "/admin/courses"],
};
const looks = [
  { viewport: { width: 320, height: 640 }, colorScheme: "dark" },
  { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
];

let site;
before(async () => {
  site = await start();
  const page = await site.visitor("student");
  await page.goto(site.url + homework);
  await page.locator("#files").setInputFiles([`${source}conf/demo/roman-numerals/solution/roman.c`]);
  await page.getByRole("button", { name: "Submit" }).click();
  await page.getByText("Graded.").waitFor({ timeout: 60000 });
});
after(async () => { await site?.stop(); });

for (const look of looks) {
  const name = `${look.colorScheme}, ${look.viewport.width} px`;
  test(`the login page (${name})`, async () => {
    const page = await site.visitor(null, look);
    await page.goto(`${site.url}/login`);
    await isAccessible(page);
    await fitsTheWindow(page);
    isQuiet(page);
  });
  for (const [who, paths] of Object.entries(pages))
    test(`the pages of the ${who} (${name})`, async () => {
      const page = await site.visitor(who, look);
      for (const path of paths) {
        page.complaints.length = 0;
        await page.goto(site.url + path);
        await isAccessible(page);
        await fitsTheWindow(page);
        // that a page is not there is what these two are for
        if (path !== "/nothing" && path !== "/admin") isQuiet(page);
      }
    });
}
