"""cbsim compare on a real sweep against NumPy and SciPy, figure by figure.

Everything is computed anew from summary.csv; no rule is taken from the program.

usage: compare_test.py CBSIM [unittest options]
"""

import csv
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np
from scipy import special

CBSIM = None  # set by main
TOLERANCE = 1e-12
METRICS = ["cum_regret", "cum_reward", "optimal_rate"]
CONFIG = {
    "name": "sweep", "horizon": 150, "seeds": 8,
    "environment": {"type": "linear", "dim": 4, "arms": 3},
    "policies": [{"type": "lin_ucb", "label": "Lin, UCB"},
                 {"type": "linear_epsilon_greedy", "label": "greedy|ish"},
                 {"type": "uniform"}, {"type": "oracle"},
                 {"type": "oracle", "label": "oracle again"}],
    "sweep": {"environment.noise": [0.1, 1],
              "policies.Lin, UCB.gamma": [0.01, 0.3, 3],
              "policies.greedy|ish.epsilon": [0.02, 0.3]},
    "record": {"points": 2}}
SWEPT = list(CONFIG["sweep"])
WORLD = SWEPT[0]


def t_quantile(degrees):
    """The 97.5 % point of Student's t; scipy.stats.t.ppf of SciPy 1.10 has 9 digits only."""
    x = special.betaincinv(0.5, degrees / 2, 0.95)
    return np.sqrt(degrees * x / (1 - x))


def statistics(values, prefix=""):
    values = np.array(values)
    n = len(values)
    found = dict.fromkeys(["se", "ci_low", "ci_high"])
    if n > 1:
        found["se"] = np.std(values, ddof=1) / np.sqrt(n)
        reach = t_quantile(n - 1) * found["se"]
        found["ci_low"], found["ci_high"] = np.mean(values) - reach, np.mean(values) + reach
    return {prefix + name: value for name, value in found.items()}


