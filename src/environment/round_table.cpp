#include "cbsim/environment/round_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/data_text.hpp"

namespace cbsim {
namespace {

constexpr std::string_view kColumns = "t, arm, x1, x2, ..., reward and expected_reward";

/// k of a column named "xk", k >= 1 in canonical digits; 0 of any other name.
std::size_t coordinate(std::string_view name) {
  std::size_t k = 0;
  if (!name.starts_with('x')) return 0;
  const auto [rest, error] = std::from_chars(name.data() + 1, name.data() + name.size(), k);
  return error == std::errc() && name.substr(1) == std::to_string(k) ? k : 0;
}

class Parser {
 public:
  Parser(std::string_view path, std::string_view content, Delimiter delimiter, bool shared)
      : reader_(path, content, delimiter), path_(path), shared_(shared) {}

  RoundTable parse() {
    read_header();
    while (reader_.next()) read_row();
    if (round_.empty()) fail_at_line(path_, header_line_, "a header but no rows");
    finish_round();
    return table();
  }

 private:
  struct Row {
    std::size_t line;
    Index arm;
    double reward, expected;
    std::vector<double> x;
  };

  void read_header();
  std::size_t required_column(std::string_view name) const;
  void read_row();
  double number(std::size_t column) const;
  Index count(std::size_t column) const;
  void finish_round();
  RoundTable table() const;

  CsvReader reader_;
  std::string_view path_;
  bool shared_;
  std::size_t header_line_ = 0;
  std::vector<std::string> names_;
  std::size_t t_ = 0, arm_ = 0, reward_ = 0;  ///< columns
  std::optional<std::size_t> expected_;
  std::vector<std::size_t> x_;

  Index current_ = 0;       ///< the round that is being read
  std::vector<Row> round_;  ///< its rows so far
  std::size_t arms_ = 0;    ///< of the first round; 0 until that is read
  std::vector<double> contexts_, rewards_, expected_rewards_;
};

void Parser::read_header() {
  if (!reader_.next()) throw InputError(std::string(path_) + ": the file is empty");
  header_line_ = reader_.line();
  const auto fields = reader_.fields();
  names_.assign(fields.begin(), fields.end());
  x_.assign(names_.size(), names_.size());
  std::size_t dim = 0;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const std::string& name = names_[i];
    const std::size_t k = coordinate(name);
    const bool known =
        k > 0 || name == "t" || name == "arm" || name == "reward" || name == "expected_reward";
    if (!known) {
      fail_at_line(path_, header_line_,
                   "the column " + in_quotes(name) + " is none of " + std::string(kColumns) +
                       "; remove or rename it");
    }
    for (std::size_t j = 0; k == 0 && j < i; ++j) {
      if (names_[j] == name) {
        fail_at_line(path_, header_line_, "two columns are named " + in_quotes(name));
      }
    }
    if (name == "expected_reward") expected_ = i;
    if (k == 0) continue;
    if (k > names_.size()) {
      fail_at_line(path_, header_line_,
                   "the column " + in_quotes(name) + " is beyond the " +
                       std::to_string(names_.size()) +
                       " columns of the file; contexts are x1, x2, ... without a gap");
    }
    if (x_[k - 1] != names_.size()) {
      fail_at_line(path_, header_line_, "two columns are named " + in_quotes(name));
    }
    x_[k - 1] = i;
    dim = std::max(dim, k);
  }
  t_ = required_column("t");
  arm_ = required_column("arm");
  reward_ = required_column("reward");
  x_.resize(std::max<std::size_t>(dim, 1));
  for (std::size_t k = 0; k < x_.size(); ++k) {
    if (x_[k] == names_.size()) required_column(std::string("x").append(std::to_string(k + 1)));
  }
}

std::size_t Parser::required_column(std::string_view name) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == name) return i;
  }
  fail_at_line(path_, header_line_,
               "the column " + in_quotes(name) + " is missing; a table has " +
                   std::string(kColumns) + " (the last may be absent)");
}

double Parser::number(std::size_t column) const {
  const std::string_view text = reader_.fields()[column];
  const Field field = parse_field(text);
  if (field.kind != FieldKind::number) {
    fail_at_line(path_, reader_.line(),
                 "column " + in_quotes(names_[column]) + ": " + in_quotes(text) +
                     " is not a finite number of at most 1e150 in magnitude");
  }
  return field.value;
}

