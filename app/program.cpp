#include "app/program.hpp"

#include <fmt/format.h>

#include <ctime>
#include <fstream>

#include "version.hpp"

namespace oligosim {
namespace {

std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  return "unknown";
}

}  // namespace

std::string program_name() { return fmt::format("oligosim {} ({})", build::version, build::revision); }

std::string utc_now() {
  const std::time_t t = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&t, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

Json program_facts() {
  return {{"program", "oligosim"},       {"version", build::version}, {"source_revision", build::revision},
          {"compiler", build::compiler}, {"flags", build::flags},     {"cpu", cpu_name()}};
}

}  // namespace oligosim
