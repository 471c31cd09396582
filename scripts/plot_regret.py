#!/usr/bin/env python3
"""Draws cbsim's regret.csv: for each policy the mean over the seeds and a band around it.

Each environment has a panel of its own, each policy and each point of a sweep a curve, in the
order of the files. Needs only numpy and matplotlib. Same input, same bytes.
"""

import argparse
import io
import math
import os
import sys

from regret_csv import METRICS, InputError, read_curves

SYSTEM_PYTHON = "/usr/bin/python3"


def switch_python(missing):
    """Starts again with the system's Python: the python3 on PATH may be one without matplotlib."""
    if os.path.exists(SYSTEM_PYTHON) and "CBSIM_PYTHON_SWITCHED" not in os.environ:
        os.environ["CBSIM_PYTHON_SWITCHED"] = "1"
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])
    sys.exit(f"plot_regret.py: {missing}; install numpy and matplotlib, on Debian by apt-get "
             "install python3-numpy python3-matplotlib")


try:
    import matplotlib
    import numpy as np
except ImportError as missing_module:
    if __name__ != "__main__":
        raise
    switch_python(missing_module)

NAMES = {"cum_regret": "Cumulative regret", "cum_reward": "Cumulative reward",
         "optimal_rate": "Share of optimal rounds"}
