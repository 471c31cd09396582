# Warnings for our own targets, processor and sanitizer flags for all of them.
add_library(cbsim_warnings INTERFACE)
target_compile_options(cbsim_warnings INTERFACE -Wall -Wextra -Wconversion -Wshadow -Wpedantic
  $<$<BOOL:${CBSIM_WERROR}>:-Werror>)

# A contraction into fused multiply-adds may differ between two inlined copies of one formula, but
# never between two runs of one build; results stay reproducible to the byte.
if(CBSIM_NATIVE)
  add_compile_options(-march=native)
endif()
if(CBSIM_SANITIZE)
  add_compile_options(-fsanitize=${CBSIM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CBSIM_SANITIZE})
endif()
