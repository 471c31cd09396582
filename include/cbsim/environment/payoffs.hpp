#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cbsim/core/rng.hpp"
#include "cbsim/core/settings.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim {

/// A random amount: `values[i]` with probability `probabilities[i]`.
struct Lottery {
  std::vector<double> values, probabilities;

  double mean() const;
  double draw(Stream& stream) const;
};

/// What K arms pay for data of C classes.
class PayoffTable {
 public:
  PayoffTable(Index arms, Index classes)
      : mean_(Matrix::Zero(arms, classes)), random_(static_cast<std::size_t>(classes)) {}

  void set(Index arm, Index of_class, const std::shared_ptr<const Lottery>& payoff);

  Index arms() const { return mean_.rows(); }

  /// Sets the expected rewards and rewards of all arms, K each, for an item of the class. Arms are
  /// drawn independently.
  void pay(Index of_class, Stream& stream, Vector& expected, Vector& rewards) const;

 private:
  struct RandomPayoff {
    Index arm;
    std::shared_ptr<const Lottery> lottery;
  };

  Matrix mean_;                                    ///< K x C
  std::vector<std::vector<RandomPayoff>> random_;  ///< by class, those of more than one value
};

/// The setting "payoffs" of a classification: an arm for each class, which pays 1 for it and else
/// 0; or arms of the user's own, each with what it pays for each class.
class Payoffs {
 public:
  Setting setting();
  std::vector<Violation> check() const;

  /// The table for data of these classes. Throws InputError where an arm names another class or
  /// leaves one out.
  PayoffTable table(const std::vector<std::string>& classes) const;

 private:
  /// A number; a list of equally likely ones; or numbers with probabilities.
  struct Cell {
    enum class Form { number, equal, weighted };
    Form form = Form::number;
    double number = 0.0;
    std::vector<double> values, probabilities;

    Setting setting();
    std::string problem() const;  ///< or nothing
    std::shared_ptr<const Lottery> lottery() const;
  };

  struct Arm {
    enum class Form { number, equal, by_class };
    Form form = Form::number;
    Cell all;  ///< the same for all classes
    std::vector<Entry<Cell>> by_class;

    Setting setting();
  };

  enum class Form { right_class, arms };
  Form form_ = Form::right_class;
  std::vector<Entry<Arm>> arms_;
};

}  // namespace cbsim
