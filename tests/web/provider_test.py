"""AuthType GradeOven: other things of the same httpd, for who is logged in and by their course."""
import http.client
import sqlite3
import unittest

from harness import Browser, Site, free_port
from remote_test import AUTH_MODULES, SESSION, basic, load

PAGE = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate"}


def section(path, *require, more="AuthzSendForbiddenOnFailure On"):
    lines = "\n".join(f"Require {one}" for one in require)
    return f'<Location "{path}">\nSetHandler none\nAuthType GradeOven\n{lines}\n{more}\n</Location>\n'


class Provider(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(executor=False, directives=load(*AUTH_MODULES) + "GradeOvenSessionIdle 1h\nGradeOvenSessionMax 2h\n")
        cls.addClassCleanup(cls.site.stop)
        root = cls.site.root
        for name in ("notes", "wiki", "staff", "ops", "named", "nocourse", "plain401", "basic", "not", "any"):
            (root / "www" / name / "sub").mkdir(parents=True)
            (root / "www" / name / "index.html").write_text(f"<p>{name}</p>")
            (root / "www" / name / "sub" / "a b.html").write_text("inside")
        (root / "passwords").write_text("student:$apr1$x$0\n")
        cls.site.sections = f"""
AliasMatch "^/(notes|wiki|staff|ops|named|nocourse|plain401|basic|not|any)(.*)$" "{root}/www/$1$2"
<Directory "{root}/www">
    DirectoryIndex index.html
</Directory>
{section("/notes", "valid-user")}
{section("/wiki", "gradeoven-course cs101")}
{section("/staff", "gradeoven-course cs101 instructor grader")}
{section("/ops", "gradeoven-admin")}
{section("/named", "gradeoven-user Student outsider")}
{section("/nocourse", "gradeoven-course nosuch")}
{section("/plain401", "gradeoven-admin", more="")}
{section("/any", "gradeoven-admin", "gradeoven-course cs101 student")}
<Location "/not">
    SetHandler none
    AuthType GradeOven
    AuthzSendForbiddenOnFailure On
    <RequireAll>
        Require gradeoven-user
        Require not gradeoven-course cs101 student
    </RequireAll>
</Location>
<Location "/basic">
    SetHandler none
    AuthType Basic
    AuthName x
    AuthUserFile {root}/passwords
    Require gradeoven-user
</Location>"""
        cls.site.write_configuration()
        cls.site.start().load_demo()
        cls.people = {name: cls.site.browser(name) for name in ("admin", "instructor", "grader", "student", "outsider")}

    def database(self, sql, *values):
        with sqlite3.connect(self.site.state / "gradeoven.db") as database:
            return database.execute(sql, values).fetchall()

    def allowed(self, path):
        return {name for name, browser in self.people.items() if browser.get(path, **PAGE).status == 200}

    def test_who_may_what(self):
        everybody = set(self.people)
        self.assertEqual(self.allowed("/notes/"), everybody)
        self.assertEqual(self.allowed("/notes/sub/a%20b.html"), everybody)
        self.assertEqual(self.allowed("/wiki/"), {"instructor", "grader", "student"})
        self.assertEqual(self.allowed("/staff/"), {"instructor", "grader"})
        self.assertEqual(self.allowed("/ops/"), {"admin"})
        self.assertEqual(self.allowed("/named/"), {"student", "outsider"})
        self.assertEqual(self.allowed("/any/"), {"admin", "student"})
        self.assertEqual(self.allowed("/not/"), everybody - {"student"})
        self.assertEqual(self.allowed("/nocourse/"), set())
        self.assertEqual(self.people["student"].get("/staff/", **PAGE).status, 403)
        self.assertEqual(self.people["student"].get("/plain401/", **PAGE).status, 401)
        self.assertIn("<p>wiki</p>", self.people["student"].get("/wiki/", **PAGE).text)

    def test_who_is_not_logged_in_logs_in_and_comes_back(self):
        stranger = self.site.browser()
        answer = stranger.get("/wiki/sub/a%20b.html?x=1&y=%2F", **PAGE)
        self.assertEqual(answer.status, 303)
        self.assertEqual(answer.location, "/login?next=%2Fwiki%2Fsub%2Fa%2520b.html%3Fx%3D1%26y%3D%252F")
        next_ = stranger.get(answer.location).field("next").replace("&amp;", "&")
        answer = stranger.post("/login", {"username": "student", "password": self.site.passwords["student"], "next": next_})
        self.assertEqual(answer.location, "/wiki/sub/a%20b.html?x=1&y=%2F")
        self.assertEqual(stranger.get(answer.location, **PAGE).text, "inside")

    def test_what_is_no_page_is_refused_without_a_detour(self):
        stranger = self.site.browser()
        for headers in ({"Accept": "image/png"}, {"Accept": "text/html", "Sec-Fetch-Mode": "cors"}, {}):
            answer = stranger.get("/notes/", **headers)
            self.assertEqual((answer.status, answer.headers["WWW-Authenticate"]), (401, "GradeOven"))
        self.assertEqual(stranger.request("POST", "/notes/", "x", PAGE).status, 401)

    def test_the_way_to_the_login_leads_to_no_other_host(self):
        stranger = self.site.browser()
        answer = stranger.request("GET", f"https://evil.example:{self.site.port}/notes/", None, PAGE)
        self.assertEqual(answer.location, "/login?next=%2Fnotes%2F")
        answer = stranger.get("//notes/", **PAGE)  # slashes are merged before anybody looks
        self.assertEqual(answer.location, "/login?next=%2Fnotes%2F")

    def test_sessions_that_are_over_let_nobody_in(self):
        for change in ("seen_us = seen_us - 3601 * 1000000", "created_us = created_us - 7201 * 1000000"):
            browser = self.site.browser("student")
            self.assertEqual(browser.get("/wiki/", **PAGE).status, 200)
            self.database(f"UPDATE sessions SET {change} WHERE token_hash IN "
                          "(SELECT token_hash FROM sessions ORDER BY rowid DESC LIMIT 1)")
            self.assertEqual(browser.get("/wiki/", **PAGE).status, 303)
        browser = self.site.browser("student")
        kept = dict(browser.cookies)
        browser.post("/logout")
        browser.cookies = kept
        self.assertEqual(browser.get("/wiki/", **PAGE).status, 303)
        for value in ("", "x" * 64, "0" * 64, "'", kept[SESSION][:-1]):
            browser.cookies = {SESSION: value}
            self.assertEqual(browser.get("/wiki/", **PAGE).status, 303)

    def test_who_was_dropped_or_disabled_is_out_at_once(self):
        self.site.add_user("leaver")
        self.site.ctl("user", "role", "leaver", "cs101", "student")
        browser = self.site.browser("leaver")
        self.assertEqual(browser.get("/wiki/", **PAGE).status, 200)
        self.site.ctl("user", "role", "leaver", "cs101", "none")
        self.assertEqual(browser.get("/wiki/", **PAGE).status, 403)
        self.assertEqual(browser.get("/notes/", **PAGE).status, 200)
        self.database("UPDATE users SET is_disabled = 1 WHERE username = 'leaver'")
        self.assertEqual(browser.get("/notes/", **PAGE).status, 303)

    def test_who_looks_as_a_student_is_themself(self):
        browser = self.site.browser("instructor")
        answer = browser.post("/courses/cs101/roster/view-as", {"username": "student"})
        self.assertEqual(answer.status, 303, answer.text)
        self.assertIn("viewing", browser.json("/courses/cs101"))
        self.assertEqual(browser.get("/staff/", **PAGE).status, 200)
        self.assertEqual(browser.get("/named/", **PAGE).status, 403)  # which the student may

    def test_what_httpd_is_told_otherwise_counts_nothing(self):
        stranger = self.site.browser()
        for headers in ({"REMOTE_USER": "admin"}, {"X-Remote-User": "admin"}, basic("student")):
            self.assertEqual(stranger.get("/notes/", **PAGE, **headers).status, 303)
        # a token of a program is for the pages
        student = self.people["student"]
        answer = student.post("/settings/tokens", {"name": "x", "scope": "read", "days": "1"}, Accept="application/json")
        token = answer.json()["secret"]
        bearer = {"Authorization": f"Bearer {token}"}
        self.assertEqual(stranger.get("/", Accept="application/json", **bearer).status, 200)
        self.assertEqual(stranger.get("/notes/", **PAGE, **bearer).status, 303)

    def test_answers_are_not_for_shared_caches(self):
        answer = self.people["student"].get("/notes/", **PAGE)
        self.assertIn("private", answer.headers["Cache-Control"])
        self.assertIn("Cookie", answer.headers["Vary"])


class Mounted(unittest.TestCase):
    def test_a_site_below_a_path_protects_what_is_beside_it(self):
        site = Site(executor=False, mount="/grading", directives=load(*AUTH_MODULES))
        self.addCleanup(site.stop)
        (site.root / "notes").mkdir()
        (site.root / "notes" / "index.html").write_text("hello")
        site.sections = f'Alias /notes {site.root}/notes\n<Directory "{site.root}/notes">\n</Directory>\n' + section("/notes", "valid-user")
        site.write_configuration()
        site.start().load_demo()
        stranger = Browser(site)
        answer = stranger.get("/notes/index.html", **PAGE)
        self.assertEqual(answer.location, "/grading/login?next=%2Fnotes%2Findex.html")
        student = site.browser("student")
        self.assertEqual(student.request("GET", "/notes/index.html", None, PAGE).text, "hello")
        self.assertEqual(student.post("/login", {"username": "student", "password": site.passwords["student"],
                                                 "next": "/notes/index.html"}).location, "/notes/index.html")

    def test_over_plain_http_nobody_gets_in(self):
        site, port = Site(executor=False, directives=load(*AUTH_MODULES)), free_port()
        self.addCleanup(site.stop)
        (site.root / "notes").mkdir()
        (site.root / "notes" / "index.html").write_text("hello")
        site.sections = (f'Listen 127.0.0.1:{port}\n<VirtualHost 127.0.0.1:{port}>\nSSLEngine off\n'
                         f'Alias /notes {site.root}/notes\n{section("/notes", "valid-user")}</VirtualHost>\n')
        site.write_configuration()
        site.start().load_demo()
        cookies = site.browser("student").cookies
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("GET", "/notes/index.html", None, {**PAGE, "Cookie": f"{SESSION}={cookies[SESSION]}"})
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.getheader("Location")), (303, "/login?next=%2Fnotes%2Findex.html"))


if __name__ == "__main__":
    unittest.main()
