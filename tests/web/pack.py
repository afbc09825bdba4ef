"""Packing an assignment for an upload, and publishing it."""
import io
import tarfile


def assignment(main, **more):
    """An archive of one stage, "test", with this main."""
    out = io.BytesIO()
    files = {"stages": "test\n", "test/main": main, **more}
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(text.encode()), 0o755
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


def publish(teacher, name, main):
    """A published assignment of one stage in the demo course; where it is."""
    base = f"/courses/cs101/assignments/{name}"
    teacher.post("/courses/cs101/assignments", {"name": name, "title": name, "description": "", "due": ""})
    answer = teacher.upload(base + "/versions", {}, [("archive", "a.tar.gz", assignment(main))])
    assert answer.status == 303, answer.text
    answer = teacher.post(base + "/publish", {"published": "1", "anyway": "1"})
    assert answer.status == 303, answer.text
    return base
