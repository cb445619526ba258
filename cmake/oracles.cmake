# The files of `oligosim selftest`, compiled into the program, so that an installed one needs no folder of its own.
# Run as a script it writes the C++ file: cmake -DOUTPUT=FILE -DFILES=A;B -P oracles.cmake
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Made by cmake/oracles.cmake.\n#include \"models/selftest/selftest.hpp\"\n\nnamespace oligosim {\n\n")
  string(APPEND text "OracleFiles built_in_oracles() {\n  return {\n")
  file(WRITE ${OUTPUT} "${text}")
  foreach(path IN LISTS FILES)
    get_filename_component(name ${path} NAME)
    file(READ ${path} content)
    file(APPEND ${OUTPUT} "      {\"${name}\", R\"oracle(${content})oracle\"},\n")
  endforeach()
  file(APPEND ${OUTPUT} "  };\n}\n\n}  // namespace oligosim\n")
  return()
endif()

file(GLOB oracle_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/configs/selftest/*)
list(APPEND oracle_files ${PROJECT_SOURCE_DIR}/configs/plans/song2025.yaml
     ${PROJECT_SOURCE_DIR}/tests/reference/song2025.csv ${PROJECT_SOURCE_DIR}/tests/reference/data/song2025_like.csv)
set(oracles_source ${PROJECT_BINARY_DIR}/generated/oracles.cpp)
add_custom_command(
  OUTPUT ${oracles_source}
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${oracles_source} "-DFILES=${oracle_files}" -P ${CMAKE_CURRENT_LIST_FILE}
  DEPENDS ${oracle_files} ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Compiling in the oracles of the selftest" VERBATIM)
