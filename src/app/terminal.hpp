#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cbsim::app {

enum class When { automatic, always, never };
enum class Verbosity { quiet, normal, verbose };

/// What the user chose to see.
struct TerminalOptions {
  When progress = When::automatic;
  When color = When::automatic;
  Verbosity verbosity = Verbosity::normal;
};

/// Standard error: messages, and on a terminal one progress line that they are printed above.
/// Failures to write are ignored, for example into a pipe whose reader has left.
class Terminal {
 public:
  explicit Terminal(const TerminalOptions& options);
  ~Terminal();  ///< removes the progress line
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  bool shows_progress() const { return shows_progress_; }
  bool redraws() const { return redraws_; }  ///< one line; else plain lines now and then
  bool quiet() const { return verbosity_ == Verbosity::quiet; }
  bool verbose() const { return verbosity_ == Verbosity::verbose; }

  void print(std::string_view line);  ///< unless quiet
  /// A report, unless quiet. It is whole before its first line is printed, which takes no memory
  /// then: no error cuts it short.
  void print(const std::vector<std::string>& lines);
  void warning(std::string_view line);  ///< "cbsim: warning: ..."
  void error(std::string_view line);    ///< "cbsim: ..."
  void show(const std::string& progress_line);
  void clear();

 private:
  std::string colored(std::string_view text, std::string_view code) const;
  void write_line(std::string_view prefix, std::string_view line);

  bool redraws_ = false;
  bool shows_progress_ = false;
  bool colors_ = false;
  Verbosity verbosity_;
  std::string line_;  ///< the progress line on the screen
};

}  // namespace cbsim::app
