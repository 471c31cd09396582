include(CMakePackageConfigHelpers)

install(TARGETS cbsim_core cbsim_experiment cbsim_xxhash cbsim_lbfgs EXPORT cbsimTargets)
install(TARGETS cbsim)
install(DIRECTORY include/cbsim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT cbsimTargets NAMESPACE cbsim:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cbsim)
configure_package_config_file(cmake/cbsimConfig.cmake.in cbsimConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cbsim)
write_basic_package_version_file(cbsimConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cbsimConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/cbsimConfigVersion.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/cbsim)