Index Parser::count(std::size_t column) const {
  const double value = number(column);
  if (value < 0.0 || value > 1e15 || value != std::floor(value)) {
    fail_at_line(path_, reader_.line(),
                 "column " + in_quotes(names_[column]) + ": " +
                     in_quotes(reader_.fields()[column]) + " is not a count (0, 1, 2, ...)");
  }
  return static_cast<Index>(value);
}

void Parser::read_row() {
  if (reader_.fields().size() != names_.size()) {
    fail_at_line(path_, reader_.line(),
                 std::to_string(reader_.fields().size()) + " fields, but the header has " +
                     std::to_string(names_.size()));
  }
  const Index t = count(t_);
  if (current_ != 0 && t == current_ + 1) finish_round();
  const bool starts_round = round_.empty();
  if (t != current_ + (starts_round ? 1 : 0)) {
    fail_at_line(path_, reader_.line(),
                 "column 't': round " + std::to_string(t) + " after round " +
                     std::to_string(current_) +
                     "; rounds are 1, 2, 3, ... in this order, without a gap");
  }
  if (starts_round) current_ = t;

  Row& row = round_.emplace_back();
  row.line = reader_.line();
  row.arm = count(arm_);
  row.reward = number(reward_);
  row.expected = expected_ ? number(*expected_) : 0.0;
  row.x.reserve(x_.size());
  for (const std::size_t column : x_) row.x.push_back(number(column));
}

void Parser::finish_round() {
  if (arms_ == 0) arms_ = round_.size();
  const std::string rule = "round " + std::to_string(current_) + " must have the arms 0.." +
                           std::to_string(arms_ - 1) + ", each exactly once, as many as round 1";

  // Put the rows in the order of their arms.
  std::vector<const Row*> by_arm(arms_, nullptr);
  for (const Row& row : round_) {
    const auto arm = static_cast<std::size_t>(row.arm);
    if (arm >= arms_) {
      fail_at_line(path_, row.line, "column 'arm': arm " + std::to_string(arm) + ", but " + rule);
    }
    if (by_arm[arm] != nullptr) {
      fail_at_line(path_, row.line,
                   "column 'arm': arm " + std::to_string(arm) + " again, but " + rule);
    }
    by_arm[arm] = &row;
  }
  for (std::size_t arm = 0; arm < arms_; ++arm) {
    if (by_arm[arm] == nullptr) {
      fail_at_line(path_, round_.back().line,
                   "the round ends without arm " + std::to_string(arm) + ", but " + rule);
    }
  }

  for (const Row* row : by_arm) {
    if (shared_ && row->x != by_arm[0]->x) {
      fail_at_line(path_, std::max(row->line, by_arm[0]->line),
                   "arms 0 and " + std::to_string(row->arm) + " of round " +
                       std::to_string(current_) +
                       " have different contexts; encoding disjoint needs the same for all arms "
                       "of a round, so use dense");
    }
    if (!shared_ || row == by_arm[0]) {
      contexts_.insert(contexts_.end(), row->x.begin(), row->x.end());
    }
    rewards_.push_back(row->reward);
    if (expected_) expected_rewards_.push_back(row->expected);
  }
  round_.clear();
}

RoundTable Parser::table() const {
  RoundTable table;
  table.rounds = current_;
  table.arms = static_cast<Index>(arms_);
  table.dim = static_cast<Index>(x_.size());
  const Index columns = shared_ ? table.rounds : table.rounds * table.arms;
  table.contexts = Eigen::Map<const Matrix>(contexts_.data(), table.dim, columns);
  table.rewards = Eigen::Map<const Matrix>(rewards_.data(), table.arms, table.rounds);
  if (expected_) {
    table.expected = Eigen::Map<const Matrix>(expected_rewards_.data(), table.arms, table.rounds);
  }
  return table;
}

}  // namespace

RoundTable read_round_table(std::string_view path, std::string_view content, Delimiter delimiter,
                            bool shared_contexts) {
  return Parser(path, content, delimiter, shared_contexts).parse();
}

}  // namespace cbsim
