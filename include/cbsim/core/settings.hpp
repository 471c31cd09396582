#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cbsim {

/// The numbers that a setting admits.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;   ///< low itself is not admitted
  bool high_open = false;  ///< high itself is not admitted

  bool contains(double value) const;
  /// For messages and tables: "any", ">= 0", "> 0", "in [0, 1]", "in (0, 1)".
  std::string text() const;
};
Range any();
Range at_least(double low);
Range above(double low);
Range between(double low, double high);           ///< closed
Range strictly_between(double low, double high);  ///< open

/// A file that a config names. The core never opens it: whoever reads the config fills `content`
/// (decompressed when the file is gzip) before any check or use.
struct File {
  std::string path;
  std::shared_ptr<const std::string> content;
};

struct Setting;
using Settings = std::vector<Setting>;
/// A value together with the key under which the user put it.
template <class Value>
struct Entry {
  std::string key;
  Value value;
};

// Where a value goes, and which values are admitted. Slots point into the settings struct that
// lists them and live no longer than it.
struct RealSlot {
  double* value;
  Range range;
};
struct IntegerSlot {
  std::int64_t* value;
  Range range;
};
struct BooleanSlot {
  bool* value;
};
struct TextSlot {
  std::string* value;
};
struct FileSlot {
  File* value;
};
struct RealListSlot {
  std::vector<double>* value;
  Range range;
  std::size_t min_size = 0, max_size = std::numeric_limits<std::size_t>::max();
};
struct TextListSlot {
  std::vector<std::string>* value;
};
/// The JSON string `word` itself, as in "learning_rate": "auto".
struct WordSlot {
  std::string_view word;
};
/// A nested JSON object. With a tag, the object must hold that key with that value, as in
/// {"schedule": "theorem", ...}; the alternatives of one setting are told apart by it.
struct ObjectSlot {
  Settings fields;
  std::string_view tag_key = {};
  std::string_view tag_value = {};
};
/// Entries of a list that are described by a setting each.
class SettingList {
 public:
  virtual ~SettingList() = default;
  virtual std::size_t size() const = 0;
  /// Replaces all entries by n fresh ones.
  virtual void reset(std::size_t n) = 0;
  /// The setting of an entry, without a key; of a fresh one that is no part of the list for
  /// i = size().
  virtual Setting entry(std::size_t i) = 0;
};
struct ObjectListSlot {
  SettingList* value;
  std::size_t max_size;
};

/// A nested JSON object whose keys the user chooses, in an order that counts, as in
/// {"eat": 5, "skip": 0}; all its values are described by the same setting. `map_of` makes it.
/// A setting has one such form at most, and then no ObjectSlot.
struct MapSlot {
  std::string_view key_name;                                  ///< what a key stands for: "arm"
  std::function<void(std::vector<std::string> keys)> assign;  ///< entries with default values
  std::function<std::vector<std::string>()> keys;
  std::function<Setting(std::size_t)> value;  ///< of the entry of that number
  std::function<Setting()> sample;            ///< of an entry that is in no map
};

using Slot = std::variant<RealSlot, IntegerSlot, BooleanSlot, TextSlot, FileSlot, RealListSlot,
                          TextListSlot, WordSlot, ObjectSlot, ObjectListSlot, MapSlot>;

/// What a reader of `cbsim list` or of an error learns about a setting.
struct Description {
  std::string_view text;         ///< the meaning, one sentence, with units
  std::string_view symbol = {};  ///< the paper's symbol, UTF-8
  std::string_view source = {};  ///< paper and equation
};

/// One key of a config object. Parsing, errors, `show`, `list` and `schema` all read this.
/// The default is the value that the slot's target holds in a freshly made settings struct.
struct Setting {
  std::string_view key;
  Description description;
  std::vector<Slot> alternatives;  ///< at least one
  /// Which alternative holds; unset where there is only one.
  std::function<std::size_t()> chosen = nullptr;
  std::function<void(std::size_t)> choose = nullptr;
  bool required = false;

  std::size_t current() const { return chosen ? chosen() : 0; }
};

// Builders, so that a settings struct reads as a table.
Setting real(std::string_view key, double* value, Range range, Description description);
Setting integer(std::string_view key, std::int64_t* value, Range range, Description description);
Setting boolean(std::string_view key, bool* value, Description description);
Setting text(std::string_view key, std::string* value, Description description);
Setting file(std::string_view key, File* value, Description description);
Setting group(std::string_view key, Settings fields, Description description);
Setting required(Setting setting);
/// The settings of both.
Settings joined(Settings first, Settings second);

/// A setting with several forms. `kind` is an enum whose values count the alternatives from 0.
template <class Enum>
Setting one_of(std::string_view key, Enum* kind, std::vector<Slot> alternatives,
               Description description) {
  return {key, description, std::move(alternatives),
          [kind] { return static_cast<std::size_t>(*kind); },
          [kind](std::size_t i) { *kind = static_cast<Enum>(i); }};
}

/// A setting whose values are words, in the order of the enum.
template <class Enum>
Setting choice(std::string_view key, Enum* kind, std::initializer_list<std::string_view> words,
               Description description) {
  std::vector<Slot> alternatives;
  for (const std::string_view word : words) alternatives.emplace_back(WordSlot{word});
  return one_of(key, kind, std::move(alternatives), description);
}

/// The form of a setting that is a map to Values, each of which `setting()` describes.
template <class Value>
MapSlot map_of(std::string_view key_name, std::vector<Entry<Value>>* entries) {
  const auto assign = [entries](std::vector<std::string> keys) {
    entries->clear();
    for (std::string& key : keys) entries->push_back({std::move(key), Value()});
  };
  const auto keys = [entries] {
    std::vector<std::string> names;
    for (const auto& entry : *entries) names.push_back(entry.key);
    return names;
  };
  return {key_name, assign, keys,
          [entries](std::size_t i) { return entries->at(i).value.setting(); },
          [value = std::make_shared<Value>()] { return value->setting(); }};
}

/// A rule between settings, or between settings and data, that is broken.
struct Violation {
  std::string path;  ///< dotted, relative to the object that was checked: "network.width"
  std::string
      message;  ///< value, rule and remedy: "25 is odd; the symmetric start needs an even width"
};

/// The violations of the settings of a group, as seen from the object that holds it.
std::vector<Violation> nested(std::string_view group, std::vector<Violation> violations);

/// Anything that is described by settings: environments and policies before they are created.
class Described {
 public:
  virtual ~Described() = default;
  /// The settings, bound to this object's members.
  virtual Settings settings() = 0;
};

/// Makes a Spec as a Base; what the tables of environments and policies point to.
template <class Base, class Spec>
std::unique_ptr<Base> make_spec() {
  return std::make_unique<Spec>();
}

}  // namespace cbsim
