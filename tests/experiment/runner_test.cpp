#include "cbsim/experiment/runner.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "cbsim/experiment/files.hpp"
#include "cbsim/simulate.hpp"
#include "experiments.hpp"
#include "temporary_folder.hpp"

namespace cbsim {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<std::string> lines(const fs::path& path) {
  std::istringstream text(read_file(path));
  std::vector<std::string> result;
  for (std::string line; std::getline(text, line);) result.push_back(line);
  return result;
}

RunOptions with_threads(int threads) {
  RunOptions options;
  options.threads = threads;
  return options;
}

RunOptions keep_going() {
  RunOptions options;
  options.keep_going = true;
  return options;
}

/// Three cells, two of them one policy under two labels.
Experiment three_cells() {
  return make_experiment({make_cell("uniform", "uniform"), make_cell("best, \"ever\"", "oracle"),
                          make_cell("again", "uniform")});
}

/// Every seed's run ends in round 40, but that of seed 1, which throws in round 7.
Experiment with_a_failing_seed() {
  return make_experiment({make_test_cell("fragile",
                                         [](Seed seed, Index t) -> Diagnostics {
                                           if (seed == 1 && t == 7)
                                             throw RunError("the refit diverged");
                                           return {};
                                         }),
                          make_cell("uniform", "uniform")});
}

class RunnerTest : public ::testing::Test {
 protected:
  fs::path folder(const std::string& name = "results") const { return temporary_.path() / name; }
  std::string regret(const std::string& name = "results") const {
    return read_file(folder(name) / "regret.csv");
  }
  std::string summary(const std::string& name = "results") const {
    return read_file(folder(name) / "summary.csv");
  }
  fs::path run_file(const Trial& trial, std::size_t row, const std::string& name) const {
    return folder() / "runs" / trial.report.plan[row].key / name;
  }

  TemporaryFolder temporary_;
};

TEST_F(RunnerTest, WritesTheRegretThatSimulateGives) {
  const Experiment experiment = make_experiment({make_cell("uniform", "uniform")}, {4});
  run_trial(experiment, folder());

  const auto rows = lines(folder() / "regret.csv");
  ASSERT_THAT(rows, SizeIs(6));
  EXPECT_EQ(rows[0], "experiment,environment,policy,seed,t,cum_regret,cum_reward,optimal_rate");
  const Cell& cell = experiment.cells[0];
  const auto environment = cell.environment->create(4);
  const auto policy = cell.policy->create({cell.environment->facts().shape, cell.horizon, 4});
  std::size_t row = 1;
  simulate(*environment, *policy, cell.horizon, [&](const RoundRecord& round) {
    const std::string start = "trial,linear,uniform,4," + std::to_string(round.t) + ',';
    if (row < rows.size() && rows[row].starts_with(start)) {
      std::istringstream figures(rows[row++].substr(start.size()));
      double regret = 0, reward = 0, rate = 0;
      char comma = 0;
      figures >> regret >> comma >> reward >> comma >> rate;
      EXPECT_EQ(regret, round.cum_regret);
      EXPECT_EQ(reward, round.cum_reward);
      EXPECT_EQ(rate, static_cast<double>(round.optimal_rounds) / static_cast<double>(round.t));
    }
    return true;
  });
  EXPECT_EQ(row, rows.size());  // every row was a round's
}

TEST_F(RunnerTest, GivesTheSameBytesWhateverTheNumberOfThreads) {
  run_trial(three_cells(), folder("one"), with_threads(1));
  run_trial(three_cells(), folder("two"), with_threads(2));
  run_trial(three_cells(), folder("many"), with_threads(16));
  EXPECT_THAT(lines(folder("one") / "regret.csv"), SizeIs(1 + 9 * 5));
  EXPECT_EQ(regret("one"), regret("two"));
  EXPECT_EQ(regret("one"), regret("many"));
  EXPECT_EQ(summary("one"), summary("two"));
  EXPECT_EQ(summary("one"), summary("many"));
}

TEST_F(RunnerTest, ComputesAPolicyUnderTwoLabelsOnceAndListsItTwice) {
  const Trial trial = run_trial(three_cells(), folder());
  EXPECT_THAT(trial.witness.started_runs,
              ElementsAre("uniform 0", "uniform 1", "uniform 2", "best, \"ever\" 0",
                          "best, \"ever\" 1", "best, \"ever\" 2"));
  const auto rows = lines(folder() / "summary.csv");
  ASSERT_THAT(rows, SizeIs(10));
  EXPECT_THAT(rows[1], ::testing::StartsWith("trial,linear,uniform,0,40,"));
  EXPECT_EQ(rows[7], "trial,linear,again" + rows[1].substr(20));
  EXPECT_THAT(rows[4], ::testing::StartsWith("trial,linear,\"best, \"\"ever\"\"\",0,40,0,"));
  EXPECT_EQ(trial.report.totals.computed, 9u);
}

TEST_F(RunnerTest, SkipsWhatIsFinishedAndRedoesWhatIsTorn) {
  const Trial first = run_trial(three_cells(), folder());
  const std::string before = regret() + summary();
  std::ofstream(run_file(first, 4, "curve.csv")) << "t,cum";
  const Trial second = run_trial(three_cells(), folder());
  EXPECT_THAT(second.witness.started_runs, ElementsAre("best, \"ever\" 1"));
  EXPECT_EQ(second.report.totals.reused, 8u);
  EXPECT_EQ(regret() + summary(), before);
}

TEST_F(RunnerTest, ExtendsAFolderByMoreSeedsToTheBytesOfAFreshRun) {
  Experiment experiment = three_cells();
  experiment.seeds = {0, 1};
  run_trial(experiment, folder());
  experiment.seeds = {0, 1, 2};
  const Trial extended = run_trial(experiment, folder());
  EXPECT_THAT(extended.witness.started_runs, ElementsAre("uniform 2", "best, \"ever\" 2"));
  run_trial(experiment, folder("fresh"));
  EXPECT_EQ(regret(), regret("fresh"));
  EXPECT_EQ(summary(), summary("fresh"));
}

TEST_F(RunnerTest, LeavesOnlyTheDocumentedFiles) {
  run_trial(three_cells(), folder());
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder())) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("config.json", "manifest.json", "regret.csv",
                                                     "summary.csv", "runs", "run.log"));
  EXPECT_EQ(read_file(folder() / "config.json"), three_cells().resolved_json);
}

