#pragma once

#include "cbsim/core/outcome.hpp"
#include "cbsim/core/types.hpp"
#include "cbsim/training/objective.hpp"

namespace cbsim {

/// How far a refit goes.
struct DescentPlan {
  Index steps = 0;             ///< J, at most
  double learning_rate = 0.0;  ///< eta
  /// gd: where a step undoes 1 % of the gain so far, halve eta and start again.
  bool halve_on_rise = false;
  double stop_below = 0.0;  ///< ends early once the mean squared error is below this; 0: never
  Index batch = 0;          ///< sgd, adam: observations of a step; 0: all of them
  Index samples = 0;        ///< t
  Seed seed = 0;            ///< of the batches
};

/// The work space of a descent, kept from refit to refit.
template <class Real>
struct DescentSpace {
  typename Objective<Real>::Coordinates w, direction, first_moment, second_moment;
};

// The optimisers go from theta `start` and leave the end in space.w. They throw RunError, leaving
// a meaningless w behind, when the loss, w or a gradient is not finite or, for gd and lbfgs, when
// the loss ends above its start.

/// J full-batch steps w <- w - eta direction (Zhou, Li, Gu 2020, Algorithm 2).
template <class Real>
FitReport gradient_descent(Objective<Real>& objective, const DescentPlan& plan, const Vector& start,
                           DescentSpace<Real>& space);

/// J steps on batches: the observations in random order, n at a time, and again in a new order
/// (a last batch of an order may be smaller).
template <class Real>
FitReport stochastic_gradient_descent(Objective<Real>& objective, const DescentPlan& plan,
                                      const Vector& start, DescentSpace<Real>& space);

/// J steps of Adam (Kingma, Ba 2015, Algorithm 1; beta 0.9 and 0.999, epsilon 1e-8) on such
/// batches. Coordinate i stands for copies(i) equal coordinates of the network, whose gradients
/// are smaller by sqrt(copies): the step is sqrt(copies) eta m / (sqrt(v) + sqrt(copies) epsilon).
template <class Real>
FitReport adam(Objective<Real>& objective, const DescentPlan& plan, const Vector& start,
               const ParameterLayout& layout, DescentSpace<Real>& space);

/// At most J iterations of L-BFGS (liblbfgs: memory 6, in double; More-Thuente line search, and
/// from where that fails at a loss that is not finite, backtracking with the Wolfe conditions).
template <class Real>
FitReport lbfgs(Objective<Real>& objective, const DescentPlan& plan, const Vector& start,
                DescentSpace<Real>& space);

}  // namespace cbsim