def run(*arguments, code=0):
    done = subprocess.run([CBSIM, *map(str, arguments)], capture_output=True, text=True,
                          check=False)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done.stdout


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name) / "results"
        config = Path(cls.temporary.name) / "config.json"
        config.write_text(json.dumps(CONFIG))
        run("run", config, "-o", cls.folder, "-q")
        cls.whole = (cls.folder / "summary.csv").read_text()

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def tearDown(self):
        (self.folder / "summary.csv").write_text(self.whole)

    def rows(self):
        return list(csv.DictReader(io.StringIO((self.folder / "summary.csv").read_text())))

    def samples(self, metric, keep):
        """{(noise, policy, gamma, epsilon): {seed: figure}} of the seeds that `keep` admits."""
        samples = {}
        for row in self.rows():
            place = (row[WORLD], row["policy"], row[SWEPT[1]], row[SWEPT[2]])
            sample = samples.setdefault(place, {})
            if row["status"] == "done" and keep(int(row["seed"])):
                sample[int(row["seed"])] = float(row[metric])
        return samples

    def expected(self, metric="cum_regret", baseline=None, select=None):
        """{(noise, policy, gamma, epsilon): figures} as the issue defines them."""
        sign = 1 if metric == "cum_regret" else -1
        choosing = self.samples(metric, lambda seed: select is None or seed in select)
        reported = self.samples(metric, lambda seed: select is None or seed not in select)
        best = {}
        for place, sample in choosing.items():
            rival = best.get(place[:2])
            mean = sign * np.mean(list(sample.values()))
            if rival is None or mean < sign * np.mean(list(choosing[rival].values())):
                best[place[:2]] = place
        expected = {}
        for place, sample in reported.items():
            if select is not None and best[place[:2]] != place:
                continue
            values = list(sample.values())
            figures = {"n": len(values), "mean": np.mean(values), "median": np.median(values),
                       "best": best[place[:2]] == place, **statistics(values)}
            if baseline:
                base = best[place[0], baseline]
                names = ["pairs", "difference", "wins", "ties"]
                figures.update(dict.fromkeys(names), **statistics([], "difference_"))
                if base != place:
                    common = sorted(set(sample) & set(reported[base]))
                    gaps = np.array([sample[seed] - reported[base][seed] for seed in common])
                    figures.update({"pairs": len(gaps), "difference": np.mean(gaps),
                                    "wins": sum(sign * gaps < 0), "ties": sum(gaps == 0),
                                    **statistics(gaps, "difference_")})
            expected[place] = figures
        return expected

    def check(self, *options, metric="cum_regret", **choice):
        expected = self.expected(metric, **choice)
        found = json.loads(run("compare", self.folder, "--format", "json", *options))
        self.assertEqual(len(found), len(expected))
        for row in found:
            settings = row.pop("settings")
            place = (settings.pop(WORLD), row.pop("policy"), settings.pop(SWEPT[1], ""),
                     settings.pop(SWEPT[2], ""))
            self.assertEqual(settings, {})
            self.assertEqual(row.pop("experiment"), "sweep")
            self.assertEqual(row.pop("environment"), "linear")
            self.assertEqual(row.pop("metric"), metric)
            if choice.get("baseline"):
                self.assertEqual(row.pop("baseline"), choice["baseline"])
            self.assertEqual(set(row), set(expected[place]))
            for name, value in expected[place].items():
                where = f"{place} {name}: {row[name]}, expected {value}"
                if value is None or isinstance(value, (bool, np.bool_)):
                    self.assertEqual(row[name], value, where)
                else:
                    self.assertTrue(np.isclose(row[name], value, rtol=TOLERANCE, atol=0), where)

    def test_every_figure_of_every_setting(self):
        self.assertEqual(len(self.expected()), 2 * (3 + 2 + 3))
        self.check()
        for metric in METRICS:
            self.check("--metric", metric, metric=metric)

    def test_differences_paired_by_seed(self):
        for baseline in ("uniform", "Lin, UCB", "greedy|ish"):
            self.check("--baseline", baseline, baseline=baseline)
        self.check("--baseline", "uniform", "--metric", "optimal_rate", metric="optimal_rate",
                   baseline="uniform")

    def test_ties_of_equal_policies(self):
        self.check("--baseline", "oracle", baseline="oracle")
        table = csv.DictReader(io.StringIO(run("compare", self.folder, "--format", "csv",
                                               "--baseline", "oracle")))
        ties = {row["ties"] for row in table if row["policy"] == "oracle again"}
        self.assertEqual(ties, {"8"})

    def test_choice_on_some_seeds_and_report_on_the_others(self):
        self.check("--select-seeds", "0:3", select={0, 1, 2})
        self.check("--select-seeds", "7,1", "--baseline", "greedy|ish", select={1, 7},
                   baseline="greedy|ish")
        # one seed is left: no interval
        self.check("--select-seeds", "7", "--baseline", "uniform", select=set(range(7)),
                   baseline="uniform")

    def test_failed_and_missing_runs_are_left_out_of_means_and_pairs(self):
        lines = self.whole.splitlines(keepends=True)
        for index in range(3, len(lines), 7):
            fields = list(csv.reader([lines[index]]))[0]
            fields[-5:-1] = ["", "", "", "failed"]
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerow(fields)
            lines[index] = text.getvalue()
        del lines[5::11]
        (self.folder / "summary.csv").write_text("".join(lines))
        self.check()
        self.check("--baseline", "uniform", baseline="uniform")
        self.check("--select-seeds", "0:4", "--baseline", "Lin, UCB", select=set(range(4)),
                   baseline="Lin, UCB")

    def test_all_formats_say_the_same(self):
        for options in ([], ["--baseline", "uniform"], ["--select-seeds", "7", "--baseline",
                                                         "greedy|ish"]):
            table = list(csv.reader(io.StringIO(
                run("compare", self.folder, "--format", "csv", *options))))
            markdown = run("compare", self.folder, "--format", "markdown", *options)
            cells = [[cell.strip().replace("\0", "|") for cell in
                      line.replace("\\|", "\0").strip("|\n").split("|")]
                     for line in markdown.splitlines(keepends=True)]
            self.assertEqual(set("".join(cells[1])), set("-:"))
            self.assertEqual([cells[0], *cells[2:]], table)
            objects = json.loads(run("compare", self.folder, "--format", "json", *options))
            self.assertEqual(len(objects), len(table) - 1)
            for row, entry in zip(table[1:], objects):
                entry.update(entry.pop("settings"))
                for name, text in zip(table[0], row):
                    value = entry.get(name)
                    said = "" if value is None else value
                    if isinstance(value, (bool, int, float)):
                        text = json.loads(text)
                    self.assertEqual(said, text, name)


if __name__ == "__main__":
    CBSIM = sys.argv.pop(1)
    unittest.main()
