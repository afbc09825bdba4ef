#!/usr/bin/env python3
"""Writes the first corpora: well-formed inputs and the best-known malformed ones, one file each, named for what it
is. What libFuzzer finds beside them and is worth keeping is added by hand."""
import io
import json
import pathlib
import struct
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "corpus")


def seed(target, name, content):
    path = ROOT / target / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


for name, text in {"points": "99.5/100\n", "zero-of-zero": "0/0", "largest": "999999999999.999/999999999999.999",
                   "spaces": " \t1 / 2 \r\n", "negative": "-1/2", "exponent": "1e3/2", "comma": "1,5/2"}.items():
    seed("score", name, text)

seed("csv", "plain", "username,name,email,role,section\nada,Ada L,ada@x.example,student,Tue\nbob,,,grader,\n")
seed("csv", "semicolons", "sep=;\r\nlogin;first name;last name;group\r\n\"a\"\"b\";\"x\ny\";z;1\r\n")
seed("csv", "utf16", "\ufeffusername\tname\nzo\u00eb\tZo\u00eb\n".encode("utf-16-le"))
seed("csv", "windows-1252", "username,name\nzoe,Zo\xeb\n".encode("latin-1"))
seed("csv", "never-closed", 'username,name\nada,"Ada\nbob,b\n')
seed("csv", "formulas", "username,name\nada,=1+1\nbob,'@x\n")

seed("cookie", "several", "__Host-gradeoven\na=b; __Host-gradeoven=abc;c=d ; __Host-gradeovenx=e")
seed("cookie", "empty", "a\n;;; a=;a")

for number, sql in enumerate((
        "UPDATE r SET p = :score::numeric WHERE u = :username AND n = E'it\\'s :score' -- :username\n;",
        "INSERT INTO `r` VALUES (:username, ':score', \"x\") # :score\n/* a /* :b */",
        "SELECT [a b], $t$ :username $t$, $1 FROM r WHERE x=:score AND b LIKE '%''%' /* /* */ */",
        "EXEC set_grade @u = :username, @p=:score; SELECT 1")):
    for dialect in range(4):
        seed("sql", f"{('update', 'insert', 'select', 'exec')[number]}-{('pgsql', 'mysql', 'sqlite', 'tsql')[dialect]}",
             bytes([dialect]) + sql.encode())

seed("form", "fields", "a=1&b=two+words&c=%C3%A9&d&&e=%26%3D")
seed("form", "broken-percent", "a=%4&b=%zz&c=%00")

BODY = ('multipart/form-data; boundary=XyZ\n--XyZ\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nabc\r\n--XyZ\r\n'
        'Content-Disposition: form-data; name="files"; filename="a/b \\"c.txt"\r\nContent-Type: text/plain\r\n\r\n'
        'line\r\n--XyZx\r\n--XyZ--\r\n')
seed("multipart", "field-and-file", BODY)
seed("multipart", "cut-short", BODY[:150])
seed("multipart", "quoted-boundary", BODY.replace("=XyZ\n", '="XyZ"; charset=utf-8\n'))
seed("multipart", "no-name", BODY.replace('name="csrf"', 'name=""'))

seed("template", "all", "<h1>{{name}}</h1>{{#list}}<p>{{.}}</p>{{/list}}{{^empty}}none{{/empty}}{{{a.b}}}{{&a.yes}}"
                        "{{! a comment }}{{=<% %>=}}<%name%><%={{ }}=%>{{>page2}}")
seed("template", "itself", "{{#list}}{{>page}}{{/list}}")
seed("template", "unclosed", "{{#list}}{{name")

TESTS = {"score": 1.5, "output": "o", "visibility": "after_due_date", "tests": [
    {"name": "adds", "number": "1.1", "score": 1.5, "max_score": 2, "status": "failed", "output": "got 3",
     "visibility": "hidden", "tags": ["a", "b"]}, {"score": 0.1, "max_score": 1e-1}],
    "leaderboard": [{"name": "time", "value": 1.25, "order": "asc"}, {"name": "who", "value": "me"}]}
seed("results", "gradescope", json.dumps(TESTS))
seed("results", "deep", "[" * 40 + "]" * 40)
seed("results", "numbers", '{"tests":[{"score":-1.5e-3,"max_score":99999999999999999999999},{"score":0.30000000000000004}]}')
seed("results", "surrogates", '{"output":"\\ud800 \\u0000 \\ud83d\\ude00","tests":[]}')
seed("junit", "pytest", '<?xml version="1.0"?><testsuites><testsuite name="s" tests="2"><properties><property '
     'name="visibility" value="hidden"/></properties><testcase classname="c" name="a" time="0.1"/><testcase name="b">'
     '<failure message="m">text &amp; more</failure><system-out><![CDATA[out]]></system-out></testcase><testcase '
     'name="d"><skipped/></testcase><testcase name="e"><error/></testcase></testsuite></testsuites>')
