"""A site for the browser tests: prints {"url", "passwords"} as one line, runs until stdin ends.

Besides the demo course it has four assignments: "frames", whose stage writes HTML, "empty", a draft without stages, "broken", of which a
stage fails with long lines everywhere and runs students' code without sandbox, and "unstartable",
whose stage cannot be run at all.
"""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "web"))
from harness import Site

BROKEN = """#!/bin/bash
line=$(printf 'a-long-line-without-a-blank-%.0s' {1..20})
for file in status errors debug; do echo "$line" >> /grade_oven/output/$file; done
echo "$line"
test -x program && ./program
echo 0.125/1000 > /grade_oven/output/score
exit 3
"""

HTML = """<h1>Look</h1><table border=1><tr><td>expected<td>got<tr><td>XIV<td>XIIII</table><p id=p>still</p>
<script>document.getElementById("p").textContent = "a script ran"; parent.document.title = "owned"; top.location = "/logout"</script>
<a href="/settings" target="_top">leave</a> <form action="/logout" method="post"><button>post</button></form>
<img src="/avatars/student" onerror="top.location='/logout'">"""
FRAMES = "#!/bin/bash\ncat > /grade_oven/output/results.json <<'END'\n" + json.dumps(
    {"tests": [{"name": "fourteen", "score": 0, "max_score": 1, "output": HTML, "output_format": "html"}]}) + "\nEND\n"


def add_assignments(site):
    with tempfile.TemporaryDirectory() as folder:
        stage = pathlib.Path(folder) / "a-stage-with-a-name-of-some-length"
        stage.mkdir()
        (stage.parent / "stages").write_text(stage.name + "\n")
        (stage / "main").write_text(BROKEN)
        (stage / "main").chmod(0o755)
        site.ctl("assignment", "add", "cs101", "broken", "--published", "--due", "2020-02-02T20:20",
                 "--title", "An assignment that was due and whose tests are broken", folder)
        (stage / "main").write_text(FRAMES)
        site.ctl("assignment", "add", "cs101", "frames", "--published", "--title", "With pictures", folder)
        (stage / "main").write_text("#!/no/such/interpreter\n")
        site.ctl("assignment", "add", "cs101", "unstartable", "--published", "--title", "Unstartable", folder)
    instructor = site.browser("instructor")
    answer = instructor.post("/courses/cs101/assignments", {"name": "empty", "title": "An empty one"})
    assert answer.status == 303, answer.text


site = Site(directives="GradeOvenRetention * 5y")
try:
    site.start().load_demo()
    add_assignments(site)
    print(json.dumps({"url": f"https://127.0.0.1:{site.port}", "passwords": site.passwords}), flush=True)
    sys.stdin.read()
finally:
    site.stop()
