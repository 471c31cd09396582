"""The shell scripts against stand-ins for the tools that they call."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
BASH = shutil.which("bash")
CSV = ("experiment,environment,policy,seed,t,cum_regret,cum_reward,optimal_rate\\n"
       "demo,cosine,A,0,1,1,1,0\\ndemo,cosine,A,0,2,2,1,0\\n")


class Case(unittest.TestCase):
    """A copy of the scripts in a project of its own; each stand-in notes its call in `calls`."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="with space ")
        self.addCleanup(folder.cleanup)
        self.project = Path(folder.name) / "project"
        self.bin = Path(folder.name) / "bin"
        self.calls = Path(folder.name) / "calls"
        for path in (self.project / "scripts", self.project / "configs", self.bin):
            path.mkdir(parents=True)
        for script in [*SCRIPTS.glob("*.sh"), *SCRIPTS.glob("*.py")]:
            shutil.copy(script, self.project / "scripts")
        for tool in ("bash", "env", "dirname", "basename", "cat", "realpath", "nproc", "mkdir"):
            (self.bin / tool).symlink_to(shutil.which(tool))
        (self.bin / "python3").write_text(f'#!{BASH}\nexec {sys.executable} "$@"\n')
        (self.bin / "python3").chmod(0o755)
        self.environment = {"PATH": str(self.bin), "CALLS": str(self.calls), "HOME": folder.name}
        self.calls.touch()

    def stand_in(self, name, body="", path=None):
        path = path or self.bin / name
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(f'#!{BASH}\necho "{name} $*" >>"$CALLS"\n{body}\n')
        path.chmod(0o755)

    def run_script(self, name, *arguments, **environment):
        command = [str(self.project / "scripts" / name), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/",
                              env={**self.environment, **environment}, stdin=subprocess.DEVNULL)

    def called(self):
        return self.calls.read_text().splitlines()


class InstallPackages(Case):
    def debian(self, installed, apt_get="", user=0):
        self.stand_in("dpkg-query",
                      f'[[ " {installed} " == *" ${{@: -1}} "* ]] && echo -n installed')
        self.stand_in("apt-get", apt_get)
        self.stand_in("id", f"echo {user}")

    def apt_calls(self):
        return [call for call in self.called() if call.startswith(("apt-get", "sudo"))]

    def test_nothing_happens_where_nothing_is_missing(self):
        self.debian("libgtest-dev libgmock-dev python3-scipy python3-jsonschema zsh shellcheck")
        done = self.run_script("install_packages.sh", "test")
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
        self.assertEqual(self.apt_calls(), [])

    def test_only_what_is_missing_is_installed_after_an_update(self):
        self.debian("libgtest-dev python3-scipy python3-jsonschema zsh shellcheck",
                    'test "$DEBIAN_FRONTEND" = noninteractive')
        self.assertEqual(self.run_script("install_packages.sh", "test").returncode, 0)
        get = "apt-get -q -y -o DPkg::Lock::Timeout=600"
        self.assertEqual(self.apt_calls(), [
            f"{get} update", f"{get} install --no-install-recommends libgmock-dev"])

    def test_sudo_only_for_others_than_root(self):
        self.debian("", user=1000)
        done = self.run_script("install_packages.sh", "test")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "as root run: apt-get install .*libgtest-dev libgmock-dev .*\n")
        self.stand_in("sudo", 'shift; "$@"')
        self.assertEqual(self.run_script("install_packages.sh", "test").returncode, 0)
        self.assertEqual(sum(call.startswith("sudo -n env") for call in self.apt_calls()), 2)

    def test_a_failed_update_is_survived_and_a_failed_install_reported(self):
        self.debian("", '[[ $* != *update ]]')
        self.assertEqual(self.run_script("install_packages.sh", "test").returncode, 0)
        self.debian("", "exit 100")
        done = self.run_script("install_packages.sh", "test")
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not install: libgtest-dev libgmock-dev python3-scipy", done.stderr)

    def test_another_system_gets_the_names(self):
        done = self.run_script("install_packages.sh", "build", "test")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "no Debian system; .* g\\+\\+ cmake .*libgmock-dev .*\n")
        done = self.run_script("install_packages.sh", "build", CBSIM_INSTALL="no")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_unknown_groups(self):
        done = self.run_script("install_packages.sh", "tests")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no group 'tests'; see --help", done.stderr)
        self.assertEqual(self.run_script("install_packages.sh").returncode, 2)