BANDS = {"ci95": "95 % CI", "se": "± 1 SE", "sd": "± 1 SD", "minmax": "min to max", "none": None}
WIDTHS = {"single": 3.4, "double": 7.0, "slides": 10.0}  # inches
FORMATS = {"png": {"Software": None}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
# Okabe and Ito's colours without yellow, too faint on white; dashes for print in grey. Their
# numbers, 7 and 8, have no common factor: 56 curves before a look comes again.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9"]
DASHES = ["-", (0, (5, 1.5)), (0, (1, 1)), (0, (6, 1.5, 1, 1.5)), (0, (9, 2.5)),
          (0, (3, 1, 1, 1, 1, 1)), (0, (1, 2.5)), (0, (9, 1.5, 3, 1.5))]


def select(curves, policies):
    """The curves of these policies; of all if None."""
    known = list(dict.fromkeys(curve[0] for _, curve in curves))
    for policy in policies or []:
        if policy not in known:
            raise InputError(f"no policy '{policy}' in the files; they have {', '.join(known)}")
    return {key: seeds for key, seeds in curves.items() if not policies or key[1][0] in policies}


def default_metric(curves):
    """cum_regret, or cum_reward where the regret is unknown."""
    for (_, curve), seeds in curves.items():
        if any(values[0] is None for rounds in seeds.values() for values in rounds.values()):
            print(f"plot_regret.py: cum_regret of '{curve[0]}' is empty, so cum_reward is drawn",
                  file=sys.stderr)
            return "cum_reward"
    return "cum_regret"


def common_rounds(curve, seeds):
    """The rounds that all seeds have. A seed may end before the others, as the replay of a log
    does; up to there they must agree."""
    end = min(max(values) for values in seeds.values())
    first = next(iter(seeds))
    rounds = [t for t in sorted(seeds[first]) if t < end]
    for seed, values in seeds.items():
        if [t for t in sorted(values) if t < end] != rounds:
            raise InputError(f"'{', '.join(curve)}': the seeds {first} and {seed} were recorded at "
                             "different rounds, so they have no mean; draw their files apart")
    if all(end in values for values in seeds.values()):
        rounds.append(end)
    if not rounds:
        raise InputError(f"'{', '.join(curve)}': the seeds have no round in common, so they have "
                         "no mean")
    if any(max(values) != end for values in seeds.values()):
        print(f"plot_regret.py: the seeds of '{', '.join(curve)}' end at different rounds; they "
              f"are drawn up to round {int(rounds[-1])}", file=sys.stderr)
    return rounds


def table(curve, seeds, metric):
    """The rounds (T) and the values (seeds x T) of a curve."""
    rounds, column = common_rounds(curve, seeds), METRICS.index(metric)
    for seed, values in seeds.items():
        if any(values[t][column] is None for t in rounds):
            raise InputError(f"{metric} of '{', '.join(curve)}', seed {seed}, is empty")
    return np.array(rounds), np.array([[seeds[seed][t][column] for t in rounds] for seed in seeds])


def t_quantile(degrees, probability=0.975):
    """Student's t quantile, probability in (1/2, 1), by bisection of the exact distribution.

    With t = sqrt(degrees) tan(angle), P(-t < T < t) is a finite sum (Abramowitz and Stegun,
    26.7.3 and 26.7.4).
    """
    odd = degrees % 2

    def inside(angle):
        term = math.cos(angle) if odd else 1.0
        total = term if degrees > 1 else 0.0
        for k in range(3 if odd else 2, degrees - 1, 2):
            term *= math.cos(angle) ** 2 * (k - 1) / k
            total += term
        total *= math.sin(angle)
        return 2 / math.pi * (angle + total) if odd else total

    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        if inside(middle) < 2 * probability - 1:
            low = middle
        else:
            high = middle
    return math.sqrt(degrees) * math.tan(low)


def mean_and_band(values, band):
    """The mean over the seeds (rows) and the band's two ends, None where there is no band."""
    n, mean = len(values), values.mean(axis=0)
    if n < 2 or band == "none":
        return mean, None, None
    if band == "minmax":
        return mean, values.min(axis=0), values.max(axis=0)
    half = values.std(axis=0, ddof=1)
    if band != "sd":
        half = half / math.sqrt(n) * (t_quantile(n - 1) if band == "ci95" else 1)
    return mean, mean - half, mean + half


def panel_titles(panels):
    """What tells the panels apart; nothing for a single one."""
    if len({panel[1:] for panel in panels}) == len(panels):
        panels = [panel[1:] for panel in panels]  # the environment says enough
    varying = [i for i in range(max(map(len, panels)))
               if len({panel[i:i + 1] for panel in panels}) > 1]
    return [", ".join(part for i in varying for part in panel[i:i + 1]) for panel in panels]


def plain(text):
    """Text that matplotlib shows as it is: no formulas, no label hidden for its underscore."""
    return (" " if text.startswith("_") else "") + text.replace("$", r"\$")


def style(width):
    size, scale = (16, 2) if width == "slides" else (8, 1)
    small = dict.fromkeys(["legend.fontsize", "legend.title_fontsize", "xtick.labelsize",
                           "ytick.labelsize"], size - 1)
    return small | {
        "font.size": size, "axes.titlesize": size, "axes.labelsize": size,
        "figure.titlesize": size, "lines.linewidth": 1.3 * scale, "axes.linewidth": 0.6 * scale,
        "axes.spines.top": False, "axes.spines.right": False, "axes.xmargin": 0,
        "axes.grid": True, "grid.color": "#e8e8e8", "grid.linewidth": 0.5 * scale,
        "axes.axisbelow": True, "axes.formatter.limits": (-4, 6), "legend.frameon": False,
        "legend.handlelength": 2.8, "savefig.dpi": 150 if width == "slides" else 300,
        "pdf.fonttype": 42, "svg.hashsalt": "cbsim"}


def add_legend(figure, handles, labels, title):
    """A legend below the panels, as wide as fits; the figure grows by its height."""
    width, height = figure.get_size_inches()
    for lines in range(math.ceil(len(labels) / 5), len(labels) + 1):
        legend = figure.legend(handles, labels, title=title, loc="lower center",
                               ncol=math.ceil(len(labels) / lines))
        box = legend.get_window_extent(figure.canvas.get_renderer())
        if box.width <= width * figure.dpi or lines == len(labels):
            break
        legend.remove()
    legend_height = box.height / figure.dpi + 0.05
    figure.set_size_inches(width, height + legend_height)
    below = legend_height / (height + legend_height)
    figure.set_layout_engine("constrained", rect=(0, below, 1, 1 - below))


def make_axes(panels, width):
    """A figure, and {panel: axes}."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    matplotlib.rcdefaults()
    matplotlib.rcParams.update(style(width))
    columns = 1 if width == "single" else min(len(panels), 2 if len(panels) in (2, 4) else 3)
    lines = math.ceil(len(panels) / columns)
    ratio = 0.5 if columns == 1 and width != "single" else {1: 0.68, 2: 0.68, 3: 0.8}[columns]
    figure = Figure(figsize=(WIDTHS[width], WIDTHS[width] / columns * ratio * lines))
    FigureCanvasAgg(figure)
    grid = list(figure.subplots(lines, columns, squeeze=False).flat)
    for spare in grid[len(panels):]:
        spare.remove()
    return figure, dict(zip(panels, grid))


def finish_axes(axes, xscale, yscale, name):
    """Labels, scales and limits; a band that reaches below 0 does not stretch the axis."""
    means = np.concatenate([line.get_ydata() for line in axes.get_lines()])
    if yscale == "log" and means.max() <= 0:
        raise InputError(f"--yscale log: {name.lower()} is nowhere above 0")
    axes.set(xlabel="Round", xscale=xscale, yscale=yscale)
    if axes.get_subplotspec().is_first_col():
        axes.set_ylabel(name)
    if xscale == "linear":
        axes.set_xlim(left=0)
    if yscale == "log":
        axes.set_ylim(bottom=0.8 * means[means > 0].min())
    elif means.min() >= 0:
        axes.set_ylim(bottom=0)


def draw(curves, metric, options):
    """The figure of {(panel, curve): seeds}."""
    panels = list(dict.fromkeys(panel for panel, _ in curves))
    names = list(dict.fromkeys(curve for _, curve in curves))
    width = options.width or ("single" if len(panels) == 1 else "double")
    figure, axes = make_axes(panels, width)
    handles, counts = {}, {name: set() for name in names}
    for (panel, curve), seeds in curves.items():
        rounds, values = table(curve, seeds, metric)
        mean, low, high = mean_and_band(values, options.band)
        look = names.index(curve)
        colour, dashes = COLOURS[look % len(COLOURS)], DASHES[look % len(DASHES)]
        if low is not None:
            axes[panel].fill_between(rounds, low, high, color=colour, alpha=0.18, linewidth=0)
        # Above the axis and not clipped by it: a regret of 0 stays visible.
        handles[curve], = axes[panel].plot(rounds, mean, color=colour, linestyle=dashes, zorder=3,
                                           clip_on=options.yscale == "log")
        counts[curve].add(len(seeds))
    for panel, title in zip(panels, panel_titles(panels)):
        finish_axes(axes[panel], options.xscale, options.yscale, NAMES[metric])
        axes[panel].set_title(plain(title))
    if options.title:
        figure.suptitle(options.title)

    numbers = set().union(*counts.values())
    labels, parts = [plain(", ".join(name)) for name in names], ["mean"]
    if BANDS[options.band] and max(numbers) > 1:
        parts.append(BANDS[options.band])
    if len(numbers) == 1:
        parts.append(f"n = {max(numbers)}")
    else:
        labels = [f"{label} (n = {'/'.join(map(str, sorted(counts[name])))})"
                  for label, name in zip(labels, names)]
    add_legend(figure, [handles[name] for name in names], labels, ", ".join(parts))
    return figure


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("csv", nargs="+", metavar="RESULT.csv", help="regret.csv of cbsim run")
    parser.add_argument("-o", metavar="OUT", dest="out",
                        help="figure: .png, .pdf or .svg (default: beside the first CSV, .png)")
    parser.add_argument("--metric", choices=METRICS, help="default: cum_regret if it is known")
    parser.add_argument("--band", choices=BANDS, default="ci95",
                        help="default: ci95, the 95 %% confidence interval by Student's t")
    parser.add_argument("--policies", nargs="+", metavar="LABEL", help="draw only these")
    parser.add_argument("--title")
    parser.add_argument("--width", choices=WIDTHS, help="a paper's column, its two columns, or a "
                        "slide (default: single, double where there are several panels)")
    parser.add_argument("--xscale", choices=["linear", "log"], default="linear")
    parser.add_argument("--yscale", choices=["linear", "log"], default="linear")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    out = options.out or os.path.splitext(options.csv[0])[0] + ".png"
    suffix = os.path.splitext(out)[1].lstrip(".").lower()
    try:
        if suffix not in FORMATS:
            raise InputError(f"-o {out}: expected a name that ends in .png, .pdf or .svg")
        curves = select(read_curves(options.csv), options.policies)
        figure = draw(curves, options.metric or default_metric(curves), options)
        image = io.BytesIO()
        figure.savefig(image, format=suffix, metadata=FORMATS[suffix])
        with open(out, "wb") as file:
            file.write(image.getvalue())
    except InputError as error:
        print(f"plot_regret.py: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"plot_regret.py: {error.filename or out}: {error.strerror}", file=sys.stderr)
        return 1
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
