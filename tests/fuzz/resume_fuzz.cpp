// The checkpoint of a run of each kind of policy: a byte says which, then `state` from behind its
// identity on, a line "---", `growth`; the checksums are put right. The run goes on from it, or
// starts again. With CBSIM_FUZZ_SEEDS=DIR real ones are written there.

#include "cbsim/experiment/checkpoint.hpp"
#include "cbsim/experiment/execute_run.hpp"
#include "cbsim/experiment/files.hpp"
#include "cbsim/experiment/run_plan.hpp"
#include "checkpoint_bytes.hpp"

namespace {

using namespace cbsim;
namespace fs = std::filesystem;

constexpr std::string_view kConfig = R"({
  "horizon": 5,
  "environment": { "type": "linear", "dim": 2, "arms": 2,
                   "wrappers": [{ "type": "delay", "rounds": 1 }] },
  "policies": [
    { "type": "uniform" }, { "type": "lin_ucb" }, { "type": "glm_ucb" }, { "type": "kernel_ucb" },
    { "type": "neural_ucb0", "network": { "width": 2 } },
    { "type": "neural_ucb", "network": { "width": 2 }, "training": { "steps": 2 } },
    { "type": "neural_ts", "network": { "width": 2 }, "training": { "steps": 2 },
      "confidence": "diagonal" },
    { "type": "neural_lin_ucb", "network": { "width": 2, "features": 2 },
      "training": { "steps": 2 } },
    { "type": "neural_linear", "network": { "width": 2 }, "training": { "steps": 2 } },
    { "type": "bootstrapped_nn", "networks": 2, "network": { "width": 2 },
      "training": { "steps": 2 } }
  ],
  "record": { "points": 3, "rounds": true }
})";

class Runs {
 public:
  Runs()
      : experiment_(load_experiment(folder_.write("f.json", kConfig), {})),
        plan_(plan_runs(experiment_)) {
    const char* seeds = std::getenv("CBSIM_FUZZ_SEEDS");
    for (std::size_t i = 0; seeds && i < plan_.size(); ++i) write_seed(i, seeds);
  }

  std::size_t size() const { return plan_.size(); }

  void resume(std::size_t i, std::string_view state, std::string growth) {
    std::string whole = head(i) + std::string(state);
    fuzz::repair(whole, growth);
    folder_.write("checkpoint/lock", "");
    folder_.write("checkpoint/state", whole);
    folder_.write("checkpoint/growth", growth);
    for (const auto& warning : execute(i, 5).warnings) fuzz::check_message(warning);
  }

 private:
  /// All that stands before what an input gives.
  std::string head(std::size_t i) const {
    const std::string identity = checkpoint_identity(plan_[i], experiment_.record);
    std::string head(fuzz::kCheckpointMagic);
    head.append(8, '\0');
    fuzz::put_number(head, head.size() - 8, identity.size());
    return head + identity;
  }
  RunEnd execute(std::size_t i, Index rounds) {
    fs::create_directory("run");
    return execute_run(plan_[i], experiment_.record, {.folder = "run", .checkpoint = "./checkpoint"},
                       [&](const RoundRecord& round) { return round.t < rounds; });
  }
  void write_seed(std::size_t i, const fs::path& seeds) {
    fs::remove_all("checkpoint");
    execute(i, 3);
    std::ofstream(seeds / std::to_string(i), std::ios::binary)
        << static_cast<char>(i) << read_file("checkpoint/state").substr(head(i).size()) << "\n---\n"
        << read_file("checkpoint/growth");
  }

  fuzz::Folder folder_;
  Experiment experiment_;
  std::vector<Run> plan_;
};

}  // namespace

CBSIM_FUZZ_TARGET(input) {
  static Runs runs;
  const std::size_t run = input.choice(runs.size());
  const std::string state = input.part("\n---\n");
  fuzz::accepts([&] { runs.resume(run, state, std::string(input.rest())); });
}
