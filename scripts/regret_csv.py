"""Reads cbsim's regret.csv."""

import csv
import math
import os
from typing import NamedTuple

METRICS = ["cum_regret", "cum_reward", "optimal_rate"]
SYMBOLS = {"gamma": "γ", "lambda": "λ", "epsilon": "ε", "nu": "ν", "delta": "δ"}


class InputError(Exception):
    """Input that cannot be used; its text is one line for the user."""


class Setting(NamedTuple):
    """A swept setting and its value as text."""

    path: str  # as the column is called: policies.NeuralUCB.gamma
    name: str  # within its policy or environment: gamma
    value: str

    def __str__(self):
        return f"{symbol(self.name)}={self.value}"

    def answers_to(self, path):
        """Its whole path, or the end of one: gamma, network.width, width."""
        return path in (self.path, self.name) or self.name.endswith(f".{path}")


class Panel(NamedTuple):
    """A world: an environment and its swept settings, the horizon among them."""

    experiment: str
    environment: str
    settings: tuple = ()


class Curve(NamedTuple):
    """A policy and its swept settings."""

    policy: str
    settings: tuple = ()

    def __str__(self):
        return ", ".join([self.policy, *map(str, self.settings)])


def symbol(name):
    return SYMBOLS.get(name, name)


def without(settings, path):
    """The settings but those that answer to a path."""
    return tuple(setting for setting in settings if not setting.answers_to(path))


def csv_path(path):
    """The regret.csv of a folder of results; a file as it is."""
    if not os.path.isdir(path):
        return path
    inside = os.path.join(path, "regret.csv")
    if not os.path.exists(inside):
        raise InputError(f"{path}: a folder without regret.csv; name a folder of cbsim run, or "
                         f"write the file from what has finished: cbsim merge {path}")
    return inside


def read_rows(path):
    """Yields (place, row as a dict, swept paths) for each row of a regret.csv."""
    known = ["experiment", "environment", "policy", "seed", "t", *METRICS]
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = next(reader, [])
            absent = [name for name in known if name not in header]
            if absent:
                raise InputError(f"{path}: no column {', '.join(absent)}; expected a regret.csv of "
                                 f"cbsim with the columns {', '.join(known)}")
            swept = [name for name in header if name not in known]
            for fields in reader:
                place = f"{path}:{reader.line_num}"
                if len(fields) != len(header):
                    raise InputError(f"{place}: {len(fields)} fields where the header has "
                                     f"{len(header)}; is the file cut short?")
                yield place, dict(zip(header, fields)), swept
            if reader.line_num == 1:
                raise InputError(f"{path}: no rows below the header; no run has finished yet")
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path}: no table that can be read: {error}") from error


def number(place, row, column):
    """The value in a column, None where the field is empty."""
    if not row[column]:
        return None
    try:
        value = float(row[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{place}: {column} is '{row[column]}', expected a number")
    return value


def whole(place, row, column, least, what):
    value = number(place, row, column)
    if value is None or value < least or value != int(value):
        raise InputError(f"{place}: {column} is '{row[column]}', expected {what}")
    return int(value)


def keys(row, swept):
    """The panel and the curve to which a row belongs."""
    world, own = [], []
    for path in swept:
        if not row[path]:
            continue
        name = path.removeprefix("environment.")
        if path.startswith(f"policies.{row['policy']}."):
            name = path[len(f"policies.{row['policy']}."):]
        elif path.startswith("policies."):  # by index
            name = path.split(".", 2)[-1]
        (own if path.startswith("policies.") else world).append(Setting(path, name, row[path]))
    return (Panel(row["experiment"], row["environment"], tuple(world)),
            Curve(row["policy"], tuple(own)))


def read_curves(paths):
    """{(panel, curve): {seed: {t: values of METRICS}}} in the order of the files and folders. The
    same run may stand in several of them."""
    curves = {}
    for path in map(csv_path, paths):
        for place, row, swept in read_rows(path):
            panel, curve = keys(row, swept)
            t = whole(place, row, "t", 1, "a round: 1, 2, ...")
            seed = whole(place, row, "seed", 0, "a seed: 0, 1, ...")
            rounds = curves.setdefault((panel, curve), {}).setdefault(seed, {})
            values = [number(place, row, metric) for metric in METRICS]
            if rounds.setdefault(t, values) != values:
                raise InputError(f"{place}: round {t} of '{curve}', seed {seed}, for the second "
                                 "time and with other values; draw what is not one experiment "
                                 "apart, or give each its own name")
    return curves
