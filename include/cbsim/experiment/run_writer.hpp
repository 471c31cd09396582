#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cbsim/experiment/csv.hpp"
#include "cbsim/experiment/experiment.hpp"
#include "cbsim/experiment/run_plan.hpp"
#include "cbsim/simulate.hpp"

namespace cbsim {

/// The columns of curve.csv: t, cum_regret, cum_reward, optimal_rate.
const std::vector<std::string>& curve_columns();

/// A refit whose gradient at the end is still above this share of the gradient at theta_0 ended
/// far from stationary.
constexpr double kFarFromStationary = 0.1;

struct RefitCounts {
  Index refits = 0;
  Index halvings = 0;             ///< of an automatic learning rate
  Index far_from_stationary = 0;  ///< refits, see kFarFromStationary

  RefitCounts& operator+=(const RefitCounts& other) {
    refits += other.refits;
    halvings += other.halvings;
    far_from_stationary += other.far_from_stationary;
    return *this;
  }
};

/// Where a run's time went, in seconds. Files are what is left of `wall`.
struct RunTimes {
  double wall = 0.0;
  double cpu = 0.0;
  double environment = 0.0;  ///< dealing rounds, wall
  double choose = 0.0;       ///< Policy::choose, wall
  double update = 0.0;       ///< Policy::update, refits among it, wall
};

/// Streams the files of one run into a folder: curve.csv, run.json and, where the record settings
/// ask for them, rounds.csv, scores.csv, weights.csv. Memory does not grow with the horizon. Making
/// the files durable is left to the caller.
/// Throws IoError; RunError, naming round and column, for a number that is not finite.
class RunWriter {
 public:
  RunWriter(std::filesystem::path folder, const Run& run, const RecordSettings& record);

  void add(const RoundRecord& round);
  /// weights.csv: one number a line. Nothing is written where a policy has no weights.
  void weights(const Vector& theta);
  /// Where the run ended before its horizon, the curve's row of the last round; run.json.
  void finish(const RunTimes& times);

  /// Saves or restores the rows that are written.
  void state(StateArchive& archive);

  Index rounds() const { return last_.t; }  ///< that have been added
  const RefitCounts& refits() const { return refits_; }

 private:
  /// A row of curve.csv; regret and rate are absent where the regret is unknown.
  struct CurvePoint {
    Index t = 0;
    std::optional<double> cum_regret{};
    double cum_reward = 0.0;
    std::optional<double> optimal_rate{};
  };

  void close(OutputFile& file);
  void add_row(const RoundRecord& round);
  void add_curve_row(const CurvePoint& point);
  void add_rounds_row(const RoundRecord& round);
  void add_scores_rows(const RoundRecord& round);

  std::filesystem::path folder_;
  const Run& run_;
  const RecordSettings& record_;
  Index arms_;
  std::vector<Index> points_;
  std::size_t next_point_ = 0;
  CurvePoint last_;  ///< of the last round
  CsvWriter curve_;
  std::optional<CsvWriter> rounds_;
  std::optional<CsvWriter> scores_;
  RefitCounts refits_;
  std::map<std::string, std::size_t> sizes_;  ///< bytes by file name
};

}  // namespace cbsim
