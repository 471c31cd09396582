#!/usr/bin/env python3
"""Wrong inputs of every kind: each gets one clear error, and leaves nothing behind.

usage: bad_inputs_test.py CBSIM [SHIM] [--print] [TEST...]

The inputs and what is said of them are the tables in bad_inputs/. With SHIM, of tests/faults, it is
also seen that no process is started. --print prints what is said instead of checking it.
"""

import argparse
import copy
import csv
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from bad_inputs.command_lines import COMMAND_LINES
from bad_inputs.configs import CHANGES, DROP, TEXTS
from bad_inputs.data_files import DATA, LABELS
from bad_inputs.results_folders import DAMAGES, RECOVERED

PARSER = argparse.ArgumentParser()
PARSER.add_argument("cbsim", type=Path)
PARSER.add_argument("shim", type=Path, nargs="?")
PARSER.add_argument("--print", action="store_true")
OPTIONS, REST = PARSER.parse_known_args()

TIMEOUT = 10
NOBODY = 65534
GOOD = {
    "name": "bad",
    "horizon": 20,
    "seeds": 2,
    "environment": {"type": "linear", "dim": 2, "arms": 2},
    "policies": [{"type": "uniform"}, {"type": "lin_ucb"}],
}
WARNING = ("cbsim: warning: files of finished runs are damaged or gone; computed again: uniform, "
           "seed 0\n")
UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffd]")


def changed(changes):
    """GOOD with other settings, by dotted path."""
    config = copy.deepcopy(GOOD)
    for path, value in changes.items():
        *above, last = path.split(".")
        node = config
        for key in above:
            node = node[key]
        node[last] = value
        if value is DROP:
            del node[last]
    return config


