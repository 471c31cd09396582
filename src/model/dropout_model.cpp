#include "cbsim/model/dropout_model.hpp"

#include "cbsim/model/trained_network.hpp"

namespace cbsim {
namespace {

class DropoutModel final : public RewardModel {
 public:
  DropoutModel(const NeuralSettings& settings, double keep, const PolicySetup& setup)
      : keep_(keep), trained_(settings, setup, {.keep = keep}) {}

  void predict(const Contexts& contexts, Vector& mean) override {
    evaluate(trained_.theta(), contexts, mean);
  }

  void sample(const Contexts& contexts, double scale, Stream& stream, Vector& mean,
              Vector& draw) override {
    predict(contexts, mean);
    const Network& network = trained_.network();
    dropped_ = trained_.theta();
    scale_by_units<double>(network, draw_kept_units(network, keep_, stream), dropped_);
    evaluate(dropped_, contexts, draw);
    draw = mean + scale * (draw - mean);
  }

  void update(const Outcome& outcome) override { trained_.update(outcome); }
  ConfidenceState confidence_state() const override { return {.t = trained_.rounds()}; }
  Diagnostics diagnostics() const override { return trained_.diagnostics(); }
  Vector weights(bool initial) const override { return trained_.weights(initial); }
  void state(StateArchive& archive) override { trained_.state(archive); }

 private:
  void evaluate(const Vector& theta, const Contexts& contexts, Vector& f) {
    trained_.network().evaluate(theta, trained_.input(contexts).views(), f, nullptr);
  }

  double keep_;
  TrainedNetwork trained_;
  Vector dropped_;
};

}  // namespace

std::unique_ptr<RewardModel> make_dropout_model(const NeuralSettings& settings, double keep,
                                                const PolicySetup& setup) {
  return std::make_unique<DropoutModel>(settings, keep, setup);
}

}  // namespace cbsim
