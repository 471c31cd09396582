#pragma once

#include "cbsim/core/rng.hpp"
#include "cbsim/core/settings.hpp"

namespace cbsim {

/// The law of a reward around its expectation h, as the setting "noise" describes it:
///   a number, gaussian   h + N(0, sd²)
///   uniform              h + U(-half_width, half_width)
///   student_t            h + sd √((ν-2)/ν) T, T of Student's law with ν > 2 degrees of freedom
///   heteroscedastic      h + N(0, sd² + (growth h)²)
///   bernoulli            1 with probability min(max(h, 0), 1), else 0
class NoiseLaw {
 public:
  static NoiseLaw gaussian(double sd);
  static NoiseLaw bernoulli();

  Setting setting();

  /// What is expected of an arm where its world says `h`; not h itself where a probability is cut.
  double expected(double h) const;

  /// A reward of that expectation.
  double draw(Stream& stream, double expected) const;

 private:
  enum class Form { number, gaussian, uniform, student_t, heteroscedastic, bernoulli };

  Form form_ = Form::number;
  double sd_ = 1.0;
  double half_width_ = 1.0;
  double degrees_ = 3.0;
  double growth_ = 1.0;
};

}  // namespace cbsim
