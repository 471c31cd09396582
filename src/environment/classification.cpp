#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/arm_encoding.hpp"
#include "cbsim/environment/deal_order.hpp"
#include "cbsim/environment/environment.hpp"
#include "cbsim/environment/labelled_file.hpp"
#include "cbsim/environment/payoffs.hpp"

namespace cbsim::environments {
namespace {

enum class Normalize { none, l2, zscore };

/// A data set as the rounds show it: immutable, shared by the seeds.
struct Deck {
  LabelledData data;
  Normalize normalize;
  Standardization zscore;  ///< where normalize says so
  ArmEncoding encoding;
  PayoffTable payoffs;

  ContextShape shape() const { return encoding.shape(payoffs.arms(), data.dim()); }

  /// The normalised feature vector of a row.
  void write(Index row, VectorRef out) const {
    data.write(row, out);
    if (normalize == Normalize::l2) {
      const double norm = out.stableNorm();
      if (norm > 0.0) out /= norm;
    } else if (normalize == Normalize::zscore) {
      out = (out - zscore.mean).cwiseProduct(zscore.factor);
    }
  }
};

class ClassificationEnvironment final : public Environment {
 public:
  ClassificationEnvironment(std::shared_ptr<const Deck> deck, bool shuffle, Seed seed)
      : deck_(std::move(deck)),
        seed_(seed),
        order_(deal_order(seed, deck_->data.rows(), shuffle)),
        x_(deck_->data.dim()) {}

  void deal(Index t, Round& round) override {
    const Index row = order_.at(static_cast<std::size_t>(t - 1));
    deck_->write(row, x_);
    deck_->encoding.encode(x_, deck_->payoffs.arms(), round.contexts);
    Stream noise(seed_, Purpose::noise, static_cast<std::uint64_t>(t));
    deck_->payoffs.pay(deck_->data.labels[static_cast<std::size_t>(row)], noise, round.expected,
                       round.rewards);
  }

 private:
  std::shared_ptr<const Deck> deck_;
  Seed seed_;
  std::vector<Index> order_;
  Vector x_;  ///< the feature vector of the round
};

/// A labelled data set as a bandit: each round shows a row, and what an arm pays depends on its
/// class.
class ClassificationSpec final : public EnvironmentSpec {
 public:
  Settings settings() override {
    Settings settings = file_.settings();
    settings.push_back(choice("normalize", &normalize_, {"none", "l2", "zscore"},
                              {"l2: each row's feature vector x to norm 1; zscore: each numeric "
                               "column to mean 0 and standard deviation 1 over the file"}));
    settings.push_back(encoding_.setting());
    settings.push_back(payoffs_.setting());
    settings.push_back(
        boolean("shuffle", &shuffle_,
                {"deal the rows in an order drawn from the seed, not in that of the file"}));
    return settings;
  }

  std::vector<Violation> check() const override {
    std::vector<Violation> violations = file_.check();
    for (Violation& violation : payoffs_.check()) violations.push_back(std::move(violation));
    return violations;
  }

  void load() override {
    LabelledData data = file_.read();
    PayoffTable payoffs = payoffs_.table(data.classes);
    Standardization zscore;
    if (normalize_ == Normalize::zscore) zscore = standardization(data);
    auto deck = std::make_shared<const Deck>(
        Deck{std::move(data), normalize_, std::move(zscore), encoding_, std::move(payoffs)});
    const ContextShape shape = deck->shape();
    if (!encoding_.disjoint() && shape.dim * shape.arms > kMostValues) {
      throw InputError(file_.path() + ": " + std::to_string(shape.arms) + " arms of dimension " +
                       std::to_string(shape.dim) +
                       " are too large for encoding one_hot_arm; use disjoint");
    }
    deck_ = std::move(deck);
  }

  EnvironmentFacts facts() const override {
    if (!deck_) return {};
    return {.shape = deck_->shape(), .rounds = deck_->data.rows()};
  }

  std::unique_ptr<Environment> create(Seed seed) const override {
    return std::make_unique<ClassificationEnvironment>(deck_, shuffle_, seed);
  }

 private:
  static constexpr Index kMostValues = 100'000'000;  ///< of the contexts of one round

  LabelledFile file_;
  Normalize normalize_ = Normalize::none;
  ArmEncoding encoding_;
  Payoffs payoffs_;
  bool shuffle_ = true;
  std::shared_ptr<const Deck> deck_;
};

}  // namespace

EnvironmentType classification() {
  return {"classification",
          "a labelled file (CSV, LibSVM, ARFF, IDX): an arm a class, or arms with payoffs by class",
          "Zhou, Li, Gu 2020, section 7.2", make_spec<EnvironmentSpec, ClassificationSpec>};
}

}  // namespace cbsim::environments
