#include <utility>

#include "cbsim/environment/deal_order.hpp"
#include "cbsim/environment/environment.hpp"
#include "cbsim/environment/round_table.hpp"

namespace cbsim::environments {
namespace {

class TableEnvironment final : public Environment {
 public:
  TableEnvironment(std::shared_ptr<const RoundTable> table, ContextShape shape,
                   std::vector<Index> order)
      : table_(std::move(table)), shape_(shape), order_(std::move(order)) {}

  void deal(Index t, Round& round) override {
    const Index row = order_.at(static_cast<std::size_t>(t - 1));
    round.contexts.resize(shape_);
    Matrix& x = round.contexts.values();
    x = table_->contexts.middleCols(row * x.cols(), x.cols());
    round.rewards = table_->rewards.col(row);
    if (table_->expected.size() > 0) {
      round.expected = table_->expected.col(row);
    } else {
      round.expected.resize(0);
    }
  }

 private:
  std::shared_ptr<const RoundTable> table_;
  ContextShape shape_;
  std::vector<Index> order_;
};

/// A user's own rounds; K and d are read off the file.
class TableSpec final : public EnvironmentSpec {
 public:
  Settings settings() override {
    return {
        required(file("path", &path_,
                      {"CSV file with the columns t, arm, x1..xd, reward and, if known, "
                       "expected_reward; rounds from 1, arms from 0; may be gzipped"})),
        choice("delimiter", &delimiter_, {",", ";", "tab", "space"},
               {"what separates the fields; space is one or more blanks"}),
        choice("encoding", &encoding_, {"dense", "disjoint"},
               {"the context of arm a: its x as it stands in the file, or x ⊗ e_a, a block of its "
                "own for each arm, where the arms of a round share one x",
                "x_a"}),
        boolean("shuffle", &shuffle_,
                {"deal the rounds in an order drawn from the seed, not in that of the file"}),
    };
  }

  void load() override {
    table_ = std::make_shared<const RoundTable>(
        read_round_table(path_.path, *path_.content, delimiter_, encoding_ == Encoding::disjoint));
  }

  EnvironmentFacts facts() const override {
    if (!table_) return {};
    const bool disjoint = encoding_ == Encoding::disjoint;
    return {
        .shape = {.arms = table_->arms, .dim = table_->dim, .blocks = disjoint ? table_->arms : 1},
        .rounds = table_->rounds,
        .expected_known = table_->expected.size() > 0};
  }

  std::unique_ptr<Environment> create(Seed seed) const override {
    return std::make_unique<TableEnvironment>(table_, facts().shape,
                                              deal_order(seed, table_->rounds, shuffle_));
  }

 private:
  enum class Encoding { dense, disjoint };

  File path_;
  Delimiter delimiter_ = Delimiter::comma;
  Encoding encoding_ = Encoding::dense;
  bool shuffle_ = false;
  std::shared_ptr<const RoundTable> table_;
};

}  // namespace

EnvironmentType table() {
  return {"table", "your own rounds from a CSV file: contexts and rewards of all arms", "",
          make_spec<EnvironmentSpec, TableSpec>};
}

}  // namespace cbsim::environments