class Test(Case):
    def test_configures_builds_and_tests(self):
        for tool in ("cmake", "ninja", "ctest"):
            self.stand_in(tool)
        self.assertEqual(self.run_script("test.sh", CBSIM_INSTALL="no").returncode, 0)
        configure, build, test = self.called()
        for option in ("-G Ninja", "TYPE=Release", "CBSIM_NATIVE=ON", "CBSIM_WERROR=ON"):
            self.assertIn(option, configure)
        self.assertTrue(build.startswith("cmake --build build --parallel"))
        self.assertIn("--output-on-failure", test)

    def test_fails_with_the_build_and_with_the_tests(self):
        self.stand_in("ctest", "exit 8")
        self.stand_in("cmake")
        self.assertEqual(self.run_script("test.sh", CBSIM_INSTALL="no").returncode, 8)
        self.stand_in("cmake", '[[ $1 != --build ]] || exit 3')
        self.assertEqual(self.run_script("test.sh", CBSIM_INSTALL="no").returncode, 3)


class Quickstart(Case):
    def setUp(self):
        super().setUp()
        self.environment["CBSIM_INSTALL"] = "no"
        (self.project / "configs/quickstart.json").write_text("{}")
        self.stand_in("cmake", '[[ $1 == --build ]] || : >build/build.ninja')
        self.program('mkdir -p "$4"; printf "' + CSV + '" >"$4/regret.csv"')

    def program(self, body):
        self.stand_in("cbsim", body, self.project / "build/cbsim")

    def test_builds_runs_and_draws_and_then_does_not_configure_again(self):
        done = self.run_script("quickstart.sh")
        self.assertEqual(done.returncode, 0, done.stderr)
        figure = self.project / "results/quickstart/regret.png"
        self.assertIn(f" {figure}\n", done.stdout)
        self.assertTrue(figure.exists())
        self.assertEqual(len(self.called()), 3)
        self.assertIn("--target cbsim", self.called()[1])
        self.assertEqual(self.called()[2], f"cbsim run {self.project}/configs/quickstart.json "
                         "-o results/quickstart")
        self.assertEqual(self.run_script("quickstart.sh").returncode, 0)
        self.assertEqual(len(self.called()), 5)

    def test_runs_another_config_given_relative_to_the_current_folder(self):
        config = self.project / "my own.v2.json"
        config.write_text("{}")
        done = self.run_script("quickstart.sh", os.path.relpath(config, "/"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.project / "results/my own.v2/regret.png").exists())

    def test_each_step_that_fails_is_named(self):
        self.program("exit 2")
        done = self.run_script("quickstart.sh")
        self.assertEqual(done.returncode, 2)
        self.assertIn("quickstart.sh: the experiment did not finish", done.stderr)
        self.program("exit 130")
        done = self.run_script("quickstart.sh")
        self.assertEqual(done.returncode, 130)
        self.assertIn("the same command goes on from here", done.stderr)
        self.program('mkdir -p "$4"; : >"$4/regret.csv"')
        done = self.run_script("quickstart.sh")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the figure could not be drawn; the results are in", done.stderr)
        self.stand_in("cmake", "exit 1")
        done = self.run_script("quickstart.sh")
        self.assertEqual(done.returncode, 1)
        self.assertIn("quickstart.sh: the build failed", done.stderr)
        self.stand_in("id", "echo 0")
        done = self.run_script("quickstart.sh", CBSIM_INSTALL="")
        self.assertEqual(done.returncode, 1)
        self.assertIn("quickstart.sh: packages are missing", done.stderr)

    def test_a_config_that_is_not_there(self):
        done = self.run_script("quickstart.sh", "absent.json")
        self.assertEqual((done.returncode, done.stderr),
                         (2, "quickstart.sh: there is no config /absent.json\n"))
        self.assertEqual(self.run_script("quickstart.sh", "a", "b").returncode, 2)
        self.assertEqual(self.called(), [])


