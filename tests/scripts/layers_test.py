"""Layers point down only: a test over the #include lines of src/ and include/cbsim/."""

import re
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What a layer may include besides itself. Environment and policy never know of each other.
BELOW_POLICY = ["model", "confidence", "training", "core"]
BELOW = {
    "core": [],
    "training": ["core"],
    "confidence": ["training", "core"],
    "model": ["confidence", "training", "core"],
    "policy": BELOW_POLICY,
    "environment": ["core"],
    "simulate": ["policy", "environment", *BELOW_POLICY],
    "experiment": ["simulate", "policy", "environment", *BELOW_POLICY],
    "app": ["experiment", "simulate", "policy", "environment", *BELOW_POLICY],
}
OUTER = ("experiment", "app")  # may use JSON, streams, files, threads and the clock
# A refit's own threads.
EXCEPTIONS = {("training", "thread_team.hpp", "thread")}
OUTER_ONLY = re.compile(
    r"(nlohmann|CLI|spdlog|fmt)/|(fstream|iostream|istream|ostream|filesystem|thread|future|chrono|"
    r"ctime|zlib\.h)$")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layer_of(relative):
    """The layer of a path below src/ or include/cbsim/; files at the top belong to simulate."""
    return relative.parts[0] if len(relative.parts) > 1 else "simulate"


def included_layer(root, file, name):
    """The layer of an included header of ours, None for one of a library."""
    if name.startswith("cbsim/"):
        return layer_of(Path(name).relative_to("cbsim"))
    target = (file.parent / name).resolve()
    for base in (root / "src", root / "include" / "cbsim"):
        if target.is_relative_to(base):
            return layer_of(target.relative_to(base))
    return None


def violations(root):
    """(number of files, one line for each #include that breaks a rule)."""
    root, found, files = root.resolve(), [], 0
    for base in (root / "src", root / "include" / "cbsim"):
        for file in sorted(p for p in base.rglob("*") if p.suffix in (".cpp", ".hpp")):
            files += 1
            layer = layer_of(file.relative_to(base))
            place = file.relative_to(root)
            if layer not in BELOW:
                found.append(f"{place}: {layer} is no layer")
                continue
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                include = INCLUDE.match(line)
                if not include:
                    continue
                quote, name = include.groups()
                excepted = layer in OUTER or (layer, file.name, name) in EXCEPTIONS
                if OUTER_ONLY.match(name) and not excepted:
                    found.append(f"{place}:{number}: <{name}> belongs into experiment and app")
                ours = quote == '"' or name.startswith("cbsim/")
                target = included_layer(root, file, name) if ours else None
                if target not in (None, layer, *BELOW[layer]):
                    found.append(f"{place}:{number}: {layer} must not know {target} ({name})")
    return files, found


class Layers(unittest.TestCase):
    def test_every_include_points_down(self):
        files, found = violations(ROOT)
        self.assertGreater(files, 50)
        self.assertEqual(found, [], "\n" + "\n".join(found))


class Checker(unittest.TestCase):
    """The test above must be able to fail."""

    def check(self, path, *lines):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / path
            file.parent.mkdir(parents=True)
            file.write_text("\n".join(lines) + "\n", encoding="utf-8")
            files, found = violations(Path(folder))
            self.assertEqual(files, 1)
            return found

    def test_accepts_includes_of_lower_layers(self):
        for path, header in [
                ("src/app/run.cpp", "cbsim/experiment/runner.hpp"),
                ("src/experiment/runner.cpp", "cbsim/simulate.hpp"),
                ("src/simulate.cpp", "cbsim/environment/environment.hpp"),
                ("include/cbsim/simulate.hpp", "cbsim/policy/policy.hpp"),
                ("src/policy/ucb.cpp", "cbsim/training/network.hpp"),
                ("src/model/neural.cpp", "cbsim/confidence/dual.hpp"),
                ("src/confidence/dual.cpp", "cbsim/training/factors.hpp"),
                ("src/environment/cosine.cpp", "cbsim/core/rng.hpp"),
                ("src/training/loss.cpp", "panel_kernels.hpp")]:
            self.assertEqual(self.check(path, f'#include "{header}"'), [], path)

    def test_finds_every_include_that_points_up_or_across(self):
        for path, header in [
                ("src/core/rng.cpp", "cbsim/environment/environment.hpp"),
                ("include/cbsim/core/rng.hpp", "cbsim/simulate.hpp"),
                ("src/training/loss.cpp", "cbsim/confidence/dual.hpp"),
                ("src/confidence/dual.cpp", "cbsim/model/reward_model.hpp"),
                ("src/model/linear_model.cpp", "cbsim/policy/policy.hpp"),
                ("src/model/linear_model.cpp", "cbsim/environment/environment.hpp"),
                ("src/training/loss.cpp", "cbsim/environment/environment.hpp"),
                ("src/policy/oracle.cpp", "cbsim/environment/environment.hpp"),
                ("src/policy/oracle.cpp", "cbsim/simulate.hpp"),
                ("src/environment/cosine.cpp", "cbsim/policy/policy.hpp"),
                ("src/environment/cosine.cpp", "cbsim/training/network.hpp"),
                ("src/environment/cosine.cpp", "../model/kernels.hpp"),
                ("src/simulate.cpp", "cbsim/experiment/runner.hpp"),
                ("src/experiment/runner.cpp", "../app/commands.hpp")]:
            found = self.check(path, "#pragma once", f'#include "{header}"')
            self.assertEqual(len(found), 1, path)
            self.assertIn(f"{path}:2: ", found[0])
            self.assertEqual(len(self.check(path, f'  # include "{header}"')), 1, path)

    def test_finds_json_streams_files_threads_and_clocks_below_experiment(self):
        for header in ["nlohmann/json.hpp", "nlohmann/json_fwd.hpp", "CLI/CLI.hpp",
                       "spdlog/spdlog.h", "fstream", "iostream", "thread", "filesystem", "chrono"]:
            for layer in BELOW:
                path = "src/simulate.cpp" if layer == "simulate" else f"src/{layer}/file.cpp"
                found = self.check(path, f"#include <{header}>")
                self.assertEqual(len(found), 0 if layer in OUTER else 1, f"{path} <{header}>")

    def test_finds_a_folder_that_is_no_layer(self):
        self.assertEqual(self.check("src/util/misc.cpp"), ["src/util/misc.cpp: util is no layer"])


if __name__ == "__main__":
    unittest.main()
