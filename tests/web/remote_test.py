"""Logging in by httpd's own authentication: Basic, client certificates, OpenID Connect; and what must not let anybody in."""
import base64
import concurrent.futures
import http.client
import json
import os
import re
import sqlite3
import ssl
import subprocess
import unittest
import urllib.parse

from harness import INSTALL, SOURCE, Answer, Site, free_port, sanitize

SESSION = "__Host-gradeoven"
AUTH_MODULES = ("authn_core", "auth_basic", "authn_file", "authz_user", "setenvif", "alias", "dir", "env", "rewrite")


def load(*names):
    folder = subprocess.run(["apxs", "-q", "LIBEXECDIR"], capture_output=True, text=True, check=True).stdout.strip()
    return "\n".join(f"LoadModule {name}_module {folder}/mod_{name}.so" for name in names
                     if os.path.exists(f"{folder}/mod_{name}.so")) + "\n"


def basic(user, password="pw"):
    if isinstance(user, str):
        user = user.encode()
    return {"Authorization": "Basic " + base64.b64encode(user + b":" + password.encode()).decode()}


class RemoteSite(Site):
    """A site whose /login/sso asks for a password of a file; `names` may log in there with "pw"."""

    def __init__(self, directives, names=("student", "newcomer"), sections="", location="", **options):
        super().__init__(executor=False, directives=load(*AUTH_MODULES) + directives, **options)
        self.set_names(names)
        self.sections = f"""
<Location "{self.mount.rstrip('/')}/login/sso">
    AuthType Basic
    AuthName test
    AuthBasicProvider file
    AuthUserFile {self.root}/passwords
    Require valid-user
    {location}
</Location>
{sections}"""
        self.write_configuration()

    def set_names(self, names):
        hashed = subprocess.run(["openssl", "passwd", "-apr1", "pw"], capture_output=True, text=True, check=True).stdout
        lines = b"".join((name.encode() if isinstance(name, str) else name) + b":" + hashed.strip().encode() + b"\n"
                         for name in names)
        (self.root / "passwords").write_bytes(lines)

    def sso(self, user, query="", browser=None, **headers):
        browser = browser or self.browser()
        return browser, browser.request("GET", browser.mount + "/login/sso" + query, None, {**basic(user), **headers})

    def database(self, sql, *values):
        with sqlite3.connect(self.state / "gradeoven.db") as database:
            return database.execute(sql, values).fetchall()


class RemoteTest(unittest.TestCase):
    directives = "GradeOvenAuth remote"
    location = ""
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.site = RemoteSite(cls.directives, location=cls.location, **cls.options).start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()

    def database(self, sql, *values):
        return self.site.database(sql, *values)

    def enters(self, user, name=None, query="", **headers):
        self.site.set_names([user])
        browser, answer = self.site.sso(user, query, **headers)
        self.assertEqual(answer.status, 303, answer.text)
        self.assertEqual(browser.json("/")["user"]["username"], name or user)
        return browser, answer

    def stays_out(self, user, text, status=403, **headers):
        self.site.set_names([user])
        before = self.database("SELECT count(*) FROM users")
        browser, answer = self.site.sso(user, **headers)
        self.assertEqual(answer.status, status, f"{user!r}: {answer.text}")
        self.assertIn(text, answer.text)
        self.assertNotIn(SESSION, browser.cookies)
        self.assertEqual(self.database("SELECT count(*) FROM users"), before)
        return browser, answer


