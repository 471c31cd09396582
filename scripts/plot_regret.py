#!/usr/bin/env python3
"""Draws cbsim's regret.csv: for each policy the mean over the seeds and a band around it.

Each environment has a panel of its own, each policy and each point of a sweep a curve, in the
order of the files. Needs only numpy and matplotlib. Same input, same bytes.
"""

import argparse
import csv
import io
import math
import os
import sys

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

METRICS = {"cum_regret": "Cumulative regret", "cum_reward": "Cumulative reward",
           "optimal_rate": "Share of optimal rounds"}
BANDS = {"ci95": "95 % CI", "se": "± 1 SE", "sd": "± 1 SD", "minmax": "min to max", "none": None}
WIDTHS = {"single": 3.4, "double": 7.0, "slides": 10.0}  # inches
FORMATS = {"png": {"Software": None}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}
# Okabe and Ito's colours without yellow, too faint on white; dashes for print in grey. Their
# numbers, 7 and 8, have no common factor: 56 curves before a look comes again.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9"]
DASHES = ["-", (0, (5, 1.5)), (0, (1, 1)), (0, (6, 1.5, 1, 1.5)), (0, (9, 2.5)),
          (0, (3, 1, 1, 1, 1, 1)), (0, (1, 2.5)), (0, (9, 1.5, 3, 1.5))]
SYMBOLS = {"gamma": "γ", "lambda": "λ", "epsilon": "ε", "nu": "ν", "delta": "δ"}


class PlotError(Exception):
    """Input that cannot be drawn; its text is one line for the user."""


def read_rows(path):
    """Yields (place, row as a dict, swept paths) for each row of a regret.csv."""
    known = ["experiment", "environment", "policy", "seed", "t", *METRICS]
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            absent = [name for name in known if name not in header]
            if absent:
                raise PlotError(f"{path}: no column {', '.join(absent)}; expected a regret.csv of "
                                f"cbsim with the columns {', '.join(known)}")
            swept = [name for name in header if name not in known]
            for fields in reader:
                place = f"{path}:{reader.line_num}"
                if len(fields) != len(header):
                    raise PlotError(f"{place}: {len(fields)} fields where the header has "
                                    f"{len(header)}; is the file cut short?")
                yield place, dict(zip(header, fields)), swept
            if reader.line_num == 1:
                raise PlotError(f"{path}: no rows below the header; no run has finished yet")
        except (csv.Error, UnicodeDecodeError) as error:
            raise PlotError(f"{path}: no table that can be read: {error}") from error


def number(place, row, column):
    """The value in a column, None where the field is empty."""
    if not row[column]:
        return None
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise PlotError(f"{place}: {column} is '{row[column]}', expected a number")
    return value


def assignment(path, value, policy):
    """A swept path and its value as text: policies.NeuralUCB.gamma and 0.1 give γ=0.1."""
    if path.startswith(f"policies.{policy}."):
        path = path[len(f"policies.{policy}."):]
    elif path.startswith("policies."):  # by index
        path = path.split(".", 2)[-1]
    path = path.removeprefix("environment.")
    return f"{SYMBOLS.get(path, path)}={value}"


def read_curves(paths):
    """{(panel, curve): {seed: {t: values of METRICS}}} in the order of the files.

    A panel is (experiment, environment, its swept values), a curve (policy, its swept values).
    """
    curves = {}
    for path in paths:
        for place, row, swept in read_rows(path):
            panel, curve = [row["experiment"], row["environment"]], [row["policy"]]
            for name in swept:
                if row[name]:
                    key = panel if name.startswith("environment.") else curve
                    key.append(assignment(name, row[name], row["policy"]))
            t = number(place, row, "t")
            if t is None or t < 1 or t != int(t):
                raise PlotError(f"{place}: t is '{row['t']}', expected a round: 1, 2, ...")
            seeds = curves.setdefault((tuple(panel), tuple(curve)), {})
            rounds = seeds.setdefault(row["seed"], {})
            if t in rounds:
                raise PlotError(f"{place}: round {row['t']} of '{', '.join(curve)}', seed "
                                f"{row['seed']}, for the second time; is a file named twice?")
            rounds[t] = [number(place, row, metric) for metric in METRICS]
    return curves


def select(curves, policies):
    """The curves of these policies; of all if None."""
    known = list(dict.fromkeys(curve[0] for _, curve in curves))
    for policy in policies or []:
        if policy not in known:
            raise PlotError(f"no policy '{policy}' in the files; they have {', '.join(known)}")
    return {key: seeds for key, seeds in curves.items() if not policies or key[1][0] in policies}