TEST_F(RunnerTest, StopsStartingRunsAfterAFailure) {
  const Trial trial = run_trial(with_a_failing_seed(), folder());
  EXPECT_THAT(trial.witness.failures,
              ElementsAre("fragile, seed 1 failed: round 7: the refit diverged"));
  EXPECT_EQ(trial.report.totals.failed, 1u);
  EXPECT_GT(trial.report.totals.missing, 0u);
  EXPECT_EQ(trial.report.outcomes[0].status, RunStatus::done);
  const auto rows = lines(folder() / "summary.csv");
  EXPECT_EQ(rows.at(2), "trial,linear,fragile,1,40,,,,failed," + trial.report.plan[1].key);
  EXPECT_FALSE(fs::exists(run_file(trial, 1, "")));
}

TEST_F(RunnerTest, KeepsGoingAfterAFailureWhereAsked) {
  const Trial trial = run_trial(with_a_failing_seed(), folder(), keep_going());
  EXPECT_EQ(trial.report.totals.computed, 5u);
  EXPECT_EQ(trial.report.totals.failed, 1u);
  EXPECT_EQ(trial.report.totals.missing, 0u);
  EXPECT_THAT(lines(folder() / "summary.csv"), SizeIs(7));
  EXPECT_THAT(lines(folder() / "regret.csv"), SizeIs(1 + 5 * 5));
}

TEST_F(RunnerTest, TriesAFailedRunAgain) {
  run_trial(with_a_failing_seed(), folder(), keep_going());
  Experiment repaired = with_a_failing_seed();
  const std::string identity = repaired.cells[0].identity;
  repaired.cells[0] = make_test_cell("fragile", [](Seed, Index) { return Diagnostics{}; });
  ASSERT_EQ(repaired.cells[0].identity, identity);
  const Trial trial = run_trial(repaired, folder());
  EXPECT_THAT(trial.witness.started_runs, ElementsAre("fragile 1"));
  EXPECT_THAT(summary(), ::testing::Not(HasSubstr("failed")));
}

TEST_F(RunnerTest, ReportsAnUnexpectedExceptionAsAFailedRun) {
  const Experiment experiment = make_experiment(
      {make_test_cell("broken", [](Seed, Index) -> Diagnostics { throw std::logic_error("oops"); }),
       make_test_cell("hungry", [](Seed, Index) -> Diagnostics { throw std::bad_alloc(); })},
      {0});
  const Trial trial = run_trial(experiment, folder(), keep_going());
  ASSERT_THAT(trial.witness.failures, SizeIs(2));
  EXPECT_THAT(trial.witness.failures[0], HasSubstr("broken, seed 0 failed: internal error: oops"));
  EXPECT_THAT(trial.witness.failures[1], HasSubstr("hungry, seed 0 failed: out of memory"));
}

