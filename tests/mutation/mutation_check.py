#!/usr/bin/env python3
"""Puts small faults into the core, one at a time, and counts those that the tests notice.

Faults are enumerated over src/*.cpp and src/{core,environment,policy,model,confidence,training}: an
operator becomes its neighbour, a number grows by one, a condition is negated, a statement is left
out. A sample of them, drawn with a fixed seed, is built in a copy of the last commit and run against
the tests of all layers, the golden results, the parity with NumPy and the bad inputs. What does not
compile is not a fault and is replaced by the next of the sample. With a report that is there
already, of the same sources, it goes on after the last fault in it.

usage: mutation_check.py [--sample N] [--seed S] [--build DIR] [--report FILE] [--list]
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("core", "environment", "policy", "model", "confidence", "training")
SCRIPTS = {"golden": "golden/golden_test.py", "parity": "parity/parity_test.py",
           "bad_inputs": "scripts/bad_inputs_test.py"}
TIMEOUT = 240  # seconds a suite; those of the sound program take less than a tenth

TOKENS = [
    (r" \+ ", " - "), (r" - ", " + "), (r" \* ", " / "), (r" / ", " * "),
    (r" < ", " <= "), (r" <= ", " < "), (r" > ", " >= "), (r" >= ", " > "),
    (r" == ", " != "), (r" != ", " == "), (r" && ", " || "), (r" \|\| ", " && "),
    (r" \+= ", " -= "), (r" -= ", " += "), (r" \*= ", " /= "), (r" /= ", " *= "),
    (r"std::max\(", "std::min("), (r"std::min\(", "std::max("),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"),
    (r"\bif \(", "if (!("),  # closed below
    (r"(?<![\w.'])(\d+)(?![\w.'])", None),  # a whole number
    (r"(?<![\w.'])(\d+\.\d+)(?![\w.'])", None),
]
STATEMENT = re.compile(r"^\s+(?!return|throw|const |auto |using |static |case |default|break|continue"
                       r"|else|constexpr )[\w.:>()\[\]-]+(\(.*\)| [-+*/]?= .*|\+\+);$")


def code_of(line):
    """The line with comments and string literals blanked out, of the same length."""
    line = re.sub(r'"(\\.|[^"\\])*"', lambda m: "~" * len(m.group()), line)
    comment = line.find("//")
    return line if comment < 0 else line[:comment] + " " * (len(line) - comment)


def closing(text, start):
    """Where the parenthesis that opens at `start` closes, or -1."""
    depth = 0
    for i in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i
    return -1


def mutants_of_line(line):
    code = code_of(line)
    if code.lstrip().startswith(("#", "template", "static_assert", "namespace")):
        return
    for pattern, replacement in TOKENS:
        for match in re.finditer(pattern, code):
            at, end = match.span()
            if replacement == "if (!(":
                close = closing(code, end - 1)
                if close > 0:
                    yield line[:at] + "if (!(" + line[end:close] + ")" + line[close:], "if (!...)"
                continue
            new = replacement
            if new is None:
                number = match.group()
                new = str(float(number) + 1.0) if "." in number else str(int(number) + 1)
            yield line[:at] + new + line[end:], f"{match.group().strip()} -> {new.strip()}"
    if STATEMENT.match(code) and code.count("(") == code.count(")"):
        yield re.match(r"\s*", line).group() + ";", "left out"


def enumerate_mutants(source):
    files = sorted(source.glob("src/*.cpp"))
    for layer in LAYERS:
        files += sorted((source / "src" / layer).glob("*.cpp"))
    mutants = []
    for path in files:
        for number, line in enumerate(path.read_text().splitlines()):
            for new, what in mutants_of_line(line):
                mutants.append({"file": str(path.relative_to(source)), "line": number + 1,
                                "what": what, "old": line.strip(), "new": new})
    return mutants


class Trial:
    """A build of the program whose files can be changed."""

    def __init__(self, folder):
        self.source, self.build = folder / "source", folder / "build"
        self.source.mkdir(parents=True, exist_ok=True)
        archive = subprocess.run(["git", "-C", ROOT, "archive", "HEAD"], check=True,
                                 capture_output=True).stdout
        # -m: times of now, so that nothing of a fault that was judged last is left in the build.
        subprocess.run(["tar", "-x", "-m", "-C", self.source], input=archive, check=True)
        subprocess.run(["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja",
                        "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1",
                        "-DBUILD_TESTING=ON", "-DCBSIM_UNITY=OFF"],
                       check=True, stdout=subprocess.DEVNULL)

    def make(self, *targets):
        return subprocess.run(["ninja", "-C", self.build, *targets], capture_output=True,
                              text=True).returncode == 0

    def suites(self, file):
        """All suites, those nearest to the file first."""
        own = Path(file).parent.name
        layers = [own] if own in LAYERS else []
        layers += [n for n in reversed(LAYERS) if n not in layers]
        for name in (layers[0], "golden", "parity", "simulate", *layers[1:], "allocation",
                     "experiment", "app", "bad_inputs"):
            if name in SCRIPTS:
                yield name, "cbsim", [sys.executable, self.source / "tests" / SCRIPTS[name],
                                      self.build / "cbsim"]
            else:
                yield name, f"{name}_tests", [self.build / "tests" / f"{name}_tests",
                                              "--gtest_fail_fast", "--gtest_brief=1"]

    def first_failing(self, file):
        """The suite that notices, or None."""
        for name, target, command in self.suites(file):
            if not self.make(target):
                raise RuntimeError(f"{target} does not build")
            try:
                done = subprocess.run(command, capture_output=True, timeout=TIMEOUT,
                                      cwd=self.build)
            except subprocess.TimeoutExpired:
                return f"{name} (time)"
            if done.returncode != 0:
                return name
        return None

    def judge(self, mutant):
        """None where it does not compile, else the suite that notices or 'survived'."""
        path = self.source / mutant["file"]
        text = path.read_text()
        lines = text.splitlines(keepends=True)
        lines[mutant["line"] - 1] = mutant["new"] + "\n"
        path.write_text("".join(lines))
        try:
            if not self.make("cbsim_core"):
                return None
            return self.first_failing(mutant["file"]) or "survived"
        finally:
            path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sample", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--build", type=Path, default=ROOT / "build-mutation")
    parser.add_argument("--report", type=Path)
    parser.add_argument("--list", action="store_true", help="only list the sample")
    options = parser.parse_args()

    mutants = enumerate_mutants(ROOT)
    random.Random(options.seed).shuffle(mutants)
    print(f"{len(mutants)} faults in {len({m['file'] for m in mutants})} files", flush=True)
    if options.list:
        for mutant in mutants[:options.sample]:
            print(f"{mutant['file']}:{mutant['line']}: {mutant['what']}: {mutant['old']}")
        return 0

    trial = Trial(options.build.resolve())
    sound = trial.first_failing("src/simulate.cpp")
    if sound:
        sys.exit(f"the tests of {sound} fail without any fault")
    results = []
    if options.report and options.report.exists():
        results = json.loads(options.report.read_text())
        if [{**r, "noticed": None} for r in results] != [
                {**m, "noticed": None} for m in mutants[:len(results)]]:
            sys.exit(f"{options.report} is of another sample, or of other sources; remove it")
    compiled = sum(r["noticed"] is not None for r in results)
    for mutant in mutants[len(results):]:
        if compiled == options.sample:
            break
        started = time.monotonic()
        noticed = trial.judge(mutant)
        results.append({**mutant, "noticed": noticed})
        compiled += noticed is not None
        print(f"{compiled}: {mutant['file']}:{mutant['line']}: {mutant['what']}: "
              f"{noticed or 'does not compile'} ({time.monotonic() - started:.0f} s)", flush=True)
        if options.report:
            options.report.write_text(json.dumps(results, indent=1) + "\n")
    survivors = [r for r in results if r["noticed"] == "survived"]
    print(f"{compiled - len(survivors)} of {compiled} noticed")
    for mutant in survivors:
        print(f"survived: {mutant['file']}:{mutant['line']}: {mutant['what']}: {mutant['old']}")
    return 0 if len(survivors) * 10 <= compiled else 1


if __name__ == "__main__":
    os.environ.setdefault("GTEST_COLOR", "no")
    sys.exit(main())
