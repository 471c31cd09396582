#include <limits>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/deal_order.hpp"
#include "cbsim/environment/environment.hpp"
#include "cbsim/environment/replay_log.hpp"

namespace cbsim::environments {
namespace {

enum class Encoding { disjoint, one_hot_arm };

/// Deals the rounds of a log. One counts where the policy chooses the arm that was logged; where
/// propensities p are known, with probability (least p)/p, which makes the rounds that count those
/// of a log whose arms were all equally likely.
class ReplayEnvironment final : public Environment {
 public:
  ReplayEnvironment(std::shared_ptr<const ReplayLog> log, ContextShape shape,
                    std::vector<Index> order, Seed seed)
      : log_(std::move(log)), shape_(shape), order_(std::move(order)), seed_(seed) {}

  void deal(Index t, Round& round) override {
    const Index row = row_of(t);
    round.contexts.resize(shape_);
    Matrix& x = round.contexts.values();
    x.topRows(log_->dim()).colwise() = log_->contexts.col(row);
    x.bottomRows(shape_.dim - log_->dim()).setIdentity();  // of one_hot_arm
    round.rewards.setConstant(shape_.arms, std::numeric_limits<double>::quiet_NaN());
    round.rewards(logged_arm(row)) = log_->rewards(row);
    round.expected.resize(0);
  }

  Index length() const override { return log_->rounds(); }

  bool accepts(Index t, Index arm) const override {
    const Index row = row_of(t);
    if (arm != logged_arm(row)) return false;
    if (log_->propensities.size() == 0) return true;
    Stream stream(seed_, Purpose::acceptance, static_cast<std::uint64_t>(t));
    return stream.uniform() < log_->least_propensity / log_->propensities(row);
  }

 private:
  Index row_of(Index t) const { return order_.at(static_cast<std::size_t>(t - 1)); }
  Index logged_arm(Index row) const { return log_->arm[static_cast<std::size_t>(row)]; }

  std::shared_ptr<const ReplayLog> log_;
  ContextShape shape_;
  std::vector<Index> order_;
  Seed seed_;
};

/// A log of rounds whose other arms are unknown.
class ReplaySpec final : public EnvironmentSpec {
 public:
  Settings settings() override {
    return {
        required(file("path", &path_,
                      {"CSV file with a row a logged round: the columns x1..xd, arm, reward and, "
                       "if known, propensity; arms from 0; may be gzipped"})),
        choice("delimiter", &delimiter_, {",", ";", "tab", "space"},
               {"what separates the fields; space is one or more blanks"}),
        one_of("arms", &arms_kind_, {WordSlot{"auto"}, IntegerSlot{&arms_, between(1, 1e6)}},
               {"arms a round; auto: as many as the log plays", "K"}),
        choice(
            "encoding", &encoding_, {"disjoint", "one_hot_arm"},
            {"the context of arm a: x ⊗ e_a, a block of its own for each arm, or [x; e_a]", "x_a"}),
        boolean("shuffle", &shuffle_,
                {"go through the log in an order drawn from the seed, not in that of the file"}),
    };
  }

  void load() override {
    const auto arms = arms_kind_ == ArmsKind::number ? std::optional<Index>(arms_) : std::nullopt;
    auto log =
        std::make_shared<ReplayLog>(read_replay_log(path_.path, *path_.content, delimiter_, arms));
    if (encoding_ == Encoding::one_hot_arm && (log->dim() + log->arms) * log->arms > kMostValues) {
      throw InputError(path_.path + ": " + std::to_string(log->arms) +
                       " arms are too many for encoding one_hot_arm; use disjoint");
    }
    log_ = std::move(log);
  }

  EnvironmentFacts facts() const override {
    if (!log_) return {};
    const bool disjoint = encoding_ == Encoding::disjoint;
    return {.shape = {.arms = log_->arms,
                      .dim = log_->dim() + (disjoint ? 0 : log_->arms),
                      .blocks = disjoint ? log_->arms : 1},
            .rounds = log_->rounds(),
            .expected_known = false};
  }

  std::unique_ptr<Environment> create(Seed seed) const override {
    return std::make_unique<ReplayEnvironment>(log_, facts().shape,
                                               deal_order(seed, log_->rounds(), shuffle_), seed);
  }

 private:
  enum class ArmsKind { automatic, number };
  static constexpr Index kMostValues = 100'000'000;  ///< of the contexts of one round

  File path_;
  Delimiter delimiter_ = Delimiter::comma;
  ArmsKind arms_kind_ = ArmsKind::automatic;
  std::int64_t arms_ = 1;
  Encoding encoding_ = Encoding::disjoint;
  bool shuffle_ = false;
  std::shared_ptr<const ReplayLog> log_;
};

}  // namespace

EnvironmentType replay() {
  return {"replay",
          "a log of rounds with one arm played in each; only rounds count where the policy agrees",
          "Li, Chu, Langford, Wang 2011, Algorithms 2 and 3; Dudík, Erhan, Langford, Li 2012 "
          "(propensities)",
          make_spec<EnvironmentSpec, ReplaySpec>};
}

}  // namespace cbsim::environments