TEST_F(RunnerTest, FailsARunThatWouldWriteANumberThatIsNotFinite) {
  Experiment experiment = make_experiment({make_test_cell("wild",
                                                          [](Seed, Index t) {
                                                            Diagnostics inner;
                                                            inner.log_det = t < 9 ? 1.0 : 1.0 / 0.0;
                                                            return inner;
                                                          })},
                                          {0});
  experiment.record.rounds = true;
  const Trial trial = run_trial(experiment, folder());
  EXPECT_THAT(trial.witness.failures,
              ElementsAre("wild, seed 0 failed: round 9: log_det is not finite (inf)"));
}

RunOptions shard(std::size_t number, std::size_t count) {
  RunOptions options;
  options.shard = Shard{number, count};
  return options;
}

TEST_F(RunnerTest, ShardsShareTheRunsOutAndLeaveTheTablesToMerge) {
  const Experiment experiment = three_cells();
  std::size_t computed = 0;
  for (std::size_t number = 1; number <= 4; ++number) {
    const Trial trial = run_trial(experiment, folder("shards"), shard(number, 4));
    EXPECT_EQ(trial.report.totals.missing, 0U);
    EXPECT_EQ(trial.report.totals.reused, 0U);
    computed += trial.report.totals.computed;
    EXPECT_TRUE(
        fs::exists(folder("shards") / ("manifest." + std::to_string(number) + "-of-4.json")));
  }
  EXPECT_EQ(computed, plan_runs(experiment).size());
  EXPECT_FALSE(fs::exists(folder("shards") / "regret.csv"));

  EXPECT_EQ(run_trial(experiment, folder("shards"), shard(2, 3)).report.totals.computed, 0U);
  EXPECT_EQ(run_trial(experiment, folder("shards")).report.totals.computed, 0U);
  run_trial(experiment, folder());
  EXPECT_EQ(regret("shards"), regret());
  EXPECT_EQ(summary("shards"), summary());
}

TEST_F(RunnerTest, TakingAFolderOverDropsTheManifestsOfAnothersShards) {
  run_trial(three_cells(), folder(), shard(1, 2));
  RunOptions force;
  force.force = true;
  run_trial(make_experiment({make_cell("other", "fixed_arm")}), folder(), force);
  EXPECT_FALSE(fs::exists(folder() / "manifest.1-of-2.json"));
  EXPECT_TRUE(fs::exists(folder() / "manifest.json"));
}

TEST_F(RunnerTest, StartsTheRunsWithTheMostWorkFirst) {
  const Experiment experiment =
      make_experiment({make_cell("short", "uniform"), make_cell("long", "neural_greedy"),
                       make_cell("middle", "lin_ucb")},
                      {0});
  EXPECT_THAT(run_trial(experiment, folder()).witness.started_runs,
              ElementsAre("long 0", "middle 0", "short 0"));
}

TEST_F(RunnerTest, WarnsOnceACellOfRefitsThatEndedFarFromStationaryAndCountsThem) {
  const Experiment experiment = make_experiment(
      {make_test_cell("lazy",
                      [](Seed, Index t) {
                        Diagnostics inner;
                        inner.fit =
                            FitReport{.halvings = 2, .relative_gradient = t <= 10 ? 0.5 : 0.01};
                        return inner;
                      })},
      {0, 1});
  const Trial trial = run_trial(experiment, folder());
  ASSERT_THAT(trial.witness.warnings, SizeIs(1));
  EXPECT_THAT(trial.witness.warnings[0],
              HasSubstr("lazy: 25% of the refits of 2 runs ended far from stationary"));
  EXPECT_THAT(read_file(folder() / "run.log"), HasSubstr("25% of the refits"));
  const auto json = nlohmann::json::parse(read_file(run_file(trial, 0, "run.json")));
  EXPECT_EQ(json["refits"]["count"], 40);
  EXPECT_EQ(json["refits"]["halvings"], 80);
  EXPECT_EQ(json["refits"]["far_from_stationary"], 10);
  EXPECT_EQ(json["seed"], 0);
  EXPECT_GT(json["seconds"]["wall"].get<double>(), 0.0);
}

