#include "standard_streams.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>

#include "cbsim/core/error.hpp"

namespace cbsim::app {

void secure_standard_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  int descriptor = 0;
  do {
    descriptor = ::open("/dev/null", O_RDWR);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor > STDERR_FILENO) ::close(descriptor);
}

void flush_standard_output() {
  std::cout.flush();
  std::fflush(stdout);
  if (std::cout.good() && std::ferror(stdout) == 0) return;
  pollfd state{STDOUT_FILENO, POLLOUT, 0};
  const bool reader_left = ::poll(&state, 1, 0) == 1 && (state.revents & POLLERR) != 0;
  if (!reader_left) throw IoError("cannot write to standard output");
}

}  // namespace cbsim::app
