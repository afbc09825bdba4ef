"""Personal tokens: what each scope reaches, how long, and that nothing of an account can be done by one."""
import json
import sqlite3
import unittest
import urllib.parse

from harness import SOURCE, DemoTest

HW = "/courses/cs101/assignments/roman-numerals"
SOLUTION = (SOURCE / "conf/demo/roman-numerals/solution/roman.c").read_bytes()
JSON = {"Accept": "application/json"}


class Tokens(DemoTest):
    def make(self, who="student", scope="read", course="cs101", name="a script", days="30"):
        answer = self.people[who].post("/settings/tokens", {"name": name, "scope": scope, "course": course, "days": days},
                                       **JSON)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json()["secret"]

    def call(self, secret, method, path, fields=None):
        """As a program does: no cookie, no form token."""
        body = urllib.parse.urlencode(fields) if fields is not None else None
        headers = {"Authorization": f"Bearer {secret}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self.site.browser().request(method, path, body, headers)

    def database(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            return database.execute(sql, values).fetchall()

    def setUp(self):
        self.database("DELETE FROM tokens")

    def test_a_program_reads_what_its_user_may_read(self):
        secret = self.make()
        answer = self.call(secret, "GET", "/courses/cs101")
        self.assertEqual((answer.status, json.loads(answer.text)["course"]["name"]), (200, "cs101"))
        self.assertEqual(self.call(secret, "GET", "/courses/cs101/roster").status, 403)
        for method, path in (("POST", HW + "/submissions"), ("POST", "/courses/cs101/pause"), ("GET", "/settings"),
                             ("GET", "/settings/tokens"), ("POST", "/settings/tokens"), ("POST", "/settings/password"),
                             ("POST", "/settings/sessions"), ("POST", "/logout")):
            self.assertEqual(self.call(secret, method, path, {} if method == "POST" else None).status, 403, path)
        admin = self.make("admin")
        self.assertEqual(self.call(admin, "GET", "/admin/users").status, 403)
        self.assertEqual(self.call(admin, "POST", "/admin/users", {"username": "x"}).status, 403)

    def test_one_that_may_submit_hands_in_and_sees_the_score(self):
        secret = self.make(scope="submit")
        page = json.loads(self.call(secret, "GET", HW).text)
        program = self.site.browser()
        answer = program.upload(HW + "/submissions", {"once": page["once"]}, [("files", "roman.c", SOLUTION)],
                                Authorization=f"Bearer {secret}")
        self.assertEqual(answer.status, 201, answer.text)
        place = answer.json()["location"]
        self.people["student"].wait_for_run(place)
        run = json.loads(self.call(secret, "GET", place).text)["run"]
        self.assertEqual(run["score"]["earned"], "10")
        self.assertEqual(self.call(secret, "POST", place + "/choose", {}).status, 403)
        # without a token the same upload is one of nobody
        self.assertEqual(program.upload(HW + "/submissions", {"once": page["once"]}, [("files", "roman.c", b"x")]).status, 401)

    def test_one_of_a_course_reaches_that_course_only(self):
        self.people["instructor"].post("/courses", {"name": "other", "title": "Other", "zone": "UTC"})
        secret = self.make("instructor", "course")
        self.assertEqual(self.call(secret, "GET", "/courses/cs101/roster").status, 200)
        answer = self.call(secret, "POST", "/courses/cs101/roster/change", {"username": "other", "role": "student", "section": "T"})
        self.assertEqual(answer.status, 200)
        for path in ("/courses/other", "/", "/courses/cs102"):
            self.assertEqual(self.call(secret, "GET", path).status, 403, path)
        for path, fields in (("/courses/cs101/copy", {"name": "copy", "title": "x", "days": "0"}),
                             (HW + "/copy", {"course": "other", "name": "x", "title": "x", "days": "0"}),
                             ("/courses/cs101/roster/view-as", {"username": "student"}), ("/courses", {"name": "z"})):
            self.assertEqual(self.call(secret, "POST", path, fields).status, 403, path)
        # rights are those of now, not of when it was made
        secret = self.make("grader", "course")
        self.assertEqual(self.call(secret, "GET", "/courses/cs101/roster").status, 200)
        self.assertEqual(self.call(secret, "POST", "/courses/cs101/pause", {"pause": "1"}).status, 403)
        self.site.ctl("user", "role", "grader", "cs101", "student")
        self.addCleanup(self.site.ctl, "user", "role", "grader", "cs101", "grader")
        self.assertEqual(self.call(secret, "GET", "/courses/cs101/roster").status, 403)

    def test_what_is_no_token_or_none_any_more_is_nobody(self):
        secret = self.make()
        for wrong in ("", "gradeoven_", secret[:-1], secret + "0", secret.upper(), "gradeoven_" + "0" * 64, "%00"):
            self.assertEqual(self.call(wrong, "GET", "/courses/cs101").status, 401, wrong)
        # a cookie beside a wrong token does not help
        answer = self.people["student"].request("GET", "/courses/cs101", None, {"Authorization": "Bearer nothing", **JSON})
        self.assertEqual(answer.status, 401)
        self.database("UPDATE tokens SET expires_us = 1")
        self.assertEqual(self.call(secret, "GET", "/courses/cs101").status, 401)
        secret = self.make("other")
        self.people["admin"].post("/admin/users/other", {"what": "disabled", "on": "1"})
        self.assertEqual(self.call(secret, "GET", "/").status, 401)
        self.people["admin"].post("/admin/users/other", {"what": "disabled", "on": "0"})
        self.people["other"].login("other")

    def test_it_is_shown_once_kept_as_a_digest_and_ended_by_its_user(self):
        secret = self.make(name="<b>mine</b>")
        page = self.people["student"].get("/settings/tokens").text
        self.assertNotIn(secret, page)
        self.assertIn("&lt;b&gt;mine", page)
        self.assertNotIn(secret, str(self.database("SELECT * FROM tokens")))
        self.call(secret, "GET", "/courses/cs101")
        token = self.people["student"].json("/settings/tokens")["tokens"][0]
        self.assertIsNotNone(token["used"])
        self.people["other"].post("/settings/tokens/end", {"id": token["id"]})
        self.assertEqual(self.call(secret, "GET", "/courses/cs101").status, 200)
        self.people["student"].post("/settings/tokens/end", {"id": token["id"]})
        self.assertEqual(self.call(secret, "GET", "/courses/cs101").status, 401)
        noted = self.database("SELECT actor, was, became FROM audit WHERE action = 'token' ORDER BY id DESC LIMIT 2")
        self.assertEqual(noted, [("student", '"<b>mine</b>", read', "ended"), ("student", "", '"<b>mine</b>", read')])

    def test_one_that_makes_no_sense_is_refused(self):
        for fields, text in (({"name": ""}, "name"), ({"days": "0"}, "valid that long"), ({"days": "9999"}, "valid that long"),
                             ({"days": "x"}, "valid that long"), ({"scope": "course", "course": "nope"}, "no such course")):
            answer = self.people["student"].post("/settings/tokens", {"name": "x", "scope": "read", "days": "1", **fields})
            self.assertEqual(answer.status, 422, fields)
            self.assertIn(text, answer.text)
        answer = self.people["outsider"].post("/settings/tokens", {"name": "x", "scope": "course", "course": "cs101", "days": "1"})
        self.assertEqual(answer.status, 422)


if __name__ == "__main__":
    unittest.main()
