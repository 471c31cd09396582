#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "cbsim/environment/environment.hpp"

namespace cbsim {

/// An environment around another one. By itself it changes nothing.
class WrappedEnvironment : public Environment {
 public:
  void deal(Index t, Round& round) override { inner_->deal(t, round); }
  Index length() const override { return inner_->length(); }
  bool accepts(Index dealt, Index arm) const override { return inner_->accepts(dealt, arm); }
  Index arrival(Index t) const override { return inner_->arrival(t); }
  void draw_rewards(Index t, Round& round) override { inner_->draw_rewards(t, round); }

 protected:
  explicit WrappedEnvironment(std::unique_ptr<Environment> inner) : inner_(std::move(inner)) {}

  std::unique_ptr<Environment> inner_;
};

/// Makes the wrapped environment with a draw of its hidden parameter: 0 is the usual one, and the
/// only one where there is no hidden parameter.
using InnerDraw = std::function<std::unique_ptr<Environment>(std::uint64_t draw)>;

/// A change to any environment, as an entry of "wrappers" describes it. Shared between the runs of
/// an experiment, which may call `create` at the same time.
class WrapperSpec : public Described {
 public:
  /// Rules between the settings, and between them and the environment that is wrapped.
  virtual std::vector<Violation> check(const EnvironmentFacts& /*inner*/) const { return {}; }
  /// Those of the wrapped environment.
  virtual EnvironmentFacts facts(const EnvironmentFacts& inner) const { return inner; }
  virtual std::unique_ptr<Environment> create(const InnerDraw& inner, Seed seed) const = 0;
};

/// One line of the table of wrappers.
struct WrapperType {
  std::string_view name;     ///< the config's "type"
  std::string_view summary;  ///< one line
  std::string_view source;   ///< paper and equation
  std::unique_ptr<WrapperSpec> (*make)();
};

/// A loaded environment with a wrapper around it; it has no settings of its own.
std::shared_ptr<const EnvironmentSpec> wrap(std::shared_ptr<const EnvironmentSpec> inner,
                                            std::shared_ptr<const WrapperSpec> wrapper);

}  // namespace cbsim
