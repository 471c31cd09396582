"""Reads cbsim's regret.csv."""

import csv
import math

METRICS = ["cum_regret", "cum_reward", "optimal_rate"]
SYMBOLS = {"gamma": "γ", "lambda": "λ", "epsilon": "ε", "nu": "ν", "delta": "δ"}


class InputError(Exception):
    """Input that cannot be used; its text is one line for the user."""


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
                raise InputError(f"{place}: t is '{row['t']}', expected a round: 1, 2, ...")
            seeds = curves.setdefault((tuple(panel), tuple(curve)), {})
            rounds = seeds.setdefault(row["seed"], {})
            if t in rounds:
                raise InputError(f"{place}: round {row['t']} of '{', '.join(curve)}', seed "
                                 f"{row['seed']}, for the second time; is a file named twice?")
            rounds[t] = [number(place, row, metric) for metric in METRICS]
    return curves
