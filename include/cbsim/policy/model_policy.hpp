#pragma once

#include <memory>
#include <utility>

#include "cbsim/model/reward_model.hpp"
#include "cbsim/policy/policy.hpp"

namespace cbsim {

/// A policy that is a rule over one reward model: it only has to say how to choose.
class ModelPolicy : public Policy {
 public:
  void update(const Outcome& outcome) override {
    played_ = outcome.round;
    model_->update(outcome);
  }
  const Scores& scores() const override { return scores_; }
  Diagnostics diagnostics() const override { return model_->diagnostics(); }
  Vector weights(bool initial) const override { return model_->weights(initial); }
  void state(StateArchive& archive) override {
    archive.count(played_);
    model_->state(archive);
  }

 protected:
  explicit ModelPolicy(std::unique_ptr<RewardModel> model) : model_(std::move(model)) {}

  /// The round that is being played, the clock of schedules. In the replay of a log more rounds
  /// have been dealt, whose numbers are for random draws.
  Index round() const { return played_ + 1; }

  std::unique_ptr<RewardModel> model_;
  Scores scores_;

 private:
  Index played_ = 0;
};

}  // namespace cbsim
