"""Rate limits, and errors as problem documents (RFC 9457)."""
import json
import unittest

from harness import DemoTest, Site

JSON = {"Accept": "application/json"}


class Rates(DemoTest):
    """Ten requests a minute of a program, 300 of a browser."""
    options = {"executor": False, "directives": "GradeOvenRateLimit 10/min 300/min"}

    def token(self, who):
        return self.people[who].post("/settings/tokens", {"name": "t", "scope": "read", "days": "1"}, **JSON).json()["secret"]

    def ask(self, secret, times):
        return [self.site.browser().get("/courses/cs101", Authorization=f"Bearer {secret}", **JSON) for _ in range(times)]

    def test_a_program_that_asks_too_often_waits_and_nobody_else_does(self):
        answers = self.ask(self.token("student"), 25)
        self.assertEqual([one.status for one in answers[:10]], [200] * 10)
        refused = [one for one in answers if one.status == 429]
        self.assertGreaterEqual(len(refused), 5)  # it fills again by one in six seconds
        for one in refused:
            self.assertGreaterEqual(int(one.headers["Retry-After"]), 1)
            self.assertEqual(one.headers["Content-Type"], "application/problem+json")
            self.assertEqual(one.json()["status"], 429)
            self.assertIn('"api";r=0', one.headers["RateLimit"])
        self.assertEqual(answers[0].headers["RateLimit-Policy"], '"api";q=10;w=60')
        self.assertIn(429, [one.status for one in self.ask(self.token("student"), 3)], "a new token is no new bucket")
        self.assertEqual(self.student.get("/").status, 200)
        self.assertEqual(self.ask(self.token("other"), 1)[0].status, 200)

    def test_a_wrong_token_is_counted_and_keeps_nobody_from_logging_in(self):
        answers = self.ask("gov_" + "0" * 64, 25)
        self.assertEqual(answers[0].status, 401)
        self.assertIn("Bearer", answers[0].headers["WWW-Authenticate"])
        self.assertIn(429, [one.status for one in answers])
        self.assertEqual(self.site.browser().get("/login").status, 200)

    def test_strangers_are_counted_by_address_and_who_is_logged_in_is_not_among_them(self):
        stranger = self.site.browser()
        statuses = [stranger.get("/login").status for _ in range(330)]
        self.assertIn(429, statuses)
        self.assertEqual(set(statuses), {200, 429})
        self.assertEqual(self.grader.get("/").status, 200)
        style = next(part for part in self.grader.get("/").text.split('"') if part.endswith("style.css"))
        self.assertEqual(stranger.get(style).status, 200, "static files are not counted")


class Problems(DemoTest):
    options = {"executor": False}

    def test_errors_are_problem_documents(self):
        for browser, method, path, status in (
                (self.site.browser(), "GET", "/", 401), (self.outsider, "GET", "/courses/cs101", 404),
                (self.student, "GET", "/admin", 403), (self.student, "GET", "/nothing", 404),
                (self.student, "PUT", "/settings", 405), (self.student, "POST", "/settings/profile", 403)):
            answer = browser.request(method, path, None, {**JSON, "Content-Type": "application/x-www-form-urlencoded"})
            with self.subTest(path=path, method=method):
                self.assertEqual((answer.status, answer.headers["Content-Type"]), (status, "application/problem+json"))
                problem = json.loads(answer.text)
                self.assertEqual((problem["status"], problem["instance"]), (status, path))
                self.assertTrue(problem["type"] and problem["title"] and problem["detail"])

    def test_a_form_that_is_refused_says_what_is_wrong(self):
        answer = self.student.post("/settings/password", {"current": "wrong", "new": "x", "repeat": "x"}, **JSON)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (422, "application/problem+json"))
        self.assertIn("password", answer.json()["detail"])


class Directive(unittest.TestCase):
    def test_configtest_says_what_is_allowed(self):
        for words in ("5/min", "600", "600/hour", "many", "600/min x", "2000000/min"):
            site = Site(executor=False, directives=f"GradeOvenRateLimit {words}")
            done = site.configtest()
            self.assertNotEqual(done.returncode, 0, words)
            self.assertIn("GradeOvenRateLimit", done.stderr)
            site.stop()
        for words in ("off", "600/min", "10/min 1000000/min", "600/min off"):
            site = Site(executor=False, directives=f"GradeOvenRateLimit {words}")
            self.assertEqual(site.configtest().returncode, 0, words)
            site.stop()


if __name__ == "__main__":
    unittest.main()
