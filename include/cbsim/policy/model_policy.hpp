#pragma once

#include <memory>
#include <utility>

#include "cbsim/model/reward_model.hpp"
#include "cbsim/policy/policy.hpp"

namespace cbsim {

/// A policy that is a rule over one reward model: it only has to say how to choose.
class ModelPolicy : public Policy {
 public:
  void update(const Outcome& outcome) override { model_->update(outcome); }
  const Scores& scores() const override { return scores_; }
  Diagnostics diagnostics() const override { return model_->diagnostics(); }
  Vector weights(bool initial) const override { return model_->weights(initial); }

 protected:
  explicit ModelPolicy(std::unique_ptr<RewardModel> model) : model_(std::move(model)) {}

  std::unique_ptr<RewardModel> model_;
  Scores scores_;
};

}  // namespace cbsim
