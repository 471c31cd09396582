#!/usr/bin/env python3
"""Makes calls of cbsim fail, one after the other: each open, write, sync, rename, allocation, ...

usage: faults_test.py CBSIM SHIM [--sample N] [--all] [--jobs N] [TEST...]

SHIM is built from tests/faults/fault_shim.c. After each fault the process must have ended by itself
with one clear error or with the right results, what was finished before must be untouched, and the
same command again must end with the bytes of a run that nothing disturbed. Of the calls of each kind
N are taken, evenly; with --all every one.
"""

import argparse
import concurrent.futures
import csv
import errno
import gzip
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PARSER = argparse.ArgumentParser()
PARSER.add_argument("cbsim", type=Path)
PARSER.add_argument("shim", type=Path)
PARSER.add_argument("--sample", type=int, default=12)
PARSER.add_argument("--all", action="store_true")
PARSER.add_argument("--jobs", type=int, default=1)
OPTIONS, REST = PARSER.parse_known_args()
CBSIM, SHIM = OPTIONS.cbsim.resolve(), OPTIONS.shim.resolve()

TIMEOUT = 60
CONFIG = {
    "name": "faults",
    "horizon": 24,
    "seeds": 2,
    "environment": {"type": "classification", "path": "data.csv.gz", "label": "class"},
    "policies": [
        {"type": "neural_ucb", "network": {"width": 4},
         "training": {"steps": 5, "refit": {"every": 8}}},
        {"type": "lin_ucb"},
    ],
    "record": {"points": 5, "rounds": True, "scores": True, "weights": "final"},
}
# Fields: kind of call, what it answers. "+": so do all after it.
FILE_FAULTS = [
    ("open", "EMFILE"), ("open", "EACCES"), ("read", "EIO"), ("read", "EINTR"),
    ("write", "ENOSPC"), ("write", "ENOSPC+"), ("write", "EIO"), ("write", "EINTR"),
    ("write", "SHORT"), ("sync", "EIO"), ("sync", "EINVAL"), ("rename", "EIO"), ("close", "EIO"),
    ("mkdir", "ENOSPC"), ("unlink", "EIO"), ("truncate", "EIO"), ("flock", "ENOLCK"),
    ("flock", "EINTR"), ("stat", "EIO"), ("file", "EIO+"), ("file", "KILL"),
]
OTHER_FAULTS = [("alloc", "ENOMEM"), ("alloc", "ENOMEM+"), ("alloc", "KILL"), ("thread", "EAGAIN")]
NAMES_A_FILE = re.compile(r"\bbox2?\b|faults\.json|data\.csv\.gz")
TALLY = {}  # (scenario, kind, what): (calls, injected, tolerated, reported)


def data():
    draw = random.Random(3)
    rows = [(draw.gauss(0, 1), draw.gauss(0, 1)) for _ in range(60)]
    text = "x,y,class\n" + "".join(f"{x:.3f},{y:.3f},{'ab'[x > y]}\n" for x, y in rows)
    return gzip.compress(text.encode(), mtime=0)


class Call:
    """A command that was run under the shim."""

    def __init__(self, command, root, fault=None, whole=False):
        log = root.with_suffix(".log")
        log.unlink(missing_ok=True)
        environment = {"PATH": os.environ["PATH"], "LD_PRELOAD": str(SHIM),
                       "CBSIM_FAULT_ROOT": str(root), "CBSIM_FAULT_LOG": str(log),
                       "CBSIM_FAULT_STEP": "30000"}
        if fault:
            environment["CBSIM_FAULT"] = fault
        self.hung = False
        try:
            done = subprocess.run([str(CBSIM), *command], cwd=root, env=environment, text=True,
                                  capture_output=True, timeout=TIMEOUT, errors="replace")
            self.code, self.out, self.errors = done.returncode, done.stdout, done.stderr
        except subprocess.TimeoutExpired as expired:
            self.hung, self.code, self.out = True, None, ""
            self.errors = str(expired.stderr)
        lines = log.read_text().splitlines() if log.exists() else []
        self.fired = [line for line in lines if line.startswith("fired")]
        self.spawned = [line for line in lines if line.startswith("spawn")]
        self.counts = {line.split()[1]: int(line.split()[2]) for line in lines
                       if line.startswith("count")}
        log.unlink(missing_ok=True)

    def error_lines(self):
        return [line for line in self.errors.splitlines()
                if not line.startswith("cbsim: warning:")]


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in sorted(folder.rglob("*"))}


def results(folder):
    """All bytes that may not depend on faults: the tables and those of the runs."""
    return {name: content for name, content in tree(folder).items()
            if name.endswith(".csv") and not name.startswith(".cbsim-")}


def blocks(text):
    """The rows of a table by run."""
    rows = list(csv.reader(text.decode().splitlines()))
    assert text == b"" or text.endswith(b"\n")
    found = {}
    seed = rows[0].index("seed")
    for row in rows[1:]:
        found.setdefault((row[2], row[seed]), []).append(row)
    return rows[0], found


