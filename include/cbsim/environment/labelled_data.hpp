#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// The most numbers that are held of a sparse file, whose few bytes may stand for many: 512 MiB.
constexpr std::size_t kMostDenseValues = std::size_t{1} << 26;

/// A column of a labelled data set. A numeric one is one coordinate of a feature vector; a
/// categorical one is as many coordinates as it has categories, one of them 1 and the others 0.
struct FeatureColumn {
  std::string name;
  std::vector<std::string> categories;  ///< empty for a numeric column

  bool categorical() const { return !categories.empty(); }
  Index width() const { return categorical() ? static_cast<Index>(categories.size()) : 1; }
};

/// A labelled data set, stored as compactly as its file; a feature vector is written out on demand.
struct LabelledData {
  std::vector<FeatureColumn> columns;
  std::vector<std::string> classes;
  std::vector<std::int32_t> labels;  ///< a row's index into `classes`
  /// Row-major, a value for each row and column: a number, or the index of a category.
  std::vector<double> values;
  /// The same for images, instead of `values`: a pixel of 0..255 stands for the number pixel / 255.
  std::vector<std::uint8_t> pixels;

  Index rows() const { return static_cast<Index>(labels.size()); }
  /// d, coordinates of a feature vector.
  Index dim() const;
  double value(Index row, Index column) const;
  /// Writes the feature vector of a row, dim().
  void write(Index row, VectorRef out) const;
};

/// The affine map x -> (x - mean) * factor of each coordinate.
struct Standardization {
  Vector mean;    ///< d
  Vector factor;  ///< d, 1 / standard deviation (of the n rows, not n - 1)
};

/// Makes numeric coordinates mean 0 and standard deviation 1 over the rows (mean 0 alone where the
/// column is constant) and leaves categorical ones as they are.
Standardization standardization(const LabelledData& data);

}  // namespace cbsim
