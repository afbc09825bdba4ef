"""Every route for every role, logins, forms, uploads, downloads: on a real httpd, without Docker."""
import io
import re
import struct
import tarfile
import threading
import unittest
import zipfile
import zlib

from harness import SOURCE, DemoTest

HW = "/courses/cs101/assignments/roman-numerals"
SOLUTION = (SOURCE / "conf/demo/roman-numerals/solution/roman.c").read_bytes()


def tar_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(content), 0o755
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def png_of(width, height):
    """An orange picture."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + b"\xe8\x74\x3b" * width for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Pages(DemoTest):
    options = {"executor": False}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people["nobody"] = cls.site.browser()
        cls.own = cls.people["student"].submit("cs101", "roman-numerals", {"roman.c": SOLUTION})
        for name, *options in (("draft",), ("forms", "--published")):
            cls.site.ctl("assignment", "add", "cs101", name, *options,
                         SOURCE / "conf/demo/roman-numerals/assignment")
        cls.people["student"].submit("cs101", "forms", {"roman.c": SOLUTION})
        cls.people["instructor"].post(HW + "/scoreboard", {"scoreboard": "names"})
        cls.people["instructor"].upload(HW + "/reference", {}, [("files", "roman.c", SOLUTION)])

    # what each gets: nobody, outsider, other student, student, grader, instructor, admin
    ROLES = ("nobody", "outsider", "other", "student", "grader", "instructor", "admin")

    def routes(self):
        """Each route of the table in routes.c, as (method, path, expected status by role)."""
        users, members = (303,) + (200,) * 6, (303, 404) + (200,) * 5
        staff, teachers = (303, 404, 403, 403, 200, 200, 200), (303, 404, 403, 403, 403, 200, 200)
        admins, makers = (303,) + (403,) * 5 + (200,), (303, 403, 403, 403, 403, 200, 200)
        owners = (303, 404, 404, 200, 200, 200, 200)
        yield "/login", (200,) + (303,) * 6
        yield "/", users
        yield "/settings", users
        yield "/settings/tokens", users
        yield "/settings/privacy", users
        yield "/settings/second-factor", users
        yield "/login/code", (303,) * 7  # nobody is half-way through a login
        yield "/welcome/:token", (410,) * 7
        yield "/avatars/:user", users
        yield "/new-course", makers
        yield "/courses/:course", members
        yield "/courses/:course/edit", teachers
        yield "/courses/:course/roster", staff
        yield "/courses/:course/roster/export", staff
        yield "/courses/:course/exceptions", staff
        yield "/courses/:course/gradebook", staff
        yield "/courses/:course/gradebook/export", staff
        yield "/courses/:course/gradebook/cell", (303, 404, 403, 403, 404, 404, 404)  # which one is not said
        yield "/courses/:course/gradebook/import", staff
        yield "/courses/:course/gradebook/settings", teachers
        yield "/courses/:course/audit", teachers
        yield "/courses/:course/audit/export", teachers
        yield "/enrol", users
        yield "/courses/:course/new-assignment", teachers
        yield "/courses/:course/assignments/:assignment", members
        yield "/courses/:course/assignments/:assignment/edit", teachers
        yield "/courses/:course/assignments/:assignment/versions/:version", staff
        yield "/courses/:course/assignments/:assignment/exceptions", staff
        yield "/courses/:course/copy", teachers
        for page in ("stages", "stages/*file", "stage-files/*file", "check", "copy"):
            yield "/courses/:course/assignments/:assignment/" + page, teachers
        for page in ("versions", "versions/:version/diff", "reference", "reruns", "reruns/:rerun"):
            yield "/courses/:course/assignments/:assignment/" + page, staff
        yield "/courses/:course/assignments/:assignment/submissions", staff
        yield "/courses/:course/assignments/:assignment/submissions/:number", owners
        yield "/courses/:course/assignments/:assignment/submissions/:number/files/*path", owners
        yield "/courses/:course/assignments/:assignment/submissions/:number/archive", owners
        yield "/courses/:course/assignments/:assignment/submissions/:number/tests/:test", owners[:3] + (404,) * 4  # no HTML
        yield "/receipt-key", (200,) * 7
        yield "/courses/:course/assignments/:assignment/submissions/:number/receipt", owners
        yield "/courses/:course/my-submissions", members
        yield "/courses/:course/assignments/:assignment/my-submissions", members
        yield "/courses/:course/assignments/:assignment/scoreboard", members
        yield "/courses/:course/assignments/:assignment/team", staff[:2] + (404, 404) + staff[4:]  # it has none
        yield "/courses/:course/assignments/:assignment/statistics", staff
        yield "/courses/:course/assignments/:assignment/rubric", staff
        yield "/courses/:course/assignments/:assignment/grading", staff
        yield "/courses/:course/assignments/:assignment/grading/next", (303, 404, 403, 403, 303, 303, 303)
        yield "/courses/:course/assignments/:assignment/regrades", staff
        yield "/courses/:course/assignments/:assignment/submissions/:number/grade", staff[:2] + (404,) + staff[3:]
        yield "/courses/:course/assignments/:assignment/submissions/:number/view/*path", owners
        yield "/courses/:course/assignments/:assignment/submissions/:number/regrade", owners
        yield "/courses/:course/assignments/:assignment/submissions/:number/diff/:other", owners
        yield "/admin", admins
        yield "/admin/courses", admins
        yield "/admin/users", admins
        yield "/admin/users/:user/privacy", admins
        yield "/admin/audit", admins
        yield "/admin/audit/export", admins

    def real(self, pattern):
        for name, value in ((":course", "cs101"), (":assignment", "roman-numerals"), (":number", "1"),
                            (":version", "1"), ("*file", "tests/main"), (":other", "1"), (":item", "1"), (":comment", "1"), (":rerun", "1"), (":test", "1"),
                            (":user", "student"), ("*path", "roman.c")):
            pattern = pattern.replace(name, value)
        return pattern

    @staticmethod
    def table(method):
        """The patterns of routes.c itself, so that a new route without a line here fails."""
        text = (SOURCE / "mod_gradeoven/routes.c").read_text()
        macros = {"COURSE": "/courses/:course"}
        macros["ASSIGNMENT"] = macros["COURSE"] + "/assignments/:assignment"
        macros["SUBMISSION"] = macros["ASSIGNMENT"] + "/submissions/:number"
        found = []
        for line in re.findall(r"\{GO_%s,\s*(.*?)\s*,\s*GO_RIGHT" % method, text):
            if line != "NULL":
                found.append("".join(macros.get(part, part.strip('"')) for part in line.split()))
        return found

    def test_each_page_is_for_those_it_is_for(self):
        expected = dict(self.routes())
        self.assertEqual(sorted(expected), sorted(self.table("GET")))
        self.people["instructor"].post("/courses/cs101/assignments/roman-numerals/reruns", {"version": "1", "scope": "all"})
        for pattern, statuses in expected.items():
            for role, status in zip(self.ROLES, statuses):
                with self.subTest(path=pattern, role=role):
                    self.assertEqual(self.people[role].get(self.real(pattern)).status, status)

    def test_each_form_is_for_those_it_is_for(self):
        # a role that may gets past the gate: with an empty form that is 200, 303, 404, 409 or 422
        may = {"users": 1, "makers": 5, "teach": 5, "staff": 4, "admins": 6, "members": 2, "public": 0, "owners": 3}
        who = {"/login": "public", "/logout": "users", "/view-as/stop": "users", "/settings/profile": "users",
               "/settings/password": "users", "/settings/sessions": "users", "/settings/tokens": "users", "/settings/tokens/end": "users", "/settings/avatar": "users",
               "/login/code": "public", "/welcome/:token": "public", "/settings/second-factor": "users",
               "/settings/second-factor/confirm": "users", "/settings/second-factor/codes": "users",
               "/settings/second-factor/off": "users",
               "/settings/avatar/remove": "users", "/enrol": "users", "/courses": "makers", "/admin/instructors": "admins",
               "/admin/users": "admins", "/admin/users/:user": "admins", "/settings/privacy/export": "users",
               "/admin/users/:user/export": "admins", "/admin/users/:user/erase": "admins",
               "/courses/:course/assignments/:assignment/submissions": "members",
               "/courses/:course/assignments/:assignment/submissions/:number/rerun": "staff",
               "/courses/:course/assignments/:assignment/submissions/:number/cancel": "staff",
               "/courses/:course/assignments/:assignment/submissions/:number/prioritise": "staff",
               "/courses/:course/assignments/:assignment/submissions/:number/demand": "owners",
               "/courses/:course/assignments/:assignment/submissions/:number/choose": "owners",
               "/courses/:course/assignments/:assignment/scoreboard/hide": "members",
               "/courses/:course/assignments/:assignment/team": "members",
               "/courses/:course/gradebook/cell": "staff", "/courses/:course/gradebook/import": "staff",
               "/courses/:course/assignments/:assignment/submissions/:number/grade": "staff",
               "/courses/:course/assignments/:assignment/submissions/:number/comments": "staff",
               "/courses/:course/assignments/:assignment/submissions/:number/comments/:comment": "staff",
               "/courses/:course/assignments/:assignment/submissions/:number/regrade": "owners",
               "/admin/weight": "admins", "/admin/drain": "admins"}
        for pattern in self.table("POST"):
            least = may[who.get(pattern, "teach")]
            if pattern == "/logout":
                continue
            for place, role in enumerate(self.ROLES):
                with self.subTest(path=pattern, role=role):
                    path = self.real(pattern).replace("roman-numerals", "forms")
                    status = self.people[role].post(path).status
                    if place >= least:
                        self.assertIn(status, (200, 303, 400, 404, 409, 410, 422))
                    else:
                        self.assertIn(status, (401, 403, 404))
            # an empty form unpublishes: students must see the assignment again for the next one
            self.people["instructor"].post("/courses/cs101/assignments/forms/publish",
                                            {"published": "1", "anyway": "1"})

    def test_a_draft_is_hidden_from_students(self):
        draft = "/courses/cs101/assignments/draft"
        self.assertEqual(self.people["student"].get(draft).status, 404)
        self.assertEqual(self.people["grader"].get(draft).status, 200)
        self.assertNotIn("draft", self.people["student"].get("/courses/cs101").text)
        answer = self.people["student"].upload(draft + "/submissions", {"once": "x"}, [("files", "a", b"a")])
        self.assertEqual(answer.status, 404)

    def test_unknown_paths_and_methods(self):
        student = self.people["student"]
        for path in ("/nothing", "/courses/none", "/courses/cs101/assignments/none", HW + "/submissions/999",
                     HW + "/submissions/abc", HW + "/submissions/1/files/none", "/courses/cs101/x/y"):
            self.assertEqual(student.get(path).status, 404, path)
        answer = student.request("DELETE", "/settings")
        self.assertEqual(answer.status, 405)
        self.assertEqual(answer.headers["Allow"], "GET, HEAD")
        self.assertEqual(student.post("/admin").status, 405)
        self.assertEqual(student.request("HEAD", "/").body, b"")

    def test_a_form_without_its_token_changes_nothing(self):
        for token in (None, "", "0" * 48, self.people["other"].csrf):
            fields = {"name": "Changed"} if token is None else {"name": "Changed", "csrf": token}
            answer = self.people["student"].post("/settings/profile", fields, csrf=False)
            self.assertEqual(answer.status, 403, token)
        answer = self.people["student"].upload(HW + "/submissions", {"once": "no-token"},
                                               [("files", "a", b"a")], csrf=False)
        self.assertEqual(answer.status, 403)
        self.assertEqual(self.people["student"].json("/settings")["profile"]["name"], "Sam Student")

    def test_a_form_of_another_site_changes_nothing(self):
        student = self.people["student"]
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"},
                        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
            self.assertEqual(student.post("/settings/profile", {"name": "X"}, **headers).status, 403)
            self.assertEqual(self.site.browser().post("/login", {"username": "student", "password": "x"},
                                                      **headers).status, 403)
        self.assertEqual(student.post("/settings/profile", {"name": "Sam Student", "email": ""},
                                      Origin=f"https://127.0.0.1:{self.site.port}").status, 303)

    def test_wrong_and_unknown_logins_get_the_same_answer(self):
        wrong = self.site.browser().post("/login", {"username": "student", "password": "wrong"})
        unknown = self.site.browser().post("/login", {"username": "student", "password": ""})
        self.assertEqual((wrong.status, unknown.status), (422, 422))
        self.assertEqual(wrong.text, unknown.text)
        nobody = self.site.browser().post("/login", {"username": "nosuch", "password": "wrong"})
        self.assertEqual(nobody.text.replace("nosuch", "student"), wrong.text)

    def test_a_login_goes_on_to_where_one_wanted_to_go_but_not_elsewhere(self):
        answer = self.site.browser().get(HW)
        self.assertEqual(answer.location, "/login?next=%2Fcourses%2Fcs101%2Fassignments%2Froman-numerals")
        for wanted, gets in ((HW, HW), ("//evil.example/", "/"), ("https://evil.example", "/"),
                             ("/\\evil.example", "/"), ("", "/"), ("/x\r\nSet-Cookie: a=b", "/")):
            answer = self.site.browser().post("/login", {"username": "student", "next": wanted,
                                                         "password": self.site.passwords["student"]})
            self.assertEqual(answer.location, gets)

    def test_sessions_end_with_logout_and_with_a_new_password(self):
        self.site.add_user("sessions")
        one, two = self.site.browser("sessions"), self.site.browser("sessions")
        self.assertNotEqual(one.cookies, two.cookies)
        cookies = dict(one.cookies)
        self.assertEqual(one.post("/logout").status, 303)
        one.cookies = cookies
        self.assertEqual(one.get("/").status, 303)
        three = self.site.browser("sessions")
        self.assertEqual(three.post("/settings/password", {
            "current": "wrong", "new": "another-password", "repeat": "another-password"}).status, 422)
        self.assertEqual(three.post("/settings/password", {
            "current": "sessions-pass-word", "new": "short", "repeat": "short"}).status, 422)
        self.assertEqual(three.post("/settings/password", {
            "current": "sessions-pass-word", "new": "another-password", "repeat": "another-password"}).status, 303)
        self.assertEqual(two.get("/").status, 303)
        self.assertEqual(three.get("/").status, 200)
        self.site.browser().login("sessions", "another-password")

    def test_the_session_cookie_is_for_this_host_and_tls_only(self):
        answer = self.site.browser().post("/login", {"username": "student",
                                                     "password": self.site.passwords["student"]})
        cookie = answer.headers["Set-Cookie"]
        self.assertTrue(cookie.startswith("__Host-gradeoven="))
        for part in ("Path=/", "Secure", "HttpOnly", "SameSite=Lax"):
            self.assertIn(part, cookie)

    def test_every_answer_has_the_headers_that_protect_it(self):
        for path in ("/", "/nothing", HW, self.own + "/files/roman.c"):
            headers = self.people["student"].get(path).headers
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertNotIn("unsafe", headers["Content-Security-Policy"])
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")

    def test_every_page_answers_json(self):
        for pattern, statuses in self.routes():
            if statuses[6] != 200 or any(part in pattern for part in (
                    "avatars", "versions/", "files", "archive", "my-submissions", "reference", "export")):
                continue
            answer = self.people["admin"].get(self.real(pattern), Accept="application/json")
            self.assertEqual(answer.headers["Content-Type"], "application/json", pattern)
            self.assertIn("title", answer.json())
        answer = self.site.browser().get("/", Accept="application/json")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (401, "application/problem+json"))

    def test_a_second_click_submits_once(self):
        other = self.people["other"]
        page = other.json(HW)
        form = {"once": page["once"]}
        first = other.upload(page["submit_url"], form, [("files", "roman.c", b"int main;")])
        second = other.upload(page["submit_url"], form, [("files", "roman.c", b"int main;")])
        self.assertEqual(first.location.split("?")[0], second.location.split("?")[0])
        self.assertEqual(len(other.json(HW)["submissions"]), len(page["submissions"]) + 1)

    def test_many_click_at_the_same_moment_and_each_submits_once(self):
        # threads that wait for each other's transaction once stood still until SQLite gave up
        student = self.people["student"]
        before, answers = len(student.json(HW)["submissions"]), []

        def click(once):
            answer = student.upload(HW + "/submissions", {"once": once}, [("files", "a", b"x")])
            answers.append((once, answer.status, (answer.location or "").split("?")[0]))

        clicks = [threading.Thread(target=click, args=(f"crowd-{i // 8}",)) for i in range(64)]
        for one in clicks:
            one.start()
        for one in clicks:
            one.join()
        self.assertEqual({status for _, status, _ in answers}, {303})
        self.assertEqual(len({(once, place) for once, _, place in answers}), 8)
        self.assertEqual(len(student.json(HW)["submissions"]), before + 8)

    def test_what_was_submitted_comes_back_byte_for_byte(self):
        content = bytes(range(256)) * 300
        place = self.people["other"].submit("cs101", "roman-numerals",
                                            {"roman.c": SOLUTION, "ein ümlaut %41.bin": content, "empty": b""})
        files = {one["path"]: one["url"] for one in self.people["other"].json(place)["files"]}
        self.assertEqual(sorted(files), ["ein ümlaut %41.bin", "empty", "roman.c"])
        answer = self.people["grader"].get(files["ein ümlaut %41.bin"])
        self.assertEqual(answer.body, content)
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))
        archive = zipfile.ZipFile(io.BytesIO(self.people["other"].get(place + "/archive").body))
        self.assertEqual(archive.read("ein ümlaut %41.bin"), content)

    def test_a_folder_and_an_archive_are_unpacked(self):
        place = self.people["other"].submit("cs101", "roman-numerals",
                                            {"hw/roman.c": b"x", "hw/lib/a.h": b"y"})
        self.assertEqual([one["path"] for one in self.people["other"].json(place)["files"]], ["lib/a.h", "roman.c"])
        place = self.people["other"].submit("cs101", "roman-numerals",
                                            {"hw1.tar.gz": tar_of({"hw1/roman.c": b"x", "hw1/b/c": b"y"})})
        self.assertEqual([one["path"] for one in self.people["other"].json(place)["files"]], ["b/c", "roman.c"])
        place = self.people["other"].submit("cs101", "roman-numerals",
                                            {"a.zip": b"not a zip", "b.txt": b"x"})
        self.assertEqual(len(self.people["other"].json(place)["files"]), 2)

    def test_bad_uploads_are_refused_with_a_reason_and_store_nothing(self):
        other = self.people["other"]
        before = len(other.json(HW)["submissions"])
        for files, words in (([], "No file was chosen"),
                             ([("files", "../../etc/passwd", b"x")], ".."),
                             ([("files", "/etc/passwd", b"x")], "/etc/passwd"),
                             ([("files", "a", b"x"), ("files", "a", b"y")], "a"),
                             ([("files", "a", b"x"), ("files", "A", b"y")], "case"),
                             ([("files", "x.zip", b"PK\x03\x04 not really")], "archive"),
                             ([("files", "evil.tar.gz", tar_of({"../evil": b"x"}))], "..")):
            answer = other.upload(HW + "/submissions", {"once": "bad"}, files)
            self.assertEqual(answer.status, 422, files)
            self.assertIn(words, answer.text)
        self.assertEqual(len(other.json(HW)["submissions"]), before)

    def test_an_upload_over_the_limit_is_refused(self):
        answer = self.people["other"].upload(HW + "/submissions", {"once": "big"},
                                             [("files", "big", b"\0" * (33 * 1024 * 1024))])
        self.assertEqual(answer.status, 422 if answer.status == 422 else 413)
        self.assertIn("larger", answer.text)

    def test_texts_of_users_are_shown_as_text(self):
        attack = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>'
        instructor = self.people["instructor"]
        instructor.post("/settings/profile", {"name": attack, "email": ""})
        instructor.post("/courses", {"name": "xss", "title": attack, "zone": "UTC"})
        instructor.post("/courses/xss/assignments", {"name": "a", "title": attack, "due": "",
                                                     "description": attack + "\n\n[x](javascript:alert(3))"})
        instructor.post("/settings/profile", {"name": "Ines Instructor", "email": ""})
        for path in ("/", "/settings", "/courses/xss", "/courses/xss/roster", "/courses/xss/assignments/a",
                     "/courses/xss/assignments/a/edit", "/courses/xss/edit"):
            text = instructor.get(path).text
            self.assertNotIn("<script>alert", text, path)
            self.assertNotIn("<img src=x", text, path)
            self.assertNotIn('href="javascript:', text, path)

    def test_an_instructor_makes_a_course_with_people_and_an_assignment(self):
        teacher = self.people["instructor"]
        self.assertEqual(teacher.post("/courses", {"name": "c++", "title": "C++", "zone": "Mars/Olympus"}).status, 422)
        answer = teacher.post("/courses", {"name": "c++", "title": "C++ for you", "zone": "America/New_York"})
        self.assertEqual((answer.status, answer.location), (303, "/courses/c%2B%2B?notice=created"))
        self.assertEqual(teacher.post("/courses", {"name": "c++", "title": "Again", "zone": "UTC"}).status, 422)
        csv = "username,name,email,shoe\nada,Ada L.,ada@example.org,38\nbob,\"Bob, the 2nd\",,\nstudent,,,\n"
        shown = teacher.post("/courses/c%2B%2B/roster/import", {"csv": csv}, Accept="application/json").json()
        answer = teacher.post("/courses/c%2B%2B/roster/import", {"csv": csv, "apply": shown["preview"]["digest"]},
                              Accept="application/json")
        done = {one["username"]: one for one in answer.json()["registered"]}
        self.assertEqual(sorted(done), ["ada", "bob", "student"])
        self.assertNotIn("password", done["student"])
        self.site.browser().login("ada", done["ada"]["password"])
        answer = teacher.upload("/courses/c%2B%2B/roster/import", {}, [
            ("file", "roster.csv", b"username;name\nBAD NAME;x\n;y\nok;z\nok;again\n")])
        self.assertEqual(answer.status, 422)
        for line in ("Line 2", "Line 3", "Line 5"):
            self.assertIn(line, answer.text)
        self.assertEqual(len(teacher.json("/courses/c%2B%2B/roster")["people"]), 4)
        self.make_assignment(teacher)

    def make_assignment(self, teacher):
        base = "/courses/c%2B%2B/assignments"
        answer = teacher.post(base, {"name": "hw 1", "title": "First", "due": "2030-07-01T12:00",
                                     "description": "*Hello*"})
        self.assertEqual(answer.status, 303)
        edit = base + "/hw%201"
        self.assertEqual(teacher.post(edit + "/publish", {"published": "1"}).status, 422)
        answer = teacher.upload(edit + "/versions", {}, [("archive", "a.tar.gz", tar_of(
            {"stages": b"one\ntwo\none\n../x\noutput\n", "one/main": b"", "three/main": b"x"}))])
        self.assertEqual(answer.status, 422)
        for word in ("two", "more than once", "../x", "output", "main"):
            self.assertIn(word, answer.text)
        answer = teacher.upload(edit + "/versions", {"note": "first"}, [("archive", "a.tar.gz", tar_of(
            {"stages": b"one\n", "one/main": b"#!/bin/sh\nexit 0\n"}))])
        self.assertEqual(answer.status, 303, answer.text)
        self.assertEqual(teacher.json(edit + "/edit")["warnings"], [])
        self.assertEqual(teacher.post(edit + "/publish", {"published": "1"}).status, 422)
        self.assertEqual(teacher.post(edit + "/publish", {"published": "1", "anyway": "1"}).status, 303)
        page = teacher.json(edit)
        self.assertEqual(page["assignment"]["due"]["iso"], "2030-07-01T16:00:00Z")
        self.assertIn("<em>Hello</em>", page["description_html"])

    def test_a_stage_that_runs_students_code_without_sandbox_is_stored_with_a_warning(self):
        teacher = self.people["instructor"]
        edit = "/courses/cs101/assignments/draft"
        for name in ("draft", "forms"):
            self.assertEqual(teacher.json(f"/courses/cs101/assignments/{name}/edit")["warnings"], [])
        before = len(teacher.json(edit + "/edit")["versions"])
        main = b"#!/bin/sh\necho 1 | ./<b>program\nmake\n"
        answer = teacher.upload(edit + "/versions", {}, [("archive", "a.tar.gz", tar_of(
            {"stages": b"one\n", "one/main": main}))])
        self.assertEqual(answer.status, 303, answer.text)
        page = teacher.json(edit + "/edit")
        self.assertEqual((len(page["versions"]), page["versions"][0]["is_current"]), (before + 1, True))
        self.assertEqual(len(page["warnings"]), 2)
        self.assertIn('Stage "one", main, line 2: "./', page["warnings"][0]["text"])
        html = teacher.get(edit + "/edit").text
        self.assertIn("Stage &quot;one&quot;, main, line 3: &quot;make&quot; runs", html)
        self.assertEqual(self.people["grader"].get(edit + "/edit").status, 403)
        answer = teacher.upload(edit + "/versions", {}, [("archive", "a.tar.gz", tar_of(
            {"stages": b"one\n", "one/main": main.replace(b"./<b>", b"sandbox -- ./").replace(b"make", b"")}))])
        self.assertEqual(answer.status, 303, answer.text)
        self.assertEqual(teacher.json(edit + "/edit")["warnings"], [])

    def test_an_avatar_is_encoded_anew_and_junk_is_refused(self):
        student = self.people["student"]
        drawn = student.get("/avatars/student")
        self.assertEqual(drawn.headers["Content-Type"], "image/svg+xml")
        pixel = png_of(3, 2)
        answer = student.upload("/settings/avatar", {}, [("avatar", "x.png", pixel)])
        self.assertEqual(answer.status, 303, answer.text)
        png = student.get("/avatars/student")
        self.assertEqual(png.headers["Content-Type"], "image/png")
        self.assertEqual(png.body[16:24], (256).to_bytes(4, "big") * 2)
        self.assertEqual(student.get("/avatars/student", **{"If-None-Match": png.headers["ETag"]}).status, 304)
        for junk in (b"GIF89a", b"\x89PNG\r\n\x1a\n junk", b"", b"<svg onload=alert(1)>", pixel[:40]):
            self.assertEqual(student.upload("/settings/avatar", {}, [("avatar", "x.png", junk)]).status, 422)
        self.assertEqual(student.upload("/settings/avatar", {}, [("avatar", "x", b"\0" * 2100000)]).status, 422)

    def test_an_admin_manages_users_and_the_last_admin_stays(self):
        admin = self.people["admin"]
        answer = admin.post("/admin/users", {"username": "New.User", "name": "N", "email": "", "may_teach": "1"},
                            Accept="application/json")
        fresh = answer.json()["fresh"]
        self.assertEqual(fresh["username"], "new.user")
        visitor = self.site.browser().login("new.user", fresh["password"])
        self.assertEqual(visitor.get("/new-course").status, 200)
        self.assertEqual(admin.post("/admin/users/new.user", {"what": "disabled", "on": "1"}).status, 303)
        self.assertEqual(visitor.get("/").status, 303)
        self.assertEqual(admin.post("/admin/users/admin", {"what": "admin", "on": "0"}).status, 422)
        self.assertEqual(admin.post("/admin/users", {"username": "new.user", "name": "", "email": ""}).status, 422)
        self.assertEqual(admin.post("/admin/instructors", {"course": "cs101", "username": "outsider"}).status, 303)
        self.assertEqual(self.people["outsider"].get("/courses/cs101/edit").status, 200)
        self.site.ctl("user", "role", "outsider", "cs101", "none")

    def test_an_upload_that_breaks_off_stores_nothing(self):
        before = len(self.people["other"].json(HW)["submissions"])
        answer = self.people["other"].upload(HW + "/submissions", {"once": "cut"},
                                             [("files", "a", b"x" * 5000)], cut=-200)
        self.assertEqual(answer.status, 422)
        self.assertEqual(len(self.people["other"].json(HW)["submissions"]), before)
        self.assertEqual([one for one in (self.site.state / "tmp").iterdir()], [])

    def test_static_files_are_kept_by_browsers_for_ever(self):
        css = re.search(r'href="(/static/[0-9a-f]+/style.css)"', self.site.browser().get("/login").text).group(1)
        answer = self.site.browser().get(css)
        self.assertIn("immutable", answer.headers["Cache-Control"])
        self.assertEqual(self.site.browser().get("/static/0000000000000000/style.css").headers["Cache-Control"], "no-cache")
        self.assertEqual(self.site.browser().get("/static/%2e%2e/x.css").status, 404)

    def test_the_log_says_who_and_which_course(self):
        self.people["student"].submit("cs101", "roman-numerals", {"a": b"x"})
        self.assertRegex(self.site.log(), r"user=student course=cs101 assignment=roman-numerals: submission \d+")


if __name__ == "__main__":
    unittest.main()
