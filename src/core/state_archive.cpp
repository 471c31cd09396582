#include "cbsim/core/state_archive.hpp"

#include <cstdint>
#include <cstring>

namespace cbsim {
namespace {

/// Bytes that are gathered before they are put.
constexpr std::size_t kPiece = std::size_t{1} << 20;

template <class T>
void put(std::string& out, const T* data, std::size_t count) {
  out.append(reinterpret_cast<const char*>(data), count * sizeof(T));
}

template <class T>
void take(std::string_view& in, T* data, std::size_t count) {
  if (in.size() / sizeof(T) < count) throw BadState("a sequence is cut short");
  if (count > 0) std::memcpy(data, in.data(), count * sizeof(T));
  in.remove_prefix(count * sizeof(T));
}

}  // namespace

void StateArchive::value(std::optional<double>& value) {
  std::uint8_t known = value ? 1 : 0;
  double number = value.value_or(0.0);
  bytes(&known, sizeof known);
  bytes(&number, sizeof number);
  value = known != 0 ? std::optional(number) : std::nullopt;
}

void StateArchive::count(Index& value) {
  this->value(value);
  demand(value >= 0 && value <= Index{1} << 53);
}

void StateArchive::numbers(Vector& values) {
  auto size = values.size();
  value(size);
  demand(size == values.size());
  bytes(values.data(), static_cast<std::size_t>(size) * sizeof(double));
}

void StateArchive::numbers(Matrix& values) {
  auto rows = values.rows(), cols = values.cols();
  value(rows);
  value(cols);
  demand(rows == values.rows() && cols == values.cols());
  bytes(values.data(), static_cast<std::size_t>(rows * cols) * sizeof(double));
}

void StateArchive::columns(Matrix& values, Index rows) {
  std::vector<double> numbers(values.data(), values.data() + values.size());
  this->values(numbers);
  const auto size = static_cast<Index>(numbers.size());
  demand(rows > 0 ? size % rows == 0 : rows == 0 && size == 0);
  values = Eigen::Map<const Matrix>(numbers.data(), rows, rows > 0 ? size / rows : 0);
}

// An item is its count of numbers, 64 bits, and the numbers.
void StateArchive::growing(std::string_view name, Index size,
                           const std::function<void(Index, std::vector<double>&)>& write,
                           const std::function<void(std::span<const double>)>& append) {
  std::vector<double> item;
  growing_bytes(
      name, size,
      [&](Index from, const Put& out) {
        std::string piece;
        for (Index i = from; i < size; ++i) {
          item.clear();
          write(i, item);
          const std::uint64_t count = item.size();
          put(piece, &count, 1);
          put(piece, item.data(), item.size());
          if (piece.size() < kPiece && i + 1 < size) continue;
          out(piece);
          piece.clear();
        }
      },
      [&](std::string_view in) {
        while (!in.empty()) {
          std::uint64_t count = 0;
          take(in, &count, 1);
          if (in.size() / sizeof(double) < count) {
            throw BadState("a sequence is cut short");
          }
          item.resize(count);
          take(in, item.data(), count);
          append(item);
        }
      });
}

StateArchive::Scope::Scope(StateArchive& archive, std::string_view name)
    : archive_(archive), length_(archive.scope_.size()) {
  archive_.scope_.append(name) += '.';
}

StateArchive::Scope::~Scope() { archive_.scope_.resize(length_); }

}  // namespace cbsim
