"""For remote.test.mjs: two sites where "student" logs in by httpd with the password "pw"; prints {"url", "other", "passwords"}
as one line, runs until stdin ends. `url` has no passwords, and its logout goes on to `other`, which has both.
"""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "web"))
from remote_test import RemoteSite

other = RemoteSite('GradeOvenAuth both\nGradeOvenAuthLink on\nGradeOvenAuthLabel "an account of the University of Somewhere"\n')
site = RemoteSite(f"GradeOvenAuth remote\nGradeOvenAuthLogout https://127.0.0.1:{other.port}/login?ended=1\n")
try:
    for one in (other, site):
        one.start().load_demo()
    print(json.dumps({"url": f"https://127.0.0.1:{site.port}", "other": f"https://127.0.0.1:{other.port}",
                      "passwords": other.passwords}), flush=True)
    sys.stdin.read()
finally:
    for one in (site, other):
        one.stop()
