#include "cbsim/experiment/build_info.hpp"

#include "build_commit.hpp"
#include "build_config.hpp"

namespace cbsim {
namespace {

constexpr const char* kSimd =
#if defined(__AVX512F__)
    "AVX-512";
#elif defined(__AVX2__) && defined(__FMA__)
    "AVX2+FMA";
#elif defined(__AVX__)
    "AVX";
#elif defined(__SSE4_2__)
    "SSE4.2";
#elif defined(__SSE2__)
    "SSE2";
#elif defined(__ARM_NEON)
    "NEON";
#else
    "none";
#endif

}  // namespace

const BuildInfo& build_info() {
  static const BuildInfo info{
      .version = CBSIM_VERSION,
      .commit = CBSIM_COMMIT,
      .dirty = CBSIM_DIRTY,
      .compiler = CBSIM_COMPILER,
      .flags = CBSIM_FLAGS,
      .build_type = CBSIM_BUILD_TYPE,
      .simd = kSimd,
      .libraries = {{"Eigen", CBSIM_EIGEN_VERSION},
                    {"nlohmann_json", CBSIM_JSON_VERSION},
                    {"spdlog", CBSIM_SPDLOG_VERSION},
                    {"CLI11", CBSIM_CLI11_VERSION},
                    {"zlib", CBSIM_ZLIB_VERSION}},
  };
  return info;
}

}  // namespace cbsim
