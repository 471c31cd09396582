#include "cbsim/experiment/settings_table.hpp"

#include <algorithm>

#include "cbsim/experiment/settings_reader.hpp"
#include "cbsim/experiment/settings_writer.hpp"

namespace cbsim {
namespace {

std::string default_text(const Setting& setting) {
  if (setting.required) return "required";
  const JsonNode value = write_value(setting);
  // A group's defaults are those of its fields, which have rows of their own.
  const auto* object = std::get_if<ObjectSlot>(&setting.alternatives.at(setting.current()));
  return object && object->tag_key.empty() ? "" : compact_json(value);
}

void add_rows(const Settings& settings, const std::string& prefix, const std::string& condition,
              std::vector<SettingRow>& rows);

void add_row(const Setting& setting, const std::string& key, const std::string& condition,
             std::vector<SettingRow>& rows) {
  const bool group = setting.alternatives.size() == 1 &&
                     std::holds_alternative<ObjectSlot>(setting.alternatives.front());
  if (!group) {
    const auto& [text, symbol, source] = setting.description;
    rows.push_back({key, admitted(setting), default_text(setting), std::string(symbol),
                    std::string(text) + condition, std::string(source)});
  }
  for (const auto& slot : setting.alternatives) {
    if (const auto* map = std::get_if<MapSlot>(&slot)) {
      add_row(map->sample(), key + ".<" + std::string(map->key_name) + '>', condition, rows);
    } else if (const auto* object = std::get_if<ObjectSlot>(&slot)) {
      const std::string inner = object->tag_key.empty()
                                    ? condition
                                    : " (where " + std::string(object->tag_key) + " is " +
                                          json_quoted(object->tag_value) + ')';
      add_rows(object->fields, key + '.', inner, rows);
    }
  }
}

void add_rows(const Settings& settings, const std::string& prefix, const std::string& condition,
              std::vector<SettingRow>& rows) {
  for (const auto& setting : settings) {
    add_row(setting, prefix + std::string(setting.key), condition, rows);
  }
}

/// Characters, not bytes.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::vector<SettingRow> setting_rows(const Settings& settings) {
  std::vector<SettingRow> rows;
  add_rows(settings, "", "", rows);
  return rows;
}

std::string text_table(const std::vector<std::string>& header,
                       const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(header.size(), 0);  // 0: no text in the column
  for (std::size_t c = 0; c < header.size(); ++c) {
    for (const auto& row : rows) widths[c] = std::max(widths[c], width(row[c]));
    if (widths[c] > 0) widths[c] = std::max(widths[c], width(header[c]));
  }
  std::string out;
  const auto add_line = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (widths[c] == 0) continue;
      line += row[c] + std::string(widths[c] - width(row[c]) + 2, ' ');
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  };
  add_line(header);
  for (const auto& row : rows) add_line(row);
  return out;
}

}  // namespace cbsim
