"""Links to set a password: who may make which, that each is good once, and that looking changes nothing."""
import concurrent.futures
import sqlite3
import unittest
import urllib.parse

from harness import DemoTest
from totp import set_up, totp

ROSTER = "/courses/cs101/roster"
JSON = {"Accept": "application/json"}


class Links(DemoTest):
    options = {"executor": False}

    def database(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=20) as database:
            return database.execute(sql, values).fetchall()

    def enrol(self, name, role="student"):
        """Somebody new in the course, without a password."""
        answer = self.teacher.post(ROSTER, {"username": name, "role": role, "email": f"{name}@example.edu", "by_link": "1"}, **JSON)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertNotIn("password", answer.json()["registered"][0])
        return name

    def invite(self, name=None, who=None):
        answer = (who or self.teacher).post(ROSTER + "/invite", {"username": name} if name else {}, **JSON)
        return answer.json()["links"] if answer.status == 200 else answer.status

    def link(self, name):
        """One that the admin makes."""
        answer = self.admin.post(f"/admin/users/{name}", {"what": "link"}, **JSON)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json()["link"]

    def path(self, link):
        return urllib.parse.urlsplit(link["url"]).path

    def use(self, link, password, browser=None):
        return (browser or self.site.browser()).post(self.path(link), {"new": password, "repeat": password})

    def login(self, name, password):
        return self.site.browser().post("/login", {"username": name, "password": password}).status

    # --- using one

    def test_an_invited_student_sets_a_password_and_is_in(self):
        (link,) = self.invite(self.enrol("ann"))
        self.assertEqual(link["url"], f"https://127.0.0.1:{self.site.port}{self.path(link)}")
        self.assertRegex(self.path(link), "^/welcome/[0-9a-f]{64}$")
        browser = self.site.browser()
        for _ in range(3):  # mail programs look at links, too
            page = browser.get(self.path(link))
        self.assertEqual((page.status, "Welcome, ann" in page.text), (200, True))
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(page.headers["Cache-Control"], "no-store")
        for first, second, said in (("short", "short", "fewer than"), ("a good long one", "another", "differ"),
                                    ("password1", "password1", "guessers")):
            answer = browser.post(self.path(link), {"new": first, "repeat": second})
            self.assertEqual((answer.status, said in answer.text), (422, True), said)
            self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        answer = self.use(link, "ann's own words", browser)
        self.assertEqual((answer.status, answer.location), (303, "/"))
        self.assertEqual(browser.get("/courses/cs101").status, 200)
        self.assertEqual(self.login("ann", "ann's own words"), 303)
        # once
        self.assertEqual(browser.get(self.path(link)).status, 410)
        self.assertEqual(self.use(link, "another good one").status, 410)
        self.assertEqual(self.login("ann", "another good one"), 422)
        noted = self.database("SELECT actor, was, became FROM audit WHERE action = 'link' AND subject = 'ann' ORDER BY id")
        self.assertEqual(noted, [("instructor", "", "invitation made, for 7 days"), ("ann", "invitation", "used: password set")])
        self.assertNotIn(self.path(link).split("/")[-1], str(self.database("SELECT * FROM links")))

    def test_a_link_is_over_when_its_time_is_or_a_newer_one_was_made(self):
        (old,) = self.invite(self.enrol("bea"))
        (new,) = self.invite("bea")
        self.assertEqual(self.use(old, "bea's own words").status, 410)
        self.database("UPDATE links SET expires_us = 1 WHERE user_id = (SELECT id FROM users WHERE username = 'bea')")
        self.assertEqual(self.site.browser().get(self.path(new)).status, 410)
        self.assertEqual(self.use(new, "bea's own words").status, 410)
        for wrong in ("x", "0" * 64, "0" * 63, "%00" * 64, "0" * 9000, self.path(new).split("/")[-1].upper()):
            self.assertIn(self.site.browser().get("/welcome/" + wrong).status, (404, 410, 414), wrong)
        # a password that is set otherwise ends a link, and so does disabling
        self.site.add_user("ben")
        reset = self.link("ben")
        self.site.ctl("user", "passwd", "--password-stdin", "ben", stdin="ben-pass-word\n")
        self.assertEqual(self.use(reset, "ben's own words").status, 410)
        self.admin.post("/admin/users/bea", {"what": "disabled", "on": "1"})
        self.assertEqual(self.admin.post("/admin/users/bea", {"what": "link"}).status, 422)

    def test_of_many_who_use_it_at_once_one_does(self):
        (link,) = self.invite(self.enrol("cas"))
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda i: self.use(link, f"the words of {i}").status, range(8)))
        self.assertEqual(sorted(answers), [303] + [410] * 7)

    def test_a_reset_logs_out_everywhere_and_asks_for_the_second_factor(self):
        self.site.add_user("dov")
        dov = self.site.browser("dov")
        secret, _ = set_up(dov, "dov-pass-word")
        link = self.link("dov")
        self.assertFalse(link["is_invitation"])
        # until it is used nothing has changed
        self.assertEqual(dov.get("/settings").status, 200)
        self.assertEqual(self.login("dov", "dov-pass-word"), 303)
        browser = self.site.browser()
        self.assertEqual(self.use(link, "dov's new words", browser).location, "/login/code")
        self.assertEqual(browser.get("/settings").status, 303)
        self.assertEqual(dov.get("/settings").status, 303)
        self.assertEqual(browser.post("/login/code", {"code": totp(secret)}).location, "/")
        self.assertEqual(self.login("dov", "dov-pass-word"), 422)

    def test_a_page_of_another_site_cannot_send_it(self):
        (link,) = self.invite(self.enrol("eli"))
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Origin": "null", "Sec-Fetch-Site": "same-site"}):
            answer = self.site.browser().post(self.path(link), {"new": "eli's own words", "repeat": "eli's own words"}, **headers)
            self.assertEqual(answer.status, 403, headers)
        # what a browser sends from a page without a referrer
        answer = self.site.browser().post(self.path(link), {"new": "eli's own words", "repeat": "eli's own words"},
                                          **{"Origin": "null", "Sec-Fetch-Site": "same-origin"})
        self.assertEqual(answer.status, 303)

    # --- making them

    def test_all_without_a_password_are_invited_at_once(self):
        self.enrol("fox")
        self.enrol("gus")
        before = self.teacher.json(ROSTER)["invitable_count"]
        names = [link["username"] for link in self.invite()]
        self.assertEqual(len(names), before)
        self.assertLessEqual({"fox", "gus"}, set(names))
        self.assertFalse({"student", "other", "grader", "instructor"} & set(names))
        html = self.teacher.post(ROSTER + "/invite", {})
        self.assertEqual((html.status, html.headers["Cache-Control"]), (200, "no-store"))
        self.assertIn("data:text/csv;base64,", html.text)
        answer = self.teacher.post(ROSTER + "/import", {"csv": "username,name\nhob,H\n"}, **JSON).json()
        answer = self.teacher.post(ROSTER + "/import", {"csv": "username,name\nhob,H\n", "by_link": "1",
                                                        "apply": answer["preview"]["digest"]}, **JSON).json()
        self.assertEqual((answer["registered"][0]["by_link"], "password" in answer["registered"][0]), (True, False))
        self.assertEqual(self.login("hob", ""), 422)

    def test_an_instructor_takes_over_nobody(self):
        # who has a password; staff; who is not in the course; who is not there
        for name in ("student", "grader", "instructor", "admin", "outsider", "nobody-at-all"):
            self.assertEqual(self.invite(name), 422, name)
        # an account with rights elsewhere, although it was never used
        self.admin.post("/courses", {"name": "elsewhere", "title": "Elsewhere", "zone": "UTC"})
        for name, change in (("ivy", lambda: self.site.ctl("user", "role", "ivy", "elsewhere", "grader")),
                             ("jim", lambda: self.admin.post("/admin/users/jim", {"what": "admin", "on": "1"})),
                             ("kai", lambda: self.admin.post("/admin/users/kai", {"what": "teach", "on": "1"})),
                             ("lou", lambda: self.admin.post("/admin/users/lou", {"what": "disabled", "on": "1"})),
                             ("max", lambda: self.teacher.post(ROSTER + "/drop", {"username": "max"})),
                             ("ned", lambda: self.database("UPDATE users SET logged_in_us = 1 WHERE username = 'ned'"))):
            self.enrol(name)
            (before,) = self.invite(name)
            change()
            if name != "max":  # who was only dropped has gained nothing
                self.assertEqual(self.use(before, f"the words of {name}").status, 410, name)
            self.assertEqual(self.invite(name), 422, name)
        # staff that is dropped elsewhere may come back there
        self.site.ctl("user", "role", "ivy", "elsewhere", "none")
        self.assertEqual(self.invite("ivy"), 422)
        # a link that was made before somebody came in is over
        (link,) = self.invite(self.enrol("oda"))
        self.database("UPDATE users SET logged_in_us = 1 WHERE username = 'oda'")
        self.assertEqual(self.use(link, "oda's own words").status, 410)

    def test_who_may_not_make_links_does_not(self):
        name = self.enrol("pia")
        for who in (self.grader, self.student):
            self.assertEqual(self.invite(name, who), 403)
        self.assertEqual(self.invite(name, self.outsider), 404)
        for who in (self.teacher, self.student):
            self.assertEqual(who.post("/admin/users/student", {"what": "link"}).status, 403)
        self.assertEqual(self.teacher.post(ROSTER + "/invite", {"username": name, "csrf": "x"}).status, 403)
        token = self.teacher.post("/settings/tokens", {"name": "x", "scope": "course", "course": "cs101", "days": "1"},
                                  **JSON).json()["secret"]
        answer = self.site.browser().post(ROSTER + "/invite", {}, Authorization=f"Bearer {token}")
        self.assertEqual(answer.status, 403)

    def test_an_operator_makes_them_too(self):
        self.enrol("quy")
        self.assertEqual(self.site.ctl("user", "reset", "quy", check=False).returncode, 1)
        self.assertEqual(self.site.ctl("user", "invite", "student", check=False).returncode, 1)
        url = self.site.ctl("user", "invite", "--url", "https://grading.example/", "quy").stdout.strip()
        self.assertRegex(url, "^https://grading.example/welcome/[0-9a-f]{64}$")
        self.assertEqual(self.use({"url": url}, "quy's own words").status, 303)
        path = self.site.ctl("user", "reset", "quy").stdout.strip()
        self.assertEqual(self.use({"url": path}, "quy's new words").status, 303)


if __name__ == "__main__":
    unittest.main()
