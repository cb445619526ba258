#include "app/commands.hpp"
#include "app/console.hpp"
#include "app/monitored_file.hpp"
#include "app/out_folder.hpp"
#include "app/program.hpp"
#include "app/result_files.hpp"
#include "engine/io/file.hpp"
#include "engine/io/json.hpp"
#include "models/analysis/estimates_csv.hpp"
#include "models/monitoring/forecast_page.hpp"
#include "models/monitoring/monitoring_files.hpp"
#include "models/monitoring/monitoring_page.hpp"

namespace oligosim {

int monitor_command(const MonitorOptions& options) {
  check_own_out(options.out, "monitor");
  if (std::error_code none; std::filesystem::equivalent(options.trial, options.out / "trial.yaml", none))
    throw InputError(options.out.string() +
                     ": holds the trial's file, which the results would be written over (another --out)");
  const MonitoredFile all = load_monitored(options.trial);
  std::filesystem::create_directories(options.out);
  const std::string command = "oligosim monitor " + options.trial.filename().string() + " --out DIR";
  ResultFiles files(options.out);
  files.write("trial.yaml", to_yaml(all.trial.document));
  files.write("looks.csv", looks_csv(all.shown));
  files.write("estimates.csv", estimates_csv(all.shown.labels, all.shown.estimates));
  files.write("conditional_power.csv", conditional_power_csv(all.shown));
  if (all.forecast) {
    files.write("forecast.csv", forecast_csv(*all.forecast));
    files.write("forecast_by_month.csv", forecast_by_month_csv(*all.forecast));
  }
  const EventForecast* forecast = all.forecast ? &*all.forecast : nullptr;
  files.write("report.html", monitoring_page(all.trial, all.shown, forecast, {all.study, program_name(), command}));
  Json facts = program_facts(), inputs = Json::object();
  for (const std::filesystem::path& input : all.inputs) inputs[input.filename().string()] = sha256(read_file(input));
  facts.update({{"command", command}, {"finished", utc_now()}, {"inputs_sha256", inputs}});
  files.write_manifest(facts);
  for (const std::string& text : monitoring_texts(all.shown)) print_result("{}\n", text);
  if (forecast)
    for (const std::string& text : forecast_texts(*forecast)) print_result("{}\n", text);
  return done;
}

}  // namespace oligosim
