#!/usr/bin/env python3
"""Interrupts `cbsim run` at random moments: what comes out must be what an uninterrupted one gives.

usage: resume_test.py CBSIM
"""

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

CBSIM = Path(sys.argv.pop(1)).resolve()
REFIT = {"every": 1, "until": 30, "then_every": 15}
NEURAL = {"network": {"width": 20}, "training": {"steps": 150, "refit": REFIT}}
CONFIG = {
    "name": "resume",
    "horizon": 400,
    "seeds": 3,
    "environment": {"type": "quadratic", "dim": 8, "arms": 3, "noise": 0.5,
                    "wrappers": [{"type": "drift", "at": [150], "over": 50},
                                 {"type": "delay", "rounds": {"law": "geometric", "mean": 4}}]},
    "policies": [
        {"type": "neural_ucb", **NEURAL},
        {"type": "neural_ts", **NEURAL},
        {"type": "neural_phe", **NEURAL},
        {"type": "bootstrapped_nn", "networks": 3, **NEURAL},
        {"type": "neural_linear", **NEURAL},
        {"type": "neural_lin_ucb", "network": {"width": 20, "features": 10}},
        {"type": "kernel_ucb"},
        {"type": "neural_ucb0", "network": {"width": 20}},
        {"type": "lin_ts"},
        {"type": "glm_ucb"},
        {"type": "uniform"},
    ],
    "sweep": {"policies.neural_ucb.gamma": [0.1, 1]},
    "record": {"points": 20, "rounds": True, "scores": True, "weights": "final"},
}


def results(folder):
    """Every byte that may not depend on interruptions."""
    files = [folder / "regret.csv", folder / "summary.csv"]
    files += sorted((folder / "runs").glob("*/*.csv"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


class ResumeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        cls.config = cls.root / "resume.json"
        cls.config.write_text(json.dumps(CONFIG))
        cls.check(cls.command("whole"))
        cls.whole = results(cls.root / "whole")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def command(cls, folder, *options):
        return [str(CBSIM), "run", str(cls.config), "-o", str(cls.root / folder),
                "--checkpoint-every", "0.02", "--progress", "never", *options]

    @classmethod
    def check(cls, command, code=0):
        done = subprocess.run(command, capture_output=True, text=True, timeout=240)
        assert done.returncode == code, done
        return done

    def interrupt(self, folder, sent, times, code, *options):
        """Interrupts the command at so many random moments; what has come to its end before that
        is looked at and done anew."""
        moments = random.Random(7)
        while times > 0:
            process = subprocess.Popen(self.command(folder, *options), stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE, text=True)
            self.wait_until_caught(process, sent)
            try:
                process.wait(timeout=moments.uniform(0, 0.27))
            except subprocess.TimeoutExpired:
                process.send_signal(sent)
            errors = process.communicate(timeout=60)[1]
            self.assertIn(process.returncode, {0, code}, errors)
            self.assertNotIn("ignored", errors)
            self.assertNotIn("another process", errors)
            if process.returncode == code:
                times -= 1
            else:
                self.expect_whole(folder)
                shutil.rmtree(self.root / folder)

    @staticmethod
    def wait_until_caught(process, sent):
        """A signal that arrives before `cbsim` catches it ends the process as it would any other."""
        if sent == signal.SIGKILL:
            return
        caught = 0
        while not caught >> (sent - 1) & 1 and process.poll() is None:
            status = Path(f"/proc/{process.pid}/status").read_text()
            caught = int(re.search(r"^SigCgt:\s*(\w+)", status, re.MULTILINE).group(1), 16)

    def expect_whole(self, folder):
        self.assertEqual(results(self.root / folder), self.whole)
        left = {path.name for path in (self.root / folder).iterdir()}
        self.assertEqual(left, {"regret.csv", "summary.csv", "config.json", "manifest.json", "runs",
                                "run.log"})

    def test_kill(self):
        self.interrupt("killed", signal.SIGKILL, 20, -signal.SIGKILL)
        self.check(self.command("killed"))
        self.expect_whole("killed")

    def test_a_killed_run_goes_on_where_it_was(self):
        process = subprocess.Popen(self.command("onward", "-j", "1"), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while not list((self.root / "onward" / "checkpoints").glob("*/state")):
            self.assertIsNone(process.poll(), "it ended without a checkpoint")
        process.kill()
        process.wait()
        self.check(self.command("onward"))
        self.assertRegex((self.root / "onward" / "run.log").read_text(), r"went on: .* after round")
        self.expect_whole("onward")

    def test_terminate(self):
        self.interrupt("terminated", signal.SIGTERM, 10, 128 + signal.SIGTERM)
        self.check(self.command("terminated"))
        self.expect_whole("terminated")

    def test_interrupt_one_worker(self):
        self.interrupt("one", signal.SIGINT, 5, 128 + signal.SIGINT, "-j", "1")
        self.check(self.command("one", "-j", "1"))
        self.expect_whole("one")

    def test_two_processes_on_one_folder(self):
        both = [subprocess.Popen(self.command("both"), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True) for _ in range(2)]
        for process in both:
            errors = process.communicate(timeout=120)[1]
            self.assertEqual(process.returncode, 0, errors)
        self.check(self.command("both"))
        self.expect_whole("both")

    def test_damaged_checkpoint_is_ignored(self):
        process = subprocess.Popen(self.command("damaged", "-j", "1"), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        states = self.root / "damaged" / "checkpoints"
        while not list(states.glob("*/state")):
            self.assertIsNone(process.poll(), "it ended without a checkpoint")
        process.kill()
        process.wait()
        for state in states.glob("*/state"):
            text = bytearray(state.read_bytes())
            text[len(text) // 2] ^= 1
            state.write_bytes(text)
        done = self.check(self.command("damaged"))
        self.assertIn("is ignored (its checksum is wrong); the run starts again", done.stderr)
        self.expect_whole("damaged")


if __name__ == "__main__":
    unittest.main()
