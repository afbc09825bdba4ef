"""A site of its own for a test: a real httpd over TLS on a free port, with its own state directory,
and a small browser (cookies, forms, uploads, JSON). Everything a Site starts, stop() stops; stop()
also fails when httpd, a worker or the executor crashed, or when a sanitizer reported something.

Environment: GRADEOVEN_INSTALL, the prefix of the build under test; GRADEOVEN_IMAGE.
"""
import datetime
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import uuid
import zoneinfo

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import sanitize  # noqa: E402

INSTALL = pathlib.Path(os.environ["GRADEOVEN_INSTALL"])
IMAGE = os.environ.get("GRADEOVEN_IMAGE", "gradeoven:latest")
SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
DEMO = SOURCE / "conf/demo"
MODULE = INSTALL / "lib/apache2/modules/mod_gradeoven.so"
FORM = "application/x-www-form-urlencoded"
CRASH = re.compile(r"AddressSanitizer|runtime error:|LeakSanitizer|exit signal|Segmentation", re.I)


def wait_until(what, condition, seconds=60):
    """Asks until it is true; what it answered. Fails with `what` when time is over."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not in {seconds} s: {what}")
        time.sleep(0.05)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def sanitizer_libraries():
    """What must be loaded into httpd before a module that was built with sanitizers."""
    needed = subprocess.run(["ldd", MODULE], capture_output=True, text=True, check=True).stdout
    return re.findall(r"=> (\S*lib(?:asan|ubsan)\S*)", needed)


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body
        self.text = body.decode(errors="replace")
        self.location = response.getheader("Location")

    def json(self):
        return json.loads(self.body)

    def field(self, name):
        """The value of a hidden field of the page."""
        return re.search(rf'name="{name}" value="([^"]*)"', self.text).group(1)


class Browser:
    """One visitor: keeps cookies, follows nothing by itself."""

    def __init__(self, site, mount=""):
        self.site, self.mount, self.cookies, self.csrf = site, mount, {}, ""

    def request(self, method, path, body=None, headers=None, port=None):
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", port or self.site.port,
                                                 context=context, timeout=60)
        headers = dict(headers or {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = Answer(response, response.read())
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer

    def get(self, path, **headers):
        return self.request("GET", self.mount + path, None, headers)

    def json(self, path):
        answer = self.get(path, Accept="application/json")
        assert answer.status == 200, f"{path}: {answer.status} {answer.text[:300]}"
        return answer.json()

    def post(self, path, fields=None, csrf=True, **headers):
        fields = dict(fields or {})
        if csrf and self.csrf:
            fields.setdefault("csrf", self.csrf)
        return self.request("POST", self.mount + path, urllib.parse.urlencode(fields),
                            dict(headers, **{"Content-Type": FORM}))

    def upload(self, path, fields=None, files=(), csrf=True, cut=None, **headers):
        """files: (field, filename, bytes). `cut`: send only so many bytes of the body's."""
        fields = dict(fields or {})
        if csrf and self.csrf:
            fields = {"csrf": self.csrf, **fields}
        boundary = uuid.uuid4().hex
        body = b""
        for name, value in fields.items():
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for field, name, content in files:
            body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
                     "Content-Type: application/octet-stream\r\n\r\n").encode() + content + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        return self.request("POST", self.mount + path, body[:cut],
                            dict(headers, **{"Content-Type": f"multipart/form-data; boundary={boundary}"}))

    def login(self, username, password=None):
        answer = self.post("/login", {"username": username,
                                      "password": password or self.site.passwords[username]})
        assert answer.status == 303, f"login of {username}: {answer.status}"
        self.csrf = self.json("/")["csrf"]
        return self

    def submit(self, course, assignment, files, **fields):
        """files: {name: bytes}. Answers the path of the submission's page."""
        page = self.json(f"/courses/{course}/assignments/{assignment}")
        answer = self.upload(page["submit_url"][len(self.mount):], {"once": page["once"], **fields},
                             [("files", name, content) for name, content in files.items()])
        assert answer.status == 303, f"submit: {answer.status} {answer.text[:500]}"
        return urllib.parse.urlsplit(answer.location).path[len(self.mount):]

    def wait_for_run(self, path, seconds=90):
        return wait_until(f"the end of {path}",
                          lambda: (lambda run: None if run["is_waiting"] else run)(self.json(path)["run"]),
                          seconds)