class Scenario:
    """A folder as it is before the command, and what the command makes of it undisturbed."""

    def __init__(self, base, name, command, out="box"):
        self.name, self.command, self.out = name, command, out
        self.root = base / name
        self.base = base
        self.root.mkdir()
        (self.root / "faults.json").write_text(json.dumps(CONFIG))
        (self.root / "data.csv.gz").write_bytes(data())

    def prepare(self, *commands, fault=None):
        for command in commands:
            call = Call(command, self.root, fault)
            assert call.code in (0, -signal.SIGKILL), call.errors

    def freeze(self):
        """The undisturbed run, twice: the number of its calls may differ by a few."""
        self.before = tree(self.root)
        calls = []
        for number in (999998, 999999):
            root = self.copy(number)
            call = Call(self.command, root)
            assert call.code == 0, call.errors
            assert not call.spawned, call.spawned
            self.text, self.after = call.out, tree(root / self.out)
            calls.append(call.counts)
            shutil.rmtree(root)
        self.counts = {kind: max(calls[0][kind], calls[1][kind]) for kind in calls[0]}
        self.finished = {name: content for name, content in self.before.items()
                         if name.startswith(f"{self.out}/runs/")}
        return self

    def copy(self, number):
        """A root whose path is as long as each other one's, so that memory is asked for alike."""
        root = self.base / f"{number:06}"
        shutil.copytree(self.root, root)
        return root

    def failure(self, number, kind, what, n):
        """What is wrong after this fault, if anything; and whether it fired, and was reported."""
        root = self.copy(number)
        try:
            call = Call(self.command, root, f"{kind}:{n}:{what}")
            wrong = self.wrong_after(call, root, kind, what)
            if not wrong:
                wrong = self.wrong_again(root)
            if wrong:
                wrong = (f"{self.name} {kind}:{n}:{what}: {wrong}\n  {call.fired}\n"
                         f"  exit code {call.code}\n  {call.errors.strip()}")
            return wrong, bool(call.fired), call.code == 1
        finally:
            shutil.rmtree(root)

    def wrong_after(self, call, root, kind, what):
        if call.hung:
            return "it hangs"
        if call.spawned:
            return "it starts a process"
        if what == "KILL":
            if call.code != (-signal.SIGKILL if call.fired else 0):
                return "not killed"
        elif call.code not in (0, 1):
            return "wrong exit code"
        if "terminate" in call.errors or "internal error" in call.errors:
            return "it crashes"
        if call.code == 1:
            lines = call.error_lines()
            # A full disk refuses what runs, two at most are there to compute, and then the tables.
            if not 1 <= len(lines) <= (3 if what.endswith("+") else 1):
                return f"{len(lines)} errors"
            reason = what.rstrip("+")
            # pthread_create, too, says EAGAIN where it gets no memory.
            reasons = (["out of memory", os.strerror(errno.ENOMEM),
                        "cannot start a thread: " + os.strerror(errno.EAGAIN)]
                       if kind == "alloc" else
                       [os.strerror(getattr(errno, reason))])
            if not all(any(reason in line for reason in reasons) for line in lines):
                return f"it does not say: {reason}"
            if kind not in ("alloc", "thread") and not NAMES_A_FILE.search(lines[0]):
                return "it names no file"
        elif call.code == 0:
            if call.out != self.text.replace("999999", root.name):
                return "another text on standard output"
            if results(root / self.out) != {k: v for k, v in self.after.items()
                                            if k.endswith(".csv")}:
                return "exit code 0, but not the results"
        return self.wrong_in(root)

    def wrong_in(self, root):
        for name, content in self.finished.items():
            path = root / name
            if content is not None and (not path.is_file() or path.read_bytes() != content):
                return f"{name} is not what it was"
        now = tree(root / self.out)
        for name, content in now.items():
            parts = name.split("/")
            if parts[0] == "runs" and len(parts) == 2:
                files = {k for k in self.after if k.startswith(name + "/")}
                if {k for k in now if k.startswith(name + "/")} != files:
                    return f"half a run in {name}"
            if parts[0] == "runs" and name.endswith(".csv") and content != self.after[name]:
                return f"{name} has other bytes"
            if name in ("regret.csv", "summary.csv"):
                header, runs = blocks(content)
                whole_header, whole = blocks(self.after[name])
                failed = {run for run, rows in runs.items() if "failed" in rows[0]}
                if header != whole_header or any(rows != whole[run] for run, rows in runs.items()
                                                 if run not in failed):
                    return f"half a table in {name}"
        return None

    def wrong_again(self, root):
        call = Call(self.command, root)
        if call.code != 0:
            return f"the next time: exit code {call.code}\n  {call.errors.strip()}"
        now = tree(root / self.out)
        if set(now) != set(self.after):
            return f"the next time: files {sorted(set(now) ^ set(self.after))}"
        if results(root / self.out) != {k: v for k, v in self.after.items() if k.endswith(".csv")}:
            return "the next time: other results"
        return None


class FaultsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        memory = Path("/dev/shm")  # a file system that need not wait for a disk
        cls.temporary = tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK)
                                                    else None)
        cls.base = Path(cls.temporary.name)
        cls.number = 0

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def run_command(self, *options, out="box", jobs="1"):
        return ["run", "faults.json", "-o", out, "-j", jobs, "--progress", "never", "-q",
                "--checkpoint-every", "1", *options]

    def scenario(self, name):
        path = self.base / name
        shutil.rmtree(path, ignore_errors=True)
        if name == "fresh":
            return Scenario(self.base, name, self.run_command()).freeze()
        if name in ("run", "two"):
            jobs = "2" if name == "two" else "1"
            scenario = Scenario(self.base, name, self.run_command(jobs=jobs))
            scenario.prepare(self.run_command("--seeds", "1"))
            return scenario.freeze()
        if name == "resume":
            scenario = Scenario(self.base, name, self.run_command())
            scenario.prepare(self.run_command("--seeds", "1"))
            scenario.prepare(self.run_command(), fault="rename@worker:2:KILL")
            assert list((path / "box" / "checkpoints").glob("*/state"))
            return scenario.freeze()
        if name == "merge":
            scenario = Scenario(self.base, name, ["merge", "box/", "box2//"])
            scenario.prepare(self.run_command("--shard", "1/2"),
                             self.run_command("--shard", "2/2", out="box2"))
            return scenario.freeze()
        scenario = Scenario(self.base, name, {"status": ["status", "box/"],
                                              "compare": ["compare", "box/"],
                                              "validate": ["validate", "faults.json"],
                                              "show": ["show", "faults.json"],
                                              "dry_run": self.run_command("--dry-run")}[name])
        if name in ("status", "compare"):
            scenario.prepare(self.run_command())
        return scenario.freeze()

    def sweep(self, name, faults):
        scenario = self.scenario(name)
        failures = []
        with concurrent.futures.ThreadPoolExecutor(OPTIONS.jobs) as pool:
            for kind, what in faults:
                calls = scenario.counts[kind]
                stride = 1 if OPTIONS.all else max(1, -(-calls // OPTIONS.sample))
                # The main thread comes to finished runs by the clock: together, or one by one.
                numbers = range(1 + stride // 2 if stride > 1 else 1, calls + 4, stride)
                done = []
                for n in numbers:
                    FaultsTest.number += 1
                    done.append(pool.submit(scenario.failure, self.number, kind, what, n))
                outcomes = [one.result() for one in done]
                wrong = [text for text, _, _ in outcomes if text]
                injected = sum(fired for _, fired, _ in outcomes)
                reported = sum(told for _, _, told in outcomes)
                TALLY[name, kind, what] = (calls, injected, len(wrong), reported)
                failures += wrong
        if failures:
            self.fail(f"{len(failures)} wrong:\n" + "\n".join(failures[:400 if OPTIONS.all else 20]))

    def test_run(self):
        self.sweep("run", FILE_FAULTS)

    def test_run_memory(self):
        self.sweep("run", OTHER_FAULTS)

    # The calls of two threads come in any order: which of them fails is not said.
    def test_two_workers(self):
        self.sweep("two", FILE_FAULTS + OTHER_FAULTS)

    def test_resume(self):
        self.sweep("resume", FILE_FAULTS + OTHER_FAULTS)

    def test_fresh(self):
        self.sweep("fresh", FILE_FAULTS + OTHER_FAULTS)

    def test_merge(self):
        self.sweep("merge", FILE_FAULTS + OTHER_FAULTS)

    def test_status(self):
        self.sweep("status", [("open", "EACCES"), ("read", "EIO"), ("stat", "EIO"),
                              ("close", "EIO"), ("alloc", "ENOMEM"), ("alloc", "ENOMEM+")])

    def test_compare(self):
        self.sweep("compare", [("open", "EACCES"), ("read", "EIO"), ("stat", "EIO"),
                               ("close", "EIO"), ("alloc", "ENOMEM"), ("alloc", "ENOMEM+")])

    def test_validate(self):
        self.sweep("validate", [("open", "EACCES"), ("read", "EIO"), ("read", "EINTR"),
                                ("stat", "EIO"), ("alloc", "ENOMEM"), ("alloc", "ENOMEM+")])


def print_tally():
    total = [0, 0, 0]
    print(f"{'scenario':10} {'call':9} {'answer':8} {'calls':>6} {'injected':>9} {'wrong':>6} reported")
    for (name, kind, what), (calls, injected, wrong, reported) in TALLY.items():
        print(f"{name:10} {kind:9} {what:8} {calls:6} {injected:9} {wrong:6} {reported}")
        total = [total[0] + injected, total[1] + wrong, total[2] + reported]
    print(f"injected {total[0]}, wrong {total[1]}, reported {total[2]}")


if __name__ == "__main__":
    program = unittest.main(argv=[sys.argv[0], *REST], exit=False)
    print_tally()
    sys.exit(not program.result.wasSuccessful())