class Sweep(Case):
    def setUp(self):
        super().setUp()
        self.program()

    def program(self, body=""):
        self.stand_in("cbsim", body, self.project / "build/cbsim")

    def test_each_value_has_a_folder(self):
        done = self.run_script("sweep.sh", "c.json", "my out/", "environment.path", "a b", "../c",
                               "--", "--seeds", "2", "-q")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.called(), [
            f"cbsim run c.json -o my out/environment.path={folder} --grid environment.path={value} "
            "--seeds 2 -q" for folder, value in [("a b", "a b"), (".._c", "../c")]])
        self.assertIn(r"plot_regret.py my\ out/environment.path=*/ --against environment.path -o "
                      r"my\ out.png", done.stderr)

    def test_words_reach_the_program_as_they_are(self):
        self.program('printf "<%s>" "$@" >>"$CALLS"')
        value = """a'b "c" $HOME * """
        self.assertEqual(self.run_script("sweep.sh", "c.json", "o", "p", value).returncode, 0)
        self.assertIn(f"<run><c.json><-o><o/p={value}><--grid><p={value}>",
                      self.calls.read_text())

    def test_the_first_failure_ends_it_and_k_goes_on(self):
        self.program("[[ $* != *=2* ]] || exit 1")
        arguments = ["c.json", "out", "gamma", "1", "2", "3"]
        done = self.run_script("sweep.sh", *arguments)
        self.assertEqual((done.returncode, len(self.called())), (1, 2))
        self.assertIn("sweep.sh: stopped at gamma=2; the same command again goes on", done.stderr)
        self.calls.write_text("")
        done = self.run_script("sweep.sh", "-k", *arguments)
        self.assertEqual((done.returncode, len(self.called())), (1, 3))
        self.assertIn("sweep.sh: not all values are done", done.stderr)
        self.assertIn("plot:", done.stderr)

    def test_k_does_not_go_on_after_a_signal(self):
        self.program("exit 143")
        done = self.run_script("sweep.sh", "-k", "c.json", "out", "gamma", "1", "2")
        self.assertEqual((done.returncode, len(self.called())), (143, 1))

    def test_wrong_arguments(self):
        for arguments, pattern in [([], "expected CONFIG OUT PATH VALUE"),
                                   (["c.json", "out", "gamma"], "expected CONFIG OUT PATH VALUE"),
                                   (["c.json", "out", "gamma", "--", "-q"], "no VALUE for gamma"),
                                   (["-x", "c.json", "out", "gamma", "1"], "-x: no such option")]:
            done = self.run_script("sweep.sh", *arguments)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr, f"\\Asweep.sh: {pattern}[^\n]*\n\\Z")
        (self.project / "build/cbsim").unlink()
        done = self.run_script("sweep.sh", "c.json", "out", "gamma", "1")
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no program cbsim; build it, or set CBSIM", done.stderr)


