"""install_packages.sh, test.sh and quickstart.sh against stand-ins for the tools that they call."""

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
        self.debian("libgtest-dev libgmock-dev python3-scipy")
        done = self.run_script("install_packages.sh", "test")
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
        self.assertEqual(self.apt_calls(), [])

    def test_only_what_is_missing_is_installed_after_an_update(self):
        self.debian("libgtest-dev python3-scipy", 'test "$DEBIAN_FRONTEND" = noninteractive')
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


if __name__ == "__main__":
    unittest.main()
