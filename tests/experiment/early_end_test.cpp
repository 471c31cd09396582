// Runs whose data end before their horizon, as the replay of a log does.

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cbsim/experiment/dry_run.hpp"
#include "cbsim/experiment/files.hpp"
#include "experiments.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Two arms; of `length` logged rounds those count whose number is no multiple of 3, and the reward
/// is the number.
class LogSpec final : public EnvironmentSpec {
 public:
  LogSpec(Index length, bool usable) : length_(length), usable_(usable) {}

  Settings settings() override { return {}; }
  EnvironmentFacts facts() const override {
    return {
        .shape = {.arms = 2, .dim = 1, .blocks = 1}, .rounds = length_, .expected_known = false};
  }
  std::unique_ptr<Environment> create(Seed) const override {
    struct Log final : Environment {
      Log(Index length_, bool usable_) : rounds(length_), usable(usable_) {}
      void deal(Index t, Round& round) override {
        round.contexts.resize({.arms = 2, .dim = 1, .blocks = 1});
        round.contexts.values().setOnes();
        round.rewards.setConstant(2, static_cast<double>(t));
      }
      Index length() const override { return rounds; }
      bool accepts(Index dealt, Index) const override { return usable && dealt % 3 != 0; }
      Index rounds;
      bool usable;
    };
    return std::make_unique<Log>(length_, usable_);
  }

 private:
  Index length_;
  bool usable_;
};

Cell log_cell(Index length, Index horizon, bool usable = true) {
  Cell cell = make_cell("uniform", "uniform", "linear", horizon);
  cell.environment_type = find_environment_type("replay");
  cell.environment = std::make_shared<const LogSpec>(length, usable);
  cell.identity = "a log of " + std::to_string(length) + " for " + std::to_string(horizon) +
                  (usable ? "" : ", unusable");
  return cell;
}

class EarlyEnd : public ::testing::Test {
 protected:
  fs::path folder() const { return temporary_.path() / "results"; }
  std::vector<std::string> lines(const fs::path& name) const {
    std::istringstream text(read_file(folder() / name));
    std::vector<std::string> result;
    for (std::string line; std::getline(text, line);) result.push_back(line);
    return result;
  }

  TemporaryFolder temporary_;
};

TEST_F(EarlyEnd, IsACompleteRunWhoseLastRowIsTheLastRoundPlayed) {
  // Of the rounds 1..20 those not divisible by 3 count: 14 of the 40 that were asked for.
  Experiment experiment = make_experiment({log_cell(20, 40)}, {5});
  experiment.record.rounds = true;
  const Trial trial = run_trial(experiment, folder());
  EXPECT_EQ(trial.report.totals.computed, 1u);
  EXPECT_EQ(trial.report.outcomes[0].cum_reward, 147.0);  // 210 - (3 + 6 + ... + 18)
  EXPECT_FALSE(trial.report.outcomes[0].cum_regret.has_value());
  // Planned were rounds 1, 11, 21, 31 and 40; the 11th to count is number 16.
  EXPECT_THAT(lines("regret.csv"),
              ElementsAre("experiment,environment,policy,seed,t,cum_regret,cum_reward,optimal_rate",
                          "trial,replay,uniform,5,1,,1,", "trial,replay,uniform,5,11,,91,",
                          "trial,replay,uniform,5,14,,147,"));
  EXPECT_EQ(lines("summary.csv").at(1),
            "trial,replay,uniform,5,14,,147,,done," + trial.report.plan[0].key);
  const fs::path run = fs::path("runs") / trial.report.plan[0].key;
  EXPECT_EQ(lines(run / "rounds.csv").size(), 1u + 14u);
  EXPECT_THAT(lines(run / "rounds.csv").back(), ::testing::StartsWith("14,"));
  const auto json = nlohmann::json::parse(read_file(folder() / run / "run.json"));
  EXPECT_EQ(json["horizon"], 40);
  EXPECT_EQ(json["rounds"], 14);
}

TEST_F(EarlyEnd, AtAPlannedRoundGivesItOneRow) {
  run_trial(make_experiment({log_cell(16, 40)}, {0}), folder());
  EXPECT_THAT(lines("regret.csv"), ElementsAre(::testing::_, "trial,replay,uniform,0,1,,1,",
                                               "trial,replay,uniform,0,11,,91,"));
}

TEST_F(EarlyEnd, InTheFirstRoundIsARunAsWell) {
  run_trial(make_experiment({log_cell(1, 40)}, {0}), folder());
  EXPECT_THAT(lines("regret.csv"), ElementsAre(::testing::_, "trial,replay,uniform,0,1,,1,"));
}

TEST_F(EarlyEnd, IsFinishedAndNotComputedAgain) {
  const Experiment experiment = make_experiment({log_cell(20, 40), log_cell(20, 10)}, {0, 1});
  run_trial(experiment, folder());
  const std::string before = read_file(folder() / "regret.csv");
  const Trial again = run_trial(experiment, folder());
  EXPECT_EQ(again.report.totals.reused, 4u);
  EXPECT_EQ(read_file(folder() / "regret.csv"), before);
}

TEST_F(EarlyEnd, DoesNotExcuseATornCurve) {
  const Experiment experiment = make_experiment({log_cell(20, 40)}, {0});
  const Trial first = run_trial(experiment, folder());
  const fs::path run = folder() / "runs" / first.report.plan[0].key;
  const std::string curve = read_file(run / "curve.csv"), json = read_file(run / "run.json");
  const auto write = [](const fs::path& path, const std::string& text) {
    OutputFile file(path);
    file.write(text);
    file.finish();
  };
  // A last row is missing, or the rounds are other ones; the sizes are right.
  std::string other = curve;
  other.replace(other.find("\n14,"), 4, "\n15,");
  write(run / "curve.csv", other);
  EXPECT_EQ(run_trial(experiment, folder()).report.totals.computed, 1u);
  EXPECT_EQ(read_file(run / "curve.csv"), curve);
  for (const std::string rounds : {"11", "-1", "0", "1000000", "\"x\"", "1.5"}) {
    std::string changed = json;
    changed.replace(changed.find("\"rounds\": 14"), 12, "\"rounds\": " + rounds);
    write(run / "run.json", changed);
    EXPECT_EQ(run_trial(experiment, folder()).report.totals.computed, 1u) << rounds;
  }
}

TEST_F(EarlyEnd, BeforeTheFirstRoundIsAFailure) {
  const Trial trial = run_trial(make_experiment({log_cell(20, 40, false)}, {0}), folder());
  EXPECT_THAT(trial.witness.failures,
              ElementsAre(HasSubstr("uniform, seed 0 failed: none of the 20 logged rounds was "
                                    "accepted")));
  EXPECT_THAT(lines("summary.csv").at(1), HasSubstr(",40,,,,failed,"));
}

TEST_F(EarlyEnd, IsSeenByTheDryRun) {
  const std::atomic<int> never{0};
  RunOptions options;
  options.folder = folder();
  const ExperimentForecast forecast = forecast_experiment(
      make_experiment({log_cell(20, 40), log_cell(20, 40, false)}, {0}), options,
      [](std::size_t, std::size_t, const Cell&) {}, never);
  // Both cost the same by their counts, so that one is timed: the first.
  EXPECT_TRUE(forecast.cells[0].seconds.has_value());
  EXPECT_LT(*forecast.cells[0].seconds, 1.0);
}

}  // namespace
}  // namespace cbsim
