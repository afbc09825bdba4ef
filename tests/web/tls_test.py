"""Requests without TLS, the headers that keep browsers on it, new tokens of sessions, and how passwords are hashed."""
import http.client
import sqlite3
import unittest
import urllib.parse

from harness import FORM, DemoTest, Site, free_port



class SessionTest(DemoTest):
    options = {"executor": False}

    def database(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db", timeout=20) as database:
            return database.execute(sql, values).fetchall()

    def token(self, browser):
        return browser.cookies["__Host-gradeoven"]

    def stale(self, token):
        """Does a token open anything, some seconds after it was replaced?"""
        self.database("UPDATE sessions SET renewed_us = renewed_us - 11 * 1000000")
        return self.with_token(token)

    def with_token(self, token):
        browser = self.site.browser()
        browser.cookies = {"__Host-gradeoven": token}
        return browser.get("/settings").status


class Plain(SessionTest):
    """The site on a port without TLS, beside the one with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = free_port()
        cls.choose("")

    @classmethod
    def choose(cls, directive):
        cls.site.sections = f"""
Listen 127.0.0.1:{cls.plain}
<VirtualHost 127.0.0.1:{cls.plain}>
    ServerName https://grading.example:8443
    SSLEngine off
</VirtualHost>
"""
        cls.site.directives = directive
        cls.site.write_configuration()
        cls.site.restart()

    def request(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.text = answer.read().decode()
            return answer
        finally:
            connection.close()

    def login_body(self):
        return urllib.parse.urlencode({"username": "student", "password": self.site.passwords["student"]})

    def no_session(self, answer):
        self.assertIsNone(answer.getheader("Set-Cookie"))
        self.assertIsNone(answer.getheader("Strict-Transport-Security"))

    def test_1_reading_is_sent_to_tls_and_the_rest_refused(self):
        cookie = {"Cookie": "__Host-gradeoven=" + self.token(self.student)}
        # a name with https in it, as of a proxy, does not make it TLS; nor does what the client says
        for headers in ({}, cookie, {"X-Forwarded-Proto": "https", "X-Forwarded-SSL": "on"}):
            answer = self.request("GET", "/courses/cs101?a=b", **headers)
            self.assertEqual(answer.status, 301)
            self.assertEqual(answer.getheader("Location"), "https://127.0.0.1/courses/cs101?a=b")
            self.no_session(answer)
        count = self.database("SELECT count(*) FROM sessions")
        for path, body in (("/login", self.login_body()), ("/logout", "")):
            answer = self.request("POST", path, body, **cookie, **{"Content-Type": FORM})
            self.assertEqual((answer.status, "over TLS only" in answer.text), (403, True))
            self.no_session(answer)
        self.assertEqual(self.database("SELECT count(*) FROM sessions"), count)
        # a token in the clear is refused, so that its program notices
        self.assertEqual(self.request("GET", "/", Authorization="Bearer gradeoven_x").status, 403)
        self.assertEqual(self.student.get("/").headers["Strict-Transport-Security"], "max-age=15552000")
        self.assertEqual(self.site.browser().get("/login").headers["Strict-Transport-Security"], "max-age=15552000")

    def test_2_refuse_refuses_all(self):
        self.choose("GradeOvenPlainHTTP refuse")
        for method, path in (("GET", "/"), ("GET", "/login"), ("POST", "/login"), ("HEAD", "/")):
            answer = self.request(method, path)
            self.assertEqual(answer.status, 403)
            self.no_session(answer)

    def test_3_allow_is_for_a_proxy_that_ends_tls(self):
        self.choose("GradeOvenPlainHTTP allow")
        origin = {"Origin": "https://grading.example:8443", "Host": "grading.example:8443"}
        answer = self.request("POST", "/login", self.login_body(), **{"Content-Type": FORM, **origin})
        self.assertEqual(answer.status, 303)
        session = next(one for one in answer.headers.get_all("Set-Cookie") if one.startswith("__Host-gradeoven="))
        self.assertIn("; Secure; HttpOnly", session)
        self.assertIsNone(answer.getheader("Strict-Transport-Security"))
        answer = self.request("POST", "/login", self.login_body(), **{"Content-Type": FORM, "Origin": "http://evil.example"})
        self.assertEqual(answer.status, 403)


class Renewal(SessionTest):
    def renewed(self, browser, change):
        """After the change the browser is in with another token, and the old one is worth nothing."""
        before = self.token(browser)
        change()
        self.assertEqual(browser.get("/settings").status, 200)
        self.assertNotEqual(self.token(browser), before)
        self.assertEqual(self.stale(before), 303)
        self.assertEqual(browser.get("/settings").status, 200)

    def test_what_a_browser_brings_to_the_login_is_not_kept(self):
        for planted in ("0" * 64, self.token(self.other)):
            browser = self.site.browser()
            browser.cookies["__Host-gradeoven"] = planted
            browser.login("student")
            self.assertNotEqual(self.token(browser), planted)
        self.assertEqual(self.with_token("0" * 64), 303)
        # whose session it was is logged out by it: nobody sits in a session of two
        self.assertEqual(self.with_token(planted), 303)
        self.other.login("other")

    def test_a_change_of_rights_gives_a_new_token(self):
        role = lambda name: self.site.ctl("user", "role", "other", "cs101", name)
        self.renewed(self.other, lambda: role("grader"))
        self.renewed(self.other, lambda: role("none"))
        self.renewed(self.other, lambda: self.teacher.post("/courses/cs101/roster", {"username": "other", "role": "student"}))
        self.renewed(self.other, lambda: self.teacher.post("/courses/cs101/roster/change",
                                                           {"username": "other", "role": "instructor", "section": ""}))
        self.renewed(self.other, lambda: self.admin.post("/admin/users/other", {"what": "admin", "on": "1"}))
        self.renewed(self.other, lambda: self.admin.post("/admin/users/other", {"what": "admin", "on": "0"}))
        role("student")
        before = self.token(self.student)
        self.teacher.post("/courses/cs101/roster/change", {"username": "student", "role": "student", "section": "B"})
        self.student.get("/settings")
        self.assertEqual(self.token(self.student), before)

    def test_requests_under_way_are_answered_and_get_no_token(self):
        browser = self.site.browser("outsider")
        before = self.token(browser)
        self.site.ctl("user", "role", "outsider", "cs101", "student")
        self.addCleanup(self.site.ctl, "user", "role", "outsider", "cs101", "none")
        self.assertEqual(browser.get("/").status, 200)
        late = self.site.browser()
        late.cookies = {"__Host-gradeoven": before}
        self.assertEqual(late.get("/").status, 200)
        self.assertEqual(self.token(late), before)
        self.site.ctl("user", "role", "outsider", "cs101", "grader")
        self.assertEqual(late.get("/").status, 200)
        self.assertEqual(self.token(late), before)
        self.assertEqual(self.stale(before), 303)

    def test_a_form_that_was_open_is_not_lost_by_it(self):
        csrf = self.student.csrf
        self.site.ctl("user", "role", "student", "cs101", "grader")
        self.site.ctl("user", "role", "student", "cs101", "student")
        self.assertEqual(self.student.post("/settings/profile", {"name": "Stu", "email": "", "csrf": csrf}).status, 303)

    def test_another_password_ends_the_old_token_at_once(self):
        self.site.add_user("zoe")
        zoe, elsewhere = self.site.browser("zoe"), self.site.browser("zoe")
        before = self.token(zoe)
        answer = zoe.post("/settings/password", {"current": "zoe-pass-word", "new": "zoe's new words", "repeat": "zoe's new words"})
        self.assertEqual(answer.status, 303)
        self.assertNotEqual(self.token(zoe), before)
        self.assertEqual(self.with_token(before), 303)
        self.assertEqual((zoe.get("/settings").status, elsewhere.get("/settings").status), (200, 303))

    def test_the_present_password_cannot_be_guessed_in_an_open_session(self):
        self.site.add_user("yan")
        yan = self.site.browser("yan")
        for _ in range(10):
            yan.post("/settings/password", {"current": "wrong", "new": "yan's new words", "repeat": "yan's new words"})
        answer = yan.post("/settings/password", {"current": "yan-pass-word", "new": "yan's new words", "repeat": "yan's new words"})
        self.assertEqual((answer.status, "Too many wrong" in answer.text), (422, True))
        self.database("DELETE FROM login_failures")

    def test_looking_as_a_student_has_tokens_of_its_own(self):
        begin = self.token(self.teacher)
        self.teacher.post("/courses/cs101/roster/view-as", {"username": "student"})
        looking = self.token(self.teacher)
        self.teacher.csrf = self.teacher.json("/courses/cs101")["csrf"]
        self.teacher.post("/view-as/stop")
        after = self.token(self.teacher)
        self.teacher.csrf = self.teacher.json("/")["csrf"]
        self.assertEqual(len({begin, looking, after}), 3)
        self.assertEqual((self.with_token(begin), self.with_token(looking), self.with_token(after)), (303, 303, 200))


class Hashing(unittest.TestCase):
    def test_other_parameters_are_taken_silently_at_the_next_login(self):
        site = Site(executor=False, directives="GradeOvenPasswordMemory 24M\nGradeOvenPasswordPasses 3").start()
        self.addCleanup(site.stop)
        site.add_user("ann")
        hashes = lambda: sqlite3.connect(site.state / "gradeoven.db").execute("SELECT password_hash FROM users").fetchone()[0]
        self.assertIn("m=19456,t=2", hashes())
        site.browser("ann")
        first = hashes()
        self.assertIn("m=24576,t=3", first)
        site.browser("ann")
        self.assertEqual(hashes(), first)

    def test_values_that_make_no_sense_are_refused(self):
        site = Site(executor=False)
        self.addCleanup(site.stop)
        for line, said in (("GradeOvenPasswordMemory 7M", "8M to 1G"), ("GradeOvenPasswordMemory lots", "size"),
                           ("GradeOvenPasswordPasses 0", "1 to 20"), ("GradeOvenPasswordParallel 65", "1 to 64"),
                           ("GradeOvenSecondFactor some", "off admin instructor staff all"),
                           ("GradeOvenPlainHTTP maybe", "redirect refuse allow"),
                           ("GradeOvenPlainHTTP allow refuse", "takes one argument")):
            site.directives = line
            site.write_configuration()
            done = site.configtest()
            self.assertEqual((done.returncode != 0, said in done.stderr), (True, True), f"{line}: {done.stderr}")


if __name__ == "__main__":
    unittest.main()
