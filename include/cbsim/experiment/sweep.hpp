#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "cbsim/experiment/config_path.hpp"
#include "cbsim/experiment/json_tree.hpp"
#include "cbsim/experiment/problems.hpp"

namespace cbsim {

constexpr std::size_t kMostSweptPaths = 100;

/// One swept path and its values.
struct Axis {
  std::string path;                   ///< as the user wrote it
  Position position;                  ///< of the path
  Steps steps;                        ///< below the root, or below the policy where there is one
  std::optional<std::size_t> policy;  ///< the policy whose setting this is; none: horizon or world
  std::vector<JsonNode> values;
};

/// The axes of "sweep", in the order given; broken ones are left out and become problems.
std::vector<Axis> read_axes(const JsonNode& root, Problems& problems);

/// The product of some axes, the last fastest. A point is a number in 0..size-1.
class Grid {
 public:
  Grid() = default;
  /// The axes that `keep` admits, in their order.
  template <class Keep>
  Grid(const std::vector<Axis>& axes, Keep keep) {
    for (std::size_t a = 0; a < axes.size(); ++a) {
      if (keep(axes[a])) axes_.push_back(&axes[a]), numbers_.push_back(a);
    }
  }

  /// Saturates at the largest size_t.
  std::size_t size() const;
  /// The number of axes, and which of all axes the i-th is.
  std::size_t dimensions() const { return axes_.size(); }
  std::size_t axis(std::size_t i) const { return numbers_[i]; }
  /// The index of the value of each axis at a point.
  std::vector<std::size_t> at(std::size_t point) const;
  /// The point of this grid whose axes have the indices that they have in `all` (one an axis of
  /// the experiment).
  std::size_t point(const std::vector<std::size_t>& all) const;
  /// `node` with the values of a point.
  JsonNode apply(JsonNode node, std::size_t point) const;
  /// "environment.dim=3, policies.0.gamma=0.1"
  std::string name(std::size_t point) const;

 private:
  std::vector<const Axis*> axes_;
  std::vector<std::size_t> numbers_;
};

}  // namespace cbsim