class SlurmSweep(Case):
    """The submission; slurm_test.py runs what is submitted."""

    def setUp(self):
        super().setUp()
        self.stand_in("cbsim", path=self.project / "build/cbsim")
        self.sbatch()
        self.config = self.project / "my config.json"
        self.config.write_text("{}")
        self.out = self.project / "out 100%"

    def sbatch(self, body=":"):
        """Answers 1, 2, ... and keeps the scripts."""
        self.stand_in("sbatch", f'''{body}
number=0
while read -r _; do ((++number)); done <"$CALLS"
cat >"$CALLS.$number"
echo "$number;cluster"''')

    def submitted(self, number):
        return Path(f"{self.calls}.{number}").read_text()

    def test_submits_an_array_and_a_merge_that_follows_it(self):
        done = self.run_script("slurm_sweep.sh", self.config, self.out, 7, "-p", "short", "-c", "2",
                               "--", "--set", "name=it's")
        self.assertEqual(done.returncode, 0, done.stderr)
        validate, array, merge = self.called()
        self.assertEqual(validate, f"cbsim validate {self.config}")
        log = f"--output={self.project}/out 100%%.slurm"
        start = "sbatch --parsable --job-name=cbsim out 100% --cpus-per-task=1"
        self.assertEqual(array, f"{start} {log}/%A_%a.log --open-mode=append --requeue "
                         "--signal=B:TERM@60 -p short -c 2 --array=1-7")
        self.assertEqual(merge, f"{start} {log}/merge_%j.log -p short -c 2 --dependency=afterany:2")
        self.assertIn("array 2: 7 tasks; merge 3 when they have ended\n", done.stdout)
        self.assertIn("squeue -j 2,3\n", done.stdout)

        self.stand_in("cbsim", 'printf "<%s>" "$@" >>"$CALLS"', self.project / "build/cbsim")
        for number, task in [(2, "5"), (3, "")]:
            script = Path(f"{self.calls}.{number}")
            script.chmod(0o755)
            subprocess.run(script, check=True, cwd="/",
                           env={**self.environment, "SLURM_ARRAY_TASK_ID": task})
        calls = self.calls.read_text()
        self.assertIn(f"<run><{self.config}><-o><{self.out}><--progress><never><--color><never>"
                      "<--set><name=it's><--shard><5/7>", calls)
        self.assertIn(f"<merge><{self.out}>", calls)

    def test_paths_may_be_relative_and_the_program_elsewhere(self):
        self.stand_in("mine")
        done = self.run_script("slurm_sweep.sh", os.path.relpath(self.config, "/"),
                               os.path.relpath(self.out, "/"), 1, CBSIM="mine")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"mine run {self.config} -o {self.out} ",
                      self.submitted(2).replace("\\", ""))

    def test_what_is_wrong_is_found_before_anything_is_submitted(self):
        def refused(code, pattern, *arguments):
            done = self.run_script("slurm_sweep.sh", *arguments)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertRegex(done.stderr, f"slurm_sweep.sh: {pattern}")
            self.assertEqual([call for call in self.called() if call.startswith("sbatch")], [])

        for tasks in ("0", "1001", "-1", "1.5", "x", "", "9" * 30):
            refused(2, f"NTASKS is {tasks}; expected a number of tasks from 1 to 1000", self.config,
                    self.out, tasks)
        refused(2, "expected CONFIG OUT NTASKS", self.config, self.out)
        for option in ("--array=1-3", "-a1-3", "--array"):
            refused(2, f"{option}: the array is 1 to NTASKS", self.config, self.out, 3, option)
        (self.project / "file").touch()
        refused(1, "cannot write into .*file", self.config, self.project / "file", 3)
        self.stand_in("cbsim", "exit 2", self.project / "build/cbsim")
        refused(2, "the config cannot be run", self.config, self.out, 3)
        (self.project / "build/cbsim").unlink()
        refused(2, "there is no program cbsim; build it", self.config, self.out, 3)
        (self.bin / "sbatch").unlink()
        refused(2, "no sbatch on PATH", self.config, self.out, 3)

    def test_a_refusal_by_sbatch_is_named(self):
        self.sbatch("[[ $* != *--array* ]] || exit 1")
        done = self.run_script("slurm_sweep.sh", self.config, self.out, 3)
        self.assertEqual(done.returncode, 1)
        self.assertIn("sbatch refused the array (see above); nothing was submitted", done.stderr)
        self.sbatch("[[ $* != *--dependency* ]] || exit 1")
        done = self.run_script("slurm_sweep.sh", self.config, self.out, 3)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, "sbatch refused the merge .* array 4 was submitted. When it "
                         "has ended, .*cbsim merge .* does it")


if __name__ == "__main__":
    unittest.main()
