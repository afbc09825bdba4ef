"""What attacks on the pages do: every route with what belongs to others, hostile texts in every field, hostile
requests. Nothing is graded."""
import csv
import gzip
import html.parser
import io
import re
import socket
import ssl
import time
import unittest
import urllib.parse

import pages_test
from harness import DEMO, FORM, DemoTest
from world import EVIL, EVIL_PATH, Belongings, connect, fill, looks_like_formula, poison, texts

HW = "/courses/cs101/assignments/roman-numerals"
ROMAN = (DEMO / "roman-numerals/solution/roman.c").read_bytes()
# What a form may name by number or by name.
IDS = ("id", "item", "comment", "run", "team", "column", "category", "version", "source", "base", "rerun", "section",
       "student", "user", "exception", "token", "session", "key", "revision")


class Strict(html.parser.HTMLParser):
    """Collects what no page may have, and where it leads."""

    def __init__(self, text):
        super().__init__()
        self.bad, self.links = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        for name, value in attributes:
            if name.startswith("on") or name == "style" or re.match(r"\s*(javascript|data|vbscript):", value or "", re.I):
                self.bad.append((tag, name, value))
        if tag in ("style", "object", "embed", "base", "applet") or (tag == "script" and not (values.get("src") or "").startswith("/static/")):
            self.bad.append((tag, values))
        if tag == "img" and not re.match(r"/(static|avatars)/", values.get("src") or ""):
            self.bad.append((tag, values))
        for name in ("href", "src"):
            if (values.get(name) or "").startswith("/"):
                self.links.append(values[name].split("#")[0])


def crawl(browser, start="/", most=400):
    """(path, answer) of every page that links lead to; of the same route with the same number of queries, a few."""
    todo, seen, shapes = [start], set(), {}
    while todo and len(seen) < most:
        path = todo.pop(0)
        shape = re.sub(r"\d+", "N", urllib.parse.urlsplit(path).path), len(urllib.parse.urlsplit(path).query) > 0
        if path in seen or shapes.get(shape, 0) >= 3 or path.startswith("/static/"):
            continue
        seen.add(path)
        shapes[shape] = shapes.get(shape, 0) + 1
        answer = browser.get(path)
        yield path, answer
        if answer.location and answer.location.startswith("/"):
            todo.append(answer.location)
        if (answer.headers["Content-Type"] or "").startswith("text/html"):
            todo += Strict(answer.text).links


