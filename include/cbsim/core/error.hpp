#pragma once

#include <stdexcept>
#include <string>

namespace cbsim {

/// The user's config, command line or data is wrong; nothing has run. Exit code 2.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file or folder cannot be read or written. Exit code 1.
class IoError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A run cannot go on, for example because a refit diverged. Exit code 1.
/// The message says what happened, in which round, and what to change.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace cbsim
