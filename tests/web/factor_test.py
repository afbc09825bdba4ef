"""The second factor: setting it up, logging in with it, what it takes only once, and who must have one."""
import re
import sqlite3
import stat
import unittest

from harness import DemoTest
from totp import set_up, totp

PAGE = "/settings/second-factor"


class FactorTest(DemoTest):
    def database(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=20) as database:
            return database.execute(sql, values).fetchall()

    def person(self, name, *options):
        """Somebody of this test's own, logged in."""
        self.site.add_user(name, *options)
        return self.site.browser(name)

    def first_step(self, name, browser=None, **fields):
        browser = browser or self.site.browser()
        answer = browser.post("/login", {"username": name, "password": self.site.passwords[name], **fields})
        self.assertEqual(answer.status, 303)
        return browser, answer

    def code(self, browser, code, **fields):
        return browser.post("/login/code", {"code": code, **fields})

    def setUp(self):
        self.database("DELETE FROM login_failures")

    def noted(self, name):
        return [row[0] for row in self.database("SELECT became FROM audit WHERE action = 'second-factor' AND subject = ? "
                                                "ORDER BY id", name)]


class Factor(FactorTest):
    options = {"executor": False}

    def test_it_is_on_once_a_code_has_shown_that_the_app_has_the_key(self):
        ann = self.person("ann")
        self.assertIsNone(ann.json(PAGE).get("setup"))
        self.assertEqual(ann.post(PAGE).status, 303)
        page = ann.json(PAGE)
        secret = page["setup"]["secret"]
        self.assertRegex(secret, "^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$")
        self.assertIn("otpauth://totp/Grade%20Oven:ann?secret=" + secret.replace(" ", "") + "&issuer=Grade%20Oven",
                      page["setup"]["uri"])
        html = ann.get(PAGE)
        self.assertIn("<svg class=\"qr\"", html.text)
        self.assertNotIn("style=", html.text)
        self.assertEqual(html.headers["Cache-Control"], "no-store")
        # begun is not on: the login asks for nothing, and the key stays the same
        self.assertEqual(self.first_step("ann")[1].location, "/")
        ann.post(PAGE)
        self.assertEqual(ann.json(PAGE)["setup"]["secret"], secret)
        for fields, said in (({"code": "000000", "password": "ann-pass-word"}, "not the code"),
                             ({"code": "", "password": "ann-pass-word"}, "not the code"),
                             ({"code": totp(secret), "password": "wrong"}, "password is wrong")):
            answer = ann.post(PAGE + "/confirm", fields)
            self.assertEqual((answer.status, said in answer.text), (422, True), said)
        self.assertFalse(ann.json(PAGE)["factor"]["is_on"])
        answer = ann.post(PAGE + "/confirm", {"code": totp(secret)[:3] + " " + totp(secret)[3:], "password": "ann-pass-word"})
        self.assertEqual(answer.status, 200)
        codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", answer.text)
        self.assertEqual(len(set(codes)), 10)
        # the key is told no more, and the database tells neither key nor codes
        page = ann.get(PAGE).text
        self.assertNotIn(secret, page)
        self.assertNotIn(codes[0], page)
        stored = str(self.database("SELECT * FROM factors")) + str(self.database("SELECT * FROM recovery_codes"))
        for one in (secret, secret.replace(" ", ""), codes[0], codes[0].replace("-", "")):
            self.assertNotIn(one, stored)
        key = self.site.state / "secrets.key"
        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        self.assertEqual(key.owner(), "www-data")
        self.assertEqual(self.noted("ann"), ["on"])
        self.assertEqual(ann.post(PAGE).status, 422)

    def test_the_right_password_alone_opens_nothing(self):
        secret, _ = set_up(self.person("bob"), "bob-pass-word")
        browser, answer = self.first_step("bob", next="/courses?x=1")
        self.assertEqual(answer.location, "/login/code?next=%2Fcourses%3Fx%3D1")
        self.assertFalse([name for name in browser.cookies if name.endswith("gradeoven")])
        self.assertEqual(browser.get("/").location, "/login?next=%2F")
        self.assertEqual(browser.get("/settings", Accept="application/json").status, 401)
        page = browser.get("/login/code?next=%2Fcourses%3Fx%3D1")
        self.assertEqual((page.status, page.field("next")), (200, "/courses?x=1"))
        # of another browser it is no step
        self.assertEqual(self.code(self.site.browser(), totp(secret)).location, "/login?notice=login-again")
        wrong = self.code(browser, "123456" if totp(secret) != "123456" else "654321")
        self.assertEqual((wrong.status, "not right, or was used" in wrong.text), (422, True))
        answer = self.code(browser, totp(secret), next="/courses?x=1")
        self.assertEqual(answer.location, "/courses?x=1")
        self.assertEqual(browser.get("/").status, 200)
        # the step is gone
        self.assertEqual(self.database("SELECT count(*) FROM login_steps WHERE user_id = "
                                       "(SELECT id FROM users WHERE username = 'bob')"), [(0,)])
        # nobody is led to another site
        again, _ = self.first_step("bob")
        self.assertEqual(self.code(again, totp(secret, steps=1), next="//evil.example").location, "/")

    def test_a_code_is_taken_once_and_only_near_its_time(self):
        secret, _ = set_up(self.person("cyd"), "cyd-pass-word")
        for steps in (-3, -2, 3, 5):
            self.assertEqual(self.code(self.first_step("cyd")[0], totp(secret, steps=steps)).status, 422, steps)
            self.database("UPDATE factors SET wrong = 0")
        code = totp(secret)
        self.assertEqual(self.code(self.first_step("cyd")[0], code).status, 303)
        self.assertEqual(self.code(self.first_step("cyd")[0], code).status, 422)
        self.assertEqual(self.code(self.first_step("cyd")[0], totp(secret, steps=1)).status, 303)
        # an older one than the last is over, too
        self.assertEqual(self.code(self.first_step("cyd")[0], totp(secret)).status, 422)

    def test_a_recovery_code_is_good_once(self):
        dan = self.person("dan")
        secret, codes = set_up(dan, "dan-pass-word")
        typed = codes[3].replace("-", " ").upper()
        self.assertEqual(self.code(self.first_step("dan")[0], typed).status, 303)
        self.assertEqual(self.code(self.first_step("dan")[0], codes[3]).status, 422)
        self.assertEqual(self.code(self.first_step("dan")[0], codes[4][:-1] + "!").status, 422)
        dan = self.first_step("dan")[0]
        self.assertEqual(self.code(dan, codes[4]).status, 303)
        page = dan.json(PAGE)
        self.assertEqual(page["factor"]["recovery_codes"], 8)
        self.assertEqual(self.noted("dan")[1:], ["on, recovery code used, 9 left", "on, recovery code used, 8 left"])
        # new ones end the old ones
        dan.csrf = page["csrf"]
        self.assertEqual(dan.post(PAGE + "/codes", {"code": "000"}).status, 422)
        answer = dan.post(PAGE + "/codes", {"code": totp(secret)})
        fresh = re.findall(r"<li><code>([a-z0-9-]+)</code>", answer.text)
        self.assertEqual((answer.status, len(fresh), set(fresh) & set(codes)), (200, 10, set()))
        self.assertEqual(self.code(self.first_step("dan")[0], codes[5]).status, 422)
        self.assertEqual(self.code(self.first_step("dan")[0], fresh[5]).status, 303)

    def test_wrong_codes_wait_and_a_recovery_code_does_not(self):
        secret, codes = set_up(self.person("eve"), "eve-pass-word")
        browser, _ = self.first_step("eve")
        for _ in range(5):
            self.assertEqual(self.code(browser, "00000x").status, 422)
        # five of a step, then the password again
        self.assertEqual(self.code(browser, totp(secret)).location, "/login?notice=login-again")
        browser, _ = self.first_step("eve")
        self.database("DELETE FROM login_failures")
        answer = self.code(browser, totp(secret))
        self.assertEqual((answer.status, "Wait 1 minute." in answer.text), (422, True))
        self.assertTrue(0 < int(answer.headers["Retry-After"]) <= 61)
        self.database("UPDATE factors SET wrong = 40")
        self.assertIn("Wait 720 minutes.", self.code(browser, totp(secret)).text)
        self.assertEqual(self.code(browser, codes[0]).status, 303)
        self.assertEqual(self.code(self.first_step("eve")[0], totp(secret)).status, 303)
        # what was tried counts for the address and the account as wrong passwords do
        browser, _ = self.first_step("eve")
        self.code(browser, "000000")
        self.assertIn((1,), self.database("SELECT failures FROM login_failures WHERE bucket LIKE 'address:%'"))

    def test_a_step_is_over_after_five_minutes_and_with_another_password(self):
        secret, _ = set_up(self.person("fay"), "fay-pass-word")
        browser, _ = self.first_step("fay")
        self.database("UPDATE login_steps SET created_us = created_us - 300 * 1000000")
        self.assertEqual(browser.get("/login/code").location, "/login?notice=login-again")
        browser, _ = self.first_step("fay")
        self.site.ctl("user", "passwd", "--password-stdin", "fay", stdin="another-pass-word\n")
        self.assertEqual(self.code(browser, totp(secret)).location, "/login?notice=login-again")
        self.site.passwords["fay"] = "another-pass-word"
        browser, _ = self.first_step("fay")
        self.admin.post("/admin/users/fay", {"what": "disabled", "on": "1"})
        self.assertEqual(self.code(browser, totp(secret)).location, "/login?notice=login-again")

    def test_turning_it_off_asks_for_password_and_code(self):
        gil = self.person("gil")
        other = self.site.browser("gil")
        secret, codes = set_up(gil, "gil-pass-word")
        self.assertEqual(other.get("/settings").status, 303)  # turned on, it logs out everywhere else
        for fields in ({"password": "wrong", "code": totp(secret)}, {"password": "gil-pass-word", "code": "1"},
                       {"password": "gil-pass-word"}, {"code": codes[0]}):
            self.assertEqual(gil.post(PAGE + "/off", fields).status, 422)
        self.assertEqual(gil.post(PAGE + "/off", {"password": "gil-pass-word", "code": totp(secret)}).status, 303)
        self.assertEqual(self.first_step("gil")[1].location, "/")
        self.assertEqual(self.noted("gil"), ["on", "off: by its user"])
        self.assertEqual(self.database("SELECT count(*) FROM recovery_codes WHERE user_id = "
                                       "(SELECT id FROM users WHERE username = 'gil')"), [(0,)])

    def test_an_admin_turns_it_off_for_who_lost_it(self):
        set_up(self.person("hal"), "hal-pass-word")
        self.assertIn("second factor", self.admin.get("/admin/users").text)
        self.assertEqual(self.teacher.post("/admin/users/hal", {"what": "factor"}).status, 403)
        self.assertEqual(self.admin.post("/admin/users/hal", {"what": "factor"}).status, 303)
        self.assertEqual(self.first_step("hal")[1].location, "/")
        self.assertEqual(self.noted("hal"), ["on", "off: reset by an admin"])
        self.assertEqual(self.admin.post("/admin/users/admin", {"what": "factor"}).status, 422)
        set_up(self.site.browser("hal"), "hal-pass-word")
        self.assertEqual(self.site.ctl("user", "second-factor", "hal").stdout, "hal on, 10 recovery codes left\n")
        self.site.ctl("user", "second-factor", "--off", "hal")
        self.assertEqual(self.site.ctl("user", "second-factor", "hal").stdout, "hal off\n")

    def test_a_lost_key_is_said_and_not_replaced(self):
        secret, codes = set_up(self.person("ida"), "ida-pass-word")
        key = self.site.state / "secrets.key"
        kept = key.rename(key.with_suffix(".kept"))
        self.addCleanup(lambda: kept.rename(key))
        browser, _ = self.first_step("ida")
        self.assertEqual(self.code(browser, totp(secret)).status, 500)
        self.assertIn('secrets.key", is not there', self.site.log())
        self.assertEqual(self.person("joe").post(PAGE).status, 500)
        self.assertFalse(key.exists())
        # recovery codes need no key
        self.assertEqual(self.code(browser, codes[0]).status, 303)

    def test_forms_of_other_sites_are_refused(self):
        kim = self.person("kim")
        kim.post(PAGE)
        for path in (PAGE, PAGE + "/confirm", PAGE + "/codes", PAGE + "/off"):
            self.assertEqual(kim.post(path, {"csrf": "x"}).status, 403, path)
        browser, _ = self.first_step("kim")
        self.assertEqual(browser.post("/login/code", {"code": "1"}, Origin="https://evil.example").status, 403)
        self.assertEqual(browser.post("/login/code", {"code": "1"}, Origin="null").status, 403)

    def test_a_token_of_a_program_reaches_nothing_of_it(self):
        answer = self.student.post("/settings/tokens", {"name": "x", "scope": "read", "course": "", "days": "1"},
                                   Accept="application/json")
        header = {"Authorization": "Bearer " + answer.json()["secret"]}
        self.assertEqual(self.site.browser().get(PAGE, **header).status, 403)