def tree(root):
    """All that is below a folder: what it is, its permissions and content."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = Path(folder, name)
            mode = path.lstat().st_mode
            content = (os.readlink(path) if stat.S_ISLNK(mode) else
                       path.read_bytes() if stat.S_ISREG(mode) and path.stat().st_size < 1 << 20
                       else path.stat().st_size if stat.S_ISREG(mode) else None)
            found[str(path.relative_to(root))] = (mode, content)
    return found


class Said:
    """A command and what came of it."""

    def __init__(self, argv, root):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        log = root / "../shim.log"
        if OPTIONS.shim:
            environment |= {"LD_PRELOAD": str(OPTIONS.shim.resolve()), "CBSIM_FAULT_LOG": str(log)}
        # Root may read and write all: permissions concern others.
        other = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}
        done = subprocess.run([root / "../cbsim", *argv], cwd=root, env=environment, timeout=TIMEOUT,
                              stdin=subprocess.DEVNULL, capture_output=True, **other)
        self.code = done.returncode
        self.out = done.stdout.decode()
        self.errors = done.stderr.decode(errors="replace")
        self.started = [line for line in log.read_text().splitlines() if line.startswith("spawn")
                        ] if log.exists() else []

    def error_lines(self):
        return [line for line in self.errors.splitlines()
                if not line.startswith(("cbsim: warning:", "See cbsim"))]


class BadInputsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.base = Path(cls.temporary.name)
        cls.base.chmod(0o777)
        shutil.copy(OPTIONS.cbsim, cls.base / "cbsim")  # where anybody may run it
        cls.names = []

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()
        print(f"{len(cls.names)} bad inputs, {len(set(cls.names))} of different names")

    def folder(self, name):
        root = self.base / name
        root.mkdir()
        os.chmod(root, 0o777)
        (root / "good.json").write_text(json.dumps(GOOD))
        return root

    def sandbox(self):
        """What the command lines are about."""
        root = self.folder("sandbox")
        self.run_good(root, "box")
        self.run_good(root, "other", "--set", "horizon=10")
        for name in ("folder", "empty", "readonly", "secret"):
            (root / name).mkdir()
        (root / "folder" / "letter.txt").write_text("mine")
        (root / "secret.json").write_text(json.dumps(GOOD))
        os.mkfifo(root / "pipe")
        bound = socket.socket(socket.AF_UNIX)
        bound.bind(str(root / "socket"))
        bound.close()
        (root / "dangling.json").symlink_to("nowhere.json")
        (root / "loop.json").symlink_to("loop.json")
        shutil.copytree(root / "box", root / "readonly-box")
        for path in [root / "readonly-box", *(root / "readonly-box").rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        (root / "readonly").chmod(0o555)
        (root / "secret").chmod(0)
        (root / "secret.json").chmod(0)
        return root

    @staticmethod
    def give_away(root):
        """To the one as whom cbsim runs."""
        if os.getuid() == 0:
            for path in [root, *root.rglob("*")]:
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    def run_good(self, root, box, *options):
        done = Said(["run", "good.json", "-o", box, "-q", *options], root)
        self.assertEqual(done.code, 0, done.errors)

    def expect(self, name, argv, root, code, text):
        """One error, as it should be, and nothing else; `text` is a part of it."""
        self.names.append(name)
        before = tree(root)
        said = Said(argv, root)
        if OPTIONS.print:
            print(json.dumps([name, said.code, said.errors, said.out]))
        self.assertEqual(said.code, code, said.errors)
        self.assertIn(text, said.errors.replace(f"{root}/", "") + (said.out if code == 3 else ""))
        self.assertIsNone(UNSEEN.search(said.errors), repr(said.errors))
        if code != 3:  # of `status` and `merge`, which say what is missing
            self.assertEqual(len(said.error_lines()), 1, said.errors)
            self.assertEqual(said.out, "")
        self.assertEqual(said.started, [])
        self.assertEqual(tree(root), before, "it left something behind")

    def test_command_lines(self):
        root = self.sandbox()
        for name, argv, code, text in COMMAND_LINES:
            with self.subTest(name):
                self.expect(name, argv, root, code, text)

    def config(self, number, text, files=()):
        root = self.folder(number)
        (root / "bad.json").write_bytes(text if isinstance(text, bytes) else text.encode())
        for file, content in files:
            (root / file).write_bytes(content if isinstance(content, bytes) else content.encode())
        return root

    def test_configs(self):
        for number, (name, changes, text) in enumerate(CHANGES):
            with self.subTest(name):
                root = self.config(f"change{number}", json.dumps(changed(changes)))
                self.expect(name, ["run", "bad.json"], root, 1 if "none.csv" in str(changes) else 2, text)

    def test_texts(self):
        for number, (name, config, text) in enumerate(TEXTS):
            with self.subTest(name):
                root = self.config(f"text{number}", config)
                self.expect(name, ["run", "bad.json"], root, 2, text)

    def test_data(self):
        for number, (name, content, environment, text) in enumerate(DATA):
            with self.subTest(name):
                files = [("labels", LABELS)] + ([("data", content)] if content is not None else [])
                root = self.config(f"data{number}", json.dumps(changed({"environment": environment})), files)
                self.expect(name, ["run", "bad.json"], root, 1 if content is None else 2, text)

    def results(self, name):
        """A folder with finished runs, and what puts its names into the tables' words."""
        root = self.folder(name)
        self.run_good(root, "box")
        with (root / "box" / "summary.csv").open() as table:
            rows = list(csv.DictReader(table))
        first = next(row for row in rows if (row["policy"], row["seed"]) == ("uniform", "0"))
        manifest = json.loads((root / "box" / "manifest.json").read_text())
        words = {"KEY": first["key"], "LAST": rows[-1]["key"][:-19],  # 20 bytes are cut off the table
                 "VERSION": str(manifest["result_version"])}

        def fill(text):
            for word, value in words.items():
                text = text.replace(word, value)
            return text

        return root, fill

    def test_damaged_results(self):
        good, fill = self.results("damaged")
        for number, (name, file, damage, argv, code, text) in enumerate(DAMAGES):
            with self.subTest(name):
                root = self.base / f"damage{number}"
                shutil.copytree(good, root)
                damage(root / "box" / fill(file))
                self.give_away(root)
                self.expect(name, argv, root, code, fill(text))

    def test_recovered_results(self):
        good, fill = self.results("recovered")
        tables = {name: (good / "box" / name).read_bytes() for name in ("regret.csv", "summary.csv")}
        files = set(tree(good / "box"))
        for number, (name, file, damage) in enumerate(RECOVERED):
            with self.subTest(name):
                self.names.append(name)
                root = self.base / f"recovered{number}"
                shutil.copytree(good, root)
                damage(root / "box" / fill(file))
                self.give_away(root)
                run = root / "box" / fill("runs/KEY")
                warned = WARNING if file.startswith("runs/") and os.path.lexists(run) else ""
                said = Said(["run", "good.json", "-o", "box", "-q"], root)
                self.assertEqual((said.code, said.errors, said.started), (0, warned, []))
                self.assertEqual({name: (root / "box" / name).read_bytes() for name in tables}, tables)
                self.assertEqual(set(tree(root / "box")), files)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST])
