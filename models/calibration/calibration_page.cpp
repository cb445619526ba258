#include "models/calibration/calibration_page.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"

namespace oligosim {
namespace {

constexpr std::size_t largest_histogram = 1000;  // values written into the page for one figure
constexpr double z95 = 1.959963984540054;

std::string tile(const std::string& label, const std::string& value, const std::string& detail) {
  return "<div class=\"tile\"><span>" + html_escaped(label) + "</span><b>" + html_escaped(value) + "</b><span>" +
         html_escaped(detail) + "</span></div>\n";
}

std::string list(const std::vector<std::string>& sentences, const std::string& none) {
  if (sentences.empty()) return "<p>" + html_escaped(none) + "</p>\n";
  std::string html = "<ul>\n";
  for (const std::string& s : sentences) html += "<li>" + html_escaped(s) + "</li>\n";
  return html + "</ul>\n";
}

std::string verdict(const CalibrationResult& result) {
  double farthest = 0, r_hat = 0, effective = INFINITY, error = result.posterior.largest_emulator_error();
  std::size_t used = 0;
  for (const TargetResult& r : result.targets)
    if (r.target.used_in_fit) farthest = std::max(farthest, std::abs(r.z)), ++used;
  for (const ChainDiagnostics& d : result.posterior.diagnostics)
    r_hat = std::max(r_hat, d.r_hat), effective = std::min(effective, d.effective_size);
  const auto [least, most] =
      std::ranges::minmax_element(result.fit.starts, {}, [](const PointFit::Start& s) { return s.distance; });
  std::string starts;
  if (!result.fit.starts.empty())
    starts = "; coarse fits from " + std::to_string(result.fit.starts.size()) + " starts " +
             rounded(least->distance, 3) + " to " + rounded(most->distance, 3);
  return "<div class=\"strip\">\n" +
         tile("Distance of the point fit", rounded(result.fit.distance, 3),
              "sum of squared z of " + std::to_string(used) + " targets, the farthest " + rounded(farthest, 2) +
                  starts) +
         tile("Convergence of the point fit", result.fit.converged ? "yes" : "no",
              "largest slope " + rounded(result.fit.gradient, 2) + " by prior standard deviation; condition number " +
                  rounded(result.fit.condition, 2)) +
         tile("Chains", "R-hat " + rounded(r_hat, 4),
              "at most; effective draws at least " + rounded(effective, 3) + ", acceptance " +
                  rounded(result.posterior.acceptance.front(), 2)) +
         tile("Error of the emulator", rounded(error, 2),
              "sampling standard deviations at most, at draws of the posterior") +
         "</div>\n";
}

ForestFigure forest_of_targets(const CalibrationResult& result) {
  ForestFigure figure;
  figure.text = {
      "Targets against the fitted model",
      "z: published minus fitted, in standard deviations that the figure has in cohorts of the published "
      "size; the bar is the 95 % range of sampling around it. Below zero the paper shows less than the model.",
      ""};
  figure.estimate_label = "z", figure.interval_label = "± 1.96";
  figure.n_label = "Published", figure.events_label = "Fitted";
  figure.log_axis = false, figure.reference = 0;
  const auto kind = [](const Target& t) {
    return t.used_in_fit ? "Used in the fit" : t.held_out ? "Held out" : "Checks";
  };
  for (const std::string heading : {"Used in the fit", "Held out", "Checks"}) {
    if (std::ranges::none_of(result.targets, [&](const TargetResult& r) { return kind(r.target) == heading; }))
      continue;
    figure.rows.push_back({.label = heading, .heading = true});
    for (const TargetResult& r : result.targets) {
      if (kind(r.target) != heading) continue;
      ForestFigure::Row row{.label = r.target.name, .indent = 1};
      row.n = target_text(r.target, r.target.published), row.events = target_text(r.target, r.fitted);
      row.estimate = r.z, row.lower = r.z - z95, row.upper = r.z + z95;
      if (std::isnan(r.z)) row.missing = "no z: not reached, or the limit of an interval";
      figure.rows.push_back(row);
    }
  }
  return figure;
}

HtmlTable table_of_targets(const CalibrationResult& result) {
  HtmlTable table{
      .caption =
          "Each published figure, the fitted model in a large cohort, the standard deviation in "
          "cohorts of the published size (of the log for ratios), and where the figure lies in the "
          "posterior predictive distribution",
      .header = {"target", "source", "used in fit", "published", "fitted", "sampling SD", "z", "percentile", "missing"},
      .rows = {},
      .text_columns = 3};
  for (const TargetResult& r : result.targets)
    table.rows.push_back({r.target.name, r.target.source,
                          r.target.used_in_fit ? "yes"
                          : r.target.held_out  ? "held out"
                                               : "no",
                          target_text(r.target, r.target.published), target_text(r.target, r.fitted),
                          rounded(r.sampling_sd, 3), rounded(r.z, 2), rounded(r.predictive.percentile, 3),
                          std::to_string(r.predictive.missing_values)});
  return table;
}

std::string interval(double median, double lower, double upper) {
  return rounded(median, 3) + " (" + rounded(lower, 3) + " to " + rounded(upper, 3) + ")";
}

double spread_of_starts(const PointFit& fit, std::size_t parameter) {
  const auto [least, most] =
      std::ranges::minmax_element(fit.starts, {}, [&](const PointFit::Start& s) { return s.coordinates[parameter]; });
  return most->coordinates[parameter] - least->coordinates[parameter];
}

std::string parameters_section(const Calibration& calibration, const CalibrationResult& result) {
  const std::vector<ParameterSummary> summaries = summarize_parameters(calibration, result.posterior);
  HtmlTable table{
      .caption =
          "Median and 95 % interval before and after the published figures; SD: of the posterior "
          "against the prior, where 1 means that nothing was learnt; starts: how far apart the "
          "point fits from different starts lie, in prior standard deviations",
      .header = {"parameter", "prior", "point fit", "starts", "posterior", "SD", "R-hat", "effective draws"},
      .rows = {},
      .text_columns = 1};
  ForestFigure figure;
  figure.text = {"Parameters, posterior on the scale of the prior",
                 "Median and 95 % interval of the posterior in standard deviations of the prior, whose own interval is "
                 "-1.96 to 1.96 in every row.",
                 ""};
  figure.estimate_label = "Prior standard deviations", figure.log_axis = false, figure.reference = 0;
  figure.n_label = "Point fit", figure.events_label = "Posterior median";
  for (std::size_t k = 0; k < summaries.size(); ++k) {
    const ParameterSummary& s = summaries[k];
    const FreeParameter& p = calibration.parameters[k];
    const std::string fit = rounded(p.prior.at(result.fit.coordinates[static_cast<Eigen::Index>(k)]), 4);
    const ChainDiagnostics& d = result.posterior.diagnostics[k];
    table.rows.push_back({p.path, interval(s.prior_median, s.prior_lower, s.prior_upper), fit,
                          rounded(spread_of_starts(result.fit, k), 2), interval(s.median, s.lower, s.upper),
                          rounded(s.sd_ratio, 3), rounded(d.r_hat, 4), rounded(d.effective_size, 3)});
    figure.rows.push_back({.label = p.path,
                           .n = fit,
                           .events = rounded(s.median, 3),
                           .estimate = s.coordinate_median,
                           .lower = s.coordinate_lower,
                           .upper = s.coordinate_upper});
  }
  return "<h2>Parameters</h2>\n" + to_html(figure) + to_html(table);
}

std::string correlations_section(const Calibration& calibration, const Posterior& posterior) {
  Eigen::MatrixXd draws = posterior.draws();
  draws.rowwise() -= draws.colwise().mean().eval();
  const Eigen::VectorXd norms = draws.colwise().norm();
  const Eigen::MatrixXd correlation =
      norms.cwiseInverse().asDiagonal() * (draws.transpose() * draws) * norms.cwiseInverse().asDiagonal();
  HtmlTable table{.caption =
                      "Correlations of the posterior, on the scale of the priors; columns by the number of the "
                      "row",
                  .header = {"parameter"},
                  .rows = {},
                  .text_columns = 1};
  for (Eigen::Index k = 0; k < correlation.rows(); ++k) {
    table.header.push_back(std::to_string(k + 1));
    table.rows.push_back({std::to_string(k + 1) + " " + calibration.parameters[static_cast<std::size_t>(k)].path});
    for (Eigen::Index j = 0; j < correlation.cols(); ++j)
      table.rows.back().push_back(j < k ? rounded(std::round(100 * correlation(k, j)) / 100, 2) : "");
  }
  return "<h2>Which parameters the figures tie together</h2>\n" + to_html(table);
}

std::string predictive_section(const CalibrationResult& result) {
  std::string html = "<h2>Cohorts of the published size under the posterior</h2>\n";
  for (const TargetResult& r : result.targets) {
    if (!r.target.used_in_fit && !r.target.held_out) continue;
    DistributionFigure figure;
    figure.text = {r.target.name + (r.target.held_out ? " (held out)" : ""),
                   "The figure in simulated cohorts of the published size; the published one lies at " +
                       rounded(r.predictive.percentile, 3) + " % of them.",
                   ""};
    figure.value_label = r.target.name, figure.count_label = "Cohorts";
    figure.log_axis = r.target.log_scale;
    const std::size_t step = r.predictive.values.size() / largest_histogram + 1;
    for (std::size_t i = 0; i < r.predictive.values.size(); i += step)
      figure.values.push_back(r.target.printed(r.predictive.values[i]));
    figure.marks = {{"published", r.target.printed(r.target.published)}, {"point fit", r.target.printed(r.fitted)}};
    html += to_html(figure);
  }
  return html;
}

std::string method_section(const Calibration& calibration, const CalibrationResult& result) {
  const FitSettings& fit = calibration.fit;
  const PosteriorSettings& posterior = calibration.posterior;
  return "<h2>Method</h2>\n<p>Point fit: least squares (Levenberg 1944, Marquardt 1963) between published figures and "
         "one simulated cohort of " +
         std::to_string(fit.patients) +
         " patients with the composition of the published "
         "one, each difference in standard deviations that the figure has in cohorts of " +
         std::to_string(calibration.patients) + " (" + std::to_string(fit.cohorts) + " simulated), with " +
         rounded(fit.prior_weight, 3) +
         " of the squared distance from the priors' middle added. The random numbers are "
         "the same for all parameter values.</p>\n<p>Posterior: synthetic likelihood (Wood 2010; Price, Drovandi, Lee "
         "and Nott 2018). In cohorts of the published size the targets are taken as jointly normal. Their mean is a "
         "polynomial of the parameters and their standard deviations log-additive, fitted to " +
         std::to_string(result.posterior.design_points) + " points around the point fit with " +
         std::to_string(posterior.cohorts) + " cohorts each; correlations are constant. " +
         std::to_string(posterior.chains) + " adaptive Metropolis chains of " + std::to_string(posterior.iterations) +
         " iterations (Haario, Saksman and Tamminen 2001), the first fifth left out; R-hat and effective draws after "
         "Vehtari and others (2021). Cohorts in which a target is missing are left out. A log-rank test counts by its "
         "normal statistic. Figures that are counts of one or two patients are far from normal: read their part of the "
         "posterior with care.</p>\n";
}

}  // namespace

std::string calibration_page(const Calibration& calibration, const CalibrationResult& result,
                             const CalibrationFacts& facts) {
  std::string body = "<h1>Calibration: " + html_escaped(calibration.title) + "</h1>\n<p class=\"lead\">" +
                     std::to_string(calibration.parameters.size()) + " parameters, seed " +
                     std::to_string(calibration.seed) + "</p>\n" + verdict(result);
  if (const std::string doubt = doubtful_posterior(result); !doubt.empty())
    body += "<p><strong>" + html_escaped(doubt) + "</strong></p>\n";
  body += "<h2>What cannot be reconciled</h2>\n" +
          list(not_reconciled(result),
               "Nothing: every figure of the fit lies within a sampling standard deviation of the fitted "
               "model, and every figure inside 1 to 99 % of its predictive distribution.");
  body += "<h2>What is not identified</h2>\n" + list(not_identified(calibration, result), "Nothing.");
  body += "<h2>Targets</h2>\n" + to_html(forest_of_targets(result)) + to_html(table_of_targets(result));
  body += parameters_section(calibration, result) + correlations_section(calibration, result.posterior) +
          predictive_section(result) + method_section(calibration, result);
  body += "<h2>How to make this again</h2>\n<p>" + html_escaped(facts.program) + "; targets " +
          html_escaped(facts.hash) + "</p>\n" + preformatted("command", facts.command) +
          preformatted("targets", to_yaml(calibration.document));
  return html_page("Calibration: " + calibration.title, body);
}

}  // namespace oligosim