def default_metric(curves):
    """cum_regret, or cum_reward where the regret is unknown."""
    for (_, curve), seeds in curves.items():
        if any(values[0] is None for rounds in seeds.values() for values in rounds.values()):
            print(f"plot_regret.py: cum_regret of '{curve[0]}' is empty, so cum_reward is drawn",
                  file=sys.stderr)
            return "cum_reward"
    return "cum_regret"


def table(curve, seeds, metric):
    """The rounds (T) and the values (seeds x T) of a curve."""
    first, column = next(iter(seeds)), list(METRICS).index(metric)
    rounds = sorted(seeds[first])
    for seed, values in seeds.items():
        if sorted(values) != rounds:
            raise PlotError(f"'{', '.join(curve)}': the seeds {first} and {seed} were recorded at "
                            "different rounds, so they have no mean; draw their files apart")
        if any(value[column] is None for value in values.values()):
            raise PlotError(f"{metric} of '{', '.join(curve)}', seed {seed}, is empty")
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


def draw(curves, metric, options):
    """The figure of {(panel, curve): seeds}."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    panels = list(dict.fromkeys(panel for panel, _ in curves))
    width = options.width or ("single" if len(panels) == 1 else "double")
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(style(width))
    columns = 1 if width == "single" else min(len(panels), 2 if len(panels) in (2, 4) else 3)
    lines = math.ceil(len(panels) / columns)
    height = WIDTHS[width] * 0.68 if width == "single" else WIDTHS[width] / columns * {1: 0.5, 2: 0.68, 3: 0.8}[columns]
    figure = Figure(figsize=(WIDTHS[width], height * lines))
    FigureCanvasAgg(figure)
    axes = dict(zip(panels, figure.subplots(lines, columns, squeeze=False).flat))
    for spare in figure.axes[len(panels):]:
        spare.remove()

    looks, handles, counts = {}, {}, {}
    for (panel, curve), seeds in curves.items():
        rounds, values = table(curve, seeds, metric)
        mean, low, high = mean_and_band(values, options.band)
        if options.yscale == "log" and not (mean > 0).any():
            raise PlotError(f"{metric} of '{curve[0]}' is never above 0, which a logarithmic axis "
                            "needs")
        look = looks.setdefault(curve, len(looks))
        colour, dashes = COLOURS[look % len(COLOURS)], DASHES[look % len(DASHES)]
        if low is not None:
            axes[panel].fill_between(rounds, low, high, color=colour, alpha=0.18, linewidth=0)
        handles[curve], = axes[panel].plot(rounds, mean, color=colour, linestyle=dashes)
        counts.setdefault(curve, set()).add(len(seeds))
    for i, (ax, title) in enumerate(zip(axes.values(), panel_titles(panels))):
        ax.set(title=title, xlabel="Round", xscale=options.xscale, yscale=options.yscale)
        ax.set_ylabel(METRICS[metric] if i % columns == 0 else "")
        # A band that reaches below 0 shall not stretch the axis.
        means = np.concatenate([line.get_ydata() for line in ax.get_lines()])
        if options.yscale == "log":
            ax.set_ylim(bottom=0.8 * means[means > 0].min())
        elif means.min() >= 0:
            ax.set_ylim(bottom=0)
        if options.xscale == "linear":
            ax.set_xlim(left=0)
    if options.title:
        figure.suptitle(options.title)

    all_counts = set().union(*counts.values())
    labels = [", ".join(curve) + (f" (n = {'/'.join(map(str, sorted(counts[curve])))})"
                                  if len(all_counts) > 1 else "") for curve in handles]
    parts = ["mean", BANDS[options.band] if max(all_counts) > 1 else None,
             f"n = {max(all_counts)}" if len(all_counts) == 1 else None]
    add_legend(figure, list(handles.values()), labels, ", ".join(part for part in parts if part))
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
            raise PlotError(f"-o {out}: expected a name that ends in .png, .pdf or .svg")
        curves = select(read_curves(options.csv), options.policies)
        figure = draw(curves, options.metric or default_metric(curves), options)
        image = io.BytesIO()
        figure.savefig(image, format=suffix, metadata=FORMATS[suffix])
        with open(out, "wb") as file:
            file.write(image.getvalue())
    except PlotError as error:
        print(f"plot_regret.py: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"plot_regret.py: {error.filename or out}: {error.strerror}", file=sys.stderr)
        return 1
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