TEST_F(RunnerTest, WritesRoundsScoresAndWeightsAsDocumented) {
  Experiment experiment = make_experiment({make_test_cell("tested",
                                                          [](Seed, Index t) {
                                                            Diagnostics inner;
                                                            if (t == 2) {
                                                              inner.fit = FitReport{3, 1, 7, 0.5};
                                                              inner.drift = 0.25;
                                                            }
                                                            return inner;
                                                          }),
                                           make_cell("oracle", "oracle")},
                                          {0});
  experiment.record.rounds = experiment.record.scores = true;
  experiment.record.weights = WeightsRecord::final;
  const Trial trial = run_trial(experiment, folder());

  const auto rounds = lines(run_file(trial, 0, "rounds.csv"));
  ASSERT_THAT(rounds, SizeIs(41));
  EXPECT_EQ(rounds[0],
            "t,arm,best_arm,reward,expected_reward,regret,cum_regret,mean,bonus,score,loss_start,"
            "loss_end,steps,learning_rate,drift,log_det,effective_dim");
  EXPECT_TRUE(rounds[1].ends_with(",,,,,,,,,,")) << rounds[1];
  EXPECT_TRUE(rounds[2].ends_with(",,,,3,1,7,0.5,0.25,,")) << rounds[2];

  const auto scores = lines(run_file(trial, 1, "scores.csv"));
  ASSERT_THAT(scores, SizeIs(1 + 40 * 4));
  EXPECT_EQ(scores[0], "t,arm,mean,bonus,score");
  EXPECT_THAT(scores[6], ::testing::MatchesRegex("2,1,([-0-9.e]+),,([-0-9.e]+)"));
  EXPECT_EQ(lines(run_file(trial, 0, "scores.csv"))[4], "1,3,,,");

  EXPECT_EQ(read_file(run_file(trial, 0, "weights.csv")), "40\n40\n");
  EXPECT_FALSE(fs::exists(run_file(trial, 1, "weights.csv")));
}

TEST_F(RunnerTest, AddsAColumnForEachSweptPath) {
  Experiment experiment =
      make_experiment({make_cell("a", "uniform"), make_cell("b", "oracle")}, {0});
  experiment.swept_paths = {"policies.a.gamma", "environment.noise"};
  experiment.cells[0].swept_values = {"0.1", "{\"type\":\"x,y\"}"};
  experiment.cells[1].swept_values = {"", "2"};
  run_trial(experiment, folder());
  const auto rows = lines(folder() / "regret.csv");
  EXPECT_EQ(rows[0],
            "experiment,environment,policy,policies.a.gamma,environment.noise,seed,t,cum_regret,"
            "cum_reward,optimal_rate");
  EXPECT_THAT(rows[1],
              ::testing::StartsWith("trial,linear,a,0.1,\"{\"\"type\"\":\"\"x,y\"\"}\",0,1,"));
  EXPECT_THAT(rows[6], ::testing::StartsWith("trial,linear,b,,2,0,1,"));
}

TEST_F(RunnerTest, DropsUnfinishedRunsWhenStoppedAndGoesOnLater) {
  std::atomic<int> stop{0};
  const Experiment experiment = make_experiment(
      {make_cell("uniform", "uniform"), make_test_cell("endless", [&](Seed seed, Index t) {
         if (seed == 1 && t == 20) stop = 15;
         return Diagnostics{};
       })});
  Witness witness;
  RunOptions options;
  options.folder = folder();
  const ExperimentReport report = run_experiment(experiment, options, witness, stop);
  EXPECT_EQ(report.totals.computed, 4u);
  EXPECT_EQ(report.totals.missing, 2u);
  EXPECT_THAT(witness.failures, IsEmpty());
  EXPECT_THAT(lines(folder() / "regret.csv"), SizeIs(1 + 4 * 5));
  EXPECT_THAT(lines(folder() / "summary.csv"), SizeIs(5));

  EXPECT_EQ(run_trial(experiment, folder()).report.totals.computed, 2u);
  run_trial(experiment, folder("fresh"));
  EXPECT_EQ(regret(), regret("fresh"));
}

TEST_F(RunnerTest, SharesAFolderWithAnotherProcess) {
  const Experiment experiment = three_cells();
  const auto other = [&] {
    for (int i = 0; i < 5; ++i) {
      std::error_code ignored;  // the other one is at it, too
      fs::remove_all(folder() / "runs" / plan_runs(experiment)[0].key, ignored);
      run_trial(experiment, folder());
    }
  };
  std::jthread first(other), second(other);
  first.join();
  second.join();
  run_trial(experiment, folder());
  run_trial(experiment, folder("fresh"));
  EXPECT_EQ(regret(), regret("fresh"));
}

TEST_F(RunnerTest, ReportsAFullDiskAndStartsNothingMore) {
  const Experiment experiment = make_experiment({make_test_cell("writer", [&](Seed, Index) {
    throw IoError("cannot write curve.csv: No space left on device");
    return Diagnostics{};
  })});
  const Trial trial = run_trial(experiment, folder(), keep_going());
  EXPECT_THAT(
      trial.witness.failures,
      ElementsAre("writer, seed 0 failed: cannot write curve.csv: No space left on device"));
  EXPECT_EQ(trial.report.totals.missing, 2u);
}

}  // namespace
}  // namespace cbsim
