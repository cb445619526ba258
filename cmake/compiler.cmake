# Compiler settings that the reproducibility promise rests on: one instruction set for everybody,
# no contraction of a*b+c, never -ffast-math.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

add_library(oligosim_settings INTERFACE)
target_compile_options(oligosim_settings INTERFACE
  -march=x86-64-v3 -ffp-contract=off -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion
  -Wno-missing-field-initializers  # designated initializers name what differs from the default
  -Wno-psabi  # lanes of eight doubles are passed within this project alone
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # false alarms of g++ 12 on std::string (GCC bug 105651)
target_include_directories(oligosim_settings INTERFACE ${PROJECT_SOURCE_DIR})

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
