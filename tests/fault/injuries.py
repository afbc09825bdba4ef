"""The faults: each does its harm to a running site at once and then does what an operator, an init
system or time would do; it does not wait until the site is well again.

An injury answers a sentence for the report, or None when there was nothing to harm.
"""
import signal
import time

from harness import wait_until
from processes import end

LEASE_SECONDS = 30


def parent(world):
    """httpd's parent dies; its workers go on for a moment, until the init system ends them."""
    world.site.process.kill()
    world.site.process.wait(30)
    lingering = world.random.uniform(0, 1.5)
    time.sleep(lingering)
    world.site.kill_group()
    world.site.start()
    return f"its workers lingered {lingering:.1f} s"


def service(world):
    """All of the service at once, the executor too: what is left of a power cut."""
    executors = world.site.executors()
    world.site.kill_group()
    for pid in executors:
        end(pid)
    world.site.start()
    return f"and {len(executors)} executors"


def worker(world):
    victims = world.site.workers()
    return f"1 of {len(victims)}" if victims and end(world.random.choice(victims)) else None


def executor(world):
    victims = wait_until("an executor", world.site.executors, 60)
    return f"1 of {len(victims)}" if end(world.random.choice(victims)) else None


def dockerd(world):
    world.engine.kill()
    away = world.random.uniform(0, 1)
    time.sleep(away)
    world.engine.start()
    return f"away for {away:.1f} s"


def oven(world):
    """PID 1 of a container, by the host's kill."""
    for container in world.shuffled(world.site.containers()):
        pid = world.engine.main_pid(container)
        if pid and end(pid):
            return f"of {container[:12]}"
    return None


def docker_kill(world):
    for container in world.shuffled(world.site.containers()):
        if world.engine.call("POST", f"/containers/{container}/kill")[0] == 204:
            return f"of {container[:12]}"
    return None


def disk_full(world):
    """To the last byte; a submission that comes meanwhile must be refused in words, or be there."""
    return fill(world, world.random.uniform(0, 1))


def long_full(world):
    """Until no lease could be renewed."""
    return fill(world, LEASE_SECONDS + 6)


def fill(world, seconds):
    world.site.fill_disk()
    try:
        refusal = world.refused_submission()
        time.sleep(seconds)
    finally:
        world.site.free_disk()
    return f"for {seconds:.1f} s, {refusal}"


def stopped_engine(world):
    seconds = world.random.uniform(0.2, 2)
    world.engine.pause(seconds)
    return f"stood still for {seconds:.1f} s"


def stopped_executor(world):
    return stop(world, world.random.uniform(0.2, 2))


def late_executor(world):
    """It stands still until its leases are over, and another has its runs or not; then it goes on."""
    is_replaced = world.random.random() < 0.7
    return f"{stop(world, LEASE_SECONDS + 6, is_replaced)}, {'replaced' if is_replaced else 'alone'}"


def stop(world, seconds, is_replaced=False):
    victims = wait_until("an executor", world.site.executors, 60)
    pid = world.random.choice(victims)
    if not end(pid, signal.SIGSTOP):
        return None
    try:
        if is_replaced:  # by the executor of a new generation, as after a graceful restart
            world.site.graceful()
        time.sleep(seconds)
    finally:
        end(pid, signal.SIGCONT)
    return f"stood still for {seconds:.1f} s"


def graceful(world):
    world.site.graceful()
    return "restart"


# Each with how often it comes, among the others.
USUAL = ((parent, 3), (service, 2), (worker, 4), (executor, 4), (dockerd, 3), (oven, 4), (docker_kill, 2),
         (disk_full, 3), (stopped_engine, 1), (stopped_executor, 1), (graceful, 2))
# These take half a minute: one in so many rounds.
SLOW, SLOW_EVERY = (late_executor, long_full), 50


def named(names):
    """The injuries of these names; KeyError for one that is none."""
    known = {injury.__name__: injury for injury in (*(one for one, _ in USUAL), *SLOW)}
    return [known[name] for name in names]


def plan(rounds, random):
    """Which injury in which round: first each of them, then each in its proportion, in random order."""
    chosen = random.sample([injury for injury, _ in USUAL], len(USUAL))
    while len(chosen) < rounds:
        bag = [injury for injury, weight in USUAL for _ in range(weight)]
        chosen += random.sample(bag, len(bag))
    chosen = chosen[:rounds]
    for i in range(SLOW_EVERY, rounds + 1, SLOW_EVERY):
        chosen[i - 1] = SLOW[i // SLOW_EVERY % len(SLOW)]
    return chosen
