#include "cbsim/model/kernel_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "cbsim/core/error.hpp"
#include "cbsim/model/linear_model.hpp"
#include "support/configure.hpp"
#include "support/direct.hpp"
#include "support/memory_archive.hpp"
#include "support/random.hpp"

namespace cbsim {
namespace {

using testing::random_contexts;
using Kind = KernelSettings::Kind;

KernelSettings settings_of(Kind kind, double lambda = 0.3) {
  KernelSettings settings;
  settings.kind = kind;
  settings.lambda = lambda;
  settings.bandwidth = 1.7;
  return settings;
}

/// x (x) e_block, or x for dense contexts.
Vector embedded(const ContextView& context, const ContextShape& shape) {
  Vector out = Vector::Zero(shape.nominal_dim());
  out.segment(context.block * shape.dim, shape.dim) = context.x;
  return out;
}

/// k by its definition, on nominal vectors.
double kernel(Kind kind, const Vector& x, const Vector& y) {
  const double distance = (x - y).norm();
  if (kind == Kind::rbf) return std::exp(-distance * distance / (2 * 1.7 * 1.7));
  if (kind == Kind::laplace) return std::exp(-distance / 1.7);
  return x.dot(y);
}

void observe(RewardModel& model, const Contexts& contexts, Index arm, double reward, Index t) {
  const Observation seen{t, arm, contexts[arm], reward};
  model.update({t, contexts, arm, {&seen, 1}});
}

/// Kernel regression by direct solves with Gamma + lambda I.
struct Direct {
  Kind kind;
  double lambda;
  std::vector<Vector> stored{};
  std::vector<double> rewards{};

