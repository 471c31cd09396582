#include "cbsim/core/history.hpp"

#include <gtest/gtest.h>

#include <map>

#include "cbsim/core/rng.hpp"

namespace cbsim {
namespace {

TEST(History, IsEmptyAtFirst) {
  const History history(3, 2);
  EXPECT_EQ(history.size(), 0);
  EXPECT_EQ(history.dim(), 3);
  EXPECT_EQ(history.blocks(), 2);
  EXPECT_EQ(history.contexts(1).rows(), 3);
  EXPECT_EQ(history.contexts(1).cols(), 0);
  EXPECT_EQ(history.rewards(1).size(), 0);
}

TEST(History, GroupsByBlockInOrderOfArrival) {
  const Index dim = 3, blocks = 4, rounds = 500;
  History history(dim, blocks);
  struct Sample {
    Vector x;
    double reward;
  };
  std::map<Index, std::vector<Sample>> expected;
  Stream stream(1, Purpose::contexts);
  for (Index t = 0; t < rounds; ++t) {
    // Block 3 is never played.
    const auto block = static_cast<Index>(stream.below(3));
    Vector x(dim);
    fill_normal(stream, x);
    const double reward = stream.normal();
    history.add(ContextView(block, x.data(), dim), reward);
    expected[block].push_back({x, reward});
  }

  EXPECT_EQ(history.size(), rounds);
  EXPECT_EQ(history.size(3), 0);
  for (const auto& [block, samples] : expected) {
    ASSERT_EQ(history.size(block), static_cast<Index>(samples.size()));
    for (Index i = 0; i < history.size(block); ++i) {
      const Sample& sample = samples[static_cast<std::size_t>(i)];
      EXPECT_EQ(history.contexts(block).col(i), sample.x);
      EXPECT_EQ(history.rewards(block)(i), sample.reward);
    }
  }
}

}  // namespace
}  // namespace cbsim
