"""Every command of README.md and docs/ is run, in a copy of the tree where results may be written.

Blocks of ```sh run as they stand, line by line of a shell; of ```console blocks the lines after `$`
run and the output is held against what is printed there, numbers apart. So that this takes seconds,
experiments of configs/ are cut to 30 rounds of at most eight seeds, and what builds, installs, loads
data from the network or needs a cluster is a stand-in that only checks its words; the scripts behind
those are tested elsewhere (shell_scripts_test.py, slurm_test.py, and by building at all).

usage: docs_test.py CBSIM [unittest options]
"""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CBSIM = None  # set by main
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

# In place of cbsim: shorter experiments of configs/, everything else as it is.
SHORTENED = r"""#!%(python)s
import re, subprocess, sys
words = sys.argv[1:]
if words[:1] == ["run"] and len(words) > 1 and words[1].startswith("configs/"):
    words = [w for i, w in enumerate(words)
             if not (w.startswith("horizon=") or (w == "--set" and words[i + 1].startswith("horizon=")))]
    tuned = "_tune" in words[1]
    if "--seeds" in words:
        at = words.index("--seeds") + 1
        if words[at] == "20":
            words[at] = "12"
    else:
        words += ["--seeds", "8" if "cosine" in words[1] else "1"]
    words += ["--set", "horizon=%(rounds)d"]
    if tuned or "fashion" in words[1]:
        words += ["--dry-run"]
sys.exit(subprocess.run(["%(cbsim)s", *words]).returncode)
"""

# Stand-ins: the words that they may be called with.
STAND_INS = {
    "cmake": r"(--preset release|--build --preset release -j|--install build --prefix \S+"
             r"|-S \. -B build\S*( -D[A-Z_]+=\w+)+|--build build\S* -j"
             r"|--build build --target cbsim fault_shim)",
    "ctest": r"--preset release",
    "sbatch": r".*",
    "parallel": r".*",
}
SCRIPTS = {
    "quickstart.sh": r"( ?configs/\w+\.json)?",
    "test.sh": r"",
    "check.sh": r"[a-z ]*",
    "fuzz.sh": r"\d+.*",
    "get_data.sh": r"(--list|[a-z -]+)",
    "install_packages.sh": r"[a-z -]+",
    "bench_against_torch.py": r"--pairs \d+",
}
# Run as tests of their own, with the same words.
TESTS = {
    "faults_test.py": r"build/cbsim build/tests/faults/libfault_shim\.so"
                      r"( --all FaultsTest\.test_run| --sample 60)?",
    "bad_inputs_test.py": r"build/cbsim build/tests/faults/libfault_shim\.so",
    "security_test.py": r"build/cbsim build/tests/faults/libfault_shim\.so",
}
STAND_IN = """#!/usr/bin/env python3
import re, sys
words = " ".join(sys.argv[1:])
if not re.fullmatch({pattern!r}, words):
    sys.exit("{name} is not called like this: " + words)
if "{name}" == "sbatch":
    print("1")
"""


def blocks(page, kind):
    text = page.read_text()
    return [m.group(1) for m in re.finditer(rf"^```{kind}\n(.*?)^```", text, re.S | re.M)]


def executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def number_free(text):
    """Words without digits, and without what stands between them."""
    text = re.sub(r"[-+]?\d[\d.e+-]*", "#", text)
    return re.sub(r"[ \[\],]+", " ", text).strip()


