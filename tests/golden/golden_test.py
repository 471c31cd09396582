"""Golden results: small experiments whose numbers are kept in this folder.

Every policy, world and wrapper that `cbsim list` names is in one of the configs. Held against the
kept numbers are the whole of regret.csv and the scores of two rounds of every run. In each round
the best two scores must lie apart, or so close that the lowest arm wins the tie, so that a build
that rounds otherwise plays the same arms.

Where the numbers change the result version must rise (kResultVersion in run_plan.hpp); then
`golden_test.py CBSIM --update` writes them anew.

usage: golden_test.py CBSIM [--update | unittest options]
"""

import csv
import io
import json
import math
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

FOLDER = Path(__file__).parent
VERSION = FOLDER / "RESULT_VERSION"
CONFIGS = sorted(path.stem for path in FOLDER.glob("*.json"))
# Relative to the largest number of a column. In single precision builds round otherwise.
TOLERANCE = {"single": 1e-3}
MARGIN = {"single": 5e-3}
DOUBLE = 1e-9
TIE = 1e-12  # of the largest score of the round; kTie in argmax.hpp
CBSIM = None  # set by main


def cbsim(*arguments):
    return subprocess.run([CBSIM, *map(str, arguments)], check=True, text=True,
                          capture_output=True).stdout


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


class Experiment:
    """A golden config, run."""

    def __init__(self, name, folder):
        self.folder = Path(folder) / name
        cbsim("run", FOLDER / f"{name}.json", "-o", self.folder, "-q", "-j", 2)
        self.regret = (self.folder / "regret.csv").read_text()
        self.version = json.loads((self.folder / "manifest.json").read_text())["result_version"]

    def runs(self):
        """(policy, seed, rows of scores.csv) of every run that has scores."""
        for run in rows((self.folder / "summary.csv").read_text()):
            path = self.folder / "runs" / run["key"] / "scores.csv"
            if path.exists():
                yield run["policy"], run["seed"], rows(path.read_text())

    def kept_scores(self):
        """The scores of round 10 and of the last round, as CSV."""
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")
        out.writerow(["policy", "seed", "t", "arm", "mean", "bonus", "score"])
        for policy, seed, scores in self.runs():
            for row in scores:
                if row["t"] in ("10", scores[-1]["t"]):
                    out.writerow([policy, seed, *row.values()])
        return text.getvalue()

    def kept(self):
        return {"regret": self.regret, "scores": self.kept_scores()}


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def difference(kept, now, tolerance):
    """The first difference beyond the tolerance, or None."""
    kept, now = rows(kept), rows(now)
    if len(kept) != len(now) or [*kept[0]] != [*now[0]]:
        return "other rows or columns"
    for column in kept[0]:
        scale = max((abs(number(row[column]) or 0.0) for row in kept), default=0.0)
        for i, (one, other) in enumerate(zip(kept, now)):
            a, b = number(one[column]), number(other[column])
            same = one[column] == other[column] if None in (a, b) else (
                abs(a - b) <= tolerance * scale)
            if not same:
                return f"row {i + 1}, {column}: {one[column]} was kept, {other[column]} came out"
    return None


def kept_text(name, kind):
    return (FOLDER / f"{name}.{kind}.csv").read_text()


class Golden(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.experiments = {name: Experiment(name, cls.temporary.name) for name in CONFIGS}

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_numbers_are_those_that_were_kept(self):
        for name, experiment in self.experiments.items():
            for kind, now in experiment.kept().items():
                with self.subTest(config=name, file=kind):
                    found = difference(kept_text(name, kind), now, TOLERANCE.get(name, DOUBLE))
                    self.assertIsNone(found, f"{name}.{kind}.csv, {found}; if numbers are meant to "
                                      "change, raise kResultVersion and use --update")

    def test_version_is_that_of_the_numbers(self):
        for experiment in self.experiments.values():
            self.assertEqual(experiment.version, int(VERSION.read_text()))

    def test_horizons_are_short(self):
        for name, experiment in self.experiments.items():
            for run in rows((experiment.folder / "summary.csv").read_text()):
                self.assertLessEqual(int(run["horizon"]), 50, name)

    def test_best_two_scores_lie_apart(self):
        looked = ties = 0
        for name, experiment in self.experiments.items():
            margin = MARGIN.get(name, 1e3 * DOUBLE)
            for policy, seed, scores in experiment.runs():
                # SquareCB draws by its scores; the arm of the best prediction is the one it chooses.
                column = "mean" if policy in ("square_cb", "neural SquareCB") else "score"
                rounds = {}
                for row in scores:
                    rounds.setdefault(row["t"], []).append(row[column])
                # Of the run: where all scores of a round are rounding errors, another build does not
                # play the same arms.
                largest = max((abs(float(row[column])) for row in scores if row[column]),
                              default=1.0)
                for t, texts in rounds.items():
                    values = sorted((float(text) for text in texts if text), reverse=True)
                    if len(values) < 2:
                        continue
                    gap, where = values[0] - values[1], f"{name}, {policy}, seed {seed}, round {t}"
                    if gap <= 0.01 * TIE * max(map(abs, values)):
                        ties += 1
                        continue
                    looked += 1
                    self.assertGreater(gap / max(map(abs, values)), margin, where)
                    self.assertGreater(gap / largest, 1e-3 * margin, where)
        self.assertGreater(looked, 1000)
        self.assertGreater(ties, 30)

    def test_every_policy_world_and_wrapper_is_there(self):
        used = set()
        for name in CONFIGS:
            config = json.loads(cbsim("show", FOLDER / f"{name}.json"))
            used |= {policy["type"] for policy in config["policies"]}
            used.add(config["environment"]["type"])
            used |= {w["type"] for w in config["environment"].get("wrappers", [])}
        named = set()
        for kind in ("policies", "environments"):
            for line in cbsim("list", kind).splitlines():
                word = line.split(" ")[0]
                if word and word.islower():
                    named.add(word)
        self.assertGreaterEqual(len(named), 30)
        self.assertEqual(named - used, set())


def update():
    """Writes what is new and what has changed; the latter only for a higher result version."""
    with tempfile.TemporaryDirectory() as folder:
        experiments = {name: Experiment(name, folder) for name in CONFIGS}
        version = next(iter(experiments.values())).version
        changed = {}
        for name, experiment in experiments.items():
            for kind, now in experiment.kept().items():
                path = FOLDER / f"{name}.{kind}.csv"
                old = path.read_text() if path.exists() else None
                found = old is None or difference(old, now, TOLERANCE.get(name, DOUBLE))
                if not found:
                    continue
                if old is not None and version <= int(VERSION.read_text()):
                    sys.exit(f"{path.name}, {found}: the numbers of result version {version} have "
                             "changed; raise kResultVersion first")
                changed[path] = now
        for path, text in changed.items():
            path.write_text(text)
        VERSION.write_text(f"{version}\n")
        print(f"{len(changed)} files written, result version {version}")


if __name__ == "__main__":
    CBSIM = sys.argv.pop(1)
    if sys.argv[1:] == ["--update"]:
        update()
    else:
        unittest.main()