  Index size() const { return static_cast<Index>(stored.size()); }
  Matrix gram() const {
    Matrix out(size(), size());
    for (Index i = 0; i < size(); ++i) out.col(i) = with(stored[static_cast<std::size_t>(i)]);
    return out + lambda * Matrix::Identity(size(), size());
  }
  Vector with(const Vector& x) const {
    Vector out(size());
    for (Index i = 0; i < size(); ++i)
      out(i) = kernel(kind, stored[static_cast<std::size_t>(i)], x);
    return out;
  }
  double mean(const Vector& x) const {
    if (size() == 0) return 0.0;
    const Vector r = Eigen::Map<const Vector>(rewards.data(), size());
    return with(x).dot(direct::solve(gram(), r).col(0));
  }
  double width(const Vector& x) const {
    double rest = kernel(kind, x, x);
    if (size() > 0) rest -= with(x).dot(direct::solve(gram(), with(x)).col(0));
    return std::sqrt(rest / lambda);
  }
  double log_det() const {
    return direct::log_det(gram()) - static_cast<double>(size()) * std::log(lambda);
  }
};

using Case = std::tuple<Kind, ContextShape>;
class KernelModelOfEachKind : public ::testing::TestWithParam<Case> {};

TEST_P(KernelModelOfEachKind, EqualsADirectSolveWithTheGramMatrix) {
  const auto& [kind, shape] = GetParam();
  const auto model = make_kernel_model(settings_of(kind), {.shape = shape, .horizon = 60});
  Direct direct{kind, 0.3};
  Stream stream(31, Purpose::contexts);
  Vector mean, width;
  for (Index t = 1; t <= 60; ++t) {
    const Contexts contexts = random_contexts(stream, shape);
    model->predict_with_width(contexts, mean, width);
    for (Index a = 0; a < shape.arms; ++a) {
      const Vector x = embedded(contexts[a], shape);
      ASSERT_NEAR(mean(a), direct.mean(x), 1e-9) << "round " << t;
      ASSERT_NEAR(width(a), direct.width(x), 1e-9) << "round " << t;
    }
    const auto arm = static_cast<Index>(stream.below(static_cast<std::uint64_t>(shape.arms)));
    const double reward = stream.normal();
    observe(*model, contexts, arm, reward, t);
    direct.stored.push_back(embedded(contexts[arm], shape));
    direct.rewards.push_back(reward);
    const double log_det = direct.log_det();
    const Diagnostics diagnostics = model->diagnostics();
    ASSERT_NEAR(*diagnostics.log_det, log_det, 1e-9 * log_det);
    const double growth = std::log(1.0 + static_cast<double>(t * shape.arms) / 0.3);
    ASSERT_NEAR(*diagnostics.effective_dim, log_det / growth, 1e-9);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, KernelModelOfEachKind,
    ::testing::Combine(::testing::Values(Kind::rbf, Kind::laplace, Kind::linear),
                       ::testing::Values(ContextShape{4, 3, 1}, ContextShape{3, 2, 3})));

TEST(KernelModel, IsTheLinearModelWithTheLinearKernel) {
  for (const ContextShape shape : {ContextShape{4, 5, 1}, ContextShape{3, 4, 3}}) {
    const auto dual = make_kernel_model(settings_of(Kind::linear), {.shape = shape, .horizon = 80});
    const auto primal = make_linear_model({.lambda = 0.3}, shape);
    Stream stream(32, Purpose::contexts);
    Vector mean, width, expected, expected_width;
    for (Index t = 1; t <= 80; ++t) {
      const Contexts contexts = random_contexts(stream, shape);
      dual->predict_with_width(contexts, mean, width);
      primal->predict_with_width(contexts, expected, expected_width);
      ASSERT_LT((mean - expected).norm(), 1e-9);
      ASSERT_LT((width - expected_width).norm(), 1e-9);
      const double reward = stream.normal();
      observe(*dual, contexts, t % shape.arms, reward, t);
      observe(*primal, contexts, t % shape.arms, reward, t);
      ASSERT_NEAR(dual->confidence_state().log_det, primal->confidence_state().log_det, 1e-9);
    }
  }
}

TEST(KernelModel, LearnsFromTheFirstContextsOnlyUpToItsCap) {
  const ContextShape shape{.arms = 2, .dim = 3};
  KernelSettings settings = settings_of(Kind::rbf);
  settings.max_contexts = 7;
  const auto capped = make_kernel_model(settings, {.shape = shape, .horizon = 30});
  settings.cap = KernelSettings::Cap::none;
  const auto open = make_kernel_model(settings, {.shape = shape, .horizon = 30});
  Stream stream(33, Purpose::contexts);
  const Contexts probe = random_contexts(stream, shape);
  Vector mean, width, seventh, open_mean, open_width;
  for (Index t = 1; t <= 30; ++t) {
    const Contexts contexts = random_contexts(stream, shape);
    const double reward = stream.normal();
    observe(*capped, contexts, t % 2, reward, t);
    observe(*open, contexts, t % 2, reward, t);
    capped->predict_with_width(probe, mean, width);
    open->predict_with_width(probe, open_mean, open_width);
    if (t == 7) seventh = mean;
    EXPECT_EQ(mean == open_mean && width == open_width, t <= 7) << "round " << t;
    EXPECT_EQ(capped->confidence_state().t, std::min<Index>(t, 7));
  }
  EXPECT_EQ(mean, seventh);
}

// n times the same context: prediction sum r/(n + lambda), width^2 1/(n + lambda). At lambda =
// 1e-10 about six of the sixteen digits of the width are left.
TEST(KernelModel, BearsRepeatedContextsAtATinyPenalty) {
  const ContextShape shape{.arms = 1, .dim = 3};
  for (const Kind kind : {Kind::rbf, Kind::laplace}) {
    const auto model =
        make_kernel_model(settings_of(kind, 1e-10), {.shape = shape, .horizon = 200});
    Stream stream(34, Purpose::contexts);
    const Contexts contexts = random_contexts(stream, shape);
    Vector mean, width;
    double sum = 0.0;
    for (Index t = 1; t <= 200; ++t) {
      const double reward = stream.normal();
      observe(*model, contexts, 0, reward, t);
      sum += reward;
      model->predict_with_width(contexts, mean, width);
      const auto n = static_cast<double>(t);
      ASSERT_NEAR(mean(0), sum / n, 1e-4) << "round " << t;
      ASSERT_NEAR(width(0) * width(0), 1.0 / n, 1e-3) << "round " << t;
    }
  }
}

TEST(KernelModel, RefusesAPenaltyBeyondThePrecisionOfDoubles) {
  const ContextShape shape{.arms = 1, .dim = 3};
  const auto model =
      make_kernel_model(settings_of(Kind::rbf, 1e-16), {.shape = shape, .horizon = 9});
  Stream stream(35, Purpose::contexts);
  const Contexts contexts = random_contexts(stream, shape);
  EXPECT_THAT(test::message_of<RunError>([&] { observe(*model, contexts, 0, 1.0, 1); }),
              ::testing::HasSubstr("lambda is too small for the kernel: k(x, x) is 1e+16 times "
                                   "lambda"));
}

// A context is reused as scored only where it was scored, and with what is stored now: not after
// other contexts were scored, not for the second reward of a round, not without any score.
TEST(KernelModel, TakesRewardsWhenTheyArrive) {
  for (const ContextShape shape : {ContextShape{3, 2, 1}, ContextShape{3, 2, 3}}) {
    const auto model =
        make_kernel_model(settings_of(Kind::laplace), {.shape = shape, .horizon = 40});
    Direct direct{Kind::laplace, 0.3};
    Stream stream(36, Purpose::contexts);
    std::vector<Contexts> dealt;
    Vector mean, width;
    for (Index t = 1; t <= 40; ++t) {
      dealt.push_back(random_contexts(stream, shape));
      if (t % 5 != 0) model->predict_with_width(dealt.back(), mean, width);
      std::vector<Observation> arrived;
      for (std::size_t i = dealt.size() - static_cast<std::size_t>(t % 4); i < dealt.size(); ++i) {
        const auto arm = static_cast<Index>(stream.below(3));
        arrived.push_back({static_cast<Index>(i) + 1, arm, dealt[i][arm], stream.normal()});
        direct.stored.push_back(embedded(arrived.back().x, shape));
        direct.rewards.push_back(arrived.back().reward);
      }
      if (direct.size() > 40) break;
      model->update({t, dealt.back(), 0, arrived});
      const Contexts probe = random_contexts(stream, shape);
      model->predict_with_width(probe, mean, width);
      const Vector x = embedded(probe[1], shape);
      ASSERT_NEAR(mean(1), direct.mean(x), 1e-9) << "round " << t;
      ASSERT_NEAR(width(1), direct.width(x), 1e-9) << "round " << t;
    }
  }
}

// The number of a block is kept among numbers: one that is none is refused, not converted.
TEST(KernelModel, RefusesAForgedBlock) {
  const PolicySetup setup{.shape = {.arms = 2, .dim = 3, .blocks = 6}, .horizon = 4};
  const auto model = make_kernel_model(settings_of(Kind::rbf), setup);
  Contexts contexts;
  contexts.resize(setup.shape);
  const Vector x = Vector::LinSpaced(3, 0.1, 0.3);
  const Observation seen{1, 0, {5, x.data(), 3}, 1.0};
  model->update({1, contexts, 0, {&seen, 1}});
  std::string saved;
  test::MemoryArchive saving(saved, false);
  model->state(saving);
  const std::size_t place = saved.find(test::bytes_of(5.0));
  ASSERT_NE(place, std::string::npos);
  ASSERT_EQ(saved.find(test::bytes_of(5.0), place + 1), std::string::npos);
  const auto restored = [&](double block) {
    std::string forged = saved;
    forged.replace(place, sizeof block, test::bytes_of(block));
    test::MemoryArchive restoring(forged, true);
    make_kernel_model(settings_of(Kind::rbf), setup)->state(restoring);
  };
  EXPECT_NO_THROW(restored(5.0));
  for (const double block : {-1.0, 0x1p53, 1e300, std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(restored(block), BadState) << block;
  }
}

}  // namespace
}  // namespace cbsim
