#include "cbsim/environment/payoffs.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

#include "cbsim/core/error.hpp"
#include "cbsim/core/text.hpp"
#include "cbsim/environment/data_text.hpp"
#include "cbsim/environment/labelled_data.hpp"

namespace cbsim {
namespace {

constexpr double kTolerance = 1e-9;  ///< of the sum of probabilities

}  // namespace

// --- What is paid --------------------------------------------------------------------------------

double Lottery::mean() const {
  return std::inner_product(values.begin(), values.end(), probabilities.begin(), 0.0);
}

double Lottery::draw(Stream& stream) const {
  const double u = stream.uniform();
  double below = 0.0;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    below += probabilities[i];
    if (u < below) return values[i];
  }
  return values.back();
}

void PayoffTable::set(Index arm, Index of_class, const std::shared_ptr<const Lottery>& payoff) {
  mean_(arm, of_class) = payoff->mean();
  if (payoff->values.size() < 2) return;
  random_[static_cast<std::size_t>(of_class)].push_back({arm, payoff});
}

void PayoffTable::pay(Index of_class, Stream& stream, Vector& expected, Vector& rewards) const {
  expected = mean_.col(of_class);
  rewards = expected;
  for (const auto& [arm, lottery] : random_[static_cast<std::size_t>(of_class)]) {
    rewards(arm) = lottery->draw(stream);
  }
}

// --- As the user states it -----------------------------------------------------------------------

Setting Payoffs::Cell::setting() {
  return required(
      one_of("", &form,
             {RealSlot{&number, any()}, RealListSlot{&values, any(), 1},
              ObjectSlot{{required({"values", {"the amounts"}, {RealListSlot{&values, any(), 1}}}),
                          required({"probabilities",
                                    {"of the amounts; their sum is 1"},
                                    {RealListSlot{&probabilities, between(0, 1), 1}}})}}},
             {"what the arm pays for this class; every class needs one"}));
}

std::string Payoffs::Cell::problem() const {
  if (form != Form::weighted) return {};
  if (values.size() != probabilities.size()) {
    return std::to_string(values.size()) + " values but " + std::to_string(probabilities.size()) +
           " probabilities; give one for each";
  }
  const double sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
  if (std::abs(sum - 1.0) <= kTolerance) return {};
  return "the probabilities have the sum " + shortest(sum) + ", not 1";
}

std::shared_ptr<const Lottery> Payoffs::Cell::lottery() const {
  const auto make = [](Lottery lottery) {
    return std::make_shared<const Lottery>(std::move(lottery));
  };
  if (form == Form::weighted) return make({values, probabilities});
  if (form == Form::number) return make({{number}, {1.0}});
  const auto n = static_cast<double>(values.size());
  return make({values, std::vector<double>(values.size(), 1.0 / n)});
}

Setting Payoffs::Arm::setting() {
  return required(
      one_of("", &form,
             {RealSlot{&all.number, any()}, RealListSlot{&all.values, any(), 1},
              map_of("class", &by_class)},
             {"what the arm pays: a number, or one of a list, each equally likely; for all "
              "classes, or for each by name"}));
}

Setting Payoffs::setting() {
  return one_of("payoffs", &form_, {WordSlot{"right_class"}, map_of("arm", &arms_)},
                {"an arm for each class, which pays 1 where that is right, else 0; or arms of your "
                 "own, in this order, with what they pay: {\"eat\": {\"edible\": 5, \"poisonous\": "
                 "[5, -35]}, \"skip\": 0}"});
}

std::vector<Violation> Payoffs::check() const {
  if (form_ == Form::right_class) return {};
  if (arms_.empty()) return {{"payoffs", "no arm; name at least one"}};
  std::vector<Violation> violations;
  for (const auto& [name, arm] : arms_) {
    if (arm.form != Arm::Form::by_class) continue;
    for (const auto& [of_class, cell] : arm.by_class) {
      const std::string problem = cell.problem();
      if (problem.empty()) continue;
      violations.push_back({"payoffs", "arm " + in_quotes(name) + ", class " + in_quotes(of_class) +
                                           ": " + problem});
    }
  }
  return violations;
}

PayoffTable Payoffs::table(const std::vector<std::string>& classes) const {
  const auto count = static_cast<Index>(classes.size());
  if (form_ == Form::right_class) {
    PayoffTable table(count, count);
    const auto right = std::make_shared<const Lottery>(Lottery{{1.0}, {1.0}});
    for (Index c = 0; c < count; ++c) table.set(c, c, right);
    return table;
  }
  if (arms_.size() > kMostDenseValues / classes.size()) {
    throw InputError("\"payoffs\": " + std::to_string(arms_.size()) + " arms for " +
                     std::to_string(classes.size()) + " classes are more than " +
                     std::to_string(kMostDenseValues) + " payoffs, the most that are held");
  }
  std::map<std::string_view, Index> numbers;
  for (const std::string& name : classes) numbers.emplace(name, std::ssize(numbers));
  PayoffTable table(static_cast<Index>(arms_.size()), count);
  for (Index a = 0; a < table.arms(); ++a) {
    const auto& [name, arm] = arms_[static_cast<std::size_t>(a)];
    if (arm.form != Arm::Form::by_class) {
      Cell cell = arm.all;
      cell.form = arm.form == Arm::Form::number ? Cell::Form::number : Cell::Form::equal;
      const auto lottery = cell.lottery();
      for (Index c = 0; c < count; ++c) table.set(a, c, lottery);
      continue;
    }
    std::vector<bool> named(classes.size());
    for (const auto& [of_class, cell] : arm.by_class) {
      const auto found = numbers.find(of_class);
      if (found == numbers.end()) {
        throw InputError("\"payoffs\": the arm " + in_quotes(name) + " names the class " +
                         in_quotes(of_class) + ", but the classes are " + in_quotes(classes));
      }
      named[static_cast<std::size_t>(found->second)] = true;
      table.set(a, found->second, cell.lottery());
    }
    const auto missing = std::ranges::find(named, false);
    if (missing == named.end()) continue;
    throw InputError("\"payoffs\": the arm " + in_quotes(name) +
                     " does not say what it pays for the class " +
                     in_quotes(classes[static_cast<std::size_t>(missing - named.begin())]) +
                     "; the classes are " + in_quotes(classes));
  }
  return table;
}

}  // namespace cbsim
