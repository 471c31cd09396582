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
import regret_figure  # noqa: E402
import regret_statistics  # noqa: E402

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
        return plot.make_figure(plot.parse([str(argument) for argument in arguments]))

    def legend(self, figure):
        legend = figure.legends[-1]
        return legend.get_title().get_text(), [text.get_text() for text in legend.get_texts()]

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
            self.assertAlmostEqual(regret_statistics.t_quantile(degrees) / value, 1, places=10,
                                   msg=str(degrees))
        self.assertAlmostEqual(regret_statistics.t_quantile(7, 0.95), 1.894578605061305, places=9)

    def test_the_density_integrates_to_the_probability_up_to_the_t_quantile(self):
        for degrees in (1, 3, 4, 5, 12, 49, 500):
            x = np.linspace(0, regret_statistics.t_quantile(degrees), 20001)
            log_factor = math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)
            density = (math.exp(log_factor) / math.sqrt(degrees * math.pi)
                       * (1 + x * x / degrees) ** (-(degrees + 1) / 2))
            simpson = (density[0] + density[-1] + 4 * density[1:-1:2].sum()
                       + 2 * density[2:-1:2].sum()) * x[1] / 3
            self.assertAlmostEqual(simpson, 0.475, places=11)

    def test_t_quantile_of_one_and_two_degrees_equals_the_closed_forms(self):
        for p in (0.6, 0.9, 0.975, 0.995):
            one = math.tan(math.pi * (p - 0.5))
            self.assertAlmostEqual(regret_statistics.t_quantile(1, p) / one, 1, places=9)
            two = (2 * p - 1) * math.sqrt(2 / (4 * p * (1 - p)))
            self.assertAlmostEqual(regret_statistics.t_quantile(2, p) / two, 1, places=9)

    def test_bands_equal_their_definitions(self):
        values = np.array([[1.0, 10.0], [2.0, 30.0], [4.0, 20.0], [9.0, -5.0], [0.5, 1.0]])
        n = len(values)
        for band in ("ci95", "se", "sd", "minmax"):
            mean, low, high = regret_statistics.mean_and_band(values, band)
            for column, sample in enumerate(values.T.tolist()):
                centre, sd = statistics.fmean(sample), statistics.stdev(sample)
                half = {"sd": sd, "se": sd / math.sqrt(n),
                        "ci95": 2.7764451051977987 * sd / math.sqrt(n)}.get(band)
                expected = (centre - half, centre + half) if half else (min(sample), max(sample))
                self.assertAlmostEqual(mean[column], centre)
                self.assertAlmostEqual(low[column], expected[0])
                self.assertAlmostEqual(high[column], expected[1])

    def test_a_single_seed_and_none_have_no_band(self):
        self.assertEqual(regret_statistics.mean_and_band(np.ones((1, 3)), "ci95")[1:], (None, None))
        self.assertEqual(regret_statistics.mean_and_band(np.ones((4, 3)), "none")[1:], (None, None))


class Drawing(Case):
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
        axes = self.figure(self.write(*zeros, *rows("A")), "--log", "y").axes[0]
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
        path = self.write(*rows("A"))
        for log, scales in [("x", ("log", "linear")), ("y", ("linear", "log"))]:
            axes = self.figure(path, "--log", log).axes[0]
            self.assertEqual((axes.get_xscale(), axes.get_yscale()), scales)
        figure = self.figure(path, "--width", "double", "--title", "A title")
        self.assertEqual(figure.get_size_inches()[0], regret_figure.WIDTHS["double"])
        self.assertEqual(figure._suptitle.get_text(), "A title")


SWEPT = HEADER.replace("seed", "environment.noise,policies.A.gamma,policies.B.steps,seed")


def swept_rows(final, rounds=(1, 100), seeds=range(4)):
    """A sweeps gamma, B its steps, C nothing, on two levels of noise. `final(policy, noise,
    setting, seed)` is the regret in the last round."""
    grid = {"A": ["0.01", "0.1", "1"], "B": ["t", "10"], "C": [""]}
    return [f"demo,cosine,{policy},{noise},{setting if policy == 'A' else ''},"
            f"{setting if policy == 'B' else ''},{seed},{t},"
            f"{final(policy, noise, setting, seed) * t / rounds[-1]!r},{t},{t / 100}"
            for noise in ("1", "2") for policy, settings in grid.items() for setting in settings
            for seed in seeds for t in rounds]