class Defence(DemoTest):
    options = {"executor": False, "directives": "GradeOvenBodyTimeout 1s\nGradeOvenRetention * 5y"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = cls.student.submit("cs101", "roman-numerals", {"roman.c": ROMAN})
        fill(cls.site)

    # --- what belongs to others ---------------------------------------------------------------

    def foreign(self, name):
        """An instructor who has a course, an assignment and a submission of their own, and is in no other."""
        self.site.add_user(name, "--may-teach")
        own = self.site.browser(name)
        self.assertEqual(own.post("/courses", {"name": f"{name}-1", "title": "Own", "zone": "UTC"}).status, 303)
        self.assertEqual(own.post(f"/courses/{name}-1/assignments", {"name": "hw", "title": "Own", "description": "", "due": ""}).status, 303)
        answer = own.upload(f"/courses/{name}-1/assignments/hw/versions", {}, [
            ("archive", "a.tar.gz", pages_test.tar_of({"stages": b"tests\n", "tests/main": b"#!/bin/sh\n"}))])
        self.assertEqual(answer.status, 303, answer.text)
        own.submit(f"{name}-1", "hw", {"roman.c": b"own"})
        return own, f"/courses/{name}-1"

    def test_a_stranger_with_rights_elsewhere_gets_nothing_of_a_course(self):
        pages = pages_test.Pages()
        self.site.add_user("gone")
        self.site.ctl("user", "role", "gone", "cs101", "student")
        gone = self.site.browser("gone")
        self.assertEqual(gone.get("/courses/cs101").status, 200)
        self.assertEqual(self.teacher.post("/courses/cs101/roster/drop", {"username": "gone"}).status, 303)
        foreign, _ = self.foreign("foreign")
        tried = 0
        for method in ("GET", "POST"):
            for pattern in pages_test.Pages.table(method):
                if not pattern.startswith("/courses/:course"):
                    continue
                for browser in (foreign, gone):
                    with self.subTest(path=pattern, method=method):
                        path = pages.real(pattern)
                        answer = browser.get(path) if method == "GET" else browser.post(path)
                        self.assertEqual(answer.status, 404)
                        self.assertNotIn("Roman", answer.text)
                        tried += 1
        self.assertGreater(tried, 200)

    def test_ids_of_a_course_are_worth_nothing_in_another(self):
        thief, own = self.foreign("thief")
        belongings = Belongings(self.site, "cs101", "thief")
        before, tried = belongings.rows(), 0
        self.assertGreater(len(before), 20)
        for pattern in pages_test.Pages.table("POST"):
            if "/view-as" in pattern or pattern in ("/logout", "/login"):
                continue
            for number in range(1, 6):
                path = pattern.replace(":course", own.rsplit("/", 1)[1]).replace(":assignment", "hw")
                path = re.sub(r"[:*]\w+", str(number), path)
                fields = {name: str(number) for name in IDS}
                fields.update({"username": "student", "do": "remove", "action": "remove", "what": "remove",
                               "course": "cs101", "name": f"x{number}", "title": "x", "sure": "1", "on": "1"})
                status = thief.post(path, fields).status
                self.assertIn(status, (200, 201, 303, 400, 403, 404, 409, 410, 413, 415, 422), path)
                tried += 1
        self.assertGreater(tried, 250)
        self.assertEqual(sorted(belongings.rows() ^ before), [])
        for number in range(1, 6):  # reading by number, too
            for pattern in pages_test.Pages.table("GET"):
                if pattern.startswith("/courses/:course"):
                    path = pattern.replace(":course", own.rsplit("/", 1)[1]).replace(":assignment", "hw")
                    answer = thief.get(re.sub(r"[:*]\w+", str(number), path) + f"?id={number}&student=student&user=student&run={number}")
                    self.assertLess(answer.status, 500, path)
                    self.assertNotIn("Roman numerals", answer.text, path)
        self.assertEqual(thief.post(own + "/roster/view-as", {"username": "other"}).status, 403)
        self.assertNotIn("viewing", thief.json("/"))

    # --- hostile texts, and that looking changes nothing ------------------------------------------

    def check_page(self, path, answer):
        kind = (answer.headers["Content-Type"] or "").split(";")[0]
        self.assertLess(answer.status, 500, path)
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"], path)
        if kind == "text/html":
            self.assertEqual(Strict(answer.text).bad, [], path)
            self.assertNotIn("{{", answer.text.replace("&#123;", "").replace("{{csrf}}", ""), path)
            self.assertNotRegex(answer.text, "<script>alert|<img src=x", path)
        elif kind == "text/csv":
            for row in csv.reader(io.StringIO(answer.text)):
                self.assertEqual([cell for cell in row if looks_like_formula(cell)], [], path)
        elif kind not in ("application/json", ""):
            self.assertIn("attachment", answer.headers.get("Content-Disposition", "attachment" if "image" in kind or "text/plain" in kind else ""), path)

    def dump(self):
        """Without when a session was last seen, and what is made when it is first needed and then stays: a receipt, always
        of the same bytes, and a site's secrets (the tuples below "secret")."""
        passing = tuple(f'INSERT INTO "{table}"' for table in ("sessions", "login_devices", "login_failures", "receipts"))
        passing += ('INSERT INTO "tuples" VALUES(X\'' + b"secret".hex(),)
        return [line for line in connect(self.site).iterdump() if not line.startswith(passing)]

    def test_no_text_of_the_database_becomes_markup_and_no_get_changes_anything(self):
        empty = poison(self.site)
        self.assertEqual([name for name in empty if name not in ("login_failures",)], [], "world.py has no row for them")
        self.addCleanup(self.heal)
        before, pages, shown = self.dump(), 0, set()
        for name in ("admin", "instructor", "grader", "student", "other", "outsider"):
            browser = self.people[name]
            for path, answer in crawl(browser):
                with self.subTest(who=name, path=path):
                    self.check_page(path, answer)
                shown.add(re.sub(r"\d+", "N", path.split("?")[0]))
                pages += 1
                if answer.status == 200 and "text/html" in answer.headers["Content-Type"]:
                    same = browser.get(path, Accept="application/json")
                    self.assertIn(same.headers["Content-Type"].split(";")[0], ("application/json", "text/csv"), path)
                    same.json()
        self.assertGreater(pages, 150)
        self.assertGreater(len(shown), 45, shown)
        self.assertEqual(self.dump(), before)

    def heal(self):
        """Names that later tests look for; the rest may stay hostile."""
        with connect(self.site) as database:
            database.execute("UPDATE tree_entries SET path = 'roman.c' WHERE path = ?", (EVIL_PATH,))

    def test_every_text_of_the_schema_is_hostile_in_that_test_or_said_to_be_none(self):
        self.assertGreater(len(list(texts(connect(self.site)))), 55)

    # --- requests ---------------------------------------------------------------------------------

    def test_every_answer_carries_its_defences(self):
        style = re.search(r'href="(/static/[^"]+style.css)"', self.student.get("/").text).group(1)
        for path in ("/", "/login", "/nothing", "/admin", HW, self.place, self.place + "/files/roman.c", style,
                     "/courses/cs101/my-submissions", "/receipt-key"):
            headers = self.student.get(path).headers
            policy = headers["Content-Security-Policy"].split("; ")
            for part in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'",
                         "form-action 'self'", "base-uri 'none'"):
                self.assertIn(part, policy, path)
            self.assertNotIn("unsafe", headers["Content-Security-Policy"])
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(headers["Cross-Origin-Resource-Policy"], "same-origin")
            if path != style:
                self.assertEqual(headers["Cross-Origin-Opener-Policy"], "same-origin")
                self.assertEqual(headers["Referrer-Policy"], "same-origin")
                self.assertIn("camera=()", headers["Permissions-Policy"])

    def test_no_path_leads_out(self):
        outside = ("../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//etc/passwd",
                   "/etc/passwd", "%2fetc%2fpasswd", "roman.c%00.txt", "..\\..\\etc\\passwd", ".", "..", "")
        for where in (self.place + "/files/", self.place + "/view/", HW + "/stages/", HW + "/stage-files/", "/static/",
                      "/static/0123456789abcdef/", "/avatars/"):
            for path in outside:
                answer = self.teacher.request("GET", where + path)
                self.assertIn(answer.status, (200, 303, 400, 403, 404), where + path)
                self.assertNotIn("root:", answer.text)

    def test_names_in_headers_and_logs_stay_on_their_line(self):
        name = "a;b'\u00e9 (1)&=.c"
        place = self.student.submit("cs101", "roman-numerals", {name: ROMAN})
        shown = self.student.json(place)["files"][0]["path"]
        header = self.student.get(f"{place}/files/{urllib.parse.quote(shown)}").headers["Content-Disposition"]
        self.assertRegex(header, r"^attachment; filename\*=UTF-8''[A-Za-z0-9%._~-]+$")
        for path in ("/?notice=%0d%0aSet-Cookie:%20a=b", "/login?next=%0d%0aSet-Cookie:%20a=b", "/nothing%0d%0aSet-Cookie:%20a=b"):
            answer = self.student.get(path)
            self.assertNotIn("a", {part.split("=")[0] for part in answer.headers.get_all("Set-Cookie") or []})
        self.site.browser().post("/login", {"username": "x\r\n[gradeoven:error] forged line", "password": "y"})
        self.assertFalse([line for line in self.site.log().splitlines() if line.startswith("[gradeoven:error] forged")])

    def test_the_host_header_leads_nobody_away(self):
        for host in ("evil.example", "127.0.0.1@evil.example", "evil.example:443"):
            for path in ("/", HW, "/login", "/settings/tokens", self.place, "/receipt-key"):
                answer = self.student.request("GET", path, None, {"Host": host})
                self.assertNotIn("evil.example", answer.text + (answer.location or ""), path)
            answer = self.site.browser().request("GET", "/", None, {"Host": host})
            self.assertTrue((answer.location or "/").startswith("/"), answer.location)
            answer = self.student.post("/settings/profile", {"name": "X"}, Host=host, Origin=f"https://127.0.0.1:{self.site.port}")
            self.assertIn(answer.status, (400, 403))

    def test_a_session_that_somebody_else_chose_is_not_taken(self):
        planted = "0123456789abcdef" * 4
        visitor = self.site.browser()
        visitor.cookies["__Host-gradeoven"] = planted
        self.assertEqual(visitor.get("/").status, 303)
        visitor.login("student")
        self.assertNotEqual(visitor.cookies["__Host-gradeoven"], planted)
        thief = self.site.browser()
        thief.cookies["__Host-gradeoven"] = planted
        self.assertEqual(thief.get("/").status, 303)
        first = dict(visitor.cookies)
        visitor.login("student")
        self.assertNotEqual(visitor.cookies, first)
        thief.cookies = first
        self.assertEqual(thief.get("/").status, 303, "the earlier session of that browser goes on")

    def test_no_secret_is_stored_as_it_is(self):
        visitor = self.site.browser("student")
        stored = "".join(connect(self.site).iterdump())
        for value in visitor.cookies.values():
            self.assertGreater(len(value), 40)
            self.assertNotIn(value, stored)
        self.assertNotIn("student-pass-word", stored)

    def test_parts_of_a_file_and_conditions(self):
        path = self.place + "/files/roman.c"
        part = self.student.get(path, Range="bytes=0-9")
        self.assertIn((part.status, part.body), ((206, ROMAN[:10]), (200, ROMAN)))
        for value in ("bytes=999999999-", "bytes=5-1", "bytes=" + ",".join(f"{i}-{i}" for i in range(500)), "lines=1-2"):
            answer = self.student.get(path, Range=value)
            self.assertIn(answer.status, (200, 206, 416), value[:40])
            self.assertLess(len(answer.body), 4 * len(ROMAN) + 100_000)
        tag = self.student.get(self.place, Accept="application/json").headers["ETag"]
        self.assertEqual(self.student.get(self.place, Accept="application/json", **{"If-None-Match": tag}).status, 304)
        stranger = self.outsider.get(self.place, Accept="application/json", **{"If-None-Match": tag})
        self.assertEqual(stranger.status, 404, "a tag opens nothing")

    # --- bodies -----------------------------------------------------------------------------------

    def test_bodies_have_limits(self):
        before = len(self.student.json(HW)["submissions"])
        post = lambda body, kind: self.student.request("POST", HW + "/submissions", body, {"Content-Type": kind})  # noqa: E731
        token = f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self.student.csrf}\r\n'.encode()
        part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\nx\r\n'
        multipart = "multipart/form-data; boundary=x"
        cases = {
            "fields": (b"&".join(b"f%d=1" % i for i in range(20_000)), FORM),
            "large": (b"a=" + b"x" * (2 << 20), FORM),
            "parts": (token + b"".join(part % (b"f%d" % i) for i in range(6000)) + b"--x--\r\n", multipart),
            "header": (token + b'--x\r\nX-Y: ' + b"y" * 20_000 + b'\r\n\r\n\r\n--x--\r\n', multipart),
            "name": (token + part % (b"n" * 5000) + b"--x--\r\n", multipart),
            "no boundary": (token + part % b"a" + b"--x--\r\n", "multipart/form-data"),
            "another boundary": (token + part % b"a" + b"--x--\r\n", "multipart/form-data; boundary=zzz"),
            "open end": (token + part % b"a", multipart),
            "nul": (token + part % b"a\0b" + b"--x--\r\n", multipart)}
        for name, (body, kind) in cases.items():
            with self.subTest(name):
                self.assertIn(post(body, kind).status, (400, 403, 413, 422))
        self.assertEqual(len(self.student.json(HW)["submissions"]), before)

    def test_compressed_bodies_are_refused(self):
        body = gzip.compress(f"csrf={self.student.csrf}&name=zipped".encode())
        for encoding in ("gzip", "deflate", "br", "x"):
            answer = self.student.request("POST", "/settings/profile", body, {"Content-Type": FORM, "Content-Encoding": encoding})
            self.assertEqual(answer.status, 415)
        self.assertNotEqual(self.student.json("/settings")["profile"]["name"], "zipped")
        answer = self.student.post("/settings/profile", {"name": "Sam", "email": ""}, **{"Content-Encoding": "identity"})
        self.assertEqual(answer.status, 303)

    def test_a_slow_body_does_not_hold_a_worker(self):
        context = ssl._create_unverified_context()
        with context.wrap_socket(socket.create_connection(("127.0.0.1", self.site.port), timeout=30)) as line:
            cookie = "; ".join(f"{k}={v}" for k, v in self.student.cookies.items())
            line.sendall((f"POST /settings/profile HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nContent-Type: {FORM}\r\n"
                          "Content-Length: 1000\r\n\r\n").encode())
            line.settimeout(0.1)
            answer, began = b"", time.monotonic()
            while not answer and time.monotonic() - began < 60:  # one byte each time; the answer comes on its own
                try:
                    line.sendall(b"a")
                    answer = line.recv(4096)
                except TimeoutError:
                    pass
        self.assertIn(b" 408 ", answer.split(b"\r\n")[0])


if __name__ == "__main__":
    unittest.main()
