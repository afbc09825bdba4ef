"""Students who submit without end, over broken connections too, and remember what they were promised.

A student's browser repeats a form that got no answer, with the same `once` and the same files, until
the site says that it has them: whatever happened to the first try, there must be one submission.
"""
import hashlib
import http.client
import random
import ssl
import threading
import time
import uuid
from dataclasses import dataclass, field

from fault_site import ASSIGNMENT, COURSE

PAGE = f"/courses/{COURSE}/assignments/{ASSIGNMENT}"
PATIENCE = 120  # seconds that a student tries before it is a fault
QUEUE_MAX = 20  # runs that wait, before students pause: the queue must become empty in the end
BROKEN = (OSError, http.client.HTTPException)


@dataclass
class Submission:
    """What a student has sent, and what the site has said to it."""
    student: str
    once: str
    files: dict  # {name: bytes}; once it is stored, {name: SHA-256}
    number: int = 0  # of the submission, once it is acknowledged
    tries: int = 0
    refusals: list = field(default_factory=list)  # (status, text)

    def is_stored(self):
        self.files = {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}
        return self


class Student(threading.Thread):
    def __init__(self, site, name, seed, ledger):
        super().__init__(daemon=True, name=name)
        self.site, self.random, self.ledger = site, random.Random(seed), ledger
        self.browser = site.browser(name)
        self.is_over = threading.Event()

    def run(self):
        try:
            while not self.is_over.is_set():
                if self.site.unfinished() < QUEUE_MAX:
                    self.ledger.add(self.submit())
                time.sleep(self.random.uniform(0.05, 0.6))
        except Exception as error:  # it ends this student; the runner must hear of it
            self.ledger.fail(f"{self.name}: {type(error).__name__}: {error}")

    def new_submission(self, page):
        return Submission(self.name, page["once"], self.files())

    def files(self):
        return {f"file-{i}.bin": self.random.randbytes(self.random.choice((1, 100, 4000, 40000)))
                for i in range(self.random.randint(1, 3))}

    def open_form(self):
        """The assignment's page, asked for until it comes."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.browser.get(PAGE, Accept="application/json")
                if answer.status == 200:
                    return answer.json()
                said = f"{answer.status} {answer.text[:200]}"
            except BROKEN as error:
                said = str(error)
            assert time.monotonic() < deadline, f"no page for {PATIENCE} s: {said}"
            time.sleep(0.1)

    def submit(self):
        page = self.open_form()
        one = self.new_submission(page)
        whim = self.random.choice(("plain", "plain", "break off", "dawdle", "do not listen", "click twice"))
        if whim in ("break off", "dawdle", "do not listen"):
            self.send_badly(page, one, whim)
        self.send_until_stored(page, one)
        if whim == "click twice":
            first = one.number
            self.send_until_stored(page, one)
            assert one.number == first, f"the form {one.once} made submissions {first} and {one.number}"
        return one.is_stored()

    def send_until_stored(self, page, one):
        deadline = time.monotonic() + PATIENCE
        while not self.send(page, one):
            assert time.monotonic() < deadline, f"not stored in {PATIENCE} s: {one.refusals[-3:]}"
            time.sleep(0.1)

    def send(self, page, one):
        """True when the site has acknowledged it."""
        one.tries += 1
        try:
            answer = self.browser.upload(page["submit_url"], {"once": one.once},
                                         [("files", name, content) for name, content in one.files.items()])
        except BROKEN:
            return False
        if answer.status == 303:
            one.number = int(answer.location.split("?")[0].rsplit("/", 1)[1])
            return True
        one.refusals.append((answer.status, answer.text))
        assert answer.status >= 500, f"refused with {answer.status}: {answer.text[-600:]}"
        return False

    def send_badly(self, page, one, whim):
        """Sends half of it, or all, at once or slowly, and does not wait for the answer."""
        boundary = uuid.uuid4().hex
        parts = [("csrf", "", self.browser.csrf.encode()), ("once", "", one.once.encode()),
                 *(("files", f'; filename="{name}"', content) for name, content in one.files.items())]
        body = b"".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
                        + content + b"\r\n" for name, more, content in parts) + f"--{boundary}--\r\n".encode()
        cookies = "; ".join(f"{k}={v}" for k, v in self.browser.cookies.items())
        connection = http.client.HTTPSConnection("127.0.0.1", self.site.port, timeout=30,
                                                 context=ssl._create_unverified_context())
        one.tries += 1
        try:
            connection.putrequest("POST", page["submit_url"])
            for name, value in (("Cookie", cookies), ("Content-Length", str(len(body))),
                                ("Content-Type", f"multipart/form-data; boundary={boundary}")):
                connection.putheader(name, value)
            connection.endheaders()
            half = self.random.randint(1, len(body) - 1)
            connection.send(body[:half])
            if whim == "dawdle":
                time.sleep(self.random.uniform(0, 2))
            if whim != "break off":
                connection.send(body[half:])
        except BROKEN:
            pass
        finally:
            connection.close()


class Ledger:
    """What the site has acknowledged."""

    def __init__(self):
        self.lock, self.stored, self.faults = threading.Lock(), [], []

    def add(self, one):
        with self.lock:
            self.stored.append(one)

    def fail(self, text):
        with self.lock:
            self.faults.append(text)

    def copy(self):
        with self.lock:
            return list(self.stored)
