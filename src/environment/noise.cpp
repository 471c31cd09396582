#include "cbsim/environment/noise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cbsim {
namespace {

/// Student's t times √((ν-2)/ν), of variance 1, by the polar method: T = √(ν (U^(-2/ν) - 1)) cos
/// 2πV (Bailey, Mathematics of Computation 62, 1994).
double standardized_student_t(Stream& stream, double degrees) {
  const double log_u = std::log1p(-stream.uniform());  // 1 - u lies in (0, 1]
  const double radius = std::sqrt((degrees - 2.0) * std::expm1(-2.0 / degrees * log_u));
  return radius * std::cos(2.0 * std::numbers::pi * stream.uniform());
}

}  // namespace

NoiseLaw NoiseLaw::gaussian(double sd) {
  NoiseLaw law;
  law.sd_ = sd;
  return law;
}

NoiseLaw NoiseLaw::bernoulli() {
  NoiseLaw law;
  law.form_ = Form::bernoulli;
  return law;
}

Setting NoiseLaw::setting() {
  const auto sd = [this](std::string_view meaning) {
    return real("sd", &sd_, at_least(0), {meaning, "σ"});
  };
  return one_of(
      "noise", &form_,
      {RealSlot{&sd_, at_least(0)},
       ObjectSlot{{sd("standard deviation of N(0, σ²)")}, "type", "gaussian"},
       ObjectSlot{{real("half_width", &half_width_, at_least(0), {"w of U(-w, w)", "w"})},
                  "type",
                  "uniform"},
       ObjectSlot{{real("degrees", &degrees_, above(2), {"degrees of freedom", "ν"}),
                   sd("standard deviation; the scale of Student's law is σ √((ν-2)/ν)")},
                  "type",
                  "student_t"},
       ObjectSlot{{sd("standard deviation where the expected reward is 0"),
                   real("growth", &growth_, at_least(0),
                        {"g of N(0, σ² + (g h)²), h being the expected reward", "g",
                         "Rocke, Lorenzato 1995 (additive and proportional error)"})},
                  "type",
                  "heteroscedastic"},
       ObjectSlot{{}, "type", "bernoulli"}},
      {"standard deviation of Gaussian noise; or a law by its type: gaussian, uniform, student_t, "
       "heteroscedastic, or bernoulli, which pays 1 with the expected reward as probability, else "
       "0",
       "σ"});
}

double NoiseLaw::expected(double h) const {
  return form_ == Form::bernoulli ? std::clamp(h, 0.0, 1.0) : h;
}

double NoiseLaw::draw(Stream& stream, double expected) const {
  switch (form_) {
    case Form::number:
    case Form::gaussian:
      return expected + sd_ * stream.normal();
    case Form::uniform:
      return expected + half_width_ * (2.0 * stream.uniform() - 1.0);
    case Form::student_t:
      return expected + sd_ * standardized_student_t(stream, degrees_);
    case Form::heteroscedastic:
      return expected + std::hypot(sd_, growth_ * expected) * stream.normal();
    case Form::bernoulli:
      break;
  }
  return stream.uniform() < expected ? 1.0 : 0.0;
}

}  // namespace cbsim
