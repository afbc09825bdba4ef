"""A site for the browser tests: prints {"url", "passwords"} as one line, runs until stdin ends."""
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "web"))
from harness import Site

site = Site()
try:
    site.start().load_demo()
    print(json.dumps({"url": f"https://127.0.0.1:{site.port}", "passwords": site.passwords}), flush=True)
    sys.stdin.read()
finally:
    site.stop()
