#include "cbsim/experiment/memory.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "experiments.hpp"
#include "support/configure.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// The files of /proc and /sys of a made-up machine.
class MachineTest : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) const {
    const fs::path file = folder_.path() / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  double available() const { return available_memory(folder_.path()); }

  TemporaryFolder folder_;
};

TEST_F(MachineTest, SaysWhatIsAvailable) {
  write("proc/meminfo", "MemTotal:       9000 kB\nMemFree:  10 kB\nMemAvailable:   5000 kB\n");
  EXPECT_EQ(available(), 5000 * 1024);
}

TEST_F(MachineTest, IsLimitedByAControlGroupAndThoseAboveIt) {
  write("proc/meminfo", "MemAvailable:   5000 kB\n");
  write("proc/self/cgroup", "0::/job/step\n");
  write("sys/fs/cgroup/job/step/memory.max", "max\n");
  write("sys/fs/cgroup/job/step/memory.current", "100000\n");
  EXPECT_EQ(available(), 5000 * 1024);
  write("sys/fs/cgroup/job/memory.max", "1000000\n");
  write("sys/fs/cgroup/job/memory.current", "300000\n");
  write("sys/fs/cgroup/job/memory.stat", "anon 1\ninactive_file 50000\n");
  EXPECT_EQ(available(), 1000000 - 300000 + 50000);
}

TEST_F(MachineTest, IsLimitedByAGroupOfTheFirstVersion) {
  write("proc/self/cgroup", "12:cpu,cpuacct:/x\n3:memory:/job\n0::/\n");
  write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "800000\n");
  write("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "200000\n");
  EXPECT_EQ(available(), 600000);
}

TEST(AvailableMemory, IsKnownHere) {
  EXPECT_GT(available_memory(), 1e6);
  EXPECT_LT(available_memory(), 1e15);
}

/// A cell whose runs hold a matrix of dim x dim, 8 MB for a dim of 1000.
Cell linear_cell(const std::string& label, int dim) {
  Cell cell = make_cell(label, "lin_ucb");
  auto environment = cell.environment_type->make();
  test::set(*environment, "dim", dim);
  cell.environment = std::move(environment);
  cell.identity += std::to_string(dim);
  return cell;
}

/// What `run_experiment` and the dry run say in a folder that is not there, and stays so.
std::string refusal(const Experiment& experiment, int threads, double memory) {
  const TemporaryFolder temporary;
  RunOptions options;
  options.folder = temporary.path() / "results";
  options.threads = threads;
  options.memory = memory;
  const std::string message =
      test::message_of<InputError>([&] { run_trial(experiment, options.folder, options); });
  EXPECT_EQ(fs::exists(options.folder), message == "(no error)");
  return message;
}

TEST(MemoryRefusal, NamesTheCellTheNeedAndWhatThereIs) {
  const Experiment experiment =
      make_experiment({make_cell("uniform", "uniform"), linear_cell("large", 1000)}, {0});
  EXPECT_EQ(refusal(experiment, 1, 2e6),
            "large: a run needs about 9.06 MB of memory, but 2.00 MB are available; nothing has "
            "been run. Choose contexts of fewer coordinates (each block keeps d x d numbers), or a "
            "smaller horizon");
}

TEST(RunBytes, CountTheContextsOfRewardsOnTheirWay) {
  Cell cell = make_cell("uniform", "uniform", "linear", 100);
  const double without = run_bytes(cell);
  std::shared_ptr<WrapperSpec> delay = find_wrapper_type("delay")->make();
  cell.environment = wrap(cell.environment, delay);
  EXPECT_DOUBLE_EQ(run_bytes(cell) - without, 8.0 * 20 * 10 * kGrowth);  // ten rounds, d = 20
  test::set(*delay, "rounds", 5000);
  EXPECT_DOUBLE_EQ(run_bytes(cell) - without, 8.0 * 20 * 100 * kGrowth);  // no more than there are
}

TEST(MemoryRefusal, AdvisesFewerRunsAtATimeWhereOneFits) {
  const Experiment experiment = make_experiment({linear_cell("large", 1000)}, {0, 1, 2, 3});
  EXPECT_THAT(
      refusal(experiment, 3, 20e6),
      AllOf(HasSubstr("a run needs about 9.06 MB of memory, 3 runs at a time 27.2 MB in all, "
                      "but 20.0 MB are available"),
            HasSubstr("Run fewer at a time: -j 2"), Not(HasSubstr("horizon"))));
}

TEST(MemoryRefusal, CountsTheRunsThatAreAtWorkTogether) {
  const Experiment experiment =
      make_experiment({linear_cell("large", 1000), make_cell("uniform", "uniform")}, {0});
  EXPECT_EQ(refusal(experiment, 16, 11e6), "(no error)");  // 9.06 MB and 1 MB
}

TEST(MemoryRefusal, DoesNotCountFinishedRuns) {
  const TemporaryFolder temporary;
  const Experiment experiment = make_experiment({linear_cell("large", 300)}, {0});
  run_trial(experiment, temporary.path() / "results");
  RunOptions options;
  options.memory = 1.0;
  EXPECT_EQ(run_trial(experiment, temporary.path() / "results", options).report.totals.reused, 1u);
}

}  // namespace
}  // namespace cbsim