class Choosing(Case):
    # The best γ of A is 0.1, but 1 on the seeds 0 and 1 with noise 2.
    @staticmethod
    def final(policy, noise, setting, seed):
        if policy != "A":
            return {"t": 5, "10": 7, "": 9}[setting] + seed
        if noise == "2" and seed < 2:
            return {"0.01": 40, "0.1": 45, "1": 38}[setting] + seed
        return {"0.01": 30, "0.1": 20, "1": 26}[setting] + seed

    def best(self, *arguments):
        return self.figure(self.write(*swept_rows(self.final), header=SWEPT), "--best", *arguments)

    def test_the_best_mean_final_regret_is_drawn_and_named(self):
        figure = self.best()
        self.assertEqual([[line.get_ydata()[-1] for line in axes.lines] for axes in figure.axes],
                         [[21.5, 6.5, 10.5], [(38 + 39 + 28 + 29) / 4, 6.5, 10.5]])
        self.assertEqual(self.legend(figure), (
            "mean, 95 % CI, n = 4; best settings, chosen on the same seeds",
            ["A\n    γ=0.1 for noise=1\n    γ=1 for noise=2", "B, steps=t", "C"]))

    def test_seeds_for_the_choice_are_not_drawn(self):
        figure = self.best("--select-seeds", "0:2")
        self.assertEqual([line.get_ydata()[-1] for line in figure.axes[1].lines],
                         [28.5, 7.5, 11.5])
        self.assertEqual(self.legend(figure)[0],
                         "mean, 95 % CI, n = 2; best settings, chosen on the seeds 0:2")
        self.assertEqual(self.best("--select-seeds", "2:4").axes[1].lines[0].get_ydata()[-1], 45.5)

    def test_of_rewards_and_of_the_optimal_rate_the_highest_is_the_best(self):
        lines = ["demo,cosine,A,1,0.1,,0,9,3,5,0.7", "demo,cosine,A,1,1,,0,9,3,6,0.6"]
        path = self.write(*lines, header=SWEPT)
        for metric, text in [("cum_reward", "A, γ=1"), ("optimal_rate", "A, γ=0.1"),
                             ("cum_regret", "A, γ=0.1")]:  # the first of two that are equal
            figure = self.figure(path, "--best", "--metric", metric)
            self.assertEqual(self.legend(figure)[1], [text])

    def test_settings_with_different_seeds_are_compared_on_common_ones(self):
        lines = [f"demo,cosine,A,1,{gamma},,{seed},9,{regret},0,0" for gamma, seed, regret in
                 [("0.1", 0, 5), ("0.1", 1, 100), ("1", 0, 6), ("1", 2, 1)]]
        with contextlib.redirect_stderr(io.StringIO()) as err:
            figure = self.figure(self.write(*lines, header=SWEPT), "--best")
        self.assertEqual(self.legend(figure)[1], ["A, γ=0.1"])
        self.assertIn("the settings of 'A' have different seeds; they are compared on those that "
                      "all have: 0\n", err.getvalue())
        path = self.write(lines[1], lines[2], header=SWEPT)
        self.assert_refused(2, "'A': its settings have no seed in common", path, "--best")

    def test_final_regret_against_a_setting_of_a_policy(self):
        path = self.write(*swept_rows(self.final), header=SWEPT)
        for name in ("gamma", "policies.A.gamma"):
            figure = self.figure(path, "--against", name, "--policies", "A", "C")
            axes = figure.axes[0]
            swept, across = axes.lines
            self.assertEqual(axes.get_title(), "noise=1")
            np.testing.assert_allclose(swept.get_xdata(), [0.01, 0.1, 1])
            np.testing.assert_allclose(swept.get_ydata(), [31.5, 21.5, 27.5])
            self.assertEqual(list(across.get_ydata()), [10.5, 10.5])
            self.assertEqual(across.get_transform(), axes.get_yaxis_transform())
            self.assertEqual((axes.get_xscale(), axes.get_xlabel(), axes.get_ylabel()),
                             ("log", "γ", "Final cumulative regret"))
            half = 3.182446305284263 * statistics.stdev(range(4)) / 2
            vertices = axes.collections[0].get_paths()[0].vertices
            ends = vertices[vertices[:, 0] == 0.1, 1]
            np.testing.assert_allclose([ends.min(), ends.max()], [21.5 - half, 21.5 + half])
            self.assertEqual(self.legend(figure), ("mean, 95 % CI, n = 4", ["A", "C"]))

    def test_final_regret_of_the_best_settings_against_one_of_the_environment(self):
        figure = self.best("--against", "noise")
        axes, = figure.axes
        self.assertEqual([list(line.get_xdata()) for line in axes.lines], [[1, 2]] * 3)
        np.testing.assert_allclose(axes.lines[0].get_ydata(), [21.5, 33.5])
        self.assertEqual(axes.get_xscale(), "linear")  # no decade between 1 and 2
        self.assertEqual(self.legend(figure)[1], ["A, at each point the best of γ=0.1; γ=1",
                                                  "B, steps=t", "C"])

    def test_values_that_are_no_numbers_and_0_beside_decades_stand_at_equal_distances(self):
        path = self.write(*swept_rows(self.final), header=SWEPT)
        axes = self.figure(path, "--against", "steps").axes[0]
        self.assertEqual([text.get_text() for text in axes.get_xticklabels()], ["t", "10"])
        np.testing.assert_allclose(axes.lines[3].get_ydata(), [6.5, 8.5])
        lines = swept_rows(lambda policy, noise, setting, seed: seed)
        zero = self.write(*[line.replace(",0.1,,", ",0,,") for line in lines], name="zero.csv",
                          header=SWEPT)
        axes = self.figure(zero, "--against", "gamma", "--policies", "A").axes[0]
        self.assertEqual([text.get_text() for text in axes.get_xticklabels()], ["0", "0.01", "1"])
        self.assert_refused(2, "--log x: gamma has the values 0, 0.01, 1.*leave out x", zero,
                            "--against", "gamma", "--log", "x")
        self.assert_refused(2, "--against nois: not swept in the files; they sweep "
                            "environment.noise, policies.A.gamma, policies.B.steps", path,
                            "--against", "nois")

    def test_the_end_of_a_path_names_a_setting(self):
        header = SWEPT.replace("policies.B.steps", "policies.B.training.steps")
        path = self.write(*swept_rows(self.final), header=header)
        for name in ("steps", "training.steps"):
            axes = self.figure(path, "--against", name).axes[0]
            self.assertEqual([text.get_text() for text in axes.get_xticklabels()], ["t", "10"])
        self.assert_refused(2, "--against teps: not swept", path, "--against", "teps")

    def test_a_swept_type_of_environment_is_one_axis(self):
        header = HEADER.replace("seed", "environment.type,seed")
        path = self.write(*[f"demo,{world},A,{world},{seed},9,{regret},0,0" for world, regret in
                            [("cosine", 3), ("linear", 4)] for seed in (0, 1)], header=header)
        self.assertEqual([axes.get_title() for axes in self.figure(path).axes],
                         ["cosine", "linear"])
        axes, = self.figure(path, "--against", "environment.type").axes
        np.testing.assert_allclose(axes.lines[0].get_ydata(), [3, 4])

    def test_environments_and_their_settings_are_the_rows_and_columns_of_a_table(self):
        lines = [f"demo,{world},A,{noise},,,0,9,1,0,0" for noise in ("0", "1", "9")
                 for world in ("cosine", "linear")]
        figure = self.figure(self.write(*lines, header=SWEPT))
        places = {axes.get_title(): (axes.get_subplotspec().rowspan.start,
                                     axes.get_subplotspec().colspan.start) for axes in figure.axes}
        self.assertEqual(places, {f"{world}, noise={noise}": (row, column)
                                  for row, world in enumerate(("cosine", "linear"))
                                  for column, noise in enumerate(("0", "1", "9"))})

    def test_logarithmic_axes_have_a_guide_of_slope_one_half(self):
        path = self.write(*rows("A"), *rows("BBBB"))
        figure = self.figure(path, "--log", "xy")
        axes, guide = figure.axes[0], figure.axes[0].lines[-1]
        self.assertEqual((axes.get_xscale(), axes.get_yscale()), ("log", "log"))
        x, y = guide.get_data()
        self.assertAlmostEqual(math.log(y[1] / y[0]) / math.log(x[1] / x[0]), 0.5)
        self.assertEqual(self.legend(figure)[1], ["A", "BBBB", "slope 1/2"])
        figure = self.figure(path, "--log", "xy", "--metric", "cum_reward")
        self.assertEqual(self.legend(figure)[1], ["A", "BBBB"])

    def test_a_band_below_0_ends_at_the_foot_of_a_logarithmic_axis(self):
        lines = [f"demo,cosine,A,{seed},{t},{regret},0,0" for seed in (0, 1)
                 for t, regret in [(1, 2 * seed), (100, 10 + seed)]]
        axes = self.figure(self.write(*lines), "--log", "xy").axes[0]
        vertices = axes.collections[0].get_paths()[0].vertices
        self.assertAlmostEqual(vertices[:, 1].min(), axes.get_ylim()[0])

    def test_long_labels_and_titles_stay_within_the_figure(self):
        path = self.write(*rows("word " * 40), *rows("A"))
        for width in regret_figure.WIDTHS:
            figure = self.figure(path, "--width", width, "--title", "title " * 60)
            figure.draw_without_rendering()
            for text in (figure.legends[0], figure._suptitle):
                box = text.get_window_extent()
                self.assertGreaterEqual(box.x0, 0)
                self.assertLessEqual(box.x1, figure.bbox.x1)


