#pragma once

#include "cbsim/environment/labelled_data.hpp"
#include "fuzz.hpp"

namespace cbsim::fuzz {

/// Data that `read` accepts are whole: finite features, labels that name classes.
template <class Read>
void check_labelled(Read read) {
  accepts([&] {
    const LabelledData data = read();
    demand(data.rows() > 0 && data.classes.size() >= 2, "data without rows or classes");
    const auto cells = data.labels.size() * data.columns.size();
    demand(data.values.size() + data.pixels.size() == cells, "another number of values");
    for (const auto label : data.labels) {
      demand(label >= 0 && static_cast<std::size_t>(label) < data.classes.size(), "no such class");
    }
    Vector x(data.dim());
    for (Index row = 0; row < std::min<Index>(data.rows(), 100); ++row) {
      data.write(row, x);
      demand(x.allFinite(), "a feature that is not finite");
    }
    const Standardization map = standardization(data);
    demand(map.mean.allFinite() && map.factor.allFinite(), "a scale that is not finite");
  });
}

}  // namespace cbsim::fuzz
