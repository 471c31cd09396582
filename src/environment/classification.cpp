#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/arm_encoding.hpp"
#include "cbsim/environment/deal_order.hpp"
#include "cbsim/environment/environment.hpp"
#include "cbsim/environment/idx_reader.hpp"
#include "cbsim/environment/labelled_csv.hpp"

namespace cbsim::environments {
namespace {

enum class Format { automatic, csv, idx };
enum class Normalize { none, l2, zscore };

/// A data set as the rounds show it: immutable, shared by the seeds.
struct Deck {
  LabelledData data;
  Normalize normalize = Normalize::none;
  Standardization zscore;  ///< where normalize says so
  ArmEncoding encoding;

  Index arms() const { return static_cast<Index>(data.classes.size()); }
  ContextShape shape() const { return encoding.shape(arms(), data.dim()); }

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
  ClassificationEnvironment(std::shared_ptr<const Deck> deck, std::vector<Index> order)
      : deck_(std::move(deck)), order_(std::move(order)), x_(deck_->data.dim()) {}

  void deal(Index t, Round& round) override {
    const Index row = order_.at(static_cast<std::size_t>(t - 1));
    deck_->write(row, x_);
    deck_->encoding.encode(x_, deck_->arms(), round.contexts);
    round.rewards.setZero(deck_->arms());
    round.rewards(deck_->data.labels[static_cast<std::size_t>(row)]) = 1.0;
    round.expected = round.rewards;
  }

 private:
  std::shared_ptr<const Deck> deck_;
  std::vector<Index> order_;
  Vector x_;  ///< the feature vector of the round
};

/// A labelled data set as a bandit: an arm a class, reward 1 for the right one.
class ClassificationSpec final : public EnvironmentSpec {
 public:
  Settings settings() override {
    return {
        required(file("path", &path_,
                      {"the data: a CSV file, or the images of an IDX pair; may be gzipped"})),
        one_of("labels", &labels_kind_, {WordSlot{"none"}, FileSlot{&labels_}},
               {"IDX only: the file of labels that belongs to the images"}),
        choice("format", &format_, {"auto", "csv", "idx"},
               {"format of the file; auto looks at its first bytes"}),
        one_of("label", &label_kind_,
               {TextSlot{&label_name_}, IntegerSlot{&label_position_, between(-1e5, 1e5)}},
               {"CSV: the column of the classes, by name or by position, which counts from 0, or "
                "from -1 at the end"}),
        boolean("header", &csv_.header, {"CSV: the first row names the columns"}),
        choice("delimiter", &csv_.delimiter, {",", ";", "tab", "space"},
               {"CSV: what separates the fields; space is one or more blanks"}),
        {"missing",
         {"CSV: the values that stand for a missing one; it becomes the column's mean, or a "
          "category of its own in a categorical column"},
         {TextListSlot{&csv_.missing}}},
        {"categorical",
         {"CSV: columns of numbers to take as categories, by name or position; a column with any "
          "value that is not a number is categorical anyway"},
         {TextListSlot{&csv_.categorical}}},
        {"ignore",
         {"CSV: columns to leave out, by name or position"},
         {TextListSlot{&csv_.ignore}}},
        choice("normalize", &normalize_, {"none", "l2", "zscore"},
               {"l2: each row's feature vector x to norm 1; zscore: each numeric column to mean 0 "
                "and standard deviation 1 over the file"}),
        encoding_.setting(),
        boolean("shuffle", &shuffle_,
                {"deal the rows in an order drawn from the seed, not in that of the file"}),
    };
  }

  std::vector<Violation> check() const override {
    const bool has_labels = labels_kind_ == LabelsKind::file;
    if (format_ == Format::csv && has_labels) {
      return {{"labels",
               "a file of labels goes with format idx; in a CSV file name the column of "
               "the classes by \"label\""}};
    }
    if (format_ == Format::idx && !has_labels) {
      return {{"labels", "missing; format idx needs the file of labels beside the images"}};
    }
    return {};
  }

  void load() override {
    auto deck = std::make_shared<Deck>();
    deck->data = read();
    deck->normalize = normalize_;
    deck->encoding = encoding_;
    if (normalize_ == Normalize::zscore) deck->zscore = standardization(deck->data);
    const ContextShape shape = deck->shape();
    if (!encoding_.disjoint() && shape.dim * shape.arms > kMostValues) {
      throw InputError(path_.path + ": " + std::to_string(shape.arms) + " classes of dimension " +
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
    return std::make_unique<ClassificationEnvironment>(
        deck_, deal_order(seed, deck_->data.rows(), shuffle_));
  }

 private:
  enum class LabelsKind { none, file };
  enum class LabelKind { name, position };
  static constexpr Index kMostValues = 100'000'000;  ///< of the contexts of one round

  LabelledData read() const {
    const std::string_view content = *path_.content;
    const bool has_labels = labels_kind_ == LabelsKind::file;
    const bool is_idx =
        format_ == Format::idx || (format_ == Format::automatic && looks_like_idx(content));
    if (is_idx) {
      if (!has_labels) {
        throw InputError(path_.path +
                         ": an IDX file; name its file of labels by the setting \"labels\"");
      }
      if (!csv_.categorical.empty() || !csv_.ignore.empty()) {
        throw InputError(path_.path +
                         ": an IDX file; the settings \"categorical\" and \"ignore\" are for CSV");
      }
      return read_labelled_idx(path_.path, content, labels_.path, *labels_.content);
    }
    if (has_labels) {
      throw InputError(path_.path +
                       ": a CSV file; \"labels\" is for IDX, name the column by \"label\"");
    }
    LabelledCsvOptions options = csv_;
    if (label_kind_ == LabelKind::name) {
      options.label = label_name_;
    } else {
      options.label = static_cast<Index>(label_position_);
    }
    return read_labelled_csv(path_.path, content, options);
  }

  File path_, labels_;
  LabelsKind labels_kind_ = LabelsKind::none;
  Format format_ = Format::automatic;
  LabelKind label_kind_ = LabelKind::position;
  std::string label_name_;
  std::int64_t label_position_ = -1;
  LabelledCsvOptions csv_;
  Normalize normalize_ = Normalize::none;
  ArmEncoding encoding_;
  bool shuffle_ = true;
  std::shared_ptr<const Deck> deck_;
};

}  // namespace

EnvironmentType classification() {
  return {"classification",
          "a labelled file (CSV or IDX): an arm a class, reward 1 for the right one",
          "Zhou, Li, Gu 2020, section 7.2", make_spec<EnvironmentSpec, ClassificationSpec>};
}

}  // namespace cbsim::environments
