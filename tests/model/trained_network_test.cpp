#include "cbsim/model/trained_network.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "cbsim/core/state_archive.hpp"
#include "support/memory_archive.hpp"

namespace cbsim {
namespace {

using test::bytes_of;

// A reward is an item of one number. Items of none and of two are as many, and as long.
TEST(TrainedNetwork, RefusesRewardsThatAreNotANumberEach) {
  const PolicySetup setup{.shape = {.arms = 1, .dim = 3}, .horizon = 4};
  NeuralSettings settings;
  settings.network.width = 4;
  settings.training.steps = 5;
  const auto make = [&] { return TrainedNetwork(settings, setup, {.rewards = 0.5}); };
  auto network = make();
  Contexts contexts;
  contexts.resize(setup.shape);
  const Vector x = Vector::LinSpaced(3, 0.1, 0.3);
  for (const Index t : {1, 2}) {
    const Observation seen{t, 0, {0, x.data(), 3}, static_cast<double>(t)};
    network.update({t, contexts, 0, {&seen, 1}});
  }
  std::string saved;
  test::MemoryArchive saving(saved, false);
  network.state(saving);
  const auto restore = [&](std::string text) {
    test::MemoryArchive restoring(text, true);
    make().state(restoring);
  };
  restore(saved);
  constexpr std::uint64_t kOne = 1;
  const std::string rewards = bytes_of(kOne, 1.0, kOne, 2.0);
  const std::size_t place = saved.find(rewards);
  ASSERT_NE(place, std::string::npos);
  saved.replace(place, rewards.size(), bytes_of(std::uint64_t{0}, std::uint64_t{2}, 1.0, 2.0));
  EXPECT_THROW(restore(saved), BadState);
}

}  // namespace
}  // namespace cbsim
