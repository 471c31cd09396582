"""plot_regret.py: statistics by independent routes, what is drawn, stable bytes, errors."""

import contextlib
import io
import math
import os
import statistics
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "plot_regret.py"
sys.dont_write_bytecode = True
sys.path.insert(0, str(SCRIPT.parent))
import plot_regret as plot  # noqa: E402

HEADER = "experiment,environment,policy,seed,t,cum_regret,cum_reward,optimal_rate"
ROUNDS = (1, 50, 100)


def regret(policy, seed, t):
    """A made-up curve that differs by policy and seed."""
    return len(policy) * math.sqrt(t) * (1 + 0.1 * ((7 * seed + len(policy)) % 5))


def rows(policy, seeds=range(4), environment="cosine", experiment="demo"):
    return [f'{experiment},{environment},"{policy}",{seed},{t},{regret(policy, seed, t)!r},'
            f"{t - regret(policy, seed, t)!r},{seed / 10 + t / 1000!r}"
            for seed in seeds for t in ROUNDS]


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, *lines, name="regret.csv", header=HEADER):
        path = self.folder / name
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return str(path)

    def run_main(self, *arguments):
        """(exit code, stdout, stderr) of main."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = plot.main([str(argument) for argument in arguments])
            except SystemExit as stop:  # argparse
                code = stop.code
        return code, out.getvalue(), err.getvalue()

    def figure(self, *arguments):
        options = plot.parse([str(argument) for argument in arguments])
        curves = plot.select(plot.read_curves(options.csv), options.policies)
        return plot.draw(curves, options.metric or plot.default_metric(curves), options)

    def assert_refused(self, code, pattern, *arguments):
        out = self.folder / "refused.png"
        result = self.run_main(*arguments, *([] if "-o" in arguments else ["-o", out]))
        self.assertEqual(result[0], code, result)
        self.assertEqual(result[1], "")
        self.assertRegex(result[2], r"\Aplot_regret\.py: [^\n]*" + pattern + r"[^\n]*\n\Z")
        self.assertFalse(out.exists())


class Statistics(Case):
    def test_t_quantile_equals_the_published_tables(self):
        for degrees, value in [(1, 12.706204736432095), (2, 4.302652729911275),
                               (3, 3.182446305284263), (4, 2.7764451051977987),
                               (5, 2.570581835636314), (9, 2.2621571627409915),
                               (29, 2.045229642132703), (30, 2.0422724563012373),
                               (99, 1.9842169515086827), (1000, 1.9623390808264078)]:
            self.assertAlmostEqual(plot.t_quantile(degrees) / value, 1, places=10, msg=str(degrees))
        self.assertAlmostEqual(plot.t_quantile(7, 0.95), 1.894578605061305, places=9)

    def test_the_density_integrates_to_the_probability_up_to_the_t_quantile(self):
        for degrees in (1, 3, 4, 5, 12, 49, 500):
            x = np.linspace(0, plot.t_quantile(degrees), 20001)
            log_factor = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
            density = (math.exp(log_factor) / math.sqrt(degrees * math.pi)
                       * (1 + x * x / degrees) ** (-(degrees + 1) / 2))
            simpson = (density[0] + density[-1] + 4 * density[1:-1:2].sum()
                       + 2 * density[2:-1:2].sum()) * x[1] / 3
            self.assertAlmostEqual(simpson, 0.475, places=11)

    def test_t_quantile_of_one_and_two_degrees_equals_the_closed_forms(self):
        for p in (0.6, 0.9, 0.975, 0.995):
            one = math.tan(math.pi * (p - 0.5))
            self.assertAlmostEqual(plot.t_quantile(1, p) / one, 1, places=9)
            two = (2 * p - 1) * math.sqrt(2 / (4 * p * (1 - p)))
            self.assertAlmostEqual(plot.t_quantile(2, p) / two, 1, places=9)

    def test_bands_equal_their_definitions(self):
        values = np.array([[1.0, 10.0], [2.0, 30.0], [4.0, 20.0], [9.0, -5.0], [0.5, 1.0]])
        n = len(values)
        for band in ("ci95", "se", "sd", "minmax"):
            mean, low, high = plot.mean_and_band(values, band)
            for column, sample in enumerate(values.T.tolist()):
                centre, sd = statistics.fmean(sample), statistics.stdev(sample)
                half = {"sd": sd, "se": sd / math.sqrt(n),
                        "ci95": 2.7764451051977987 * sd / math.sqrt(n)}.get(band)
                expected = (centre - half, centre + half) if half else (min(sample), max(sample))
                self.assertAlmostEqual(mean[column], centre)
                self.assertAlmostEqual(low[column], expected[0])
                self.assertAlmostEqual(high[column], expected[1])

    def test_a_single_seed_and_none_have_no_band(self):
        self.assertEqual(plot.mean_and_band(np.ones((1, 3)), "ci95")[1:], (None, None))
        self.assertEqual(plot.mean_and_band(np.ones((4, 3)), "none")[1:], (None, None))


class Drawing(Case):
    def legend(self, figure):
        legend = figure.legends[-1]
        return legend.get_title().get_text(), [text.get_text() for text in legend.get_texts()]

    def test_lines_are_means_and_bands_their_confidence_intervals(self):
        figure = self.figure(self.write(*rows("NeuralUCB"), *rows("LinUCB")))
        axes = figure.axes[0]
        for policy, line, band in zip(("NeuralUCB", "LinUCB"), axes.lines, axes.collections):
            samples = [[regret(policy, seed, t) for seed in range(4)] for t in ROUNDS]
            means = [statistics.fmean(sample) for sample in samples]
            np.testing.assert_allclose(line.get_xdata(), ROUNDS)
            np.testing.assert_allclose(line.get_ydata(), means)
            vertices = band.get_paths()[0].vertices
            for t, mean, sample in zip(ROUNDS, means, samples):
                half = 3.182446305284263 * statistics.stdev(sample) / 2
                ends = vertices[vertices[:, 0] == t, 1]
                np.testing.assert_allclose([ends.min(), ends.max()], [mean - half, mean + half])
        self.assertEqual(self.legend(figure), ("mean, 95 % CI, n = 4", ["NeuralUCB", "LinUCB"]))

    def test_the_legend_follows_the_order_of_the_file_and_names_the_band(self):
        path = self.write(*rows("Zeta"), *rows("Alpha, quoted"), *rows("Mid"))
        for band, title in [("se", "mean, ± 1 SE, n = 4"), ("sd", "mean, ± 1 SD, n = 4"),
                            ("minmax", "mean, min to max, n = 4"), ("none", "mean, n = 4")]:
            figure = self.figure(path, "--band", band)
            self.assertEqual(self.legend(figure), (title, ["Zeta", "Alpha, quoted", "Mid"]))

    def test_different_numbers_of_seeds_stand_beside_the_labels(self):
        figure = self.figure(self.write(*rows("A"), *rows("B", seeds=range(3))))
        self.assertEqual(self.legend(figure), ("mean, 95 % CI", ["A (n = 4)", "B (n = 3)"]))
        figure = self.figure(self.write(*rows("A", seeds=[5])))
        self.assertEqual(self.legend(figure), ("mean, n = 1", ["A"]))
        self.assertEqual(len(figure.axes[0].collections), 0)

    def test_labels_are_no_formulas_and_not_hidden(self):
        figure = self.figure(self.write(*rows("_a"), *rows("cost $1 or $2")))
        self.assertEqual(self.legend(figure)[1], [" _a", r"cost \$1 or \$2"])

    def test_a_curve_of_zeros_does_not_forbid_a_logarithmic_axis(self):
        zeros = [f"demo,cosine,Oracle,{seed},{t},0,1,1" for seed in range(4) for t in ROUNDS]
        axes = self.figure(self.write(*zeros, *rows("A")), "--yscale", "log").axes[0]
        self.assertGreater(axes.get_ylim()[0], 0.1)

    def test_policies_filters(self):
        figure = self.figure(self.write(*rows("A"), *rows("B"), *rows("C")), "--policies", "C", "A")
        self.assertEqual(self.legend(figure)[1], ["A", "C"])

    def test_each_environment_has_a_panel(self):
        path = self.write(*rows("A"), *rows("A", environment="linear"),
                          *rows("B", environment="linear"))
        figure = self.figure(path)
        self.assertEqual([ax.get_title() for ax in figure.axes], ["cosine", "linear"])
        self.assertEqual([len(ax.lines) for ax in figure.axes], [1, 2])
        self.assertEqual(figure.axes[0].lines[0].get_color(), figure.axes[1].lines[0].get_color())

    def test_experiments_on_one_kind_of_environment_have_a_panel_each(self):
        paths = [self.write(*rows("A", environment="classification", experiment=name), name=name)
                 for name in ("magic", "shuttle")]
        figure = self.figure(*paths)
        self.assertEqual([ax.get_title() for ax in figure.axes], ["magic", "shuttle"])

    def test_files_of_one_experiment_are_put_together(self):
        first = self.write(*rows("A", seeds=[0, 1]))
        figure = self.figure(first, self.write(*rows("A", seeds=[2, 3]), name="2.csv"))
        self.assertEqual(self.legend(figure)[0], "mean, 95 % CI, n = 4")

    def test_swept_policy_settings_are_curves_and_environment_settings_panels(self):
        header = HEADER.replace("seed", "policies.A.gamma,policies.1.training.steps,"
                                "environment.noise,seed")
        lines = [row.replace(f'"{policy}"', f'"{policy}",{swept},{noise}')
                 for noise in ("0.5", "1")
                 for policy, swept in [("A", "0.1,"), ("A", "1,"), ("B", ",t")]
                 for row in rows(policy)]
        figure = self.figure(self.write(*lines, header=header))
        self.assertEqual([ax.get_title() for ax in figure.axes], ["noise=0.5", "noise=1"])
        self.assertEqual(self.legend(figure)[1], ["A, γ=0.1", "A, γ=1", "B, training.steps=t"])

    def test_unknown_regret_falls_back_to_reward_and_says_so(self):
        lines = [",".join([*row.split(",")[:5], "", row.split(",")[6], ""]) for row in rows("A")]
        path = self.write(*lines)
        code, _, err = self.run_main(path)
        self.assertEqual(code, 0)
        self.assertEqual(err,
                         "plot_regret.py: cum_regret of 'A' is empty, so cum_reward is drawn\n")
        with contextlib.redirect_stderr(io.StringIO()):
            axes = self.figure(path).axes[0]
        self.assertEqual(axes.get_ylabel(), "Cumulative reward")
        self.assertAlmostEqual(axes.lines[0].get_ydata()[-1],
                               statistics.fmean(100 - regret("A", s, 100) for s in range(4)))
        self.assert_refused(2, "cum_regret of 'A'.*empty", path, "--metric", "cum_regret")
        self.assert_refused(2, "optimal_rate of 'A'.*empty", path, "--metric", "optimal_rate")

    def test_seeds_that_end_at_different_rounds_are_drawn_as_far_as_all_go(self):
        # A replay of a log: rounds 1, 50, 100, ... and then the last, wherever that is.
        ends = {0: (1, 50, 100, 117), 1: (1, 50, 93), 2: (1, 50, 100, 150, 151)}
        path = self.write(*[f"demo,replay,A,{seed},{t},,{(seed + 1) * t},"
                            for seed, rounds in ends.items() for t in rounds])
        with contextlib.redirect_stderr(io.StringIO()) as err:
            line = self.figure(path).axes[0].lines[0]
        np.testing.assert_allclose(line.get_xdata(), [1, 50])
        np.testing.assert_allclose(line.get_ydata(), [2, 100])
        self.assertIn("the seeds of 'A' end at different rounds; they are drawn up to round 50\n",
                      err.getvalue())
        # With a last round that all have, that is drawn as well.
        path = self.write(*[f"demo,replay,A,{seed},{t},,{t}," for seed, rounds in
                            {0: (1, 50), 1: (1, 50, 93)}.items() for t in rounds])
        with contextlib.redirect_stderr(io.StringIO()):
            line = self.figure(path).axes[0].lines[0]
        np.testing.assert_allclose(line.get_xdata(), [1, 50])

    def test_the_first_56_curves_look_different(self):
        path = self.write(*[row for i in range(56) for row in rows(f"P{i}", seeds=[0])])
        lines = self.figure(path).axes[0].lines
        looks = {(line.get_color(), str(line._unscaled_dash_pattern)) for line in lines}
        self.assertEqual(len(looks), 56)

    def test_scales_width_and_title(self):
        figure = self.figure(self.write(*rows("A")), "--xscale", "log", "--yscale", "log",
                             "--width", "double", "--title", "A title")
        axes = figure.axes[0]
        self.assertEqual((axes.get_xscale(), axes.get_yscale()), ("log", "log"))
        self.assertEqual(figure.get_size_inches()[0], plot.WIDTHS["double"])
        self.assertEqual(figure._suptitle.get_text(), "A title")


class Files(Case):
    def test_the_same_input_gives_the_same_bytes(self):
        path = self.write(*rows("NeuralUCB"), *rows("Neural ε-greedy"))
        for suffix, magic in [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")]:
            images = []
            for seed in "01":
                out = self.folder / f"{seed}.{suffix}"
                subprocess.run([sys.executable, SCRIPT, path, "-o", out], check=True,
                               stdout=subprocess.DEVNULL,
                               env={**os.environ, "PYTHONHASHSEED": seed})
                images.append(out.read_bytes())
            self.assertTrue(images[0].startswith(magic))
            self.assertEqual(images[0], images[1], suffix)
            if suffix == "pdf":
                self.assertIn(b"/FontFile2", images[0])  # TrueType, embedded
                self.assertNotIn(b"/Type3", images[0])
                self.assertNotIn(b"CreationDate", images[0])

    def test_the_figure_lies_beside_the_first_file_by_default(self):
        code, out, err = self.run_main(self.write(*rows("A")))
        self.assertEqual((code, out.strip(), err), (0, str(self.folder / "regret.png"), ""))
        self.assertTrue((self.folder / "regret.png").exists())

    def test_a_python_without_matplotlib_hands_over_to_the_systems(self):
        if subprocess.run(["/usr/bin/python3", "-c", "import numpy, matplotlib"],
                          stderr=subprocess.DEVNULL, check=False).returncode:
            self.skipTest("/usr/bin/python3 has no matplotlib")
        path, out = self.write(*rows("A")), self.folder / "figure.png"
        bare = ["/usr/bin/python3", "-S", SCRIPT, path, "-o", out]  # -S: no installed modules
        done = subprocess.run(bare, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(out.exists())
        done = subprocess.run(bare, capture_output=True, text=True, check=False,
                              env={**os.environ, "CBSIM_PYTHON_SWITCHED": "1"})
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\Aplot_regret\.py: .*apt-get install .*matplotlib\n\Z")


class Errors(Case):
    def test_files_that_are_missing_empty_or_no_tables(self):
        self.assert_refused(1, "absent.csv: No such file", self.folder / "absent.csv")
        self.assert_refused(1, "Is a directory", self.folder)
        empty = self.folder / "empty.csv"
        empty.touch()
        self.assert_refused(2, "empty.csv: no column experiment", empty)
        self.assert_refused(2, "regret.csv: no rows", self.write())
        empty.write_bytes(b"\x89PNG\xff\xfe")
        self.assert_refused(2, "empty.csv: no table.*byte 0x89", empty)
        empty.write_bytes(HEADER.encode() + b'\na,b,"c\n')
        self.assert_refused(2, "empty.csv: no table.*unexpected end", empty)

    def test_columns_and_fields(self):
        header = HEADER.replace(",cum_reward", "").replace("seed", "seeds")
        self.assert_refused(2, "no column seed, cum_reward;", self.write("1", header=header))
        good = rows("A")
        self.assert_refused(2, "regret.csv:14: 3 fields", self.write(*good, "demo,cosine,A"))
        for bad in ("x", "nan", "inf", "1e999"):
            line = f"demo,cosine,A,9,1,{bad},1,1"
            self.assert_refused(2, f":14: cum_regret is '{bad}'", self.write(*good, line))
        for bad in ("", "0", "-1", "1.5", "one"):
            line = f"demo,cosine,A,9,{bad},1,1,1"
            self.assert_refused(2, f":14: t is '{bad}'", self.write(*good, line))

    def test_seeds_that_cannot_be_averaged(self):
        path = self.write(*rows("A"), "demo,cosine,A,9,7,1,1,1")
        self.assert_refused(2, "seeds 0 and 9 .* different rounds", path)
        for other in ((1, 40, 100), (1, 50, 60, 100), (1, 100), (2, 60)):
            path = self.write(*rows("A"), *[f"demo,cosine,A,9,{t},1,1,1" for t in other])
            self.assert_refused(2, "seeds 0 and 9 .* different rounds", path)
        path = self.write("demo,cosine,A,0,1,1,1,1", "demo,cosine,A,9,2,1,1,1")
        self.assert_refused(2, "'A': the seeds have no round in common", path)
        path = self.write(*rows("A"))
        self.assert_refused(2, "seed 0, for the second time", path, path)

    def test_options(self):
        path = self.write(*rows("A"), *rows("B"))
        self.assert_refused(2, "no policy 'C' .* A, B", path, "--policies", "C")
        self.assert_refused(2, "figure.jpg: expected .*png", path, "-o", "figure.jpg")
        out = f"{self.folder}/absent/x.png"
        self.assert_refused(1, "absent/x.png: No such file", path, "-o", out)
        zero = self.write("demo,cosine,A,0,1,0,0,1")
        self.assert_refused(2, "nowhere above 0", zero, "--yscale", "log")


if __name__ == "__main__":
    unittest.main()
