#include <gmock/gmock.h>

#include "experiment/temporary_folder.hpp"
#include "subprocess.hpp"

namespace cbsim {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

/// These need no config: the command line alone decides.
class CommandLine : public ::testing::Test {
 protected:
  Finished run(std::vector<std::string> arguments) const {
    return Subprocess(folder_.path(), std::move(arguments)).wait();
  }
  void expect_refused(std::vector<std::string> arguments, const std::string& message) const {
    const Finished finished = run(std::move(arguments));
    EXPECT_EQ(finished.exit_code, 2);
    EXPECT_THAT(finished.err, StartsWith("cbsim: "));
    EXPECT_THAT(finished.err, HasSubstr(message));
    EXPECT_THAT(finished.out, IsEmpty());
  }

  TemporaryFolder folder_;
};

TEST_F(CommandLine, AlonePrintsHelp) {
  const Finished finished = run({});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, HasSubstr("cbsim run configs/quickstart.json"));
}

TEST_F(CommandLine, PrintsItsVersion) {
  const Finished finished = run({"--version"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, ::testing::MatchesRegex("cbsim [0-9.]+\n"));
}

TEST_F(CommandLine, ShowsAnExampleInTheHelpOfRun) {
  const Finished finished = run({"run", "--help"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, HasSubstr("Example:\n  cbsim run"));
}

TEST_F(CommandLine, RefusesWhatItDoesNotKnow) {
  expect_refused({"dance"}, "dance");
  expect_refused({"run"}, "CONFIG is required");
  expect_refused({"run", "--frobnicate", "c.json"}, "--frobnicate");
  expect_refused({"run", "c.json", "d.json"}, "d.json");
}

TEST_F(CommandLine, RefusesAnOptionInPlaceOfAValue) {
  expect_refused({"run", "c.json", "--set", "--force"}, "a value is missing before --force");
  expect_refused({"run", "c.json", "-o", "--keep-going"}, "a value is missing before --keep-going");
}

TEST_F(CommandLine, RefusesValuesThatMakeNoSense) {
  expect_refused({"run", "c.json", "-j", "0"}, "-j 0: expected a number of threads from 1");
  expect_refused({"run", "c.json", "-j", "two"}, "-j two");
  expect_refused({"run", "c.json", "-j", "2", "--threads-per-run", "3"},
                 "--threads-per-run 3: more than the 2 threads of -j");
  expect_refused({"run", "c.json", "--threads-per-run", "0"},
                 "--threads-per-run 0: expected a number");
  for (const char* shard : {"0/3", "4/3", "2", "2/", "/3", "2/3x", "-1/3", "1/0"}) {
    expect_refused({"run", "c.json", "--shard", shard},
                   std::string("--shard ") + shard + ": expected I/N");
  }
  expect_refused({"run", "c.json", "--checkpoint-every", "-1"}, "expected a number of seconds");
  expect_refused({"run", "c.json", "--checkpoint-every", "nan"}, "expected a number of seconds");
  expect_refused({"run", "c.json", "--progress", "maybe"}, "expected auto, always or never");
  expect_refused({"run", "c.json", "--color", "red"}, "expected auto, always or never");
  expect_refused({"run", "c.json", "--set", "gamma"}, "expected PATH=VALUE");
  expect_refused({"run", "c.json", "--grid", "=1"}, "expected PATH=VALUE");
  expect_refused({"run", "c.json", "-q", "-v"}, "excludes");
}

TEST_F(CommandLine, SurvivesAStandardOutputThatNobodyReads) {
  EXPECT_EQ(shell(folder_.path(), "(sleep 0.2; $CBSIM --help; echo $? >code) | true").exit_code, 0);
  while (text_of(folder_.path() / "code").empty()) ::usleep(10000);
  EXPECT_EQ(text_of(folder_.path() / "code"), "0\n");
  EXPECT_EQ(shell(folder_.path(), "$CBSIM --help >&-").exit_code, 0);
}

TEST_F(CommandLine, SaysThatStandardOutputIsFull) {
  const Finished finished = shell(folder_.path(), "$CBSIM --help >/dev/full");
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_EQ(finished.err, "cbsim: cannot write to standard output\n");
}

}  // namespace
}  // namespace cbsim
