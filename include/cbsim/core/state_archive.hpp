#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "cbsim/core/types.hpp"

namespace cbsim {

/// What is restored is no state of this component: its file is damaged, or was made by somebody
/// else. The components are of no use then.
class BadState : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Saves the state of a run, or restores it. A component's `state(archive)` serves both directions:
/// it names, always in the same order, what the component remembers from one round to the next and
/// could not compute anew; scratch space and what settings and seed decide stay out. A component
/// is restored right after its construction, and then goes on as if it had never stopped, to the
/// bit. What is restored may be anything: a component makes sure by `demand` that its sizes and
/// indices fit together.
class StateArchive {
 public:
  virtual ~StateArchive() = default;

  virtual bool restoring() const = 0;

  /// Throws BadState unless `fits`; what is saved always does.
  static void demand(bool fits) {
    if (!fits) throw BadState("its sizes do not fit together");
  }

  /// A number or a plain struct of them.
  template <class T>
  void value(T& value) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
    bytes(&value, sizeof value);
  }
  void value(std::optional<double>& value);
  /// A number of rounds, updates and the like: from 0, and so far below its type's end that a run
  /// may go on counting.
  void count(Index& value);

  /// Numbers that are as many after all rounds; all of them are saved each time.
  void numbers(Vector& values);
  void numbers(Matrix& values);
  /// Numbers whose count may change between rounds: columns of so many rows, or plain structs.
  void columns(Matrix& values, Index rows);
  template <class T>
  void values(std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
    auto count = static_cast<Index>(values.size());
    value(count);
    demand(count >= 0);
    if (!restoring()) return bytes(values.data(), values.size() * sizeof(T));
    values.clear();
    for (Index i = 0; i < count; ++i) {  // one by one: a wrong count shall not take memory
      value(values.emplace_back());
    }
  }

  /// A sequence that only grows, of items that never change: a save takes in those that are new
  /// since the one before. `write` appends the numbers of item i to `item`; restoring calls
  /// `append` with those of items 0, 1, ... `name` is the sequence's own within its scope.
  void growing(std::string_view name, Index size,
               const std::function<void(Index i, std::vector<double>& item)>& write,
               const std::function<void(std::span<const double> item)>& append);

  /// The same in bytes of the caller's own format: `write` puts those of the items from number
  /// `from` on, in as many pieces as it likes; restoring calls `append` with each piece.
  using Put = std::function<void(std::string_view piece)>;
  virtual void growing_bytes(std::string_view name, Index size,
                             const std::function<void(Index from, const Put& put)>& write,
                             const Put& append) = 0;

  /// Names of sequences are prefixed with "name." while it lives.
  class Scope {
   public:
    Scope(StateArchive& archive, std::string_view name);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    StateArchive& archive_;
    std::size_t length_;
  };

 protected:
  virtual void bytes(void* data, std::size_t size) = 0;
  const std::string& scope() const { return scope_; }

 private:
  std::string scope_;
};

}  // namespace cbsim
