# Source revision and its date, compiler and flags, for the manifest of every run and the manual page.
find_package(Git QUIET)
set(OLIGOSIM_REVISION "unknown")
string(TIMESTAMP OLIGOSIM_DATE "%Y-%m-%d" UTC)
if(GIT_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${PROJECT_SOURCE_DIR} describe --always --dirty --abbrev=12
                  OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(revision)
    set(OLIGOSIM_REVISION ${revision})
    execute_process(COMMAND ${GIT_EXECUTABLE} -C ${PROJECT_SOURCE_DIR} log -1 --format=%cs
                    OUTPUT_VARIABLE OLIGOSIM_DATE OUTPUT_STRIP_TRAILING_WHITESPACE)
    # A new commit configures again, so that a manifest never names an old one.
    if(EXISTS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/.git/logs/HEAD)
    endif()
  endif()
endif()
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
string(STRIP "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}} -march=x86-64-v3 -ffp-contract=off" OLIGOSIM_FLAGS)
configure_file(${PROJECT_SOURCE_DIR}/cmake/version.hpp.in ${PROJECT_BINARY_DIR}/generated/version.hpp @ONLY)
