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

from regret_csv import METRICS, Curve, InputError, csv_path, read_curves, symbol, without

SYSTEM_PYTHON = "/usr/bin/python3"


def switch_python(missing):
    """Starts again with the system's Python: the python3 on PATH may be one without matplotlib."""
    if os.path.exists(SYSTEM_PYTHON) and "CBSIM_PYTHON_SWITCHED" not in os.environ:
        os.environ["CBSIM_PYTHON_SWITCHED"] = "1"
        os.execv(SYSTEM_PYTHON, [SYSTEM_PYTHON, *sys.argv])
    sys.exit(f"plot_regret.py: {missing}; install numpy and matplotlib, on Debian by apt-get "
             "install python3-numpy python3-matplotlib")


try:
    import numpy as np

    from regret_figure import BANDS, NAMES, WIDTHS, Line, XAxis, draw, panel_titles
    from regret_statistics import (best_settings, default_metric, final_values, mean_and_band,
                                   table)
except ImportError as missing_module:
    if __name__ != "__main__":
        raise
    switch_python(missing_module)

FORMATS = {"png": {"Software": None}, "pdf": {"CreationDate": None}, "svg": {"Date": None}}


def select(curves, policies):
    """The curves of these policies; of all if None."""
    known = list(dict.fromkeys(curve.policy for _, curve in curves))
    for policy in policies or []:
        if policy not in known:
            raise InputError(f"--policies: no policy '{policy}' in the files; they have "
                             f"{', '.join(known)}")
    return {key: seeds for key, seeds in curves.items()
            if not policies or key[1].policy in policies}


def lines_over_rounds(curves, metric, options):
    lines = []
    for (panel, curve), seeds in curves.items():
        rounds, values = table(curve, seeds, metric)
        lines.append(Line(panel, curve, rounds, *mean_and_band(values, options.band),
                          {len(seeds)}))
    guide = options.log == "xy" and metric == "cum_regret"
    return lines, XAxis("Round", "x" in options.log, from_zero=True, guide=guide)


def axis_of_values(texts, name, log):
    """The axis of a swept setting and the place of each of its values. Words, and numbers over
    decades that include 0, stand at equal distances."""
    try:
        numbers = {text: float(text) for text in texts}
    except ValueError:
        numbers = {}
    if numbers and all(map(math.isfinite, numbers.values())):
        positive = [number for number in numbers.values() if number > 0]
        decades = positive and max(positive) > 10 * (1 + 1e-9) * min(positive)
        if len(positive) == len(numbers):
            return XAxis(symbol(name), "x" in log or bool(decades)), numbers
        if not decades and "x" not in log:
            return XAxis(symbol(name)), numbers
        texts = sorted(texts, key=numbers.get)
    if "x" in log:
        raise InputError(f"--log {log}: {name} has the values {', '.join(texts)}, and only numbers "
                         "above 0 have a logarithm; leave out x")
    return XAxis(symbol(name), words=tuple(texts)), {text: i for i, text in enumerate(texts)}


def lines_against(curves, metric, options):
    """Final values over the values of a swept setting. A policy without it is drawn across."""
    path = options.against
    known, points, values, names = {}, {}, {}, []
    for (panel, curve), seeds in curves.items():
        swept = [*panel.settings, *curve.settings]
        known |= {setting.path: None for setting in swept}
        x = next((setting for setting in swept if setting.answers_to(path)), None)
        if x:
            values[x.value] = None
            names.append(x.name)
        panel = panel._replace(settings=without(panel.settings, path))
        if x and x.path == "environment.type":
            panel = panel._replace(environment="")
        key = panel, Curve(curve.policy, without(curve.settings, path))
        points.setdefault(key, {})[x.value if x else None] = final_values(curve, seeds, metric)
    if not values:
        raise InputError(f"--against {path}: not swept in the files; they sweep "
                         f"{', '.join(known) or 'nothing'}")
    axis, places = axis_of_values(list(values), names[0], options.log)
    lines = []
    for (panel, name), finals in points.items():
        if None in finals:
            lines.append(Line(panel, name, None, *mean_and_band(finals[None], options.band),
                              {len(finals[None])}))
            continue
        order = sorted(finals, key=places.get)
        parts = [mean_and_band(finals[value], options.band) for value in order]
        low, high = (None if any(part[end] is None for part in parts) else
                     np.concatenate([part[end] for part in parts]) for end in (1, 2))
        lines.append(Line(panel, name, np.array([places[value] for value in order]),
                          np.concatenate([part[0] for part in parts]), low, high,
                          {len(finals[value]) for value in order}, marked=True))
    return lines, axis


