"""Draws lines with bands for plot_regret.py: panels, axes, legend."""

import math
import textwrap
from typing import NamedTuple

import matplotlib
import numpy as np

from regret_csv import Curve, InputError, Panel

NAMES = {"cum_regret": "Cumulative regret", "cum_reward": "Cumulative reward",
         "optimal_rate": "Share of optimal rounds"}
BANDS = {"ci95": "95 % CI", "se": "± 1 SE", "sd": "± 1 SD", "minmax": "min to max", "none": None}
WIDTHS = {"single": 3.4, "double": 7.0, "slides": 10.0}  # inches
# Okabe and Ito's colours without yellow, too faint on white; dashes for print in grey. Their
# numbers, 7 and 8, have no common factor: 56 curves before a look comes again.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9"]
DASHES = ["-", (0, (5, 1.5)), (0, (1, 1)), (0, (6, 1.5, 1, 1.5)), (0, (9, 2.5)),
          (0, (3, 1, 1, 1, 1, 1)), (0, (1, 2.5)), (0, (9, 1.5, 3, 1.5))]
MARKERS = "osD^vP*X"
GUIDE = "slope 1/2"


class Line(NamedTuple):
    """What is drawn of a curve: arrays of one length, or x None for one value all across."""

    panel: Panel
    name: Curve
    x: np.ndarray | None
    mean: np.ndarray
    low: np.ndarray | None
    high: np.ndarray | None
    seeds: set  # how many, of each point
    marked: bool = False


class XAxis(NamedTuple):
    label: str
    log: bool = False
    from_zero: bool = False
    guide: bool = False
    words: tuple = ()  # texts for 0, 1, 2, ...


def plain(text):
    """Text that matplotlib shows as it is: no formulas, no label hidden for its underscore."""
    return (" " if text.startswith("_") else "") + text.replace("$", r"\$")


def letters_in(inches):
    """How many letters of the usual width fit."""
    return int(inches * 72 / (0.55 * matplotlib.rcParams["font.size"]))


def wrapped(text, inches):
    """Text in lines that fit into a width."""
    indent = "    " if "\n" in text else ""
    lines = [textwrap.wrap(line, letters_in(inches), subsequent_indent=indent)
             for line in text.splitlines()]
    return "\n".join(part for line in lines for part in line)


def style(width):
    size, scale = (16, 2) if width == "slides" else (8, 1)
    small = dict.fromkeys(["legend.fontsize", "legend.title_fontsize", "xtick.labelsize",
                           "ytick.labelsize"], size - 1)
    return small | {
        "font.size": size, "axes.titlesize": size, "axes.labelsize": size,
        "figure.titlesize": size, "lines.linewidth": 1.3 * scale, "axes.linewidth": 0.6 * scale,
        "lines.markersize": 3.5 * scale, "axes.spines.top": False, "axes.spines.right": False,
        "axes.xmargin": 0, "axes.grid": True, "grid.color": "#e8e8e8",
        "grid.linewidth": 0.5 * scale, "axes.axisbelow": True, "axes.formatter.limits": (-4, 6),
        "legend.frameon": False, "legend.handlelength": 2.8,
        "savefig.dpi": 150 if width == "slides" else 300, "pdf.fonttype": 42,
        "svg.hashsalt": "cbsim"}


def facets(panel):
    """What may tell a panel from others: experiment, environment, each swept setting."""
    parts = {"experiment": panel.experiment, "environment": panel.environment}
    for setting in panel.settings:
        if setting.path != "environment.type":  # the environment says it
            parts[setting.path] = str(setting)
    return parts


def varying_facets(panels):
    """For each panel the facets in which they differ, {name: text}."""
    parts = [facets(panel) for panel in panels]
    names = list(dict.fromkeys(name for part in parts for name in part))
    if len({tuple(part.get(name) for name in names[1:]) for part in parts}) == len(parts):
        names = names[1:]  # without the experiment
    names = [name for name in names if len({part.get(name) for part in parts}) > 1]
    return [{name: part[name] for name in names if name in part} for part in parts]


def panel_titles(panels):
    """What tells the panels apart; nothing for a single one."""
    return [", ".join(part.values()) for part in varying_facets(panels)]


def layout(panels, width):
    """The panels in the order in which they are drawn, and the number of columns. What differs in
    two ways, each with each, is a table: environments below each other, their settings beside."""
    parts = varying_facets(panels)
    names = list(dict.fromkeys(name for part in parts for name in part))
    if len(names) == 2 and width != "single":
        down, across = (list(dict.fromkeys(part.get(name) for part in parts)) for name in names)
        places = [(down.index(part.get(names[0])), across.index(part.get(names[1])))
                  for part in parts]
        if len(set(places)) == len(down) * len(across) and 1 < len(across) <= 4:
            return [panel for _, panel in sorted(zip(places, panels))], len(across)
    return panels, 1 if width == "single" else min(len(panels), 2 if len(panels) in (2, 4) else 3)