class Docs(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = Path(self.temporary.name)
        for name in ("configs", "scripts", "docs", "tests"):
            shutil.copytree(ROOT / name, self.folder / name)
        for path in ROOT.glob("CMake*"):
            shutil.copy(path, self.folder)
        executable(self.folder / "build/cbsim",
                   SHORTENED % {"python": sys.executable, "cbsim": CBSIM, "rounds": 30})
        os.symlink(self.folder / "build", self.folder / "build-portable")
        for name in ("cbsim_bench",):
            executable(self.folder / f"build/bench/{name}", "#!/bin/sh\nexit 0\n")
        for name, pattern in STAND_INS.items():
            executable(self.folder / "bin" / name, STAND_IN.format(name=name, pattern=pattern))
        for name, pattern in SCRIPTS.items():
            executable(self.folder / "scripts" / name, STAND_IN.format(name=name, pattern=pattern))
        for name, pattern in TESTS.items():
            executable(self.folder / "tests/scripts" / name,
                       STAND_IN.format(name=name, pattern=pattern))
        self.make_data()

    def tearDown(self):
        self.temporary.cleanup()

    def make_data(self):
        """Files in the form of those that scripts/get_data.sh brings."""
        draw = random.Random(1)
        data = self.folder / "data"
        data.mkdir()
        config = (self.folder / "configs/shuttle.json").read_text()
        label = re.search(r'"label": *"(\w+)"', config)
        columns = [f"V{i}" for i in range(1, 10)] + [label.group(1) if label else "Class"]
        with open(data / "shuttle.csv", "w", encoding="utf-8") as table:
            table.write(",".join(columns) + "\n")
            for row in range(700):
                values = [f"{draw.gauss(0, 1):.3f}" for _ in range(9)] + [f"class{row % 7}"]
                table.write(",".join(values) + "\n")
        images, labels = bytearray(), bytearray()
        for row in range(60):
            images += bytes(draw.randrange(256) for _ in range(784))
            labels.append(row % 10)
        fashion = data / "fashion-mnist"
        fashion.mkdir()
        head = (60).to_bytes(4, "big")
        side = (28).to_bytes(4, "big")
        for stem, content in (("images-idx3", b"\0\0\x08\x03" + head + side + side + images),
                              ("labels-idx1", b"\0\0\x08\x01" + head + labels)):
            import gzip
            for part in ("train", "t10k"):
                with gzip.open(fashion / f"{part}-{stem}-ubyte.gz", "wb") as file:
                    file.write(content)

    def bash(self, commands):
        environment = dict(os.environ, MPLBACKEND="Agg", HOME=str(self.folder),
                           PATH=f"{self.folder}/bin:{self.folder}/build:{os.environ['PATH']}")
        environment.pop("CBSIM", None)
        return subprocess.run(["bash", "-euo", "pipefail", "-c", commands], cwd=self.folder,
                              env=environment, text=True, capture_output=True, timeout=200)

    def test_blocks_of_sh_run(self):
        ran = 0
        for page in PAGES:
            commands = blocks(page, "sh")
            for number, block in enumerate(commands, 1):
                with self.subTest(page=page.name, block=number):
                    # A page's blocks go on from one another, in one shell's folder and PATH.
                    prefix = 'PATH="$PWD/build:$PATH"\n' if page.name == "cookbook.md" else ""
                    done = self.bash(self.prepare(page) + prefix + block)
                    self.assertEqual(done.returncode, 0, f"{block}\n{done.stderr[-3000:]}")
                    ran += 1
        self.assertGreater(ran, 20)

    def prepare(self, page):
        """What a page takes as there: results of sweeps that its text speaks of."""
        if page.name != "cluster.md" or (self.folder / "results/noise").exists():
            return ""
        run = "cbsim run configs/cosine.json -q -o results/"
        return (f"{run}noise --grid environment.noise=0.5,1,2 >/dev/null\n"
                f"{run}cosine >/dev/null\n")

    def test_blocks_of_console_print_what_is_shown(self):
        ran = 0
        for page in PAGES:
            for number, block in enumerate(blocks(page, "console"), 1):
                with self.subTest(page=page.name, block=number):
                    self.check_console(block)
                    ran += 1
        self.assertGreater(ran, 0)

    def check_console(self, block):
        block = block.replace("\\\n", " ")
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            done = self.bash(command)
            self.assertEqual(done.returncode, 0, f"{command}\n{done.stderr[-3000:]}")
            if shown.strip():
                expected = [number_free(line) for line in shown.strip().splitlines()]
                printed = [number_free(line) for line in done.stdout.strip().splitlines()]
                self.assertEqual(self.first_words(printed), self.first_words(expected))

    @staticmethod
    def first_words(lines):
        """The headers whole, and the names of rows: other seeds may choose other settings."""
        return [line if i < 2 else line.split("#")[0] for i, line in enumerate(lines)]

    def test_commands_in_the_text_exist(self):
        """`cbsim COMMAND` and `scripts/NAME` wherever they are named."""
        commands = set(re.findall(r"^  (\w+)", subprocess.run(
            [CBSIM, "--help"], text=True, capture_output=True, check=True).stdout, re.M))
        seen = 0
        for page in PAGES + [ROOT / "SECURITY.md", ROOT / "CHANGELOG.md"]:
            if not page.exists():
                continue
            for span in re.findall(r"`([^`\n]+)`", page.read_text()):
                found = re.match(r"(?:build/)?cbsim ([a-z]+)\b", span)
                if found:
                    self.assertIn(found.group(1), commands, f"{page.name}: {span}")
                    seen += 1
                for name in re.findall(r"(?<![\w/])(scripts/[\w.]+\.(?:sh|py))", span):
                    self.assertTrue((ROOT / name).exists(), f"{page.name}: {span}")
                    seen += 1
        self.assertGreater(seen, 20)

    def test_links_lead_somewhere(self):
        for page in PAGES + [ROOT / "SECURITY.md"]:
            if not page.exists():
                continue
            for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text()):
                if "`" not in target:
                    self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")


if __name__ == "__main__":
    CBSIM = os.path.abspath(sys.argv.pop(1))
    unittest.main()