class Remote(RemoteTest):
    directives = """GradeOvenAuth remote
GradeOvenAuthLabel "Uni & \\"ID\\""
GradeOvenAuthName env:FULL_NAME
GradeOvenAuthEmail env:MAIL
GradeOvenAuthAdmin env:GROUPS site-admins ;
GradeOvenAuthLogout https://id.example/logout?client=grading
"""
    location = """
    SetEnvIf X-Test-Name (.*) FULL_NAME=$1
    SetEnvIf X-Test-Mail (.*) MAIL=$1
    SetEnvIf X-Test-Groups (.*) GROUPS=$1"""

    def test_who_is_authenticated_is_logged_in_and_gets_where_they_wanted(self):
        browser, answer = self.enters("student", query="?next=%2Fcourses%2Fcs101%3Fa%3Db")
        self.assertEqual(answer.location, "/courses/cs101?a=b")
        self.assertEqual(browser.get("/courses/cs101").status, 200)
        self.assertEqual(self.database("SELECT became FROM audit WHERE action = 'login' ORDER BY id DESC LIMIT 1"),
                         [("Basic",)])
        self.assertIn(SESSION + "-device", browser.cookies)

    def test_a_wrong_password_of_httpd_is_no_login(self):
        browser = self.site.browser()
        answer = browser.request("GET", "/login/sso", None, basic("student", "wrong"))
        self.assertEqual(answer.status, 401)
        self.assertEqual(browser.cookies, {})

    def test_who_is_new_gets_an_account_without_a_password(self):
        self.enters("first.time", **{"X-Test-Name": "Zoë 学生".encode().decode("latin-1"), "X-Test-Mail": "zoe@uni.example"})
        row, = self.database("SELECT display_name, email, password_hash, is_admin FROM users WHERE username = 'first.time'")
        self.assertEqual(row, ("Zoë 学生", "zoe@uni.example", None, 0))
        actions = self.database("SELECT action, actor, became FROM audit WHERE subject = 'first.time' ORDER BY id")
        self.assertEqual(actions, [("account", "first.time", "made, of the institution"),
                                   ("account", "first.time", "of the institution"),
                                   ("login", "first.time", "Basic")])
        # told anew each time; an address of several counts once
        self.enters("first.time", **{"X-Test-Name": "Zoe", "X-Test-Mail": "z@uni.example; zoe@uni.example"})
        self.assertEqual(self.database("SELECT display_name, email FROM users WHERE username = 'first.time'"),
                         [("Zoe", "z@uni.example")])
        # what is not told stays
        self.enters("first.time")
        self.assertEqual(self.database("SELECT display_name, email FROM users WHERE username = 'first.time'"),
                         [("Zoe", "z@uni.example")])

    def test_a_session_that_somebody_planted_is_not_the_one_after_the_login(self):
        planted, _ = self.enters("newcomer")
        token = planted.cookies[SESSION]
        victim = self.site.browser()
        victim.cookies[SESSION] = token
        self.site.set_names(["student"])
        self.site.sso("student", browser=victim)
        self.assertNotEqual(victim.cookies[SESSION], token)
        self.assertEqual(victim.json("/")["user"]["username"], "student")
        self.assertEqual(planted.get("/").location, "/login?next=%2F")  # it has ended

    def test_it_leads_to_no_other_host(self):
        for next_ in ("//evil.example/", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "\\\\evil.example",
                      "/x\r\nSet-Cookie: a=b", "/\u2028x", "javascript:alert(1)", ""):
            browser, answer = self.enters("student", query="?" + urllib.parse.urlencode({"next": next_}))
            self.assertEqual(answer.location, "/", next_)
            self.assertNotIn("a", browser.cookies)

    def test_hostile_names_let_nobody_in(self):
        for name in ("a b", "a/b", "../admin", "ünal", "a'; DROP TABLE users", "<script>", "-x", "a,b", "x" * 65, "a\tb", "student\x01",
                     "\u202eadmin"):
            _, answer = self.stays_out(name, "cannot be a username here", 422)
            self.assertNotIn("<script>", answer.text)
        self.stays_out(b"\xff\xfe", "cannot be a username here", 422)
        self.stays_out("student ", "cannot be a username here", 422)

    def test_letters_in_upper_case_are_the_same_person(self):
        self.enters("STUDENT", "student")

    def test_hostile_attributes_let_nobody_in(self):
        text = "What your institution tells of you cannot be taken"
        for headers in ({"X-Test-Name": "x" * 121}, {"X-Test-Name": "a\xff"}, {"X-Test-Name": "a\u00c2\u0085b"}, {"X-Test-Mail": "no address"},
                        {"X-Test-Mail": "x" * 300 + "@x"}):
            self.stays_out("hostile", text, 422, **headers)

    def test_outside_its_path_nobody_is_who_httpd_says(self):
        browser = self.site.browser()
        for path in ("/", "/courses/cs101", "/settings", "/login/sso2", "/login", "/LOGIN/SSO"):
            for headers in (basic("student"), {"X-Remote-User": "admin", "Remote-User": "admin", "REMOTE_USER": "admin"}):
                answer = browser.request("GET", path, None, headers)
                self.assertNotIn(SESSION, browser.cookies)
                self.assertIn(answer.status, (303, 404) if path != "/login" else (200,))
                if answer.status == 303:
                    self.assertTrue(answer.location.startswith("/login?next="))

    def test_headers_of_the_client_change_nothing(self):
        spoofed = {"REMOTE_USER": "admin", "X-Forwarded-User": "admin", "FULL_NAME": "Spoofed", "MAIL": "spoof@x", "GROUPS": "site-admins",
                   "OIDC_CLAIM_sub": "admin"}
        self.enters("spoofer", **spoofed)
        self.assertEqual(self.database("SELECT display_name, email, is_admin FROM users WHERE username = 'spoofer'"), [("", "", 0)])

    def test_an_admin_is_who_the_institution_says_at_each_login(self):
        def is_admin():
            return self.database("SELECT is_admin FROM users WHERE username = 'boss'") == [(1,)]
        browser, _ = self.enters("boss", **{"X-Test-Groups": "staff; site-admins"})
        self.assertTrue(is_admin())
        self.assertEqual(browser.get("/admin").status, 200)
        for groups in ("staff;site-admins-not", "xsite-admins", "SITE-ADMINS", "a\\;site-admins", ""):
            self.enters("boss", **{"X-Test-Groups": groups})
            self.assertFalse(is_admin(), groups)
            self.assertEqual(browser.get("/admin").status, 403)  # the older session as well
            self.enters("boss", **{"X-Test-Groups": "site-admins"})
            self.assertTrue(is_admin())
        self.enters("boss")
        self.assertFalse(is_admin())
        rows = self.database("SELECT was, became FROM audit WHERE subject = 'boss' AND became LIKE '%admin%' ORDER BY id LIMIT 2")
        self.assertEqual(rows, [("no admin", "admin, says the institution"), ("admin", "no admin, says the institution")])

    def test_the_last_admin_loses_it_too_and_the_log_says_so(self):
        others = [name for name, in self.database("SELECT username FROM users WHERE is_admin = 1")]
        self.enters("lastadmin", **{"X-Test-Groups": "site-admins"})
        self.database("UPDATE users SET is_admin = 0 WHERE username <> 'lastadmin'")
        try:
            self.enters("lastadmin")
            self.assertEqual(self.database("SELECT count(*) FROM users WHERE is_admin = 1"), [(0,)])
            self.assertIn("the site has no admin now", self.site.log())
            self.enters("lastadmin", **{"X-Test-Groups": "site-admins"})
            self.assertEqual(self.database("SELECT count(*) FROM users WHERE is_admin = 1"), [(1,)])
        finally:
            self.database("UPDATE users SET is_admin = username IN (%s)" % ",".join("?" * len(others)), *others)

    def test_who_is_disabled_stays_out(self):
        self.enters("leaver")
        self.database("UPDATE users SET is_disabled = 1 WHERE username = 'leaver'")
        self.stays_out("leaver", "is disabled")

    def test_passwords_of_the_site_let_nobody_in(self):
        visitor = self.site.browser()
        for name in ("admin", "student", "nosuch"):
            answer = visitor.post("/login", {"username": name, "password": self.site.passwords.get(name, "x")})
            self.assertEqual(answer.status, 403)
            self.assertNotIn(SESSION, visitor.cookies)
        page = visitor.get("/login?next=%2Fcourses%2Fcs101")
        self.assertNotIn('name="password"', page.text)
        self.assertIn('href="/login/sso?next=%2Fcourses%2Fcs101"', page.text)
        self.assertIn("Uni &amp; &quot;ID&quot;", page.text)

    def test_an_account_of_before_is_the_same_persons_and_its_password_ends(self):
        self.site.add_user("before")
        self.database("INSERT INTO sessions (token_hash, user_id, csrf, created_us, seen_us, address, agent) "
                      "SELECT 'x', id, '', created_us, created_us * 2, '', '' FROM users WHERE username = 'before'")
        self.database("INSERT INTO tokens (user_id, name, secret, scope, created_us, expires_us) "
                      "SELECT id, 'old', 'old', 'read', 0, 0 FROM users WHERE username = 'before'")
        self.enters("before")
        self.assertEqual(self.database("SELECT password_hash FROM users WHERE username = 'before'"), [(None,)])
        self.assertEqual(self.database("SELECT count(*) FROM tokens t JOIN users u ON u.id = t.user_id WHERE username = 'before'"), [(0,)])
        self.assertEqual(self.database("SELECT count(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE username = 'before'"), [(1,)])
        self.assertIn(("with a password", "of the institution"),
                      self.database("SELECT was, became FROM audit WHERE subject = 'before'"))

    def test_a_roster_makes_accounts_without_passwords_and_their_owners_come(self):
        teacher, _ = self.enters("instructor")
        teacher.csrf = teacher.json("/")["csrf"]
        answer = teacher.post("/courses/cs101/roster", {"username": "listed", "role": "student"}, Accept="application/json")
        self.assertEqual(answer.status, 200, answer.text)
        self.assertNotIn("password", answer.json()["registered"][0])
        self.assertEqual(self.database("SELECT password_hash FROM users WHERE username = 'listed'"), [(None,)])
        browser, _ = self.enters("listed")
        self.assertEqual(browser.get("/courses/cs101").status, 200)
        self.assertNotIn("Current password", browser.get("/settings").text)

    def test_an_admin_makes_accounts_without_passwords(self):
        admin, _ = self.enters("admin2", **{"X-Test-Groups": "site-admins"})
        admin.csrf = admin.json("/")["csrf"]
        self.assertEqual(admin.post("/admin/users", {"username": "made"}).status, 303)
        self.assertEqual(self.database("SELECT password_hash FROM users WHERE username = 'made'"), [(None,)])
        self.assertNotIn("New password", admin.get("/admin/users").text)
        self.assertEqual(admin.post("/admin/users/made", {"what": "password"}).status, 422)
        self.assertEqual(self.database("SELECT password_hash FROM users WHERE username = 'made'"), [(None,)])

    def test_the_logout_goes_on_to_the_institutions(self):
        browser, _ = self.enters("student")
        browser.csrf = browser.json("/")["csrf"]
        self.assertEqual(browser.get("/logged-out").location, "/")
        answer = browser.post("/logout")
        self.assertEqual((answer.status, answer.location), (303, "/logged-out"))
        page = browser.get("/logged-out")
        self.assertEqual(page.headers["Refresh"], "0; url=https://id.example/logout?client=grading")
        self.assertIn('href="https://id.example/logout?client=grading"', page.text)
        self.assertEqual(browser.get("/").location, "/login?next=%2F")

    def test_forty_first_logins_at_once_make_one_account(self):
        self.site.set_names(["crowd"])
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.site.sso("crowd")[1].status, range(40)))
        self.assertEqual(set(answers), {303})
        self.assertEqual(self.database("SELECT count(*) FROM users WHERE username = 'crowd'"), [(1,)])