class Site:
    def __init__(self, mpm="event", mount="/", executor=True, directives="", sections=""):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="go-site-", dir="/tmp"))
        self.root.chmod(0o755)
        self.state, self.port, self.passwords = self.root / "site", free_port(), {}
        self.mpm, self.mount, self.executor = mpm, mount, executor
        self.directives, self.sections = directives, sections
        self.conf = self.root / "httpd.conf"
        self.process = None
        self.write_configuration()

    def write_configuration(self):
        modules = subprocess.run(["apxs", "-q", "LIBEXECDIR"], capture_output=True, text=True,
                                 check=True).stdout.strip()
        key, certificate = self.root / "key.pem", self.root / "cert.pem"
        if not key.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                            "-keyout", key, "-out", certificate], check=True, capture_output=True)
        load = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so"
                         for name in (f"mpm_{self.mpm}", "authz_core", "mime", "ssl", "socache_shmcb",
                                      "headers")
                         if os.path.exists(f"{modules}/mod_{name}.so"))
        self.conf.write_text(f"""
ServerRoot {self.root}
ServerName localhost:{self.port}
PidFile {self.root}/httpd.pid
Listen 127.0.0.1:{self.port}
{load}
LoadModule gradeoven_module {MODULE}
User www-data
Group www-data
TypesConfig /etc/mime.types
ErrorLog {self.root}/error.log
LogLevel warn gradeoven:info
SSLEngine on
SSLCertificateFile {certificate}
SSLCertificateKeyFile {key}
GradeOvenState {self.state}
GradeOvenImage {IMAGE}
GradeOvenExecutor {"on gradeoven" if self.executor else "off"}
{self.directives}
<Location "{self.mount}">
    SetHandler gradeoven
</Location>
{self.sections}
""")

    def environment(self):
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C",
                "LD_PRELOAD": " ".join(sanitizer_libraries()), **sanitize.options()}

    def configtest(self):
        return subprocess.run(["/usr/sbin/apache2", "-f", self.conf, "-t"], env=self.environment(),
                              capture_output=True, text=True, timeout=60)

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/apache2", "-f", self.conf, "-D", "FOREGROUND"],
                                        env=self.environment(), stdin=subprocess.DEVNULL,
                                        stdout=open(self.root / "stdout.log", "ab"),
                                        stderr=open(self.root / "stderr.log", "ab"),
                                        start_new_session=True)
        visitor = Browser(self, self.mount.rstrip("/"))

        def answers():
            assert self.process.poll() is None, f"httpd ended: {self.log()}"
            try:
                return visitor.get("/login").status == 200
            except OSError:
                return False
        wait_until("httpd answers", answers)
        return self

    def restart(self):
        """With the configuration as it is now."""
        self.process.terminate()
        self.process.wait(30)
        return self.start()

    def graceful(self):
        os.kill(self.process.pid, signal.SIGUSR1)

    def log(self):
        return "".join(path.read_text(errors="replace")
                       for path in (self.root / name for name in ("stdout.log", "stderr.log", "error.log"))
                       if path.exists())

    def executors(self):
        """The pids of this site's executors: children of our httpd that run the executor's binary."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                name = (entry / "cmdline").read_bytes()
            except (OSError, IndexError):
                continue
            if parent == self.process.pid and name.startswith(b"gradeoven-executor"):
                found.append(int(entry.name))
        return found

    def containers(self):
        """The ids of the containers of this site that Docker knows."""
        out = subprocess.run(["docker", "ps", "-aq", "--no-trunc", "--filter", "label=gradeoven.site"],
                             capture_output=True, text=True).stdout.split()
        mine = []
        for one in out:
            label = subprocess.run(["docker", "inspect", "-f", '{{index .Config.Labels "gradeoven.site"}}', one],
                                   capture_output=True, text=True).stdout
            if str(self.state) in label:
                mine.append(one)
        return mine

    def ctl(self, *arguments, stdin=None, check=True):
        done = subprocess.run([INSTALL / "sbin/gradeovenctl", "--state", self.state, *map(str, arguments)],
                              input=stdin, capture_output=True, text=True, timeout=120,
                              env=dict(os.environ, **sanitize.options(leaks=True)))
        assert not check or done.returncode == 0, f"gradeovenctl {arguments}: {done.stderr}"
        return done

    def add_user(self, name, *options):
        password = f"{name}-pass-word"
        self.ctl("user", "add", *options, "--password-stdin", name, stdin=password + "\n")
        self.passwords[name] = password

    def load_demo(self):
        """The demo course: admin, instructor, grader, student; and two who are not in it."""
        for one in json.loads(self.ctl("demo", "load", INSTALL / "share/gradeoven/demo").stdout):
            self.passwords[one["username"]] = one["password"]
        self.add_user("other")
        self.ctl("user", "role", "other", "cs101", "student")
        self.add_user("outsider")
        return self

    def browser(self, username=None):
        visitor = Browser(self, self.mount.rstrip("/"))
        return visitor.login(username) if username else visitor

    def stop(self):
        log = ""
        try:
            if self.process and self.process.poll() is None:
                executors = self.executors()
                self.process.terminate()
                self.process.wait(30)
                wait_until("the executor leaves", lambda: not any(
                    os.path.exists(f"/proc/{pid}/exe") for pid in executors), 30)
                wait_until("the ovens are gone", lambda: not self.containers(), 30)
        finally:
            if self.process and self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            log = self.log()
            shutil.rmtree(self.root, ignore_errors=True)
        assert not CRASH.search(log), log[-8000:]


PEOPLE = ("admin", "instructor", "grader", "student", "other", "outsider")
RULES = {"opens": "", "closes": "", "late_rule": "free", "late": "0", "late_max": "100", "grace": "0",
         "attempts": "0", "refill": "0", "counting": "last"}


class DemoTest(unittest.TestCase):
    """Tests on one site with the demo course, in which all are logged in. `options` are Site's."""
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.site = Site(**cls.options).start()
        cls.addClassCleanup(cls.site.stop)
        cls.site.load_demo()
        cls.people = {name: cls.site.browser(name) for name in PEOPLE}
        cls.admin, cls.teacher, cls.grader, cls.student, cls.other, cls.outsider = cls.people.values()


class RulesTest(DemoTest):
    """With assignments that have rules; nothing is graded."""
    options = {"executor": False}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zone = zoneinfo.ZoneInfo(cls.teacher.json("/courses/cs101")["course"]["zone"])

    def at(self, **distance):
        """A time that far from now, as a form takes it."""
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**distance)
        return now.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")

    def make(self, name, due="", description="", **rules):
        """A published assignment with these rules; where it is."""
        self.site.ctl("assignment", "add", "cs101", name, "--published", DEMO / "roman-numerals/assignment")
        base = f"/courses/cs101/assignments/{name}"
        answer = self.teacher.post(base + "/edit", {"title": name, "description": description, "due": due})
        self.assertEqual(answer.status, 303)
        answer = self.teacher.post(base + "/rules", {**RULES, **rules})
        self.assertEqual(answer.status, 303, answer.text)
        return base

    def hand_in(self, who, base, once=None):
        """Sends the form, with content that is new each time: a text, so that it has a line."""
        return who.upload(base + "/submissions", {"once": once or uuid.uuid4().hex},
                          [("files", "roman.c", uuid.uuid4().hex.encode() + b"\n")])
