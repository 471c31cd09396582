"""Damaged results folders. DAMAGES: name, the file, what becomes of it, the command, its exit code, and what it says.
RECOVERED: name, the file and what becomes of it; `cbsim run` on it makes the same tables as before.
KEY is the run of uniform on seed 0, LAST what is left of the last key of a table that is cut, VERSION the result version."""

import os
import shutil


def text(content):
    def write(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return write


def edit(old, new):
    def write(path):
        before = path.read_text()
        assert old in before, (old, before)
        path.write_text(before.replace(old, new))
    return write


def digit(path):
    before = path.read_bytes()
    path.write_bytes(before[:-2] + (b"3" if before[-2:-1] != b"3" else b"4") + before[-1:])


def cut(path):
    path.write_bytes(path.read_bytes()[:-20])


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x10
    path.write_bytes(content)


def gone(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def folder(path):
    gone(path)
    path.mkdir()


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def loop(path):
    path.unlink()
    path.symlink_to(path.name)


DAMAGES = [
    ("no config", "config.json", gone, ["status", "box"], 2, "box: not a results folder of cbsim: it holds no config.json; give the folder that cbsim run"),
    ("a config that is cut", "config.json", cut, ["status", "box"], 2, "box/config.json:35:5: not JSON: invalid string: missing closing quote; expected a key in quotes"),
    ("a config of a results folder that is a folder", "config.json", folder, ["status", "box"], 1, "cannot read box/config.json: it is a folder, not a file"),
    ("a config of a results folder that is a pipe", "config.json", pipe, ["status", "box"], 1, "cannot read box/config.json: it is a pipe, not a regular file"),
    ("a config that was changed", "config.json", edit('"horizon": 20', '"horizon": 30'), ["status", "box"], 2, "box/manifest.json: of another experiment, \"bad\", with what \"bad\" does not have: uniform"),
    ("no manifest", "manifest.json", gone, ["status", "box"], 2, "box: not a results folder of cbsim: it holds no manifest.json; give the folder that cbsim run"),
    ("no manifest, and run", "manifest.json", gone, ["run", "good.json", "-o", "box"], 2, "box is not empty and holds no manifest.json of cbsim, so nothing is written there; choose"),
    ("an empty manifest", "manifest.json", text(""), ["status", "box"], 2, "box/manifest.json: damaged, or not a manifest of cbsim; restore it from a copy"),
    ("a manifest that is cut", "manifest.json", cut, ["merge", "box"], 2, "box/manifest.json: damaged, or not a manifest of cbsim; restore it from a copy"),
    ("a manifest that is cut, and run", "manifest.json", cut, ["run", "good.json", "-o", "box"], 2, "box/manifest.json is damaged or not of cbsim, so nothing is written there; restore it from a copy, or choose"),
    ("a manifest of random bytes", "manifest.json", text(bytes(range(256))), ["status", "box"], 2, "box/manifest.json: damaged, or not a manifest of cbsim; restore it from a copy"),
    ("a manifest of other types", "manifest.json", text('{"experiment": 3}'), ["status", "box"], 2, "box/manifest.json: damaged, or not a manifest of cbsim; restore it from a copy"),
    ("a manifest that is deep", "manifest.json", text("[" * 100000), ["status", "box"], 2, "box/manifest.json: damaged, or not a manifest of cbsim; restore it from a copy"),
    ("a manifest of no build", "manifest.json", edit('"build": {', '"build": 5, "was": {'), ["status", "box"], 2, "box/manifest.json: damaged, or not a manifest of cbsim; restore it from a copy"),
    ("a manifest of another version", "manifest.json", edit('"result_version": ', '"result_version": 9'), ["status", "box"], 2, "box/manifest.json: the runs are of result version 9VERSION, but this cbsim computes version VERSION, whose"),
    ("a manifest that is a pipe", "manifest.json", pipe, ["status", "box"], 1, "cannot read box/manifest.json: it is a pipe, not a regular file"),
    ("a manifest that is a link to itself", "manifest.json", loop, ["status", "box"], 1, "cannot read box/manifest.json: Too many levels of symbolic links"),
    ("a manifest that is a folder", "manifest.json", folder, ["run", "good.json", "-o", "box"], 1, "cannot read box/manifest.json: it is a folder, not a file"),
    ("a shard's manifest that is cut", "manifest.1-of-2.json", text("{"), ["status", "box"], 2, "box/manifest.1-of-2.json: damaged, or not a manifest of cbsim; restore it from a copy"),
    ("no table", "summary.csv", gone, ["compare", "box"], 2, "box: not a results folder of cbsim: it holds no summary.csv; give the folder that cbsim run"),
    ("an empty table", "summary.csv", text(""), ["compare", "box"], 2, "box/summary.csv:1: not the header of a summary.csv of cbsim; expected the columns"),
    ("a table that is cut", "summary.csv", cut, ["compare", "box"], 2, "box/summary.csv:5: column 'key': 'LAST'; expected 32 digits; is the file cut short?"),
    ("a table of other columns", "summary.csv", text("a,b\n1,2\n"), ["compare", "box"], 2, "box/summary.csv:1: not the header of a summary.csv of cbsim; expected the columns"),
    ("a table of one row without an end", "summary.csv", cut, ["compare", "box", "--format", "csv"], 2, "is the file cut short?"),
    ("a table with nan", "summary.csv", edit(",done,", ",nan,done,"), ["compare", "box"], 2, "box/summary.csv:2: 11 fields, but the header has 10; is the file cut short?"),
    ("a table that is a pipe", "summary.csv", pipe, ["compare", "box"], 1, "cannot read box/summary.csv: it is a pipe, not a regular file"),
    ("a table that is a folder", "summary.csv", folder, ["compare", "box"], 1, "cannot read box/summary.csv: it is a folder, not a file"),
    ("a run without a curve", "runs/KEY/curve.csv", gone, ["status", "box"], 3, "missing"),
    ("a run with a curve that is cut", "runs/KEY/curve.csv", cut, ["status", "box"], 3, "missing"),
    ("a run without run.json", "runs/KEY/run.json", gone, ["merge", "box"], 3, "missing: uniform, seed 0"),
    ("a run that is a file", "runs/KEY", text("x"), ["merge", "box"], 3, "missing: uniform, seed 0"),
]

RECOVERED = [
    ("no run.json", "runs/KEY/run.json", gone),
    ("a run.json that is cut", "runs/KEY/run.json", cut),
    ("a run.json of another type", "runs/KEY/run.json", text("[1, 2]")),
    ("a run.json with rounds below 0", "runs/KEY/run.json", edit('"rounds": 20', '"rounds": -20')),
    ("a run.json with rounds beyond all", "runs/KEY/run.json", edit('"rounds": 20', '"rounds": 1e300')),
    ("a run.json with a file outside", "runs/KEY/run.json", edit('"curve.csv":', '"../../config.json": 1, "curve.csv":')),
    ("a run.json with a name that is too long", "runs/KEY/run.json", edit('"curve.csv":', '"' + "a" * 300 + '": 1, "curve.csv":')),
    ("a run.json that is a pipe", "runs/KEY/run.json", pipe),
    ("a run.json that is a link to itself", "runs/KEY/run.json", loop),
    ("a run.json that is a folder", "runs/KEY/run.json", folder),
    ("no curve", "runs/KEY/curve.csv", gone),
    ("a curve that is cut", "runs/KEY/curve.csv", cut),
    ("a curve with another digit", "runs/KEY/curve.csv", digit),
    ("a curve with nan", "runs/KEY/curve.csv", edit("20,", "20,nan,")),
    ("a curve of nothing", "runs/KEY/curve.csv", text("")),
    ("a curve that is a folder", "runs/KEY/curve.csv", folder),
    ("a run that is a file", "runs/KEY", text("x")),
    ("a run that is gone", "runs/KEY", gone),
    ("no tables", "regret.csv", gone),
    ("a table of random bytes", "regret.csv", text(bytes(range(256)))),
    ("no log", "run.log", gone),
    ("a log of random bytes", "run.log", text(bytes(range(256)))),
]
