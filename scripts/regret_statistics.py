"""Means, bands and choices over the curves that regret_csv.py reads."""

import math
import sys

import numpy as np

from regret_csv import METRICS, Curve, InputError


def note(text):
    print(f"plot_regret.py: {text}", file=sys.stderr)


def default_metric(curves):
    """cum_regret, or cum_reward where the regret is unknown."""
    for (_, curve), seeds in curves.items():
        if any(values[0] is None for rounds in seeds.values() for values in rounds.values()):
            note(f"cum_regret of '{curve.policy}' is empty, so cum_reward is drawn")
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
            raise InputError(f"'{curve}': the seeds {first} and {seed} were recorded at different "
                             "rounds, so they have no mean; draw their files apart")
    if all(end in values for values in seeds.values()):
        rounds.append(end)
    if not rounds:
        raise InputError(f"'{curve}': the seeds have no round in common, so they have no mean; "
                         "draw their files apart")
    if any(max(values) != end for values in seeds.values()):
        note(f"the seeds of '{curve}' end at different rounds; they are drawn up to round "
             f"{rounds[-1]}")
    return rounds


def table(curve, seeds, metric):
    """The rounds (T) and the values (seeds x T) of a curve."""
    rounds, column = common_rounds(curve, seeds), METRICS.index(metric)
    for seed, values in seeds.items():
        if any(values[t][column] is None for t in rounds):
            raise InputError(f"{metric} of '{curve}', seed {seed}, is empty; choose another "
                             "--metric")
    return np.array(rounds), np.array([[seeds[seed][t][column] for t in rounds] for seed in seeds])


def final_values(curve, seeds, metric):
    """The values (seeds x 1) in the last round."""
    return table(curve, seeds, metric)[1][:, -1:]


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


def split_seeds(curves, selection):
    """The curves on the seeds of a range and on the others."""
    chosen, others = {}, {}
    for key, seeds in curves.items():
        for half, inside in ((chosen, True), (others, False)):
            half[key] = {seed: rounds for seed, rounds in seeds.items()
                         if (seed in selection) == inside}
            if not half[key]:
                raise InputError(
                    f"--select-seeds {selection.start}:{selection.stop}: '{key[1]}' has "
                    f"{'no seed in it' if inside else 'no other seed to draw'}; its seeds are "
                    f"{', '.join(map(str, sorted(seeds)))}")
    return chosen, others


def best_settings(curves, metric, against=None, selection=None):
    """Of each policy in each panel the curve of the best mean final value, for each value of the
    swept setting `against` by itself. The choice is made on the seeds of the range `selection` and
    the result has the others. Returns the curves without the settings that were chosen, and those
    settings: {(panel, curve): settings}."""
    judged, drawn = split_seeds(curves, selection) if selection else (curves, curves)
    groups = {}
    for panel, curve in curves:
        kept = tuple(setting for setting in curve.settings if setting.answers_to(against))
        groups.setdefault((panel, Curve(curve.policy, kept)), []).append(curve)
    best, choices = {}, {}
    for (panel, name), candidates in groups.items():
        common = set.intersection(*(set(judged[panel, curve]) for curve in candidates))
        if not common:
            raise InputError(f"'{name}': its settings have no seed in common, so none is the best")
        if any(set(judged[panel, curve]) != common for curve in candidates):
            note(f"the settings of '{name}' have different seeds; they are compared on those that "
                 f"all have: {', '.join(map(str, sorted(common)))}")

        def cost(curve, panel=panel, common=common):
            seeds = {seed: judged[panel, curve][seed] for seed in sorted(common)}
            mean = final_values(curve, seeds, metric).mean()
            return mean if metric == "cum_regret" else -mean

        # Where nothing is to be chosen nothing need be judged.
        choice = min(candidates, key=cost) if len(candidates) > 1 else candidates[0]
        best[panel, name] = drawn[panel, choice]
        choices[panel, name] = tuple(s for s in choice.settings if s not in name.settings)
    return best, choices
