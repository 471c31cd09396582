# Two headers for src/experiment/build_info.cpp alone. build_config.hpp is known when CMake runs;
# build_commit.hpp is looked at in every build and rewritten only when the commit or its dirty state
# changes, so that a commit recompiles one file.
set(generated ${CMAKE_BINARY_DIR}/generated)
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type_upper)
get_property(directory_options DIRECTORY PROPERTY COMPILE_OPTIONS)
list(JOIN directory_options " " directory_options)
string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type_upper}} ${directory_options}"
  CBSIM_FLAGS)
string(REGEX REPLACE "[\"\\\\]" "\\\\\\0" CBSIM_FLAGS "${CBSIM_FLAGS}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/build_config.hpp.in ${generated}/build_config.hpp)

find_package(Git QUIET)
add_custom_target(cbsim_build_commit
  COMMAND ${CMAKE_COMMAND} -DGIT=${GIT_EXECUTABLE} -DSOURCE=${CMAKE_CURRENT_SOURCE_DIR}
          -DOUTPUT=${generated}/build_commit.hpp -P ${CMAKE_CURRENT_LIST_DIR}/write_build_commit.cmake
  BYPRODUCTS ${generated}/build_commit.hpp
  COMMENT "Looking up the git commit")
add_dependencies(cbsim_experiment cbsim_build_commit)
target_include_directories(cbsim_experiment PRIVATE ${generated})