class Both(RemoteTest):
    directives = """GradeOvenAuth both
GradeOvenAuthStrip @UNI.example
GradeOvenAuthCreate off
GradeOvenAuthLogout /bye
"""

    def test_a_password_of_the_site_and_the_institution_both_work(self):
        self.assertEqual(self.site.browser("student").json("/")["user"]["username"], "student")
        page = self.site.browser().get("/login")
        self.assertIn('name="password"', page.text)
        self.assertIn('href="/login/sso"', page.text)

    def test_an_account_with_a_password_is_not_taken_over(self):
        self.stays_out("student@uni.example", "which has a password")
        self.assertEqual(self.database("SELECT count(*) FROM remote_users"), [(0,)])
        self.site.browser("student")  # the password still works

    def test_who_has_no_account_stays_out_and_who_has_one_without_password_comes_in(self):
        self.stays_out("nobody@uni.example", "There is no account &quot;nobody&quot;")
        self.database("INSERT INTO users (username, created_us) VALUES ('expected', 1)")
        browser, _ = self.enters("expected@UNI.EXAMPLE", "expected")
        # and goes out by the institution, unlike who came with a password
        browser.csrf = browser.json("/")["csrf"]
        self.assertEqual(browser.post("/logout").location, "/logged-out")
        local = self.site.browser("other")
        self.assertEqual(local.post("/logout").location, "/login?notice=logout")

    def test_names_of_another_realm_are_refused(self):
        for name in ("expected", "expected@other.example", "x@other.example@uni.example", "@uni.example",
                     "expected@uni.example.evil", "expectedxuni.example", "expected@sub.uni.example"):
            self.stays_out(name, "which does not end with" if name != "@uni.example" else "Your institution calls you", 422)


