// Errors become exit codes here; what the words of a command line mean is in command_line.hpp.
#include <csignal>
#include <exception>
#include <string>
#include <system_error>

#include "app/command_line.hpp"
#include "app/console.hpp"
#include "engine/io/yaml.hpp"
#include "engine/montecarlo/block_log.hpp"
#include "engine/processor/level.hpp"

using namespace oligosim;

namespace {

void check_environment() {
  const std::string level = level_asked_for();
  if (!level.empty() && level != "v3")
    throw InputError("OLIGOSIM_LEVEL: '" + level + "' cannot be asked for; accepted is v3, or nothing");
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader of stdout that goes away ends nothing (console.hpp)
  try {
    check_environment();
    return CommandLine().run(argc, argv);
  } catch (const InputError& e) {
    std::string text = e.what();
    if (!text.ends_with('\n')) text += '\n';
    print_message(text);
    return bad_input;
  } catch (const LogLocked& e) {
    print_message("oligosim: {}\n", e.what());
    return folder_busy;
  } catch (const LogError& e) {
    print_message("oligosim: {}\n", e.what());
    return bad_input;
  } catch (const std::system_error& e) {
    print_message("oligosim: {}\n", e.what());
    return disk_failed;
  } catch (const std::exception& e) {
    print_message("oligosim: this is a defect of the program: {}\n", e.what());
    return defect;
  }
}
