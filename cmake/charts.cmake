# The charts of the page: engine/report/charts bundled into one script, which is compiled into the program. npm fetches
# Observable Plot and esbuild into the build folder as package-lock.json says. Makes the library oligosim_charts and, with
# charts, sets OLIGOSIM_NODE_MODULES (the browser tests' driver is there too when tests are built).
find_program(OLIGOSIM_NODE node)
find_program(OLIGOSIM_NPM npm)
set(charts_missing "")
if(NOT OLIGOSIM_NODE OR NOT OLIGOSIM_NPM)
  set(charts_missing "node and npm are not both there")
else()
  execute_process(COMMAND ${OLIGOSIM_NODE} --version OUTPUT_VARIABLE node_version OUTPUT_STRIP_TRAILING_WHITESPACE)
  string(REGEX REPLACE "^v" "" node_version "${node_version}")
  if(node_version VERSION_LESS 18)
    set(charts_missing "node is ${node_version}, not 18 or newer")
  endif()
endif()

# Where nobody has said, what is there decides, anew at each configuration.
if(NOT DEFINED OLIGOSIM_CHARTS)
  set(OLIGOSIM_CHARTS ON)
  if(charts_missing)
    set(OLIGOSIM_CHARTS OFF)
    message(STATUS "Pages will have tables alone, without charts: ${charts_missing}")
  endif()
elseif(OLIGOSIM_CHARTS AND charts_missing)
  message(FATAL_ERROR "OLIGOSIM_CHARTS=ON, but ${charts_missing}; -DOLIGOSIM_CHARTS=OFF builds pages of tables alone")
endif()

add_library(oligosim_charts OBJECT)
target_link_libraries(oligosim_charts PRIVATE oligosim_settings)
if(NOT OLIGOSIM_CHARTS)
  target_sources(oligosim_charts PRIVATE ${PROJECT_SOURCE_DIR}/cmake/no_charts.cpp)
  return()
endif()

set(charts_folder ${PROJECT_SOURCE_DIR}/engine/report/charts)
set(charts_build ${PROJECT_BINARY_DIR}/charts)
set(OLIGOSIM_NODE_MODULES ${charts_build}/node_modules)
add_custom_command(
  OUTPUT ${charts_build}/packages.stamp
  COMMAND ${CMAKE_COMMAND} -DNPM=${OLIGOSIM_NPM} -DSOURCE=${charts_folder} -DFOLDER=${charts_build}
          -DTESTS=${OLIGOSIM_TESTS} -P ${PROJECT_SOURCE_DIR}/cmake/npm_ci.cmake
  DEPENDS ${charts_folder}/package.json ${charts_folder}/package-lock.json ${PROJECT_SOURCE_DIR}/cmake/npm_ci.cmake
  COMMENT "Fetching the packages of the charts" VERBATIM)
file(GLOB charts_sources CONFIGURE_DEPENDS ${charts_folder}/*.js ${charts_folder}/build.mjs)
add_custom_command(
  OUTPUT ${charts_build}/charts_script.cpp
  COMMAND ${OLIGOSIM_NODE} ${charts_folder}/build.mjs ${OLIGOSIM_NODE_MODULES} ${charts_build}/charts_script.cpp
  DEPENDS ${charts_sources} ${charts_build}/packages.stamp
  COMMENT "Bundling the charts" VERBATIM)
target_sources(oligosim_charts PRIVATE ${charts_build}/charts_script.cpp)
