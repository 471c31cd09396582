#include "cbsim/model/bootstrap_model.hpp"

#include <string>
#include <vector>

#include "cbsim/core/rng.hpp"

namespace cbsim {
namespace {

class BootstrapModel final : public RewardModel {
 public:
  BootstrapModel(const NeuralSettings& settings, const BootstrapSettings& bootstrap,
                 const PolicySetup& setup)
      : inclusion_(bootstrap.inclusion) {
    for (std::int64_t k = 0; k < bootstrap.networks; ++k) {
      PolicySetup own = setup;
      own.seed = Stream(setup.seed, Purpose::ensemble, static_cast<std::uint64_t>(k)).bits();
      members_.push_back({own.seed, make_neural_model(settings, own, GradientsInZ::none)});
    }
  }

  void predict(const Contexts& contexts, Vector& mean) override {
    mean.setZero(contexts.arms());
    for (const Member& member : members_) {
      member.model->predict(contexts, prediction_);
      mean += prediction_;
    }
    mean /= static_cast<double>(members_.size());
  }

  /// The standard deviation over the networks.
  void predict_with_width(const Contexts& contexts, Vector& mean, Vector& width) override {
    predict(contexts, mean);
    width.setZero(contexts.arms());
    for (const Member& member : members_) {
      member.model->predict(contexts, prediction_);
      width += (prediction_ - mean).cwiseAbs2();
    }
    width = (width / static_cast<double>(members_.size())).cwiseSqrt();
  }

  void sample(const Contexts& contexts, double scale, Stream& stream, Vector& mean,
              Vector& draw) override {
    predict(contexts, mean);
    const auto k = stream.below(members_.size());
    members_[k].model->predict(contexts, draw);
    draw = mean + scale * (draw - mean);
  }

  void update(const Outcome& outcome) override {
    rounds_ = outcome.round;
    for (const Member& member : members_) {
      included_.clear();
      for (const Observation& seen : outcome.arrived) {
        Stream stream(member.seed, Purpose::inclusion, static_cast<std::uint64_t>(seen.round));
        if (stream.uniform() < inclusion_) included_.push_back(seen);
      }
      member.model->update({outcome.round, outcome.contexts, outcome.arm, included_});
    }
  }

  ConfidenceState confidence_state() const override { return {.t = rounds_}; }

  /// Of the network whose refit ended farthest from stationary.
  Diagnostics diagnostics() const override {
    Diagnostics worst;
    for (const Member& member : members_) {
      const Diagnostics own = member.model->diagnostics();
      if (!own.fit) continue;
      if (!worst.fit || own.fit->relative_gradient > worst.fit->relative_gradient) worst = own;
    }
    return worst;
  }

  /// One network after another.
  Vector weights(bool initial) const override {
    std::vector<double> all;
    for (const Member& member : members_) {
      const Vector own = member.model->weights(initial);
      all.insert(all.end(), own.begin(), own.end());
    }
    return Eigen::Map<const Vector>(all.data(), static_cast<Index>(all.size()));
  }

  void state(StateArchive& archive) override {
    for (std::size_t k = 0; k < members_.size(); ++k) {
      const StateArchive::Scope scope(archive, "network" + std::to_string(k));
      members_[k].model->state(archive);
    }
    archive.value(rounds_);
  }

 private:
  struct Member {
    Seed seed;
    std::unique_ptr<RewardModel> model;
  };

  double inclusion_;
  std::vector<Member> members_;
  Index rounds_ = 0;
  Vector prediction_;
  std::vector<Observation> included_;
};

}  // namespace

std::unique_ptr<RewardModel> make_bootstrap_model(const NeuralSettings& settings,
                                                  const BootstrapSettings& bootstrap,
                                                  const PolicySetup& setup) {
  return std::make_unique<BootstrapModel>(settings, bootstrap, setup);
}

RunCost bootstrap_cost(const NeuralSettings& settings, const BootstrapSettings& bootstrap,
                       const EnvironmentFacts& facts, Index horizon) {
  RunCost cost = neural_cost(settings, facts, horizon, false);
  const auto networks = static_cast<double>(bootstrap.networks);
  cost.bytes *= networks;
  cost.round = [one = cost.round, networks, inclusion = bootstrap.inclusion](Index t) {
    RoundCost round = one(t);
    round.operations *= 2.0 * networks;
    round.refit_operations *= networks * inclusion;
    round.refit_numbers *= networks;
    return round;
  };
  cost.remedy = "fewer networks or a smaller network.width";
  return cost;
}

}  // namespace cbsim
