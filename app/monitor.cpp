#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/monitored_file.hpp"
#include "app/out_folder.hpp"
#include "app/program.hpp"
#include "engine/io/file.hpp"
#include "engine/io/json.hpp"
#include "models/analysis/estimates_csv.hpp"
#include "models/monitoring/monitoring_files.hpp"
#include "models/monitoring/monitoring_page.hpp"

namespace oligosim {

int monitor_command(const MonitorOptions& options) {
  check_own_out(options.out);
  if (std::error_code none; std::filesystem::equivalent(options.trial, options.out / "trial.yaml", none))
    throw InputError(options.out.string() +
                     ": holds the trial's file, which the results would be written over (another --out)");
  const MonitoredFile all = load_monitored(options.trial);
  std::filesystem::create_directories(options.out);
  const std::string command = "oligosim monitor " + options.trial.filename().string() + " --out DIR";
  Json outputs = Json::object();
  const auto write = [&](const char* name, const std::string& content) {
    write_file(options.out / name, content);
    outputs[name] = sha256(content);
  };
  write("trial.yaml", to_yaml(all.trial.document));
  write("looks.csv", looks_csv(all.shown));
  write("estimates.csv", estimates_csv(all.shown.labels, all.shown.estimates));
  write("conditional_power.csv", conditional_power_csv(all.shown));
  write("report.html", monitoring_page(all.trial, all.shown, {all.study, program_name(), command}));
  Json facts = program_facts(), inputs = Json::object();
  for (const std::filesystem::path& input : all.inputs) inputs[input.filename().string()] = sha256(read_file(input));
  facts.update({{"command", command}, {"finished", utc_now()}, {"inputs_sha256", inputs}, {"outputs_sha256", outputs}});
  write_file(options.out / "manifest.json", facts.dump(1) + "\n");
  for (const std::string& text : monitoring_texts(all.shown)) print_result("{}\n", text);
  return done;
}

}  // namespace oligosim
