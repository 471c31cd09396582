#include <algorithm>
#include <cmath>
#include <string>

#include "cbsim/core/text.hpp"
#include "cbsim/environment/wrapper.hpp"

namespace cbsim::wrappers {
namespace {

/// The expected reward of round t is (1 - w) h_i + w h_{i+1} with w = (t - s)/over, cut to [0, 1],
/// where h_i belongs to the i-th draw of the hidden parameter and s is the i-th change point. The
/// rewards are drawn around it, so that their law is the environment's own: mixing the rewards
/// themselves would give Gaussian ones the right law, but not, say, rewards in {0, 1}.
class DriftingEnvironment final : public WrappedEnvironment {
 public:
  /// One environment more than there are change points, by draw.
  DriftingEnvironment(std::vector<std::unique_ptr<Environment>> draws, std::vector<Index> at,
                      Index over)
      : WrappedEnvironment(std::move(draws.front())),
        later_(std::make_move_iterator(draws.begin() + 1), std::make_move_iterator(draws.end())),
        at_(std::move(at)),
        over_(over) {}

  void deal(Index t, Round& round) override {
    const auto passed = static_cast<std::size_t>(std::ranges::lower_bound(at_, t) - at_.begin());
    if (passed == 0) return inner_->deal(t, round);
    Environment& next = *later_[passed - 1];
    next.deal(t, round);
    const Index since = t - at_[passed - 1];
    if (since >= over_) return;
    (passed == 1 ? *inner_ : *later_[passed - 2]).deal(t, before_);
    const double w = static_cast<double>(since) / static_cast<double>(over_);
    round.expected = (1.0 - w) * before_.expected + w * round.expected;
    next.draw_rewards(t, round);
  }

 private:
  std::vector<std::unique_ptr<Environment>> later_;
  std::vector<Index> at_;
  Index over_;
  Round before_;
};

class DriftSpec final : public WrapperSpec {
 public:
  Settings settings() override {
    return {
        required({"at",
                  {"change points: after each of these rounds the hidden parameter changes to that "
                   "of another independent draw"},
                  {RealListSlot{&at_, between(1, 1e9), 1}}}),
        integer("over", &over_, between(1, 1e9),
                {"rounds that a change takes: 1, and it is abrupt; more, and the expected reward "
                 "moves in equal steps from the one parameter's to the other's"}),
    };
  }

  std::vector<Violation> check(const EnvironmentFacts& inner) const override {
    std::vector<Violation> violations;
    if (!inner.hidden_parameter) {
      violations.push_back(
          {"type",
           "drift draws the hidden parameter of an environment anew, but this one has none (or "
           "drifts already); the synthetic environments have one, data have not"});
    }
    for (std::size_t i = 0; i < at_.size(); ++i) {
      const std::string path = "at." + std::to_string(i);
      if (at_[i] != std::floor(at_[i])) {
        violations.push_back({path, plain_number(at_[i]) + " is not an integer"});
      } else if (i > 0 && at_[i] < at_[i - 1] + static_cast<double>(over_)) {
        violations.push_back({path, plain_number(at_[i]) + " is not at least " +
                                        std::to_string(over_) + " (\"over\") after " +
                                        plain_number(at_[i - 1]) +
                                        "; a change must be over when the next one begins"});
      }
    }
    return violations;
  }

  EnvironmentFacts facts(const EnvironmentFacts& inner) const override {
    EnvironmentFacts facts = inner;
    facts.hidden_parameter = false;
    return facts;
  }

  std::unique_ptr<Environment> create(const InnerDraw& inner, Seed /*seed*/) const override {
    std::vector<std::unique_ptr<Environment>> draws;
    for (std::size_t i = 0; i <= at_.size(); ++i) draws.push_back(inner(i));
    return std::make_unique<DriftingEnvironment>(std::move(draws),
                                                 std::vector<Index>(at_.begin(), at_.end()), over_);
  }

 private:
  std::vector<double> at_;
  std::int64_t over_ = 1;
};

}  // namespace

WrapperType drift() {
  return {"drift", "the hidden parameter changes, at once or little by little", "",
          make_spec<WrapperSpec, DriftSpec>};
}

}  // namespace cbsim::wrappers
