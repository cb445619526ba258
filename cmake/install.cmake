# What `cmake --install` puts where, and the Debian package that `cpack -G DEB` makes of it: the program, its manual page
# and completions (made by the program itself), the documentation, and the shipped studies as read-only data.
include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # tests are not needed for it
set(words ${PROJECT_BINARY_DIR}/words)
set(word_files)
foreach(word "man:oligosim.1" "completion bash:oligosim" "completion zsh:_oligosim" "completion fish:oligosim.fish")
  string(REPLACE ":" ";" word "${word}")
  list(GET word 0 command)
  list(GET word 1 name)
  separate_arguments(command)
  add_custom_command(OUTPUT ${words}/${name} COMMAND ${CMAKE_COMMAND} -E make_directory ${words}
                     COMMAND oligosim ${command} > ${words}/${name} DEPENDS oligosim VERBATIM)
  list(APPEND word_files ${words}/${name})
endforeach()
add_custom_target(words ALL DEPENDS ${word_files})

set(data ${CMAKE_INSTALL_DATADIR})
install(TARGETS oligosim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${words}/oligosim.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${words}/oligosim DESTINATION ${data}/bash-completion/completions)
install(FILES ${words}/_oligosim DESTINATION ${data}/zsh/vendor-completions)
install(FILES ${words}/oligosim.fish DESTINATION ${data}/fish/vendor_completions.d)
install(DIRECTORY configs DESTINATION ${data}/oligosim
        FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
install(FILES README.md NEWS.md CITATION.cff DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME oligosim)
set(CPACK_PACKAGE_CONTACT "The oligosim authors <oligosim@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_DESCRIPTION "Simulates clinical trials of local treatment in oligoprogressive and oligometastatic
 hepatocellular carcinoma, reruns the whole analysis plan in every replicate, and
 reports power, interval coverage and duration, each with its Monte Carlo error.
 For processors of level x86-64-v3 (AVX2 and FMA).")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
