"""cbsim completion, in the shells themselves: completion_test.py CBSIM."""

import json
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

CONFIG = {
    "horizon": 10,
    "environment": {"type": "linear", "noise": {"type": "student_t", "degrees": 3},
                    "wrappers": [{"type": "delay", "rounds": 3}]},
    "policies": [{"type": "neural_ucb", "label": "NeuralUCB"}, {"type": "lin_ucb", "label": "λ 1"},
                 {"type": "uniform"}, {"type": "uniform"}]}


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "exp.json").write_text("// a comment\n" + json.dumps(CONFIG))
        (self.folder / "notes.txt").touch()
        (self.folder / "results").mkdir()

    def cbsim(self, *arguments):
        return subprocess.run([self.program, *arguments], capture_output=True, text=True,
                              check=False, cwd=self.folder)


class Candidates(Case):
    """What the program answers to the shells' scripts."""

    def candidates(self, line):
        """Of a line that ends in the word to complete."""
        done = self.cbsim("complete", "\n".join(["cbsim", *line.split(" ")]))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    def test_subcommands_are_those_of_the_help(self):
        text = self.cbsim("--help").stdout
        commands = re.findall(r"^  (\w+) ", text.split("Subcommands:")[1].split("\n\n")[0], re.M)
        self.assertEqual(self.candidates(""), commands)
        self.assertIn("completion", commands)
        self.assertNotIn("complete", commands)

    def test_options_are_those_of_the_help(self):
        for command in self.candidates(""):
            text = self.cbsim(command, "--help").stdout
            shown = {name for line in re.findall(r"^  (-\S+)", text, re.M)
                     for name in line.split(",")}
            self.assertEqual(set(self.candidates(f"{command} -")), shown, command)
        self.assertEqual(self.candidates("run --thr"), ["--threads-per-run"])

    def test_fixed_values(self):
        for line in ("run exp.json --progress ", "run --color "):
            self.assertEqual(self.candidates(line), ["auto", "always", "never"])
        self.assertEqual(self.candidates("run --progress=al"), ["--progress=always"])
        self.assertEqual(self.candidates("completion "), ["bash", "zsh"])
        self.assertEqual(self.candidates("run exp.json --seeds "), [])

    def test_configs_and_folders(self):
        for line in ("run ", "show ", "validate exp.json ", "run --progress never ", "run -v ex"):
            self.assertEqual(self.candidates(line), ["@config"], line)
        self.assertEqual(self.candidates("run exp.json -o "), ["@folder"])
        self.assertEqual(self.candidates("run exp.json "), [])

    def test_names_of_list(self):
        text = self.cbsim("list").stdout
        names = re.findall(r"^([a-z]\w+) ", text.split("\ncbsim list")[0], re.M)
        self.assertGreater(len(names), 20)
        self.assertEqual(self.candidates("list "), ["policies", "environments", "wrappers", *names])
        self.assertEqual(self.candidates("list policies kernel_u"), ["kernel_ucb"])

    def test_settings_of_the_config_on_the_line(self):
        found = self.candidates("run -o results exp.json --set ")
        for path in ("horizon", "environment.type", "environment.noise",
                     "environment.noise.degrees", "environment.wrappers.0.rounds", "record.spacing", "policies.1.gamma",
                     "policies.NeuralUCB.gamma", "policies.NeuralUCB.network.width",
                     "policies.2.label", "policies.3.label"):
            self.assertIn(path + "=", found)
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual([path for path in found if path.startswith(("policies.0", "sweep"))], [])
        self.assertEqual(self.candidates("show exp.json --set hor"), ["horizon="])

    def test_every_path_is_a_setting(self):
        for path in self.candidates("run exp.json --set "):
            done = self.cbsim("show", "exp.json", "--set", path + '{"no":"setting"}')
            self.assertEqual(done.returncode, 2, path)
            key = path.rstrip("=").split(".")[-1]
            self.assertNotIn(f'unknown key "{key}"', done.stderr, path)

    def test_values_of_settings(self):
        for line, values in [
                ("run exp.json --set policies.1.disjoint=", ["true", "false"]),
                ("run exp.json --set policies.NeuralUCB.confidence=d", ["diagonal"]),
                ("run exp.json --set=record.spacing=", ["linear", "log"]),
                ("run exp.json --grid environment.type=linear,quadratic_", ["quadratic_form"]),
                ("run exp.json --set horizon=", []), ("run exp.json --set nothing=", [])]:
            before = line.split(" ")[-1]
            before = before[:max(before.rfind("="), before.rfind(",")) + 1]
            self.assertEqual(self.candidates(line), [before + value for value in values], line)

    def test_what_cannot_be_read_has_no_settings(self):
        (self.folder / "broken.json").write_text("{")
        (self.folder / "list.json").write_text("[]")
        (self.folder / "odd.json").write_text('{"environment": 3, "policies": [4, {"type": 5}]}')
        for config in ("absent.json", "broken.json", "list.json", "results"):
            self.assertEqual(self.candidates(f"run {config} --set "), [])
        self.assertIn("horizon=", self.candidates("run odd.json --set "))
        self.assertEqual(self.candidates("run --set "), [])
        self.assertEqual(self.candidates("nothing "), [])

    def test_unknown_shells_are_refused(self):
        for arguments in (["fish"], []):
            done = self.cbsim("completion", *arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertIn("SHELL", done.stderr)


class Typing(Case):
    """A user at a terminal: types a line and TAB; Ctrl-X shows what the line is then."""

    START = {
        "bash": (["--norc", "--noprofile", "-i"],
                 'bind -x \'"\\C-x": printf "<%s>" "$READLINE_LINE"\'; '
                 'eval "$(cbsim completion bash)"'),
        "zsh": (["-f", "-i"],
                'show() { print -rn -- "<$BUFFER>" }; zle -N show; bindkey "^X" show; '
                'autoload -Uz compinit; compinit -u -D; source <(cbsim completion zsh)')}

    def type_into(self, shell, lines):
        """What each line has become."""
        arguments, start = self.START[shell]
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(self.folder)
            os.environ.update(PATH=f"{Path(self.program).parent}:{os.environ['PATH']}", PS1="$ ",
                              TERM="dumb", HOME=str(self.folder), COLUMNS="500", LC_ALL="C.UTF-8")
            os.execvp(shell, [shell, *arguments])
        try:
            # A quoted number, so that the echo of the command is not taken for its answer.
            self.send(terminal, f"stty cols 500; {start}; echo ready''1\n", rb"ready1")
            results = []
            for line in lines:
                shown = self.send(terminal, f"\x15{line}\t\x18", rb"<([^<>]*)>")
                results.append(shown.group(1).decode())
            return results
        finally:
            os.close(terminal)
            os.waitpid(process, 0)

    def send(self, terminal, text, pattern):
        """Waits for the pattern in what comes back."""
        os.write(terminal, text.encode())
        output, end = b"", time.monotonic() + 60
        while time.monotonic() < end:
            if select.select([terminal], [], [], 1)[0]:
                output += os.read(terminal, 65536)
                if found := re.search(pattern, output):
                    return found
        raise AssertionError(f"no {pattern} after {text!r}: {output!r}")

    def test_bash(self):
        self.check("bash")

    def test_zsh(self):
        self.check("zsh")

    def check(self, shell):
        if not shutil.which(shell):
            self.skipTest(f"no {shell}")
        expected = {
            "cbsim sho": "cbsim show ",
            "cbsim run ex": "cbsim run exp.json ",
            "cbsim run exp.json -o re": "cbsim run exp.json -o results/",
            "cbsim run exp.json --pro": "cbsim run exp.json --progress ",
            "cbsim run exp.json --progress ne": "cbsim run exp.json --progress never ",
            "cbsim run exp.json --progress=ne": "cbsim run exp.json --progress=never ",
            "cbsim list kernel_t": "cbsim list kernel_ts ",
            "cbsim run exp.json --set policies.NeuralUCB.ga":
                "cbsim run exp.json --set policies.NeuralUCB.gamma=",
            "cbsim run exp.json --set environment.noise.t":
                "cbsim run exp.json --set environment.noise.type=",
            "cbsim run exp.json --set policies.1.disjoint=t":
                "cbsim run exp.json --set policies.1.disjoint=true ",
            "cbsim run exp.json --grid environment.type=linear,whe":
                "cbsim run exp.json --grid environment.type=linear,wheel ",
            "cbsim run exp.json --seeds 5:8 --col": "cbsim run exp.json --seeds 5:8 --color "}
        if shell == "bash":  # zsh offers other files where there is no config
            expected["cbsim run no"] = "cbsim run no"
        self.assertEqual(dict(zip(expected, self.type_into(shell, expected))), expected)


if __name__ == "__main__":
    Case.program = os.path.realpath(sys.argv.pop(1))
    unittest.main()
