#include "cbsim/experiment/calibration.hpp"

#include <gmock/gmock.h>

#include "experiments.hpp"

namespace cbsim {
namespace {

TEST(FitRates, FindsTheTwoRatesOfExactSamples) {
  std::vector<Sample> samples;
  for (int i = 1; i <= 50; ++i) samples.push_back({2.0, 100.0 * i, 2.0 * 3e-6 + 100.0 * i * 5e-10});
  const Rates rates = fit_rates(samples);
  EXPECT_NEAR(rates.per_unit, 3e-6, 1e-12);
  EXPECT_NEAR(rates.per_operation, 5e-10, 1e-16);
  EXPECT_NEAR(rates.seconds(10.0, 1e6), 10.0 * 3e-6 + 1e6 * 5e-10, 1e-12);
}

TEST(FitRates, GivesNoNegativeRate) {
  const Rates falling = fit_rates({{1.0, 1.0, 3.0}, {1.0, 2.0, 2.0}, {1.0, 3.0, 1.0}});
  EXPECT_EQ(falling.per_operation, 0.0);
  EXPECT_NEAR(falling.per_unit, 2.0, 1e-12);
  const Rates steep = fit_rates({{1.0, 1.0, 0.0}, {1.0, 2.0, 2.0}, {1.0, 3.0, 6.0}});
  EXPECT_EQ(steep.per_unit, 0.0);
  EXPECT_GT(steep.per_operation, 0.0);
}

TEST(FitRates, TakesSamplesThatAreAllAlike) {
  const Rates rates = fit_rates({{1.0, 10.0, 4.0}, {1.0, 10.0, 4.0}});
  EXPECT_NEAR(rates.seconds(1.0, 10.0), 4.0, 1e-12);
  EXPECT_NEAR(fit_rates({{1.0, 0.0, 4.0}}).seconds(2.0, 0.0), 8.0, 1e-12);
  EXPECT_EQ(fit_rates({}).seconds(1.0, 1.0), 0.0);
}

/// Calibrates a cell of which every round is said to cost one operation.
Calibration calibrate_cell(const Cell& cell, double budget) {
  const std::atomic<int> never{0};
  const RunCost cost{
      .bytes = 0.0, .round = [](Index) { return RoundCost{.operations = 1.0}; }, .remedy = {}};
  return calibrate(cell, 3, 1, cost, {.operations = static_cast<double>(cell.horizon)}, budget,
                   never);
}

TEST(Calibration, EndsWithItsBudgetAndExtrapolatesToTheHorizon) {
  Index last = 0;
  Cell cell = make_test_cell("spinner", [&](Seed seed, Index t) -> Diagnostics {
    EXPECT_EQ(seed, 3u);
    last = t;
    double sum = 0.0;
    for (int i = 0; i < 100'000; ++i) sum += static_cast<double>(i) * sum + 1.0;
    EXPECT_NE(sum, 0.5);
    return {};
  });
  cell.horizon = 1'000'000;
  const Calibration calibration = calibrate_cell(cell, 0.05);
  EXPECT_GT(last, 1);
  EXPECT_LT(last, cell.horizon / 10);
  ASSERT_TRUE(calibration.seconds);
  const double expected = 0.05 * static_cast<double>(cell.horizon) / static_cast<double>(last);
  EXPECT_GT(*calibration.seconds, expected / 2.0);
  EXPECT_LT(*calibration.seconds, expected * 2.0);
}

TEST(Calibration, TellsOfARunThatFails) {
  const Cell cell = make_test_cell("fragile", [](Seed, Index t) -> Diagnostics {
    if (t == 7) throw RunError("the refit diverged");
    return {};
  });
  const Calibration calibration = calibrate_cell(cell, 10.0);
  EXPECT_FALSE(calibration.seconds);
  EXPECT_EQ(calibration.failure, "round 7: the refit diverged");
}

}  // namespace
}  // namespace cbsim
