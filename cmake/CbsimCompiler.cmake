# Warnings for our own targets, processor and sanitizer flags for all of them.
add_library(cbsim_warnings INTERFACE)
target_compile_options(cbsim_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wpedantic
  $<$<BOOL:${CBSIM_WERROR}>:-Werror>)
# GCC 12 warns of _mm512_undefined_pd in its own headers (GCC bug 105593).
if(CBSIM_NATIVE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU"
    AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  include(CheckCXXSourceCompiles)
  set(CMAKE_REQUIRED_FLAGS -march=native)
  check_cxx_source_compiles("int main() { return __AVX512F__ - 1; }" CBSIM_HAS_AVX512)
  unset(CMAKE_REQUIRED_FLAGS)
  if(CBSIM_HAS_AVX512)
    target_compile_options(cbsim_warnings INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized)
  endif()
endif()

# A contraction into fused multiply-adds may differ between two inlined copies of one formula, but
# never between two runs of one build; results stay reproducible to the byte.
# Whoever links the library must use the same processor flags, because Eigen's alignment depends on
# them: so they are exported with cbsim_core (see CMakeLists.txt).
if(CBSIM_NATIVE)
  set(CBSIM_PROCESSOR_FLAGS -march=native)
endif()
# Fuzz targets need the coverage that the libraries report, which other executables do not mind; what
# they look for is found by sanitizers.
if(CBSIM_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "CBSIM_FUZZ needs libFuzzer, which comes with clang; configure with "
      "-DCMAKE_CXX_COMPILER=clang++, not ${CMAKE_CXX_COMPILER}")
  endif()
  if(NOT CBSIM_SANITIZE)
    set(CBSIM_SANITIZE address,undefined)
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(CBSIM_SANITIZE)
  add_compile_options(-fsanitize=${CBSIM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CBSIM_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/sanitizer_ignore.txt)
  endif()
endif()