def labels_of(lines, choices, against):
    """{name: text} of the legend: a policy, its settings, and those that were chosen, with the
    panels where each was if they differ."""
    panels = list(dict.fromkeys(panel for panel, _ in choices))
    titles = dict(zip(panels, panel_titles(panels)))
    chosen = {}
    for (panel, curve), settings in choices.items():
        if settings:
            name = Curve(curve.policy, without(curve.settings, against))
            places = chosen.setdefault(name, {}).setdefault(", ".join(map(str, settings)), [])
            places.append(titles[panel])
    labels = {}
    for name in dict.fromkeys(line.name for line in lines):
        labels[name], texts = str(name), chosen.get(name, {})
        if len(texts) == 1:
            labels[name] += f", {next(iter(texts))}"
        elif texts and against:
            labels[name] += f", at each point the best of {'; '.join(texts)}"
        else:
            for text, places in texts.items():
                labels[name] += f"\n    {text} for {'; '.join(places)}"
    return labels


def legend(lines, choices, options):
    """The labels and the title of the legend."""
    counts = {}
    for line in lines:
        counts.setdefault(line.name, set()).update(line.seeds)
    numbers = set().union(*counts.values())
    labels, parts = labels_of(lines, choices, options.against), ["mean"]
    if BANDS[options.band] and max(numbers) > 1:
        parts.append(BANDS[options.band])
    if len(numbers) == 1:
        parts.append(f"n = {max(numbers)}")
    else:
        for name, label in labels.items():
            first, *more = label.split("\n")
            first += f" (n = {'/'.join(map(str, sorted(counts[name])))})"
            labels[name] = "\n".join([first, *more])
    title = ", ".join(parts)
    if options.best:
        on = options.select_seeds
        title += "; best settings" + (f", chosen on the seeds {on.start}:{on.stop}" if on else
                                      ", chosen on the same seeds")
    return labels, title


def make_figure(options):
    curves = select(read_curves(options.csv), options.policies)
    metric = options.metric or default_metric(curves)
    choices = {}
    if options.best:
        curves, choices = best_settings(curves, metric, options.against, options.select_seeds)
    if options.against:
        lines, axis = lines_against(curves, metric, options)
        name = "Final " + NAMES[metric].lower()
    else:
        lines, axis = lines_over_rounds(curves, metric, options)
        name = NAMES[metric]
    return draw(lines, axis, name, *legend(lines, choices, options), options)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(2, f"plot_regret.py: {message}; see --help\n")


def seed_range(text):
    first, _, end = text.partition(":")
    if not (first.isdecimal() and end.isdecimal() and int(first) < int(end)):
        raise argparse.ArgumentTypeError(f"'{text}' is no range of seeds; expected A:B, as in 0:5 "
                                         "for 0, 1, 2, 3, 4")
    return range(int(first), int(end))


def parse(arguments):
    parser = Parser(description=__doc__.split("\n", maxsplit=1)[0], prog="plot_regret.py")
    parser.add_argument("csv", nargs="+", metavar="RESULTS",
                        help="folders of cbsim run, or their regret.csv")
    parser.add_argument("-o", metavar="OUT", dest="out",
                        help="figure: .png, .pdf or .svg (default: beside the first CSV, .png)")
    parser.add_argument("--metric", choices=METRICS, help="default: cum_regret if it is known")
    parser.add_argument("--band", choices=BANDS, default="ci95",
                        help="default: ci95, the 95 %% confidence interval by Student's t")
    parser.add_argument("--policies", nargs="+", metavar="LABEL", help="draw only these")
    parser.add_argument("--best", action="store_true", help="of each policy in each environment "
                        "only the settings of the best mean final metric")
    parser.add_argument("--select-seeds", metavar="A:B", type=seed_range, help="with --best: "
                        "choose on the seeds A to B-1 and draw the others")
    parser.add_argument("--against", metavar="PATH", help="draw the final metric over the values "
                        "of a swept setting: policies.NeuralUCB.gamma, or gamma of all policies")
    parser.add_argument("--log", choices=["x", "y", "xy"], default="",
                        help="logarithmic axes; xy adds a line of slope 1/2 to the regret")
    parser.add_argument("--title")
    parser.add_argument("--width", choices=WIDTHS, help="a paper's column, its two columns, or a "
                        "slide (default: single, double where there are several panels)")
    options = parser.parse_args(arguments)
    if options.select_seeds and not options.best:
        parser.error("--select-seeds: nothing to choose without --best")
    return options


def main(arguments=None):
    options = parse(arguments)
    out = options.out
    try:
        out = out or os.path.splitext(csv_path(options.csv[0]))[0] + ".png"
        suffix = os.path.splitext(out)[1].lstrip(".").lower()
        if suffix not in FORMATS:
            raise InputError(f"-o {out}: expected a name that ends in .png, .pdf or .svg")
        image = io.BytesIO()
        make_figure(options).savefig(image, format=suffix, metadata=FORMATS[suffix])
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