class Files(Case):
    def test_folders_and_the_same_run_in_several(self):
        for name in ("one", "two"):
            (self.folder / name).mkdir()
        self.write(*rows("A"), *rows("B"), name="one/regret.csv")
        self.write(*rows("A"), *rows("C"), name="two/regret.csv")
        figure = self.figure(self.folder / "one", f"{self.folder}/two/", self.folder / "two")
        self.assertEqual([text.get_text() for text in figure.legends[0].get_texts()],
                         ["A", "B", "C"])
        code, out, _ = self.run_main(self.folder / "one")
        self.assertEqual((code, out.strip()), (0, str(self.folder / "one/regret.png")))

    def test_the_same_input_gives_the_same_bytes(self):
        path = self.write(*swept_rows(Choosing.final), *swept_rows(Choosing.final, seeds=[9]),
                          header=SWEPT)
        for suffix, magic, options in [
                ("png", b"\x89PNG", []), ("png", b"\x89PNG", ["--against", "gamma"]),
                ("pdf", b"%PDF", ["--best"]), ("pdf", b"%PDF", ["--log", "xy"]),
                ("svg", b"<?xml", ["--against", "noise", "--best"])]:
            images = []
            for seed in "01":
                out = self.folder / f"{seed}.{suffix}"
                subprocess.run([sys.executable, SCRIPT, path, "-o", out, *options], check=True,
                               stdout=subprocess.DEVNULL,
                               env={**os.environ, "PYTHONHASHSEED": seed})
                images.append(out.read_bytes())
            self.assertTrue(images[0].startswith(magic))
            self.assertEqual(images[0], images[1], suffix)
            if suffix == "pdf":
                self.assertIn(b"/FontFile2", images[0])  # TrueType, embedded
                self.assertIn(b"/CIDFontType2", images[0])
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
        self.assert_refused(2, "a folder without regret.csv; .*cbsim merge", self.folder)
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
        for bad in ("", "-1", "0.5", "one"):
            line = f"demo,cosine,A,{bad},1,1,1,1"
            self.assert_refused(2, f":14: seed is '{bad}'", self.write(*good, line))
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
        other = self.write("demo,cosine,A,0,50,1,1,1", name="other.csv")
        self.assert_refused(2, "other.csv:2: round 50 of 'A', seed 0, for the second time and with "
                            "other values", path, other)

    def test_options(self):
        path = self.write(*rows("A"), *rows("B"))
        self.assert_refused(2, "no policy 'C' .* A, B", path, "--policies", "C")
        self.assert_refused(2, "figure.jpg: expected .*png", path, "-o", "figure.jpg")
        out = f"{self.folder}/absent/x.png"
        self.assert_refused(1, "absent/x.png: No such file", path, "-o", out)
        zero = self.write("demo,cosine,A,0,1,0,0,1", name="zero.csv")
        self.assert_refused(2, "--log y: cumulative regret is nowhere above 0.*leave out y", zero,
                            "--log", "y")
        self.assert_refused(2, "--log: invalid choice: 'z'.*see --help", path, "--log", "z")
        self.assert_refused(2, "see --help", path, "--unknown")
        self.assert_refused(2, "--select-seeds: nothing to choose without --best", path,
                            "--select-seeds", "0:2")
        for bad in ("2", "2:", "3:3", "a:b", "-1:2"):
            self.assert_refused(2, f"'{bad}' is no range of seeds; expected A:B", path, "--best",
                                f"--select-seeds={bad}")
        self.assert_refused(2, "--select-seeds 0:4: 'A' has no other seed.* 0, 1, 2, 3", path,
                            "--best", "--select-seeds", "0:4")
        self.assert_refused(2, "--select-seeds 7:9: 'A' has no seed in it", path, "--best",
                            "--select-seeds", "7:9")
        self.assert_refused(2, "--against gamma: not swept in the files; they sweep nothing", path,
                            "--against", "gamma")


if __name__ == "__main__":
    unittest.main()
