#include "cbsim/environment/wrapper.hpp"

namespace cbsim {
namespace {

class WrappedSpec final : public EnvironmentSpec {
 public:
  WrappedSpec(std::shared_ptr<const EnvironmentSpec> inner,
              std::shared_ptr<const WrapperSpec> wrapper)
      : inner_(std::move(inner)), wrapper_(std::move(wrapper)) {}

  Settings settings() override { return {}; }
  EnvironmentFacts facts() const override { return wrapper_->facts(inner_->facts()); }

  std::unique_ptr<Environment> create(Seed seed) const override {
    return create_with_draw(seed, 0);
  }
  std::unique_ptr<Environment> create_with_draw(Seed seed, std::uint64_t draw) const override {
    const InnerDraw inner = [&](std::uint64_t later) {
      return inner_->create_with_draw(seed, draw + later);
    };
    return wrapper_->create(inner, seed);
  }

 private:
  std::shared_ptr<const EnvironmentSpec> inner_;
  std::shared_ptr<const WrapperSpec> wrapper_;
};

}  // namespace

std::shared_ptr<const EnvironmentSpec> wrap(std::shared_ptr<const EnvironmentSpec> inner,
                                            std::shared_ptr<const WrapperSpec> wrapper) {
  return std::make_shared<const WrappedSpec>(std::move(inner), std::move(wrapper));
}

}  // namespace cbsim
