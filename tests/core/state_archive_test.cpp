#include "cbsim/core/state_archive.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <string>

namespace cbsim {
namespace {

/// Saves to a string, or restores from it.
class InMemory final : public StateArchive {
 public:
  InMemory(std::string& text, bool restoring) : text_(text), restoring_(restoring) {}
  bool restoring() const override { return restoring_; }
  void growing_bytes(std::string_view, Index, const std::function<void(Index, const Put&)>&,
                     const Put&) override {}

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

template <class T, class Save>
T restored(T value, T into, const Save& save) {
  std::string text;
  InMemory saving(text, false), restoring(text, true);
  save(saving, value);
  save(restoring, into);
  return into;
}

TEST(StateArchive, RestoresANumberThatMayBeUnknown) {
  const auto save = [](StateArchive& archive, std::optional<double>& v) { archive.value(v); };
  using Known = std::optional<double>;
  EXPECT_EQ(restored(Known(2.5), Known(), save), Known(2.5));
  EXPECT_EQ(restored(Known(2.5), Known(7.0), save), Known(2.5));
  EXPECT_EQ(restored(Known(), Known(7.0), save), Known());
}

TEST(StateArchive, RestoresColumnsWhateverTheirNumber) {
  for (const Index rows : {0, 3}) {
    const auto save = [&](StateArchive& archive, Matrix& m) { archive.columns(m, rows); };
    for (const Index columns : {0, 4}) {
      if (rows == 0 && columns > 0) continue;  // a count of nothings is not kept
      const Matrix m = Matrix::Random(rows, columns);
      const Matrix out = restored(m, Matrix(rows, 2), save);
      ASSERT_EQ(out.rows(), rows);
      ASSERT_EQ(out.cols(), columns);
      EXPECT_EQ(out, m);
    }
  }
}

TEST(StateArchive, RefusesColumnsOfAnotherHeight) {
  std::string text;
  InMemory saving(text, false), restoring(text, true);
  Matrix m = Matrix::Ones(4, 2), other(3, 1);
  saving.columns(m, 4);
  EXPECT_THROW(restoring.columns(other, 3), BadState);
}

}  // namespace
}  // namespace cbsim
