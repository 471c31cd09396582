#!/usr/bin/env python3
"""What SECURITY.md promises: configs, data and what stands in a results folder write nothing outside of
it, start no program, and permissions are kept.

usage: security_test.py CBSIM [SHIM]

With SHIM, of tests/faults, every attempt to start a process is seen (and refused).
"""

import argparse
import gzip
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PARSER = argparse.ArgumentParser()
PARSER.add_argument("cbsim", type=Path)
PARSER.add_argument("shim", type=Path, nargs="?")
OPTIONS, REST = PARSER.parse_known_args()
CBSIM = OPTIONS.cbsim.resolve()

CONFIG = {
    "name": "security",
    "horizon": 30,
    "seeds": 2,
    "environment": {"type": "linear", "dim": 2, "arms": 2},
    "policies": [{"type": "lin_ucb"}],
    "record": {"rounds": True, "weights": "final"},
}
NAMES = ["../x", "../../x", "/x", "a/b", "..", ".", "a\0b", "..\0x", "a\nb", "\x1b[31m", "x" * 300]
EVIL = ["../../../x", "/tmp/x", "$(touch pwned)", "`touch pwned`", "; touch pwned", "| touch pwned",
        "x && touch pwned", "%n%s%n", "{0}{}", "-o", "--force", "a,b\"c"]


def tree(folder):
    return {str(path.relative_to(folder)): (path.lstat().st_mode, path.read_bytes()
                                            if path.is_file() and not path.is_symlink() else None)
            for path in folder.rglob("*")}


class SecurityTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.base = Path(temporary.name)
        self.root = self.base / "here"  # all that may change
        self.root.mkdir()
        self.victim = self.base / "victim"
        self.victim.mkdir()
        for name in ("letter", "growth", "state", "lock", "state.new", "curve.csv", "run.json"):
            (self.victim / name).write_text("mine")
        self.before = tree(self.victim)

    def run_cbsim(self, *argv, config=None, umask=0o022, step=None):
        if config is not None:
            (self.root / "config.json").write_text(json.dumps(config))
        log = self.base / "shim.log"
        environment = {"PATH": os.environ["PATH"]}
        if OPTIONS.shim:
            environment |= {"LD_PRELOAD": str(OPTIONS.shim.resolve()), "CBSIM_FAULT_LOG": str(log),
                            "CBSIM_FAULT_ROOT": str(self.base)}
            environment |= {"CBSIM_FAULT_STEP": str(step)} if step else {}
        done = subprocess.run([CBSIM, *argv], cwd=self.root, env=environment, timeout=60, umask=umask,
                              capture_output=True, text=True, errors="replace")
        if log.exists():
            self.assertNotIn("spawn", log.read_text())
            log.unlink()
        self.assertGreaterEqual(done.returncode, 0, done.stderr)
        self.assertEqual({path.name for path in self.base.iterdir()}, {"here", "victim"})
        self.assertEqual(tree(self.victim), self.before, "it was written through a link")
        return done

    def test_the_name_of_an_experiment_leads_nowhere(self):
        for name in NAMES:
            with self.subTest(name):
                done = self.run_cbsim("run", "config.json", "-q", config=CONFIG | {"name": name})
                self.assertIn(done.returncode, (1, 2))
                self.assertEqual({path.name for path in self.root.iterdir()} - {"results"},
                                 {"config.json"})

    def test_texts_of_a_config_are_no_paths_and_no_commands(self):
        for text in EVIL:
            with self.subTest(text):
                config = CONFIG | {"policies": [{"type": "lin_ucb", "label": text}]}
                done = self.run_cbsim("run", "config.json", "-o", "box", "-q", "--grid",
                                      "policies.0.gamma=1,2", config=config)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual({path.name for path in self.root.iterdir()}, {"config.json", "box"})
                for command in ("status", "compare", "merge"):
                    self.assertEqual(self.run_cbsim(command, "box").returncode, 0)
                shutil.rmtree(self.root / "box")

    def test_texts_of_data_are_no_paths_and_no_commands(self):
        rows = "".join(f'{i},"{text.replace(chr(34), chr(34) * 2)}"\n' for i, text in enumerate(EVIL * 3))
        (self.root / "data.csv").write_bytes(gzip.compress(f"x,class\n{rows}".encode()))
        world = {"type": "classification", "path": "data.csv"}
        done = self.run_cbsim("run", "config.json", "-o", "box", "-q",
                              config=CONFIG | {"environment": world, "horizon": 10})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual({path.name for path in self.root.iterdir()}, {"config.json", "box", "data.csv"})

    def whole(self):
        done = self.run_cbsim("run", "config.json", "-o", "whole", "-q", config=CONFIG)
        self.assertEqual(done.returncode, 0, done.stderr)
        return (self.root / "whole" / "regret.csv").read_bytes(), [
            path.name for path in sorted((self.root / "whole" / "runs").iterdir())]

    def test_links_in_a_results_folder_are_not_written_through(self):
        table, keys = self.whole()
        link = Path("../../victim/letter")
        for name in ("regret.csv", "summary.csv", "config.json", "run.log", f"runs/{keys[0]}",
                     f"runs/{keys[0]}/curve.csv", f"runs/{keys[0]}/run.json", "failed"):
            for seeds in ("2", "3"):
                with self.subTest(name, seeds=seeds):
                    box = self.root / "box"
                    shutil.rmtree(box, ignore_errors=True)
                    shutil.copytree(self.root / "whole", box)
                    path = box / name
                    if path.is_dir():
                        shutil.rmtree(path)
                    path.unlink(missing_ok=True)
                    path.symlink_to(os.path.relpath(self.victim / "letter", path.parent))
                    done = self.run_cbsim("run", "config.json", "-o", "box", "-q", "--seeds", seeds)
                    if done.returncode == 0 and seeds == "2":
                        self.assertEqual((box / "regret.csv").read_bytes(), table)
                    else:
                        self.assertIn(done.returncode, (0, 1))

    def test_links_to_folders_are_not_written_through(self):
        _, keys = self.whole()
        for name in ("runs", "checkpoints", "failed", f"runs/{keys[0]}", f"checkpoints/{keys[0]}",
                     f"checkpoints/{keys[0]}/growth", f"checkpoints/{keys[0]}/lock",
                     f"checkpoints/{keys[0]}/state", f"checkpoints/{keys[0]}/state.new",
                     ".cbsim-host-1-0"):
            with self.subTest(name):
                box = self.root / "box"
                shutil.rmtree(box, ignore_errors=True)
                shutil.copytree(self.root / "whole", box)
                shutil.rmtree(box / "runs")
                path = box / name
                path.parent.mkdir(parents=True, exist_ok=True)
                target = self.victim / path.name if path.suffix or path.name in (
                    "growth", "lock", "state") else self.victim
                path.symlink_to(os.path.relpath(target, path.parent))
                done = self.run_cbsim("run", "config.json", "-o", "box", "-q", "--checkpoint-every",
                                      "1", step=100000)
                self.assertIn(done.returncode, (0, 1), done.stderr)
                if done.returncode == 1:
                    self.assertIn("symbolic link", done.stderr)

    def test_links_are_not_written_through_by_merge(self):
        self.whole()
        for number in (1, 2):
            self.run_cbsim("run", "config.json", "-o", f"shard{number}", "-q", "--shard", f"{number}/2")
        for name in ("regret.csv", "summary.csv", "runs"):
            with self.subTest(name):
                box = self.root / "box"
                shutil.rmtree(box, ignore_errors=True)
                shutil.copytree(self.root / "shard1", box)
                if name == "runs":
                    shutil.rmtree(box / name)
                target = self.victim if name == "runs" else self.victim / "letter"
                (box / name).symlink_to(os.path.relpath(target, box))
                self.assertIn(self.run_cbsim("merge", "box", "shard2", "shard1").returncode, (0, 1))

    def test_the_results_folder_itself_may_be_a_link(self):
        (self.root / "elsewhere").mkdir()
        (self.root / "box").symlink_to("elsewhere")
        done = self.run_cbsim("run", "config.json", "-o", "box", "-q", config=CONFIG)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.root / "elsewhere" / "regret.csv").is_file())

    def test_permissions_are_those_of_the_umask(self):
        for umask in (0o077, 0o027, 0o022):
            self.run_cbsim("run", "config.json", "-o", "box", "-q", config=CONFIG, umask=umask)
            for path in [self.root / "box", *(self.root / "box").rglob("*")]:
                mode = stat.S_IMODE(path.stat().st_mode)
                self.assertEqual(mode, (0o777 if path.is_dir() else 0o666) & ~umask, path)
            shutil.rmtree(self.root / "box")

    def test_what_is_not_cbsims_is_left_alone(self):
        self.whole()
        box = self.root / "whole"
        mine = {"mine.txt": "a", "runs/mine.txt": "b", "runs/other/curve.csv": "c"}
        for name, text in mine.items():
            (box / name).parent.mkdir(exist_ok=True)
            (box / name).write_text(text)
        self.assertEqual(self.run_cbsim("run", "config.json", "-o", "whole", "-q", "--seeds",
                                        "3").returncode, 0)
        self.assertEqual({name: (box / name).read_text() for name in mine}, mine)

    def test_memory_and_time_of_readers_are_bounded(self):
        bomb = gzip.compress(bytes(1 << 30), 9)  # 1 GiB in 1 MiB
        (self.root / "data.csv").write_bytes(bomb)
        world = {"type": "classification", "path": "data.csv"}
        (self.root / "config.json").write_text(json.dumps(CONFIG | {"environment": world}))
        limited = ["sh", "-c", 'ulimit -v 2000000; exec "$@"', "sh", CBSIM, "validate", "config.json"]
        done = subprocess.run(limited, cwd=self.root, timeout=20, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("unpacks to more than 250 times its size", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST])
