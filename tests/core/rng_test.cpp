#include "cbsim/core/rng.hpp"

#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "support/statistics.hpp"

namespace cbsim {
namespace {

using Block = std::array<std::uint64_t, 4>;
using Key = std::array<std::uint64_t, 2>;

/// Philox4x64-10 written out from section 3.3 of Salmon et al. (SC 2011).
Block philox(Block counter, Key key) {
  __extension__ using Wide = unsigned __int128;
  for (int round = 0; round < 10; ++round) {
    const Wide p0 = static_cast<Wide>(0xD2E7470EE14C6C93) * counter[0];
    const Wide p1 = static_cast<Wide>(0xCA5A826395121157) * counter[2];
    counter = {
        static_cast<std::uint64_t>(p1 >> 64) ^ counter[1] ^ key[0], static_cast<std::uint64_t>(p1),
        static_cast<std::uint64_t>(p0 >> 64) ^ counter[3] ^ key[1], static_cast<std::uint64_t>(p0)};
    key = {key[0] + 0x9E3779B97F4A7C15, key[1] + 0xBB67AE8584CAA73B};
  }
  return counter;
}

struct KnownAnswer {
  Block counter;
  Key key;
  Block answer;
};

/// The lines "philox4x64 10" of Random123's published tests/kat_vectors.
const std::array<KnownAnswer, 3> kKnownAnswers{{
    {{0, 0, 0, 0},
     {0, 0},
     {0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b}},
    {{~0ULL, ~0ULL, ~0ULL, ~0ULL},
     {~0ULL, ~0ULL},
     {0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0}},
    {{0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89},
     {0x452821e638d01377, 0xbe5466cf34e90c6c},
     {0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6}},
}};

std::vector<double> uniforms(Stream stream, std::size_t n) {
  std::vector<double> sample(n);
  for (double& u : sample) u = stream.uniform();
  return sample;
}

TEST(Philox, InstalledRandom123GivesTheKnownAnswers) {
  for (const auto& [c, k, answer] : kKnownAnswers) {
    const r123::Philox4x64 generator;
    const auto block = generator({{c[0], c[1], c[2], c[3]}}, {{k[0], k[1]}});
    for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(block[i], answer[i]);
  }
}

TEST(Philox, PlainVersionOfThisTestGivesTheKnownAnswers) {
  for (const auto& [counter, key, answer] : kKnownAnswers) EXPECT_EQ(philox(counter, key), answer);
}

TEST(Stream, IsPhiloxWithKeySeedPurposeAndCounterDrawRound) {
  for (const Seed seed : {Seed{0}, Seed{1}, Seed{0xDEADBEEFCAFEF00D}}) {
    for (const Purpose purpose : {Purpose::contexts, Purpose::noise, Purpose::shuffle}) {
      for (const std::uint64_t round : {0ULL, 1ULL, 10000ULL}) {
        Stream stream(seed, purpose, round);
        for (std::uint64_t draw = 0; draw < 5; ++draw) {
          const Block block =
              philox({draw, round, 0, 0}, {seed, static_cast<std::uint64_t>(purpose)});
          for (const std::uint64_t word : block) EXPECT_EQ(stream.bits(), word);
        }
      }
    }
  }
}

TEST(Stream, PurposesKeepTheirNumbers) {
  EXPECT_EQ(static_cast<int>(Purpose::contexts), 1);
  EXPECT_EQ(static_cast<int>(Purpose::noise), 2);
  EXPECT_EQ(static_cast<int>(Purpose::hidden_parameter), 3);
  EXPECT_EQ(static_cast<int>(Purpose::initial_weights), 4);
  EXPECT_EQ(static_cast<int>(Purpose::policy), 5);
  EXPECT_EQ(static_cast<int>(Purpose::shuffle), 6);
  EXPECT_EQ(static_cast<int>(Purpose::batches), 7);
  EXPECT_EQ(static_cast<int>(Purpose::delay), 16);
  EXPECT_EQ(static_cast<int>(Purpose::acceptance), 17);
}

TEST(Stream, DependsOnSeedPurposeAndRoundAndNothingElse) {
  const auto first = [](Seed seed, Purpose purpose, std::uint64_t round) {
    return uniforms(Stream(seed, purpose, round), 3);
  };
  const auto reference = first(1, Purpose::noise, 2);
  Stream(7, Purpose::policy).bits();  // another stream in between
  EXPECT_EQ(first(1, Purpose::noise, 2), reference);
  EXPECT_NE(first(2, Purpose::noise, 2), reference);
  EXPECT_NE(first(1, Purpose::contexts, 2), reference);
  EXPECT_NE(first(1, Purpose::noise, 3), reference);
}

TEST(Stream, NeighbouringStreamsAreUncorrelated) {
  const std::size_t n = 100000;
  const auto reference = uniforms(Stream(1, Purpose::contexts), n);
  for (const Stream& other : {Stream(1, Purpose::noise), Stream(2, Purpose::contexts),
                              Stream(1, Purpose::contexts, 1), Stream(1, Purpose::shuffle)}) {
    EXPECT_LT(std::abs(test::correlation_statistic(reference, uniforms(other, n))),
              test::kNormalBound);
  }
}

TEST(Stream, UniformIsUniformBelowOne) {
  const auto sample = uniforms(Stream(3, Purpose::noise), 200000);
  EXPECT_GE(*std::ranges::min_element(sample), 0.0);
  EXPECT_LT(*std::ranges::max_element(sample), 1.0);
  EXPECT_LT(test::kolmogorov_statistic(sample, test::uniform_cdf), test::kKolmogorovBound);
}

TEST(Stream, UniformOverRoundsIsUniform) {
  std::vector<double> sample;
  for (std::uint64_t round = 1; round <= 100000; ++round) {
    sample.push_back(Stream(3, Purpose::policy, round).uniform());
  }
  EXPECT_LT(test::kolmogorov_statistic(sample, test::uniform_cdf), test::kKolmogorovBound);
}

TEST(Stream, NormalIsStandardNormal) {
  Stream stream(4, Purpose::noise);
  std::vector<double> sample(200000);
  for (double& z : sample) z = stream.normal();
  EXPECT_LT(test::kolmogorov_statistic(sample, test::normal_cdf), test::kKolmogorovBound);
}

TEST(Stream, TwoNormalsOfAPairAreIndependentInSizeAndSign) {
  Stream stream(5, Purpose::noise);
  std::vector<double> first, second, first_squared, second_squared;
  for (int i = 0; i < 100000; ++i) {
    const double a = stream.normal(), b = stream.normal();
    first.push_back(a);
    second.push_back(b);
    first_squared.push_back(a * a);
    second_squared.push_back(b * b);
  }
  EXPECT_LT(std::abs(test::correlation_statistic(first, second)), test::kNormalBound);
  EXPECT_LT(std::abs(test::correlation_statistic(first_squared, second_squared)),
            test::kNormalBound);
}

TEST(Stream, BelowIsUniform) {
  for (const std::uint64_t n : {2ULL, 7ULL, 100ULL}) {
    Stream stream(6, Purpose::policy);
    std::vector<std::size_t> counts(n);
    for (std::size_t i = 0; i < 20000 * n; ++i) ++counts.at(stream.below(n));
    EXPECT_LT(test::chi_squared_statistic(counts), test::chi_squared_bound(n - 1)) << "n = " << n;
  }
}

TEST(Stream, BelowIsUnbiasedWhereRejectionIsFrequent) {
  // Of the products that are not rejected for n = 3 * 2^62 each value has one; without rejection
  // every third value would have two.
  const std::uint64_t n = 3ULL << 62U;
  Stream stream(7, Purpose::policy);
  std::vector<std::size_t> residues(3), thirds(3);
  for (int i = 0; i < 60000; ++i) {
    const std::uint64_t value = stream.below(n);
    ASSERT_LT(value, n);
    ++residues[value % 3];
    ++thirds[value >> 62U];
  }
  EXPECT_LT(test::chi_squared_statistic(residues), test::chi_squared_bound(2));
  EXPECT_LT(test::chi_squared_statistic(thirds), test::chi_squared_bound(2));
}

TEST(Stream, BelowOneIsZero) {
  Stream stream(8, Purpose::policy);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(stream.below(1), 0U);
}

/// Of Gamma(k, 1) with an integer k: 1 - exp(-x) sum_{i<k} x^i / i!.
double erlang_cdf(int k, double x) {
  double term = 1.0, sum = 0.0;
  for (int i = 0; i < k; term *= x / ++i) sum += term;
  return 1.0 - std::exp(-x) * sum;
}

TEST(Stream, GammaHasItsLaw) {
  std::vector<double> sample(20000);
  for (const int shape : {1, 2, 6, 40}) {
    Stream stream(11, Purpose::policy, static_cast<std::uint64_t>(shape));
    for (double& x : sample) x = stream.gamma(shape);
    EXPECT_LT(test::kolmogorov_statistic(sample, [&](double x) { return erlang_cdf(shape, x); }),
              test::kKolmogorovBound)
        << shape;
  }
  // Half the square of a standard normal is Gamma(1/2, 1).
  Stream stream(12, Purpose::policy);
  for (double& x : sample) x = stream.gamma(0.5);
  EXPECT_LT(test::kolmogorov_statistic(sample, [](double x) { return std::erf(std::sqrt(x)); }),
            test::kKolmogorovBound);
}

TEST(FillNormal, FillsInStorageOrder) {
  Stream a(9, Purpose::initial_weights), b(9, Purpose::initial_weights);
  Matrix filled(3, 2);
  fill_normal(a, filled);
  for (Index i = 0; i < filled.size(); ++i) EXPECT_EQ(filled.data()[i], b.normal());
}

TEST(RandomPermutation, HoldsEveryIndexOnce) {
  for (const Index n : {0, 1, 2, 1000}) {
    Stream stream(10, Purpose::shuffle);
    const auto order = random_permutation(stream, n);
    const std::set<Index> distinct(order.begin(), order.end());
    ASSERT_EQ(order.size(), static_cast<std::size_t>(n));
    ASSERT_EQ(distinct.size(), order.size());
    if (n > 0) {
      EXPECT_EQ(*distinct.begin(), 0);
      EXPECT_EQ(*distinct.rbegin(), n - 1);
    }
  }
}

TEST(RandomPermutation, IsUniformOverAllOrders) {
  std::map<std::vector<Index>, std::size_t> counts;
  for (Seed seed = 0; seed < 48000; ++seed) {
    Stream stream(seed, Purpose::shuffle);
    ++counts[random_permutation(stream, 4)];
  }
  std::vector<std::size_t> frequencies;
  for (const auto& [order, count] : counts) frequencies.push_back(count);
  ASSERT_EQ(frequencies.size(), 24U);
  EXPECT_LT(test::chi_squared_statistic(frequencies), test::chi_squared_bound(23));
}

}  // namespace
}  // namespace cbsim
