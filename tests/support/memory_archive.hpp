#pragma once

#include <cstring>
#include <string>

#include "cbsim/core/state_archive.hpp"

namespace cbsim::test {

/// Numbers as a state holds them, to be found and forged there.
template <class... Numbers>
std::string bytes_of(Numbers... numbers) {
  std::string text;
  (text.append(reinterpret_cast<const char*>(&numbers), sizeof numbers), ...);
  return text;
}

/// Saves to a text, or restores from it; sequences that grow are saved whole, in one piece.
class MemoryArchive final : public StateArchive {
 public:
  MemoryArchive(std::string& text, bool restoring) : text_(text), restoring_(restoring) {}
  bool restoring() const override { return restoring_; }
  void growing_bytes(std::string_view, Index, const std::function<void(Index, const Put&)>& write,
                     const Put& append) override {
    std::string grown;
    if (!restoring_) write(0, [&](std::string_view piece) { grown += piece; });
    std::size_t length = grown.size();
    value(length);
    grown.resize(length);
    bytes(grown.data(), length);
    if (restoring_) append(grown);
  }

 protected:
  void bytes(void* data, std::size_t size) override {
    if (!restoring_) {
      text_.append(static_cast<const char*>(data), size);
      return;
    }
    demand(place_ + size <= text_.size());
    std::memcpy(data, text_.data() + place_, size);
    place_ += size;
  }

 private:
  std::string& text_;
  bool restoring_;
  std::size_t place_ = 0;
};

}  // namespace cbsim::test
