# cmake -DNPM=... -DSOURCE=... -DFOLDER=... -DTESTS=ON|OFF -P npm_ci.cmake: the packages of SOURCE/package-lock.json
# into FOLDER/node_modules, those of the tests only where there are tests. No package runs a script of its own.
file(MAKE_DIRECTORY ${FOLDER})
file(COPY ${SOURCE}/package.json ${SOURCE}/package-lock.json DESTINATION ${FOLDER})
set(omit "")
if(NOT TESTS)
  set(omit --omit=dev)
endif()
execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund ${omit} WORKING_DIRECTORY ${FOLDER}
                RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "npm could not fetch the packages of the charts (npm ci, exit code ${result}):\n${output}\n"
    "Charts need the npm registry, or npm's cache of an earlier build. Without charts, with tables alone:\n"
    "  configure again with -DOLIGOSIM_CHARTS=OFF")
endif()
file(TOUCH ${FOLDER}/packages.stamp)