class Linked(RemoteTest):
    directives = "GradeOvenAuth both\nGradeOvenAuthLink on\n"

    def test_an_account_with_a_password_is_linked_where_the_admin_says_so(self):
        old = self.site.browser("student")
        self.enters("student")
        self.assertEqual(old.get("/").status, 303)
        answer = self.site.browser().post("/login", {"username": "student", "password": self.site.passwords["student"]})
        self.assertEqual(answer.status, 422)
        # a password that is set later is one on purpose, and stays
        self.site.ctl("user", "passwd", "--password-stdin", "student", stdin="another password\n")
        self.enters("student")
        answer = self.site.browser().post("/login", {"username": "student", "password": "another password"})
        self.assertEqual(answer.status, 303)


class Unprotected(unittest.TestCase):
    """The path is there, and nothing protects it, or not in a way that counts."""

    def site(self, sections, directives="GradeOvenAuth both\nGradeOvenAuthUsername header:X-User\n"):
        site = Site(executor=False, directives=load(*AUTH_MODULES) + directives, sections=sections)
        self.addCleanup(site.stop)
        return site

    def refused(self, site, **headers):
        browser = site.browser()
        answer = browser.request("GET", "/login/sso", None, {"X-User": "admin", "REMOTE_USER": "admin", **headers})
        self.assertEqual(answer.status, 403, answer.text)
        self.assertIn("not set up completely", answer.text)
        self.assertNotIn(SESSION, browser.cookies)
        self.assertIn('<Location "/login/sso">', site.log())

    def test_without_authentication_no_header_counts(self):
        self.refused(self.site("").start())

    def test_the_document_of_a_401_is_no_login(self):
        site = self.site('<Location "/login/sso">\nAuthType Basic\nAuthName x\nAuthUserFile /dev/null\nRequire valid-user\n'
                         'ErrorDocument 401 /login/sso\n</Location>').start()
        browser = site.browser()
        answer = browser.request("GET", "/login/sso", None, basic("admin"))
        self.assertIn(answer.status, (401, 403))
        self.assertNotIn(SESSION, browser.cookies)

    def test_our_own_authentication_does_not_protect_us(self):
        site = self.site('<Location "/login/sso">\nAuthType GradeOven\nRequire valid-user\n</Location>').start()
        self.assertEqual(site.browser().get("/login/sso").status, 500)
        self.assertIn("cannot protect the site itself", site.log())

    def test_the_doctor_sees_what_is_missing(self):
        def texts(site):
            done = subprocess.run([INSTALL / "sbin/gradeovenctl", "--httpd-conf", site.conf, "doctor", "--json", "--docker", "none"],
                                  capture_output=True, text=True, timeout=60, env=dict(os.environ, **sanitize.options()))
            return [one["text"] for one in json.loads(done.stdout)["checks"] if one["name"] == "httpd" and one["verdict"] != "ok"]
        bare = self.site('<Location "/login/sso">\nRequire all granted\n</Location>\n<Location "/x">\nRequire valid-user\n</Location>').start()
        self.assertIn("no <Location> of /login/sso has a Require", str(texts(bare)))
        good = RemoteSite("GradeOvenAuth remote").start()
        self.addCleanup(good.stop)
        self.assertEqual(texts(good), [])
        local = self.site("", "").start()
        self.assertEqual(texts(local), [])

    def test_local_sites_have_no_such_page(self):
        site = RemoteSite("", names=["student"]).start()
        self.addCleanup(site.stop)
        site.load_demo()
        self.assertEqual(site.sso("student")[1].status, 404)
        self.assertNotIn("/login/sso", site.browser().get("/login").text)

    def test_configtest_says_what_is_wrong(self):
        for line, text in (("GradeOvenAuth ldap", "is not"), ("GradeOvenAuthUsername REMOTE_USER", "env:NAME"),
                           ("GradeOvenAuthName env:", "env:NAME"), ("GradeOvenAuthEmail header:a:b", "header:NAME"),
                           ("GradeOvenAuthAdmin env:GROUPS", "lacks the value"), ("GradeOvenAuthAdmin env:GROUPS a::b ::", "one character"),
                           ("GradeOvenAuthAdmin env:GROUPS a;b ;", "would never be found"), ("GradeOvenAuthStrip uni.example", "@uni.example"),
                           ("GradeOvenAuthStrip @", "@uni.example"), ("GradeOvenAuthStrip @a@b", "@uni.example"),
                           ("GradeOvenAuthCreate maybe", '"on" or "off"'), ("GradeOvenAuthLink 1", '"on" or "off"'),
                           ("GradeOvenAuthLogout http://id.example/", "https://"), ("GradeOvenAuthLogout //evil", "https://"),
                           ("GradeOvenAuthLogout javascript:x", "https://"), ('GradeOvenAuthLabel " "', "label is empty"),
                           ("GradeOvenAuth remote both", "one argument"),
                           ('<Location "/x">\nRequire gradeoven-course cs101 studnet\n</Location>', '"studnet" is not a role'),
                           ('<Location "/x">\nRequire gradeoven-course\n</Location>', "takes the name of a course"),
                           ('<Location "/x">\nRequire gradeoven-user a/b\n</Location>', "cannot be a username"),
                           ('<Location "/x">\nRequire gradeoven-admin me\n</Location>', "takes nothing more")):
            done = self.site(line).configtest()
            self.assertNotEqual(done.returncode, 0, line)
            self.assertIn(text, done.stderr, line)
        done = self.site("GradeOvenAuthLink on", "").configtest()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("do nothing", done.stderr)