def make_axes(panels, width):
    """A figure, and {panel: axes}."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    matplotlib.rcdefaults()
    matplotlib.rcParams.update(style(width))
    panels, columns = layout(panels, width)
    lines = math.ceil(len(panels) / columns)
    ratio = 0.5 if columns == 1 and width != "single" else [0.68, 0.68, 0.8, 0.9][columns - 1]
    figure = Figure(figsize=(WIDTHS[width], WIDTHS[width] / columns * ratio * lines))
    FigureCanvasAgg(figure)
    grid = list(figure.subplots(lines, columns, squeeze=False).flat)
    for spare in grid[len(panels):]:
        spare.remove()
    for axes, title in zip(grid, panel_titles(panels)):
        axes.set_title(plain(wrapped(title, WIDTHS[width] / columns)))
    return figure, dict(zip(panels, grid))


def add_legend(figure, handles, labels, title):
    """A legend below the panels, as wide as fits; the figure grows by its height."""
    width, height = figure.get_size_inches()
    handle = 4.5 * matplotlib.rcParams["font.size"] / 72
    labels = [plain(wrapped(label, width - handle)) for label in labels]
    for lines in range(math.ceil(len(labels) / 5), len(labels) + 1):
        legend = figure.legend(handles, labels, title=wrapped(title, width), loc="lower center",
                               ncol=math.ceil(len(labels) / lines))
        box = legend.get_window_extent(figure.canvas.get_renderer())
        if box.width <= width * figure.dpi or lines == len(labels):
            break
        legend.remove()
    legend_height = box.height / figure.dpi + 0.05
    figure.set_size_inches(width, height + legend_height)
    below = legend_height / (height + legend_height)
    figure.set_layout_engine("constrained", rect=(0, below, 1, 1 - below))


def lowest(lines):
    """The lower end of a logarithmic axis for these lines, None where none is above 0."""
    means = np.concatenate([line.mean for line in lines])
    return 0.8 * means[means > 0].min() if (means > 0).any() else None


def draw_line(axes, line, look, floor):
    """A line with its band in look number `look`: through points, or across where it has no x. On
    a logarithmic axis, which has no 0, `floor` is where a band ends at the latest."""
    colour, dashes = COLOURS[look % len(COLOURS)], DASHES[look % len(DASHES)]
    low = line.low if floor is None or line.low is None else np.maximum(line.low, floor)
    if line.x is None:
        if low is not None:
            axes.axhspan(low[0], line.high[0], color=colour, alpha=0.12, linewidth=0)
        return axes.axhline(line.mean[0], color=colour, linestyle=dashes, zorder=3)
    if low is not None:
        axes.fill_between(line.x, low, line.high, color=colour, alpha=0.18, linewidth=0)
    # Above the axis and not clipped by it: a regret of 0 stays visible.
    return axes.plot(line.x, line.mean, color=colour, linestyle=dashes, zorder=3,
                     marker=MARKERS[look % len(MARKERS)] if line.marked else None,
                     clip_on=floor is not None)[0]


def finish_axes(axes, x_axis, metric_name, floor):
    """Labels, scales and limits; a band that reaches below 0 does not stretch the axis."""
    axes.set(xlabel=plain(x_axis.label), xscale="log" if x_axis.log else "linear",
             yscale="linear" if floor is None else "log")
    place, (width, height) = axes.get_subplotspec(), axes.figure.get_size_inches()
    if place.is_first_col():
        axes.set_ylabel(wrapped(metric_name, 0.65 * height / place.get_gridspec().nrows))
    if x_axis.words:
        axes.set_xticks(range(len(x_axis.words)), [plain(word) for word in x_axis.words])
        room = letters_in(width / place.get_gridspec().ncols)
        if len("  ".join(x_axis.words)) > room:
            axes.tick_params(axis="x", rotation=90)
        axes.set_xlim(-0.2, len(x_axis.words) - 0.8)
    elif not x_axis.from_zero:
        axes.margins(x=0.04)
    elif not x_axis.log:
        axes.set_xlim(left=0)
    if floor is not None:
        axes.set_ylim(bottom=floor)
    elif min(min(line.get_ydata()) for line in axes.get_lines()) >= 0:
        axes.set_ylim(bottom=0)


def draw_guide(axes):
    """A straight line of slope 1/2 on logarithmic axes, through the middle of the lines' ends."""
    lines = [line for line in axes.get_lines() if line.get_ydata()[-1] > 0]
    end = max(line.get_xdata()[-1] for line in lines)
    ends = np.log([line.get_ydata()[-1] for line in lines])
    middle = math.exp((ends.min() + ends.max()) / 2)
    x = np.array([min(line.get_xdata()[0] for line in lines), end])
    limits = axes.get_ylim()
    guide, = axes.plot(x, middle * np.sqrt(x / end), color="#808080", linewidth=0.8,
                       linestyle=(0, (2, 2)), zorder=2)
    axes.set_ylim(limits)
    return guide


def draw(lines, x_axis, metric_name, labels, legend_title, options):
    """The figure of lines, a panel for each of theirs and a legend of `labels`, {name: text}."""
    panels = list(dict.fromkeys(line.panel for line in lines))
    width = options.width or ("single" if len(panels) == 1 else "double")
    figure, axes = make_axes(panels, width)
    looks = {name: number for number, name in enumerate(labels)}
    handles = {}
    for panel in panels:
        inside, floor = [line for line in lines if line.panel == panel], None
        if "y" in options.log:
            floor = lowest(inside)
            if floor is None:
                raise InputError(f"--log {options.log}: {metric_name.lower()} is nowhere above 0, "
                                 "so that it has no logarithm; leave out y")
        for line in inside:
            handles[line.name] = draw_line(axes[panel], line, looks[line.name], floor)
        finish_axes(axes[panel], x_axis, metric_name, floor)
        if x_axis.guide:
            handles[GUIDE] = draw_guide(axes[panel])
    if x_axis.guide:
        labels = labels | {GUIDE: GUIDE}
    if options.title:
        figure.suptitle(plain(wrapped(options.title, WIDTHS[width])))
    add_legend(figure, [handles[name] for name in labels], labels.values(), legend_title)
    return figure
