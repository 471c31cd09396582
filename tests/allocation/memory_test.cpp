// The memory that a policy says it will hold, against what it holds.

#include "cbsim/experiment/memory.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <new>
#include <string>

#include "allocation/heap.hpp"
#include "cbsim/experiment/registry.hpp"
#include "cbsim/simulate.hpp"
#include "experiment/read_settings.hpp"
#include "experiment/temporary_folder.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

/// Contexts and rewards of a normal distribution.
class NormalWorld final : public Environment {
 public:
  explicit NormalWorld(const ContextShape& shape) : shape_(shape) {}
  void deal(Index t, Round& round) override {
    Stream stream(5, Purpose::contexts, static_cast<std::uint64_t>(t));
    round.contexts = testing::random_contexts(stream, shape_);
    round.expected = testing::random_vector(stream, shape_.arms);
    round.rewards = round.expected;
  }

 private:
  ContextShape shape_;
};

/// The most bytes that the policy holds at a time in a run.
double most_bytes(const PolicySpec& spec, const ContextShape& shape, Index horizon) {
  NormalWorld world(shape);
  const long before = heap.bytes;
  heap.most = before;
  const auto policy = spec.create({.shape = shape, .horizon = horizon, .seed = 1});
  simulate(world, *policy, horizon, [](const RoundRecord&) { return true; });
  return static_cast<double>(heap.most - before);
}

/// The spec of a policy, with these settings where it has them.
std::unique_ptr<PolicySpec> spec_of(const PolicyType& type, const std::string& network,
                                    const std::string& training) {
  auto spec = type.make();
  for (const Setting& setting : spec->settings()) {
    if (setting.key == "network") read_settings(*spec, R"({"network": )" + network + "}");
    if (setting.key == "training") read_settings(*spec, R"({"training": )" + training + "}");
    if (setting.key == "networks") read_settings(*spec, R"({"networks": 3})");
  }
  return spec;
}

/// A world and settings in which one of the sizes is large.
struct Large {
  const char* what;
  ContextShape shape;
  Index horizon;
  const char* network;
  const char* training;
  double work_space;  ///< bytes of matrix products at most, which are not forecast
};

class Memory : public ::testing::TestWithParam<Large> {};

// A forecast that is too small is the worse one: it lets a run start that does not fit.
TEST_P(Memory, OfEveryPolicyIsWhatItSays) {
  const Large& large = GetParam();
  for (const PolicyType& type : policy_types()) {
    const auto spec = spec_of(type, large.network, large.training);
    const double held = most_bytes(*spec, large.shape, large.horizon);
    const double said = spec->cost({.shape = large.shape}, large.horizon).bytes;
    EXPECT_GE(said, 0.95 * (held - large.work_space)) << type.name;
    EXPECT_LE(said, 1.45 * held) << type.name;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Memory,
                         ::testing::Values(Large{"contexts",
                                                 {.arms = 4, .dim = 1000},
                                                 30,
                                                 R"({"width": 200})",
                                                 R"({"steps": 2, "refit": {"every": 15}})",
                                                 3e6},
                                           Large{"contexts_at_a_given_rate",
                                                 {.arms = 4, .dim = 1000},
                                                 30,
                                                 R"({"width": 200})",
                                                 R"({"steps": 2, "learning_rate": 1e-9,
                                                     "refit": {"every": 15}})",
                                                 3e6},
                                           Large{"rounds",
                                                 {.arms = 4, .dim = 8},
                                                 2000,
                                                 R"({"width": 4})",
                                                 R"({"steps": 2, "refit": {"every": 1000}})",
                                                 5e4},
                                           Large{"blocks",
                                                 {.arms = 5, .dim = 60, .blocks = 5},
                                                 1000,
                                                 R"({"width": 8})",
                                                 R"({"steps": 2, "refit": {"every": 200}})",
                                                 5e4},
                                           Large{"width",
                                                 {.arms = 4, .dim = 20},
                                                 60,
                                                 R"({"width": 400, "depth": 3})",
                                                 R"({"steps": 2, "refit": {"every": 20}})",
                                                 3e6}),
                         [](const auto& parameter) { return std::string(parameter.param.what); });

// A group of no name is its top folder; libstdc++ 12 frees twice in `path("top/") / name`.
TEST(AvailableMemory, BearsThatAnyAllocationFails) {
  const TemporaryFolder machine;
  const auto write = [&](const std::string& file, const std::string& text) {
    std::filesystem::create_directories((machine.path() / file).parent_path());
    std::ofstream(machine.path() / file) << text;
  };
  write("proc/self/cgroup", "4:memory:/a_group_with_a_long_name/of_another_in_it\n0::/\n");
  for (const char* file : {"memory.limit_in_bytes", "memory.usage_in_bytes"}) {
    write(std::string("sys/fs/cgroup/memory/a_group_with_a_long_name/") + file, "900000\n");
  }
  const double available = available_memory(machine.path());
  EXPECT_EQ(available, 0.0);
  long failures = 0;
  for (bool failed = true; failed; failures += failed) {
    try {
      heap.refused = failures + 1;
      EXPECT_GE(available_memory(machine.path()), available);
      failed = heap.refused == 0;
    } catch (const std::bad_alloc&) {
      failed = true;
    }
    heap.refused = 0;
  }
  EXPECT_GT(failures, 30);
}

}  // namespace
}  // namespace cbsim