class Mounted(RemoteTest):
    directives = "GradeOvenAuth remote"
    options = {"mount": "/grading"}

    def test_a_site_below_a_path_logs_in_below_it(self):
        visitor = self.site.browser()
        answer = visitor.get("/courses/cs101")
        self.assertEqual(answer.location, "/grading/login?next=%2Fgrading%2Fcourses%2Fcs101")
        page = visitor.request("GET", answer.location)
        url = re.search(r'href="(/grading/login/sso[^"]*)"', page.text)[1]
        self.site.set_names(["student"])
        answer = visitor.request("GET", url, None, basic("student"))
        self.assertEqual(answer.location, "/grading/courses/cs101")
        self.assertEqual(visitor.get("/courses/cs101").status, 200)


class Certificates(unittest.TestCase):
    """Client certificates, in a virtual host of their own that shares the site."""

    def test_who_has_a_certificate_is_logged_in_and_nobody_else(self):
        site = Site(executor=False)
        self.addCleanup(site.stop)

        def openssl(*words):
            subprocess.run(["openssl", *words], cwd=site.root, check=True, capture_output=True)
        for ca in ("ca", "other"):
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=Test CA", "-keyout", f"{ca}.key", "-out", f"{ca}.pem")
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/O=Uni/CN=carol",
                    "-addext", "subjectAltName=email:carol@uni.example", "-keyout", f"user-{ca}.key", "-out", f"user-{ca}.csr")
            openssl("x509", "-req", "-in", f"user-{ca}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-days", "2",
                    "-copy_extensions", "copy", "-out", f"user-{ca}.pem")
        port = free_port()
        site.directives = load(*AUTH_MODULES)
        site.sections = f"""
Listen 127.0.0.1:{port}
<VirtualHost 127.0.0.1:{port}>
    SSLEngine on
    SSLCertificateFile {site.root}/cert.pem
    SSLCertificateKeyFile {site.root}/key.pem
    SSLCACertificateFile {site.root}/ca.pem
    SSLVerifyClient optional
    GradeOvenAuth both
    GradeOvenAuthUsername env:SSL_CLIENT_S_DN_CN
    GradeOvenAuthEmail env:SSL_CLIENT_SAN_Email_0
    <Location "/login/sso">
        SSLUserName SSL_CLIENT_S_DN_CN
        SSLOptions +StdEnvVars
        Require ssl-verify-client
    </Location>
</VirtualHost>"""
        site.write_configuration()
        site.start()

        def get(path, ca=None, cookie=None):
            context = ssl._create_unverified_context()
            if ca:
                context.load_cert_chain(site.root / f"user-{ca}.pem", site.root / f"user-{ca}.key")
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
            try:
                connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
                response = connection.getresponse()
                return Answer(response, response.read())
            finally:
                connection.close()
        answer = get("/login/sso", "ca")
        self.assertEqual(answer.status, 303, answer.text + site.log())
        cookie = next(c.split(";")[0] for c in answer.headers.get_all("Set-Cookie") if c.startswith(SESSION + "="))
        page = get("/", cookie=cookie)
        self.assertEqual(page.status, 200)
        self.assertIn("carol", page.text)
        with sqlite3.connect(site.state / "gradeoven.db") as database:
            self.assertEqual(database.execute("SELECT username, email FROM users").fetchall(), [("carol", "carol@uni.example")])
        self.assertEqual(get("/", "ca").status, 303)  # elsewhere the certificate is nothing
        for ca in (None, "other"):
            try:
                refused = get("/login/sso", ca)
            except (ssl.SSLError, OSError, http.client.HTTPException):
                continue
            self.assertEqual(refused.status, 403)
            self.assertIsNone(refused.headers.get("Set-Cookie"))
        # the other virtual host of the same site has passwords and no such page
        self.assertEqual(site.browser().get("/login/sso").status, 404)


