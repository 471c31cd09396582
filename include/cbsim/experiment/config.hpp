#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/core/settings.hpp"
#include "cbsim/experiment/experiment.hpp"
#include "cbsim/experiment/registry.hpp"

namespace cbsim {

/// The types that a config may name; by default all that ship.
struct Registry {
  std::span<const EnvironmentType> environments = environment_types();
  std::span<const PolicyType> policies = policy_types();
  std::span<const WrapperType> wrappers = wrapper_types();
};

/// An environment, a wrapper or a policy of a config: an object whose "type" names a line of the
/// registry, whose settings are then its other keys.
template <class Type, class Spec>
class TypedObject {
 public:
  /// Of all `types`, or only of the one that is named, where that exists.
  explicit TypedObject(std::span<const Type> types, std::string_view only = {}) {
    for (const Type& type : types) {
      if (type.name == only) types_ = {&type};
    }
    if (types_.empty()) {
      for (const Type& type : types) types_.push_back(&type);
    }
    for (const Type* type : types_) specs_.push_back(type->make());
  }

  /// The setting, bound to this object; `first` and `last` stand around the settings of each type.
  Setting setting(std::string_view key, const Settings& first, Description description,
                  const Settings& last = {}) {
    Setting setting{key, description, {}, nullptr, nullptr, true};
    for (std::size_t i = 0; i < types_.size(); ++i) {
      Settings fields = first;
      for (auto& field : specs_[i]->settings()) fields.push_back(std::move(field));
      fields.insert(fields.end(), last.begin(), last.end());
      setting.alternatives.push_back(ObjectSlot{std::move(fields), "type", types_[i]->name});
    }
    setting.chosen = [this] { return index_; };
    setting.choose = [this](std::size_t i) { index_ = i; };
    return setting;
  }

  const Type& type() const { return *types_[index_]; }
  const std::shared_ptr<Spec>& spec() const { return specs_[index_]; }

 private:
  std::vector<const Type*> types_;
  std::vector<std::shared_ptr<Spec>> specs_;
  std::size_t index_ = 0;
};

/// A list of such objects.
template <class Type, class Spec>
class TypedList final : public SettingList {
 public:
  explicit TypedList(std::span<const Type> types) : types_(types), fresh_(types) {}

  std::size_t size() const override { return entries_.size(); }
  void reset(std::size_t n) override {
    entries_.clear();
    for (std::size_t i = 0; i < n; ++i) entries_.emplace_back(types_);
  }
  Setting entry(std::size_t i) override {
    return (i < size() ? entries_[i] : fresh_).setting("", {}, {});
  }
  const std::shared_ptr<Spec>& spec(std::size_t i) const { return entries_[i].spec(); }

 private:
  std::span<const Type> types_;
  TypedObject<Type, Spec> fresh_;
  std::deque<TypedObject<Type, Spec>> entries_;  ///< settings point into them
};

/// One entry of "policies".
struct PolicyConfig {
  explicit PolicyConfig(const Registry& registry = {}, std::string_view type = {})
      : object(registry.policies, type) {}

  std::string label;
  TypedObject<PolicyType, PolicySpec> object;

  Setting setting();
};

/// The keys of a config besides "policies" and "sweep".
struct WorldConfig : Described {
  explicit WorldConfig(const Registry& registry = {}, std::string_view environment_type = {})
      : environment(registry.environments, environment_type), wrappers(registry.wrappers) {}

  enum class SeedsForm { count, list };

  std::string name;
  std::int64_t horizon = 1;
  SeedsForm seeds_form = SeedsForm::count;
  std::int64_t seed_count = 1;
  std::vector<double> seed_list;  ///< integers below 2^53
  TypedObject<EnvironmentType, EnvironmentSpec> environment;
  TypedList<WrapperType, WrapperSpec> wrappers;
  RecordSettings record;

  Settings settings() override;
  Setting wrappers_setting();
  /// Rules that the settings alone cannot express.
  std::vector<Violation> check() const;

  std::vector<Seed> seeds() const;
};

/// What is wrong with a name that goes into files and tables, or nothing.
std::string bad_name(std::string_view name);

/// The same of a policy's label, which stands for its index in paths.
std::string bad_label(std::string_view label);

/// The keys of a config that WorldConfig does not read: "policies", "sweep", and "$schema", which
/// is for editors.
std::span<const std::string_view> other_config_keys();

}  // namespace cbsim