seed("junit", "doctype", '<!DOCTYPE a [<!ENTITY b "cc">]><testsuites>&b;</testsuites>')
seed("junit", "encoding", '<?xml version="1.0" encoding="ISO-8859-1"?><testsuite><testcase name="\u00e9"/></testsuite>')

META = '{"description":"Hidden","timeout_seconds":30,"memory_mb":256,"stop_on_failure":true,"is_trusted_stage":false}'
seed("stages", "two", "12\nbuild\ntests\n" + META)
seed("stages", "missing-and-twice", "20\nbuild\nnope\nbuild\n..\n" + META)
seed("stages", "metadata-only", '-\n{"stages":[{"directory_name":"build","timeout_seconds":5},{"directory_name":"tests"}]}')
seed("stages", "wrong-types", '6\nbuild\n{"timeout_seconds":"30","memory_mb":1e9,"description":[],"who":1}')

seed("lint", "shell", "#!/bin/bash\ncd /grade_oven/submission\ngcc -o p *.c && ./p <<EOF >out 2>&1\n$(x)\nEOF\n"
                      "for f in a b; do sandbox -- ./p \"$f\" || { echo 'no'; }; done\npython3 main.py | diff - x # c\n")
seed("lint", "python", "#!/usr/bin/env python3\nimport subprocess, student\nsubprocess.run(['./a.out', f\"{x}\"])\n"
                       "os.system('''python3 solution.py''')\nexec(open(\"s.py\").read())  # c\n")
seed("lint", "unclosed", "#!/bin/sh\necho \"abc $( `x' \\\n<<-'E'\n")

seed("markdown", "all", "# T\n\n*a* **b** `c` [l](javascript:x) ![i](data:text/html,x)\n\n<script>x</script>\n\n> q\n\n"
                        "- 1\n- 2\n\n```\ncode\n```\n<http://a.example>\n")
seed("markdown", "nested", "[" * 200 + "a" + "](x)" * 200 + "*" * 300)

seed("diff", "one-line", "6\na\nb\nc\na\nX\nc\n")
seed("diff", "unended", "3\na\nba\nb\n")
seed("diff", "binary", b"2\n\x00\xffa\n")


def frame(kind, payload):
    return kind + struct.pack(">I", len(payload)) + payload


def docker(stream, payload):
    return struct.pack(">BxxxI", stream, len(payload)) + payload


HELLO = frame(b"H", struct.pack(">III", 3, 7, 2) + b"0.1.0")
OUTPUT = frame(b"O", struct.pack(">BI", 1, 0) + b"Test 1\n") + frame(b"O", struct.pack(">BI", 1, 5) + b"2\n")
END = frame(b"E", struct.pack(">IIBQQQI", 0, 0, 0, 1, 2, 3, 0))
seed("frames", "a-run", docker(1, HELLO + OUTPUT + frame(b"C", struct.pack(">I", 0) + b"console")) + docker(2, b"words") +
     docker(1, END))
seed("frames", "split", docker(1, HELLO[:7]) + docker(1, HELLO[7:] + OUTPUT[:3]) + docker(1, OUTPUT[3:]))
seed("frames", "offset-beyond", docker(1, frame(b"O", struct.pack(">BI", 0, 99) + b"1/1")))
seed("frames", "huge", struct.pack(">BxxxI", 1, 0xffffffff) + b"x" * 50)

seed("oven", "a-tree", frame(b"t", b"submission") + frame(b"d", b"a") + frame(b"f", struct.pack(">BQ", 1, 3) + b"a/main") +
     frame(b"x", b"abc") + frame(b"e", b"") + frame(b"r", struct.pack(">BI", 1, 60000) + b"stage\0A=b\0"))
seed("oven", "too-large", b"x" + struct.pack(">I", 0x20000) + b"y" * 30)


def packed(kind):
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a/main.c", "int main(void){}\n")
            archive.writestr("a/zo\u00eb", "x" * 500)
    else:
        with tarfile.open(fileobj=out, mode=kind) as archive:
            for name, content in (("a/main", b"#!/bin/sh\n"), ("b", b"x" * 100)):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(content), 0o755
                archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def hostile_tar(name, kind=tarfile.REGTYPE, link=""):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, link
        archive.addfile(entry)
    return out.getvalue()[:2048]


seed("archive", "zip", packed("zip"))
seed("archive", "tar", packed("w")[:4096])
seed("archive", "tar-gz", packed("w:gz"))
seed("archive", "tar-xz", packed("w:xz"))
seed("archive", "slip", hostile_tar("../../etc/x"))
seed("archive", "symlink", hostile_tar("a", tarfile.SYMTYPE, "/etc/passwd"))
seed("archive", "device", hostile_tar("a", tarfile.CHRTYPE))

for number in range(6):
    seed("policy", f"some-{number}", bytes((i * 37 + number * 101) % 256 for i in range(40 + 60 * number)))
