"""The measurements. Each function takes (bench, report), and takes its contestants in turns, so that
what else the machine does in the meantime meets all of them alike."""
import re
import resource
import time

import cpu
from bench_site import COURSE, KeptBrowser, PARALLEL, harness
from contestants import Watched, Workshop
from report import Series

JSON = {"Accept": "application/json"}


def timed(visitor, path, **headers):
    began = time.perf_counter()
    answer = visitor.get(path, **headers)
    seconds = time.perf_counter() - began
    assert answer.status in (200, 304), f"{path}: {answer.status}"
    return seconds


def latency(bench, report):
    """From the POST's answer to the first status line and to the score, on warm ovens."""
    site = bench.site
    for name, title in (("trivial", "trivial"), ("three", "three trivial stages"), ("c", "C, build and test")):
        shop, oven, docker, bare = Workshop(name), [], [], []
        floor, poll = [], []
        style = re.search(r'href="([^"]*style\.css[^"]*)"', site.student.get("/").text).group(1)
        Watched(site, name)  # the first one fills caches on every side
        shop.docker_run()
        for _ in range(bench.rounds["latency-" + name]):
            site.wait_until_settled()
            oven.append(Watched(site, name))
            floor.append(timed(site.student, style))
            poll.append(timed(site.student, f"/courses/{COURSE}/assignments/{name}/submissions/1", **JSON))
            docker.append(shop.docker_run())
            bare.append(shop.fork_exec())
        shop.remove()
        first, score = Series([one.first for one in oven]), Series([one.score for one in oven])
        docker, bare = Series(docker), Series(bare)
        section = f"Latency: {title}"
        polls = Series([one.polls for one in oven], "polls", 1)
        report.add(section, "answer of the POST → first status line", first, ("docker run", docker))
        report.add(section, "answer of the POST → score", score, ("docker run", docker),
                   f"{polls.p50:.0f} polls a run")
        report.add(section, "docker run --rm, one container a stage", docker)
        report.add(section, "fork + exec of the same stages", bare, ("POST → score", score))
        report.add(section, "the POST itself (upload, fsync, store)", Series([one.post for one in oven]))
        report.add(section, "one poll: the page's JSON", Series(poll))
        report.add(section, "client, TLS and httpd alone: a static file", Series(floor))
        if name == "trivial":
            report.goal("trivial stage: POST's answer → first status, median", first.p50, 15, "ms")
            report.goal("trivial stage: whole run, part of `docker run`", score.p50 / docker.p50, 0.1)


def drain(site, first, count, seconds=240):
    """Waits for the end of the runs from `first` on; the seconds from the first queued to the last finished."""
    finished = "SELECT count(*) FROM runs WHERE id >= ? AND state = 'finished'"
    harness.wait_until(f"{count} runs are finished", lambda: site.scalar(finished, first) == count, seconds)
    return site.scalar("SELECT max(finished_us) - min(queued_us) FROM runs WHERE id >= ?", first) / 1e6


def throughput(bench, report):
    """Runs a minute with the queue full, and what they cost; `docker run` with as many at once."""
    site, runs, docker_runs = bench.site, bench.rounds["queue"], bench.rounds["queue-docker"]
    for name, title in (("three", "three trivial stages"), ("trivial", "one trivial stage")):
        shop, oven_rate, docker_rate, oven_cpu, docker_cpu = Workshop(name), [], [], [], []
        Watched(site, name)
        for _ in range(bench.rounds["throughput"]):
            site.wait_until_settled()
            before = cpu.Reading(site.executor_pid())
            seconds = drain(site, site.queue(name, runs), runs)
            site.wait_until_settled()
            oven_cpu.append({who: used / runs for who, used in cpu.Reading(site.executor_pid()).since(before).items()})
            oven_rate.append(60 * runs / seconds)
            before, children = cpu.Reading(), resource.getrusage(resource.RUSAGE_CHILDREN)
            docker_rate.append(60 * docker_runs / shop.docker_runs(docker_runs, PARALLEL))
            shop.wait_until_gone()
            used = cpu.Reading().since(before)
            now = resource.getrusage(resource.RUSAGE_CHILDREN)
            used["cli"] = now.ru_utime + now.ru_stime - children.ru_utime - children.ru_stime
            docker_cpu.append({who: seconds / docker_runs for who, seconds in used.items()})
        shop.remove()
        section = f"Throughput: {title}, {PARALLEL} at once"
        oven_rate, docker_rate = Series(oven_rate, "runs/min", 1), Series(docker_rate, "runs/min", 1)
        report.add(section, "ovens, the queue full", oven_rate, ("docker run", docker_rate))
        report.add(section, "docker run --rm, one container a stage", docker_rate)
        whole = {who: Series([sum(seconds for part, seconds in one.items() if part != "machine") for one in used])
                 for who, used in (("oven", oven_cpu), ("docker", docker_cpu))}
        report.add(section, "CPU a run, all of the below", whole["oven"], ("docker run", whole["docker"]))
        for who, words in (("daemons", "dockerd + containerd"), ("shims", "shims + runc"),
                           ("ovens", "inside the containers"), ("executor", "executor"),
                           ("machine", "the whole machine, to compare the sum with")):
            beside = Series([one[who] for one in docker_cpu])
            report.add(section, f"— {words}", Series([one[who] for one in oven_cpu]), ("docker run", beside))
        report.add(section, "CPU a run by docker run, its CLI included", whole["docker"])
        if name == "three":
            report.goal("three trivial stages: runs a minute, times `docker run` per stage",
                        oven_rate.p50 / docker_rate.p50, 2.5, at_least=True)


