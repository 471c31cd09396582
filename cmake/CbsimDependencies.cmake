# Debian 12 packages only; nothing is downloaded and nothing is vendored.
find_package(Eigen3 REQUIRED NO_MODULE)  # Eigen's version file rejects "3.4" for 3.4.0 in some setups
if(EIGEN3_VERSION_STRING AND EIGEN3_VERSION_STRING VERSION_LESS 3.4)
  message(FATAL_ERROR "cbsim needs Eigen >= 3.4, found ${EIGEN3_VERSION_STRING}")
endif()
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost REQUIRED)  # the headers of Boost.Math

find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)
find_path(XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
find_path(LBFGS_INCLUDE_DIR lbfgs.h REQUIRED)
find_library(LBFGS_LIBRARY lbfgs REQUIRED)
add_library(cbsim_lbfgs INTERFACE)
target_include_directories(cbsim_lbfgs SYSTEM INTERFACE $<BUILD_INTERFACE:${LBFGS_INCLUDE_DIR}>)
target_link_libraries(cbsim_lbfgs INTERFACE $<BUILD_INTERFACE:${LBFGS_LIBRARY}>
  $<INSTALL_INTERFACE:lbfgs>)

add_library(cbsim_xxhash INTERFACE)
target_include_directories(cbsim_xxhash SYSTEM INTERFACE $<BUILD_INTERFACE:${XXHASH_INCLUDE_DIR}>)
target_compile_definitions(cbsim_xxhash INTERFACE $<BUILD_INTERFACE:XXH_INLINE_ALL>)
