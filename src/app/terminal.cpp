#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "printable.hpp"

namespace cbsim::app {
namespace {

constexpr std::string_view kRed = "31", kYellow = "33";

bool is_terminal() {
  const char* kind = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) != 0 && (kind == nullptr || std::string_view(kind) != "dumb");
}

/// https://no-color.org: any value but an empty one.
bool no_color() {
  const char* value = std::getenv("NO_COLOR");
  return value != nullptr && *value != '\0';
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

/// The first `width` characters of UTF-8 text.
std::string clipped(const std::string& text, std::size_t width) {
  std::size_t bytes = 0;
  for (std::size_t characters = 0; bytes < text.size(); ++bytes) {
    const bool starts_one = (static_cast<unsigned char>(text[bytes]) & 0xC0) != 0x80;
    if (starts_one && ++characters > width) break;
  }
  return text.substr(0, bytes);
}

void put(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

Terminal::Terminal(const TerminalOptions& options) : verbosity_(options.verbosity) {
  redraws_ = options.progress == When::always || is_terminal();
  shows_progress_ = options.progress != When::never &&
                    (options.progress == When::always || verbosity_ != Verbosity::quiet);
  colors_ = options.color == When::always ||
            (options.color == When::automatic && is_terminal() && !no_color());
}

Terminal::~Terminal() { clear(); }

std::string Terminal::colored(std::string_view text, std::string_view code) const {
  if (!colors_) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

void Terminal::write_line(std::string_view prefix, std::string_view line) {
  const std::string progress_line = line_;
  clear();
  put(prefix);
  put_printable(stderr, line);
  put("\n");
  if (!progress_line.empty()) show(progress_line);
}

void Terminal::print(std::string_view line) {
  if (!quiet()) write_line("", line);
}

void Terminal::print(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) print(line);
}

void Terminal::warning(std::string_view line) {
  write_line("cbsim: " + colored("warning:", kYellow) + ' ', line);
}

void Terminal::error(std::string_view line) { write_line(colored("cbsim:", kRed) + ' ', line); }

void Terminal::show(const std::string& progress_line) {
  line_ = progress_line;
  put("\r\x1b[K" + clipped(progress_line, terminal_width() - 1));
}

void Terminal::clear() {
  if (line_.empty()) return;
  line_.clear();
  put("\r\x1b[K");
}

}  // namespace cbsim::app