class OpenIdConnect(unittest.TestCase):
    """A provider of the tests' own, mod_auth_openidc, and a visitor with one jar of cookies for each of both."""

    @classmethod
    def setUpClass(cls):
        cls.port = free_port()
        cls.site = Site(executor=False)
        cls.addClassCleanup(cls.site.stop)
        host = f"https://127.0.0.1:{cls.site.port}"
        cls.provider = subprocess.Popen(["node", SOURCE / "tests/browser/provider.mjs", str(cls.port), host + "/sso/redirect_uri", host + "/login"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.addClassCleanup(cls.provider.wait)
        cls.addClassCleanup(cls.provider.stdout.close)
        cls.addClassCleanup(cls.provider.terminate)
        assert cls.provider.stdout.readline().strip() == "ready", "the OpenID provider did not start"
        cls.site.directives = load(*AUTH_MODULES, "auth_openidc") + f"""
OIDCProviderMetadataURL http://127.0.0.1:{cls.port}/.well-known/openid-configuration
OIDCClientID gradeoven
OIDCClientSecret for-tests-only
OIDCRedirectURI {host}/sso/redirect_uri
OIDCCryptoPassphrase passphrase
OIDCScope "openid email profile"
OIDCRemoteUserClaim preferred_username
OIDCPKCEMethod S256
OIDCPassClaimsAs environment
OIDCDefaultLoggedOutURL {host}/login
GradeOvenAuth remote
GradeOvenAuthName env:OIDC_CLAIM_name
GradeOvenAuthEmail env:OIDC_CLAIM_email
GradeOvenAuthAdmin env:OIDC_CLAIM_groups grading-admins ,
GradeOvenAuthLogout /sso/redirect_uri?logout={urllib.parse.quote(host + '/login', safe='')}
"""
        cls.site.sections = """
<LocationMatch "^/(login/sso|sso/redirect_uri)$">
    AuthType openid-connect
    Require valid-user
</LocationMatch>"""
        cls.site.write_configuration()
        cls.site.start()

    def follow(self, browser, jar, url, body=None):
        """One request to the site or to the provider, each with its own cookies."""
        parts = urllib.parse.urlsplit(url)
        path = parts.path + ("?" + parts.query if parts.query else "")
        if parts.port == self.site.port or not parts.netloc:
            return browser.get(path, Accept="text/html")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST" if body else "GET", path, body, headers)
        response = connection.getresponse()
        answer = Answer(response, response.read())
        connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            jar[name] = value
        return answer

    def log_in(self, username, start="/login/sso?next=%2Fsettings"):
        browser, jar, url = self.site.browser(), {}, start
        for _ in range(15):
            answer = self.follow(browser, jar, url)
            if answer.status == 200:  # a form of the provider
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)[1]
                body = urllib.parse.urlencode({"prompt": prompt, "login": username, "password": "x"})
                answer = self.follow(browser, jar, urllib.parse.urljoin(url, re.search(r'action="([^"]+)"', answer.text)[1]), body)
            self.assertIn(answer.status, (302, 303), f"{url}: {answer.text[:500]}")
            came_from, url = url, urllib.parse.urljoin(url if url.startswith("http") else "", answer.location)
            if urllib.parse.urlsplit(came_from).path == "/login/sso" and "interaction" not in url and f":{self.port}/" not in url:
                return browser, jar, answer
        self.fail(f"no end at {url}")

    def test_a_login_with_claims(self):
        browser, _, answer = self.log_in("alice")
        self.assertEqual(answer.location, "/settings")
        profile = browser.json("/settings")["profile"]
        self.assertEqual((profile["username"], profile["name"], profile["email"], profile["has_password"]),
                         ("alice", "Zoë 学生", "alice@uni.example", False))
        self.assertEqual(browser.get("/admin").status, 403)
        self.assertEqual(self.log_in("boss")[0].get("/admin").status, 200)

    def test_claims_in_headers_are_nobodys(self):
        browser = self.site.browser()
        answer = browser.request("GET", "/login/sso", None, {"Accept": "text/html", "REMOTE_USER": "boss",
                                                             "OIDC_CLAIM_preferred_username": "boss"})
        self.assertEqual(answer.status, 302)
        self.assertNotIn(SESSION, browser.cookies)

    def test_the_logout_ends_both(self):
        browser, jar, _ = self.log_in("bob")
        browser.csrf = browser.json("/")["csrf"]
        self.assertEqual(browser.post("/logout").location, "/logged-out")
        url = browser.get("/logged-out").headers["Refresh"].split("url=")[1]
        answer = browser.get(url)
        self.assertEqual(answer.status, 302)
        self.assertIn(f":{self.port}/session/end", answer.location)
        self.assertIn(f":{self.port}/auth", browser.get("/login/sso", Accept="text/html").location)  # mod_auth_openidc knows nobody


if __name__ == "__main__":
    unittest.main()
