#!/usr/bin/env python3
"""Submits the demo course's first submission as a browser would, waits for its score, and prints
the address, the logins and the score. The receipt, STATE/first-submission.json, makes that happen
once: later it is only printed again. usage: first-submission.py URL LOGINS.json DEMO_DIR STATE"""
import http.client
import json
import pathlib
import ssl
import sys
import time
import urllib.parse

DEADLINE_SECONDS = 90


class Browser:
    """One session over TLS; the certificate is the one bootstrap made, so it is not checked."""

    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.context = ssl._create_unverified_context()
        self.cookie = ""

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPSConnection(self.host, context=self.context, timeout=30)
        headers = dict(headers or {}, Accept="application/json", Cookie=self.cookie)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read()
        if response.getheader("Set-Cookie"):
            self.cookie = response.getheader("Set-Cookie").split(";")[0]
        if response.status >= 400:
            sys.exit(f"{method} {path}: {response.status} {text.decode(errors='replace')}")
        return json.loads(text)

    def login(self, username, password):
        form = urllib.parse.urlencode({"username": username, "password": password})
        self.request("POST", "/login", form, {"Content-Type": "application/x-www-form-urlencoded"})

    def submit(self, assignment, files):
        page = self.request("GET", assignment)
        boundary = "gradeoven-first-submission"
        body = b""
        for name in ("csrf", "once"):
            body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
                     f"{page[name]}\r\n").encode()
        for path in files:
            body += (f'--{boundary}\r\nContent-Disposition: form-data; name="files"; '
                     f'filename="{path.name}"\r\n\r\n').encode() + path.read_bytes() + b"\r\n"
        body += f"--{boundary}--\r\n".encode()
        return self.request("POST", page["submit_url"], body,
                            {"Content-Type": f"multipart/form-data; boundary={boundary}"})["location"]


def submit_and_wait(url, demo_path, logins):
    """Where the submission is, and its score, once it has been graded."""
    demo = json.loads((demo_path / "course.json").read_text())
    first = demo["first_submission"]
    password = next(one["password"] for one in logins if one["username"] == first["username"])
    browser = Browser(url)
    browser.login(first["username"], password)
    files = sorted(path for path in (demo_path / first["directory"]).iterdir() if path.is_file())
    place = browser.submit(f"/courses/{demo['name']}/assignments/{first['assignment']}", files)
    deadline = time.monotonic() + DEADLINE_SECONDS
    run = browser.request("GET", place)["run"]
    while run["is_waiting"] and time.monotonic() < deadline:
        time.sleep(0.1)
        run = browser.request("GET", place)["run"]
    if run["state"] != "finished" or not run["score"]:
        sys.exit(f"{place}: {run['state']}: {run['explanation']}")
    return {"path": place, "score": run["score"]}


def main():
    url, logins_path, demo_path, state = sys.argv[1:]
    logins = json.loads(pathlib.Path(logins_path).read_text())
    receipt_path = pathlib.Path(state, "first-submission.json")
    if not receipt_path.exists():
        receipt_path.write_text(json.dumps(submit_and_wait(url, pathlib.Path(demo_path), logins)))
    receipt = json.loads(receipt_path.read_text())
    print(f"\nGrade Oven runs at {url}/ (its certificate is self-signed).\n\nLogins:")
    for one in logins:
        print(f"  {one['username']:12} {one['password']}   ({one['role']})")
    print(f"\nThey are kept in {logins_path}. Logs: {state}/error.log")
    print(f"\nA demo submission was graded: {url}{receipt['path']}")
    print(f"score {receipt['score']['earned']}/{receipt['score']['possible']}")


main()
