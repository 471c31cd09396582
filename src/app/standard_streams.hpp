#pragma once

namespace cbsim::app {

/// Opens standard streams that the caller has closed on /dev/null, lest a result file take their
/// number, and lets a write into a pipe without a reader fail instead of ending the process.
void secure_standard_streams();

/// Writes out what is buffered for standard output. A reader that has left (`cbsim list | head`) is
/// no error. Throws IoError.
void flush_standard_output();

}  // namespace cbsim::app
