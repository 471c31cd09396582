#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace cbsim {

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Finished {
  int exit_code = -1;  ///< -1: ended by a signal
  std::string out, err;
};

/// A running cbsim whose standard output and error go to files in `folder`.
class Subprocess {
 public:
  Subprocess(std::filesystem::path folder, std::vector<std::string> arguments)
      : folder_(std::move(folder)) {
    arguments.insert(arguments.begin(), CBSIM_BINARY);
    std::vector<char*> words;
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("fork");
    if (process_ > 0) return;
    if (::chdir(folder_.c_str()) != 0) ::_exit(126);
    ::dup2(::open("stdout", O_WRONLY | O_CREAT | O_TRUNC, 0666), STDOUT_FILENO);
    ::dup2(::open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0666), STDERR_FILENO);
    ::execv(words[0], words.data());
    ::_exit(126);
  }

  void send(int signal) const { ::kill(process_, signal); }

  Finished wait() const {
    int status = 0;
    ::waitpid(process_, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(folder_ / "stdout"),
            text_of(folder_ / "stderr")};
  }

 private:
  std::filesystem::path folder_;
  pid_t process_;
};

/// A shell command in `folder`, with $CBSIM the program.
inline Finished shell(const std::filesystem::path& folder, const std::string& command) {
  const std::string line = "cd '" + folder.string() + "' && CBSIM='" CBSIM_BINARY "' && { " +
                           command + "; } >stdout 2>stderr";
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(folder / "stdout"),
          text_of(folder / "stderr")};
}

}  // namespace cbsim
