#pragma once

#include "cbsim/core/contexts.hpp"
#include "cbsim/core/settings.hpp"

namespace cbsim {

/// How one feature vector x of R^d that all K arms are shown becomes their contexts, as the setting
/// "encoding" says:
///   disjoint     x_a = x ⊗ e_a, a block of its own for each arm (Zhou, Li, Gu 2020, section 7.2)
///   one_hot_arm  x_a = [x; e_a], dense, d + K coordinates
class ArmEncoding {
 public:
  Setting setting();

  bool disjoint() const { return form_ == Form::disjoint; }
  ContextShape shape(Index arms, Index dim) const;

  /// Resizes the contexts and fills them.
  void encode(const ConstVectorRef& x, Index arms, Contexts& contexts) const;

 private:
  enum class Form { disjoint, one_hot_arm };

  Form form_ = Form::disjoint;
};

}  // namespace cbsim