def executor(bench, report):
    """What the executor itself needs while a thousand runs wait."""
    site, runs = bench.site, bench.rounds["executor"]
    Watched(site, "trivial")
    site.wait_until_settled()
    pid, finished = site.executor_pid(), "SELECT count(*) FROM runs WHERE state = 'finished'"
    idle = cpu.memory(pid)
    site.queue("trivial", 1000, ring=False)
    began, have = cpu.threads(pid), site.scalar(finished)
    site.ring()
    harness.wait_until("some of a thousand runs are finished", lambda: site.scalar(finished) >= have + runs, 120)
    used, done, memory = cpu.threads(pid) - began, site.scalar(finished) - have, cpu.memory(pid)
    waiting = site.scalar("SELECT count(*) FROM runs WHERE state = 'queued'")
    site.database.execute("UPDATE runs SET state = 'cancelled', finished_us = queued_us WHERE state = 'queued'")
    each = Series([used / done])
    section = "The executor with a queue of 1,000"
    report.add(section, "CPU a run", each, note=f"over {done} runs, {waiting} still waiting then")
    for words, before, now in zip(("resident memory", "— of it its own, no shared library", "— the most it ever was"),
                                  idle, memory):
        report.add(section, words, Series([now], "MiB", 1), ("with none", Series([before], "MiB", 1)))
    report.goal("executor: CPU a run", each.p50, 2, "ms")
    report.goal("executor: resident memory with 1,000 queued", memory[0], 20, "MiB")


PAGES = (("student", "the course's page", f"/courses/{COURSE}", {}),
         ("student", "a submission's JSON", f"/courses/{COURSE}/assignments/trivial/submissions/1", JSON),
         ("teacher", "the course's page, staff", f"/courses/{COURSE}", {}),
         ("teacher", "all submissions of an assignment", f"/courses/{COURSE}/assignments/filled-0/submissions", {}),
         ("boss", "the admin's page: queue and ovens", "/admin", {}))


def store(bench, report):
    """The same with more and more runs in the store: a site for each size, taken in turns."""
    sizes = bench.rounds["sizes"]
    sites = {size: bench.open_site() for size in sizes}
    for size, site in sites.items():
        Watched(site, "trivial")
        site.wait_until_settled()
        site.fill("trivial", size)
    used, seen, pages = ({size: [] for size in sizes} for _ in range(3))
    runs = bench.rounds["store-queue"]
    for _ in range(bench.rounds["store"]):
        for size, site in sites.items():
            for other in sites.values():
                other.wait_until_settled()
            seen[size].append(Watched(site, "trivial"))
            site.wait_until_settled()
            before = cpu.threads(site.executor_pid())
            drain(site, site.queue("trivial", runs), runs)
            used[size].append((cpu.threads(site.executor_pid()) - before) / runs)
            site.wait_until_settled()
        for _ in range(5):
            for size, site in sites.items():
                pages[size].append([timed(getattr(site, who), path, **headers) for who, _, path, headers in PAGES])
    least = sizes[0]
    for size in sizes:
        section = f"The store with {size:,} runs"

        def add(words, values, size=size, section=section):
            small = Series(values(least))
            report.add(section, words, Series(values(size)), None if size == least else (f"{least:,} runs", small))
        add("executor: CPU a run", lambda size: used[size])
        add("POST", lambda size: [one.post for one in seen[size]])
        add("answer of the POST → score", lambda size: [one.score for one in seen[size]])
        for index, (_, words, _, _) in enumerate(PAGES):
            add(words, lambda size, index=index: [one[index] for one in pages[size]])
    most = sizes[-1]
    report.goal(f"executor's CPU a run with {most:,} runs in the store, times that with {least:,}",
                Series(used[most]).p50 / Series(used[least]).p50, 1.25)
    for site in sites.values():
        bench.close_site(site)


def sample_pages(visitor, seconds, pause=0.01):
    """A page every hundredth of a second, as from many visitors; not as fast as one can."""
    found, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        found.append(timed(visitor, f"/courses/{COURSE}"))
        time.sleep(pause)
    return found


def pages(bench, report):
    """The course's page while every oven is busy computing, beside the same while none is."""
    site, idle, busy = bench.site, [], []
    Watched(site, "spin", seconds=60)
    visitor = KeptBrowser(site).login("student")
    for _ in range(bench.rounds["pages"]):
        site.wait_until_settled()
        idle += sample_pages(visitor, 1.5)
        first = site.queue("spin", PARALLEL)
        running = "SELECT count(*) FROM runs WHERE id >= ? AND state = 'running' AND status <> ''"
        harness.wait_until("every oven is busy", lambda: site.scalar(running, first) == PARALLEL, 30)
        busy += sample_pages(visitor, 1.5)
        assert site.scalar(running, first) == PARALLEL, "the busy ovens ended before the pages did"
        drain(site, first, PARALLEL)
    idle, busy = Series(idle), Series(busy)
    section = "A course's page over kept-alive TLS"
    report.add(section, "no oven is busy", idle)
    report.add(section, f"{PARALLEL} ovens compute", busy, ("idle", idle),
               f"p95: {busy.p95 / idle.p95:.2f} × idle")


MEASURES = {"latency": latency, "throughput": throughput, "executor": executor, "store": store, "pages": pages}