class Demanded(FactorTest):
    options = {"executor": False}

    def demand(self, who):
        self.site.directives = f"GradeOvenSecondFactor {who}"
        self.site.write_configuration()
        self.site.restart()

    def test_who_must_have_one_reaches_nothing_else_until_it_is_on(self):
        token = self.teacher.post("/settings/tokens", {"name": "x", "scope": "read", "course": "", "days": "1"},
                                  Accept="application/json").json()["secret"]
        self.demand("instructor")
        for person in (self.student, self.grader):
            self.assertEqual(person.get("/").status, 200)
        for person in (self.admin, self.teacher):
            self.assertEqual(person.get("/").location, PAGE + "?notice=factor-needed")
        for path in ("/courses/cs101", "/settings", "/avatars/student", "/courses/cs101/roster", "/enrol"):
            self.assertEqual(self.teacher.get(path).location, PAGE + "?notice=factor-needed", path)
        self.assertEqual(self.teacher.post("/courses/cs101/pause", {"pause": "1"}).status, 403)
        self.assertEqual(self.teacher.post("/settings/password", {}).status, 403)
        answer = self.teacher.get("/", Accept="application/json")
        self.assertEqual((answer.status, "second factor" in answer.text), (403, True))
        header = {"Authorization": "Bearer " + token}
        self.assertEqual(self.site.browser().get("/courses/cs101", **header).status, 403)
        self.assertEqual(self.teacher.get("/avatars/instructor").status, 200)
        self.assertEqual(self.teacher.get(PAGE).status, 200)
        secret, _ = set_up(self.teacher, self.site.passwords["instructor"])
        self.assertEqual(self.teacher.get("/courses/cs101/roster").status, 200)
        self.assertEqual(self.site.browser().get("/courses/cs101", **header).status, 200)
        # turned off, it is asked for again
        self.teacher.post(PAGE + "/off", {"password": self.site.passwords["instructor"], "code": totp(secret)})
        self.assertEqual(self.teacher.get("/").location, PAGE + "?notice=factor-needed")
        # who becomes an instructor is asked with the next request
        self.site.ctl("user", "role", "grader", "cs101", "instructor")
        self.assertEqual(self.grader.get("/").location, PAGE + "?notice=factor-needed")
        self.site.ctl("user", "role", "grader", "cs101", "grader")
        self.assertEqual(self.grader.get("/").status, 200)
        # out one can get in any case
        self.assertEqual(self.teacher.post("/logout").status, 303)
        self.demand("staff")
        self.assertEqual((self.grader.get("/").status, self.student.get("/").status), (303, 200))
        self.demand("admin")
        self.assertEqual((self.grader.get("/").status, self.admin.get("/").status), (200, 303))
        self.demand("all")
        self.assertEqual((self.grader.get("/").status, self.outsider.get("/").status), (303, 303))


if __name__ == "__main__":
    unittest.main()
