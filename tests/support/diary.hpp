#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cbsim/core/state_archive.hpp"
#include "cbsim/core/types.hpp"

namespace cbsim::testing {

/// Remembers something of every kind that a StateArchive takes.
struct Diary {
  double mood = 0.0;
  Matrix page;
  Vector line = Vector::Zero(1);
  std::vector<std::int32_t> numbers;
  std::vector<std::vector<double>> days;
  std::string text;

  void live(int day) {
    mood += 1.0 / (1.0 + day);
    page = Matrix::Constant(2, day % 3, mood);
    line(0) = -mood;
    numbers.assign(static_cast<std::size_t>(day % 5), day);
    days.push_back(std::vector<double>(static_cast<std::size_t>(day % 4), mood));
    text += "day " + std::to_string(day) + '\n';
  }

  void state(StateArchive& archive) {
    archive.value(mood);
    archive.columns(page, 2);
    archive.numbers(line);
    archive.values(numbers);
    const StateArchive::Scope scope(archive, "diary");
    archive.growing(
        "days", static_cast<Index>(days.size()),
        [&](Index i, std::vector<double>& item) { item = days[static_cast<std::size_t>(i)]; },
        [&](std::span<const double> item) { days.emplace_back(item.begin(), item.end()); });
    archive.growing_bytes(
        "text", static_cast<Index>(text.size()),
        [&](Index from, const StateArchive::Put& put) {
          put(std::string_view(text).substr(static_cast<std::size_t>(from)));
        },
        [&](std::string_view bytes) { text += bytes; });
  }

  bool operator==(const Diary& other) const {
    return mood == other.mood && page.rows() == other.page.rows() &&
           page.cols() == other.page.cols() && page == other.page && line == other.line &&
           numbers == other.numbers && days == other.days && text == other.text;
  }
};

}  // namespace cbsim::testing
