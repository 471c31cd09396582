#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/environment/labelled_data.hpp"

namespace cbsim::test {

/// The features of row i.
inline std::vector<double> row(const LabelledData& data, Index i) {
  Vector x = Vector::Constant(data.dim(), -99.0);
  data.write(i, x);
  return {x.begin(), x.end()};
}

/// What `read()` returns has two classes or more and finite features, or it throws an InputError
/// whose message begins with `place`.
template <class Read>
void expect_data_or_error(const Read& read, const std::string& place) {
  try {
    const LabelledData data = read();
    ASSERT_GE(data.classes.size(), 2U);
    for (Index i = 0; i < data.rows(); ++i) {
      Vector x(data.dim());
      data.write(i, x);
      ASSERT_TRUE(x.allFinite());
    }
  } catch (const InputError& error) {
    ASSERT_THAT(error.what(), testing::StartsWith(place));
  }
}

}  // namespace cbsim::test
