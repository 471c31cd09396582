#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cbsim/core/settings.hpp"

namespace cbsim::test {

/// Sets what a config would set: finds the key and the first alternative that holds `Slot`.
template <class SlotType, class Assign>
void set_slot(Described& object, std::string_view key, const Assign& assign) {
  for (const Setting& setting : object.settings()) {
    if (setting.key != key) continue;
    for (std::size_t i = 0; i < setting.alternatives.size(); ++i) {
      const auto* slot = std::get_if<SlotType>(&setting.alternatives[i]);
      if (slot == nullptr || !assign(*slot)) continue;
      if (setting.choose) setting.choose(i);
      return;
    }
  }
  throw std::logic_error("no such setting: " + std::string(key));
}

inline void set(Described& object, std::string_view key, double value) {
  set_slot<RealSlot>(object, key, [&](const RealSlot& slot) {
    *slot.value = value;
    return slot.range.contains(value);
  });
}
inline void set(Described& object, std::string_view key, int value) {
  set_slot<IntegerSlot>(object, key, [&](const IntegerSlot& slot) {
    *slot.value = value;
    return slot.range.contains(value);
  });
}
inline void set(Described& object, std::string_view key, bool value) {
  set_slot<BooleanSlot>(object, key, [&](const BooleanSlot& slot) {
    *slot.value = value;
    return true;
  });
}
inline void set_word(Described& object, std::string_view key, std::string_view word) {
  set_slot<WordSlot>(object, key, [&](const WordSlot& slot) { return slot.word == word; });
}
inline void set_text(Described& object, std::string_view key, const std::string& value) {
  set_slot<TextSlot>(object, key, [&](const TextSlot& slot) {
    *slot.value = value;
    return true;
  });
}
inline void set_texts(Described& object, std::string_view key, std::vector<std::string> value) {
  set_slot<TextListSlot>(object, key, [&](const TextListSlot& slot) {
    *slot.value = value;
    return true;
  });
}
inline void set_file(Described& object, std::string_view key, std::string path,
                     std::string content) {
  set_slot<FileSlot>(object, key, [&](const FileSlot& slot) {
    *slot.value = {path, std::make_shared<const std::string>(content)};
    return true;
  });
}

/// Chooses the form of a setting that has this tag, and sets a number in it.
inline void set_form(Described& object, std::string_view key, std::string_view tag,
                     std::string_view field, double value) {
  set_slot<ObjectSlot>(object, key, [&](const ObjectSlot& form) {
    if (form.tag_value != tag) return false;
    for (const Setting& setting : form.fields) {
      if (setting.key != field) continue;
      const Slot& slot = setting.alternatives.front();
      if (const auto* real = std::get_if<RealSlot>(&slot)) *real->value = value;
      if (const auto* whole = std::get_if<IntegerSlot>(&slot)) {
        *whole->value = static_cast<std::int64_t>(value);
      }
      return true;
    }
    return false;
  });
}

inline void set_reals(Described& object, std::string_view key, const std::vector<double>& value) {
  set_slot<RealListSlot>(object, key, [&](const RealListSlot& slot) {
    *slot.value = value;
    return true;
  });
}

/// Chooses the form of a setting that bears this tag, as in {"type": "uniform", ...}, and sets
/// numbers in it.
inline void set_form(Described& object, std::string_view key, std::string_view tag,
                     std::initializer_list<std::pair<std::string_view, double>> numbers = {}) {
  struct Form final : Described {
    Settings fields;
    Settings settings() override { return fields; }
  };
  set_slot<ObjectSlot>(object, key, [&](const ObjectSlot& slot) {
    if (slot.tag_value != tag) return false;
    Form form;
    form.fields = slot.fields;
    for (const auto& [name, value] : numbers) set(form, name, value);
    return true;
  });
}

/// The message of the Error that `action` throws; a test failure in words if it throws none.
template <class Error, class Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "(no error)";
}

}  // namespace cbsim::test
