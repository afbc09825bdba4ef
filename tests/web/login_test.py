"""Logging in: guessed passwords, known devices, where one is logged in, passwords that nobody should have."""
import sqlite3
import unittest

from harness import DemoTest


class Login(DemoTest):
    def database(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            return database.execute(sql, values).fetchall()

    def setUp(self):
        self.database("DELETE FROM login_failures")

    def try_(self, browser, username, password):
        return browser.post("/login", {"username": username, "password": password})

    def guess(self, username, times=10):
        stranger = self.site.browser()
        for _ in range(times):
            self.assertEqual(self.try_(stranger, username, "wrong").status, 422)
        return stranger

    # --- guessing

    def test_after_ten_wrong_passwords_strangers_wait(self):
        stranger = self.guess("student")
        for password in ("wrong", self.site.passwords["student"]):
            answer = self.try_(stranger, "student", password)
            self.assertEqual(answer.status, 429)
            self.assertIn("Too many wrong passwords", answer.text)
            self.assertTrue(0 < int(answer.headers["Retry-After"]) <= 901)
        # of others nothing is known
        self.assertEqual(self.try_(self.site.browser(), "other", self.site.passwords["other"]).status, 303)
        # a quarter of an hour later
        self.database("UPDATE login_failures SET since_us = since_us - 901 * 1000000")
        self.assertEqual(self.try_(stranger, "student", self.site.passwords["student"]).status, 303)

    def test_who_is_attacked_still_logs_in_from_where_they_always_do(self):
        own = self.site.browser()
        self.assertEqual(self.try_(own, "student", self.site.passwords["student"]).status, 303)
        own.post("/logout")
        self.guess("student")
        self.assertEqual(self.try_(own, "student", self.site.passwords["student"]).status, 303)
        # the device of one is no device of another
        other = self.site.browser()
        other.cookies = {name: value for name, value in own.cookies.items() if name.endswith("-device")}
        self.assertTrue(other.cookies)
        self.guess("other")
        self.assertEqual(self.try_(other, "other", self.site.passwords["other"]).status, 429)
        # and a known one may not guess without end either
        own.post("/logout")
        for _ in range(10):
            self.assertEqual(self.try_(own, "student", "wrong").status, 422)
        self.assertEqual(self.try_(own, "student", "wrong").status, 429)

    def test_a_name_that_nobody_has_is_answered_the_same(self):
        stranger = self.guess("nosuch")
        unknown = self.try_(stranger, "nosuch", "wrong")
        self.guess("grader")
        known = self.try_(stranger, "GRADER", "wrong")
        self.assertEqual((unknown.status, known.status), (429, 429))
        self.assertNotIn("nosuch", str(self.database("SELECT bucket FROM login_failures")))

    def test_an_address_that_guesses_for_many_waits(self):
        stranger = self.site.browser()
        self.try_(stranger, "one", "wrong")
        self.database("UPDATE login_failures SET failures = 200 WHERE bucket LIKE 'address:%'")
        self.assertEqual(self.try_(stranger, "two", "wrong").status, 429)

    # --- where one is logged in

    def test_one_sees_where_one_is_logged_in_and_ends_it(self):
        here, there, third = (self.site.browser("other") for _ in range(3))
        sessions = here.json("/settings")["sessions"]
        self.assertEqual(sum(one["is_this"] for one in sessions), 1)
        before = len(sessions)
        name = next(one["name"] for one in there.json("/settings")["sessions"] if one["is_this"])
        self.assertEqual(len(name), 16)
        self.assertEqual(here.post("/settings/sessions", {"name": name}).status, 303)
        self.assertEqual(there.get("/settings").status, 303)
        self.assertEqual(len(here.json("/settings")["sessions"]), before - 1)
        # nobody ends another's, and none that is not there
        foreign = next(one["name"] for one in self.people["student"].json("/settings")["sessions"] if one["is_this"])
        for name in (foreign, "nothing", "%"):
            self.assertEqual(here.post("/settings/sessions", {"name": name}).status, 303)
        self.assertEqual(self.people["student"].get("/settings").status, 200)
        self.assertEqual(here.post("/settings/sessions", {"name": ""}).status, 303)
        self.assertEqual(third.get("/settings").status, 303)
        self.assertEqual(len(here.json("/settings")["sessions"]), 1)
        self.assertNotIn("Log out everywhere else", here.get("/settings").text)

    def test_what_a_browser_says_of_itself_is_escaped(self):
        self.site.browser().request("GET", "/login")
        odd = self.site.browser()
        odd.request("POST", "/login", f"username=other&password={self.site.passwords['other']}",
                    {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "<b>\"x"})
        self.assertIn("&lt;b&gt;&quot;x", odd.get("/settings").text)

    # --- passwords

    def test_passwords_that_guessers_try_first_are_refused(self):
        browser = self.site.browser("grader")
        for password in ("PassWord123", "qwertyuiop", "xxxxxxxxxxxx", "student123"):
            answer = browser.post("/settings/password", {"current": self.site.passwords["grader"], "new": password,
                                                         "repeat": password})
            self.assertEqual(answer.status, 422, password)
            self.assertIn("guessers try first", answer.text)

    def test_a_hash_of_an_older_kind_is_made_anew_at_the_login(self):
        old = self.database("SELECT password_hash FROM users WHERE username = 'outsider'")[0][0]
        self.site.browser("outsider")
        new = self.database("SELECT password_hash FROM users WHERE username = 'outsider'")[0][0]
        self.assertIn("m=19456,t=2", new)
        self.database("UPDATE users SET password_hash = ? WHERE username = 'outsider'", old)
        self.site.browser("outsider")


if __name__ == "__main__":
    unittest.main()
