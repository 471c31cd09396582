"""slurm_sweep.sh on a real Slurm, of one node, that the test starts: slurm_test.py CBSIM."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
SWEEP = HERE.parents[1] / "scripts" / "slurm_sweep.sh"
SKIPPED = 77  # SKIP_RETURN_CODE
TOOLS = ("sbatch", "slurmctld", "slurmd", "munged")
# Eight runs of a second or so each. The data lie beside the config.
CONFIG = {
    "name": "shards", "horizon": 1200, "seeds": 4,
    "environment": {"type": "quadratic", "dim": 10, "arms": 4},
    "policies": [{"type": kind, "network": {"width": 20}, "training": {"steps": 40}}
                 for kind in ("neural_ucb", "neural_ts")]}


def free_port():
    """A port whose successor is free as well."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            try:
                second.bind(("127.0.0.1", first.getsockname()[1] + 1))
            except OSError:
                continue
            return first.getsockname()[1]


class Slurm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Short and without spaces, for the sockets.
        cls.cluster = tempfile.mkdtemp(prefix="slurm.", dir="/tmp")
        cls.addClassCleanup(shutil.rmtree, cls.cluster, ignore_errors=True)
        cls.addClassCleanup(cls.cluster_script, "down")
        cls.cluster_script("up", str(free_port()))
        os.environ["SLURM_CONF"] = f"{cls.cluster}/slurm.conf"
        os.environ["CBSIM"] = cls.cbsim

    @classmethod
    def cluster_script(cls, command, *arguments):
        subprocess.run([HERE / "one_node_slurm.sh", command, cls.cluster, *arguments], check=True,
                       stdout=sys.stderr)

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="with space ")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.config = self.folder / "shards.json"
        self.config.write_text(json.dumps(CONFIG))
        self.out = self.folder / "results"

    def submit(self, tasks):
        """The numbers of the array and the merge."""
        done = subprocess.run([SWEEP, "shards.json", "results", str(tasks)], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return re.match(r"array (\d+): .* merge (\d+) when", done.stdout).groups()

    def queue(self):
        return subprocess.run(["squeue", "-h"], capture_output=True, text=True,
                              check=True).stdout.strip()

    def finished(self):
        return {curve: curve.stat().st_mtime_ns for curve in self.out.glob("runs/*/curve.csv")}

    def wait(self, condition):
        """Until the condition holds."""
        end = time.monotonic() + 120
        while not condition():
            self.assertLess(time.monotonic(), end, f"{self.queue()}\n{self.log('*.log')}")
            time.sleep(0.05)

    def log(self, pattern):
        return "".join(path.read_text() for path in Path(f"{self.out}.slurm").glob(pattern))

    def test_shards_cancelled_and_submitted_as_others_give_the_bytes_of_one_run(self):
        array, merge = self.submit(4)
        self.wait(self.finished)
        subprocess.run(["scancel", array], check=True)
        self.wait(lambda: not self.queue())
        before = self.finished()
        self.assertLess(len(before), 8, "cancelled too late to show anything")
        self.assertFalse((self.out / "regret.csv").exists())
        self.assertIn("missing", self.log(f"merge_{merge}.log"))
        status = subprocess.run([self.cbsim, "status", self.out], check=False, capture_output=True)
        self.assertEqual(status.returncode, 3, status)

        array, merge = self.submit(3)
        self.wait(lambda: not self.queue())
        logs = self.log("*.log")
        after = self.finished()
        self.assertEqual(len(after), 8, logs)
        self.assertEqual({curve: after[curve] for curve in before}, before, "computed again")

        plain = self.folder / "plain"
        subprocess.run([self.cbsim, "run", self.config, "-o", plain, "--progress", "never"],
                       check=True, capture_output=True)
        for name in ("regret.csv", "summary.csv"):
            self.assertEqual((self.out / name).read_bytes(), (plain / name).read_bytes(), logs)


if __name__ == "__main__":
    Slurm.cbsim = os.path.realpath(sys.argv.pop(1))
    if os.getuid() != 0:
        print("skipped: only root can start a Slurm of its own")
        sys.exit(SKIPPED)
    absent = [tool for tool in TOOLS if not shutil.which(tool, path="/usr/sbin:/usr/bin")]
    if absent:
        print(f"skipped: no {', '.join(absent)}; scripts/install_packages.sh slurm brings them")
        sys.exit(SKIPPED)
    unittest.main()
