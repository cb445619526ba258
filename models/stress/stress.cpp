#include "models/stress/stress.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/csv.hpp"
#include "engine/io/number.hpp"
#include "engine/statistics/categorical/fragility.hpp"
#include "engine/statistics/e_value.hpp"
#include "engine/statistics/non_inferiority.hpp"
#include "engine/statistics/retrodesign.hpp"

namespace oligosim {
namespace {

constexpr double smallest_ratio = 0.2;
constexpr int curve_steps = 79;  // from smallest_ratio to its inverse; an odd number leaves out the ratio 1

const char* name_of(RatioKind kind) {
  return kind == RatioKind::hazard_ratio ? "hazard ratio" : kind == RatioKind::odds_ratio ? "odds ratio" : "risk ratio";
}

/// A share in words that knows nothing is impossible.
std::string probability(double p) { return p < 0.0005 ? "below 0.1 %" : percent(p); }

/// One statement and one set of numbers after the other.
class StressTest {
 public:
  StressTest(const Findings& all, const PublishedFinding& finding, unsigned threads)
      : all_(all), f_(finding), e_(evidence_of(finding)), threads_(threads) {}

  StressResult result() {
    printed_numbers();
    if (!std::isnan(e_.standard_error)) {
      power();
      errors();
      replication();
      curves();
      if (!f_.margins.empty()) margins();
    }
    if (f_.looked_at > 1) many_looks();
    if (f_.guarantee_time) guarantee_time();
    if (f_.table) fragility();
    if (!std::isnan(e_.log_ratio) && e_.direction_known) confounding();
    out_.finding = f_;
    out_.plausible = middle_plausible();
    out_.evidence = e_;
    return std::move(out_);
  }

 private:
  void row(const std::string& quantity, double value, double at = missing, double mcse = missing) {
    out_.rows.push_back({quantity, at, value, mcse});
  }
  void say(const std::string& topic, const std::string& sentence) { out_.verdicts.push_back({topic, sentence}); }

  void printed_numbers() {
    row("ratio", std::exp(e_.log_ratio));
    row("standard_error", e_.standard_error);
    row("p", e_.p);
    row("p_lowest", e_.p_lowest);
    row("p_highest", e_.p_highest);
    row("implied_events", e_.implied_events);
    std::string text;
    if (!e_.direction_known)
      text = "No " + std::string(name_of(f_.kind)) + " is printed; p, groups and events imply " +
             rounded(std::exp(e_.log_ratio), 3) + " or its inverse. ";
    if (f_.table)
      text += "Fisher's exact test of the counts gives p = " + rounded(e_.p, 3) +
              (e_.p_agrees ? ". " : ", not the printed " + rounded(f_.p->value, 3) + ". ");
    if (f_.lower) text += about_interval();
    if (!std::isnan(e_.implied_events) && e_.direction_known)
      text +=
          "In groups of these sizes its standard error is that of about " + rounded(e_.implied_events, 3) + " events. ";
    if (!e_.events_agree) text += "The interval is narrower than " + rounded(e_.events, 4) + " events can make it. ";
    text.pop_back();
    say("Do the printed numbers agree?", text);
  }

  std::string about_interval() const {
    std::string text = "The interval implies a standard error of " + rounded(e_.standard_error, 4) +
                       " on the log scale and p = " + rounded(e_.p, 3) + " (" + rounded(e_.p_lowest, 3) + " to " +
                       rounded(e_.p_highest, 3) + " within rounding)";
    if (f_.p)
      text += e_.p_agrees ? ", as printed. "
                          : "; the printed p = " + rounded(f_.p->value, 3) + " does not follow from it. ";
    if (!f_.p) text += ". ";
    if (!e_.centre_agrees) text += "The ratio is not in the middle of its interval on the log scale. ";
    return text;
  }

  void power() {
    const double detectable = detectable_effect(e_.standard_error, all_.alpha, all_.power);
    row("detectable_below", std::exp(-detectable));
    row("detectable_above", std::exp(detectable));
    for (const double ratio : f_.plausible) row("power", design(ratio).power, ratio);
    const double middle = middle_plausible(), chance = design(middle).power;
    say("What could it have found?",
        percent(all_.power) + " power needs a true " + name_of(f_.kind) + " below " +
            rounded(std::exp(-detectable), 2) + " or above " + rounded(std::exp(detectable), 3) + "; at " +
            rounded(middle, 3) + " the power is " + percent(chance) +
            (e_.p > all_.alpha && chance < all_.power ? ". That it is not significant says little." : "."));
  }

  void errors() {
    for (const double ratio : f_.plausible) {
      row("type_s", design(ratio).wrong_sign, ratio);
      row("type_m", design(ratio).exaggeration, ratio);
    }
    const double ratio = middle_plausible();
    const Retrodesign d = design(ratio);
    const double typical = std::exp(std::copysign(d.exaggeration * std::abs(std::log(ratio)), std::log(ratio)));
    say("How much does a significant result exaggerate?",
        "If the true " + std::string(name_of(f_.kind)) + " were " + rounded(ratio, 3) +
            ", significant studies of this size would show a log ratio " + rounded(d.exaggeration, 2) +
            " times too large on average, about " + rounded(typical, 2) + ", and " + probability(d.wrong_sign) +
            " of them the wrong direction.");
  }

  void replication() {
    if (!e_.direction_known) return;
    const double as_estimated = replication_probability(e_.log_ratio, e_.log_ratio, e_.standard_error, all_.alpha);
    const double predictive = predictive_replication(e_.log_ratio, e_.standard_error, all_.alpha);
    row("replication_if_true_as_estimated", as_estimated);
    row("replication_predictive", predictive);
    for (const double ratio : f_.plausible)
      row("replication", replication_probability(std::log(ratio), e_.log_ratio, e_.standard_error, all_.alpha), ratio);
    say("Would it happen again?",
        "A second study of the same size would be significant in the same direction with probability " +
            percent(predictive) + " if nothing else is known, and " + percent(as_estimated) +
            " even if the estimate were exactly true.");
  }

  void margins() {
    const double shown = std::exp(shown_log_margin(0, e_.standard_error, all_.noninferiority_alpha, all_.power));
    const double by_estimate =
        std::exp(shown_log_margin(e_.log_ratio, e_.standard_error, all_.noninferiority_alpha, 0.5));
    row("margin_with_power", shown);
    row("margin_excluded", by_estimate);
    std::string text = "The data exclude ratios above " + rounded(by_estimate, 3) + " (one-sided " +
                       rounded(all_.noninferiority_alpha, 3) +
                       "); with equal groups a study like it shows a margin of " + rounded(shown, 3) + " with " +
                       percent(all_.power) + " power.";
    for (const double margin : f_.margins) {
      const double chance =
          noninferiority_probability(0, std::log(margin), e_.standard_error, all_.noninferiority_alpha);
      const double events = noninferiority_events(0, std::log(margin), all_.noninferiority_alpha, all_.power);
      row("noninferiority_probability", chance, margin);
      row("noninferiority_events", events, margin);
      text += " A margin of " + rounded(margin, 3) + " would be shown with probability " + percent(chance) +
              " even if there is no difference; that takes " + rounded(std::ceil(events), 6) + " events";
      if (!std::isnan(e_.events) && !std::isnan(e_.patients)) {
        const double patients = events * e_.patients / e_.events;
        row("noninferiority_patients", patients, margin);
        text += ", about " + rounded(std::ceil(patients), 6) + " patients followed as these";
      }
      text += ".";
    }
    say("Can it show that the groups are alike?", text);
  }

  void many_looks() {
    const double looks = f_.looked_at;
    const double independent = 1 - std::pow(1 - all_.alpha, looks), bound = std::min(1.0, looks * all_.alpha);
    row("any_of_k_independent", independent, looks);
    row("any_of_k_at_most", bound, looks);
    row("bonferroni_alpha", all_.alpha / looks, looks);
    std::string text = "With " + rounded(looks, 5) + " comparisons looked at, " + percent(independent) +
                       " of studies in which nothing is there have at least one at p < " + rounded(all_.alpha, 3) +
                       " if the comparisons are independent (" + percent(bound) + " at most).";
    text += e_.p <= all_.alpha / looks ? " This one would hold after Bonferroni's correction, p < "
                                       : " After Bonferroni's correction this one would need p < ";
    say("How many comparisons were looked at?", text + rounded(all_.alpha / looks, 2) + ".");
  }

  void guarantee_time() {
    out_.guarantee_time = simulate_guarantee_time(f_, all_.alpha, threads_);
    const GuaranteeTimeResult& g = *out_.guarantee_time;
    const auto share = [&](const char* quantity, double count, double at) {
      const double p = count / g.studies;
      row(quantity, p, at, std::sqrt(p * (1 - p) / g.studies));
      return percent(p);
    };
    std::vector<double> sorted = g.hazard_ratios;
    std::ranges::sort(sorted);
    const double median = sorted.empty() ? missing : sorted[sorted.size() / 2];
    row("guarantee_time_median_ratio", median);
    share("guarantee_time_not_estimable", g.studies - static_cast<double>(sorted.size()), missing);
    const std::string significant = share("guarantee_time_significant", g.significant, missing);
    const std::string extreme = share("guarantee_time_as_extreme", g.as_extreme, f_.ratio->value);
    say("Could it be guarantee-time bias?",
        "The groups are known only after time zero. In simulated studies of the same size in which the grouping does "
        "nothing, and responses count " +
            std::string(f_.guarantee_time->at_progression ? "up to" : "before") +
            " the scan that shows the progression, the median hazard ratio is " + rounded(median, 2) + ", " +
            significant + " are significant in this direction and " + extreme + " show a ratio as extreme as " +
            rounded(f_.ratio->value, 3) + ".");
  }

  void fragility() {
    const TwoGroupCounts counts{{f_.table->events[0], f_.table->events[1]},
                                {f_.table->patients[0], f_.table->patients[1]}};
    const auto index = fragility_index(counts, all_.alpha), reverse = reverse_fragility_index(counts, all_.alpha);
    const bool significant = is_significant(counts, all_.alpha);
    row("fragility_index", index ? *index : missing);
    row("reverse_fragility_index", reverse ? *reverse : missing);
    const auto patients = [](std::uint32_t n) { return std::to_string(n) + (n == 1 ? " patient" : " patients"); };
    std::string text;
    if (index) {
      text = "If " + patients(*index) +
             " of the group with fewer events had had one, it would no longer be significant (fragility index).";
    } else if (reverse) {
      text = "It is not significant; if " + patients(*reverse) +
             " of the group with fewer events had had none, it would be (reverse fragility index).";
    } else if (significant) {
      text =
          "It is significant, and would be with an event in every patient of the group with fewer (no fragility "
          "index).";
    } else {
      text = "It is not significant, and would not be without any event in the group with fewer.";
    }
    say("How many patients does it hang on?", text);
  }

  void confounding() {
    const auto as_risk_ratio = [&](double ratio) {
      if (f_.kind == RatioKind::risk_ratio || !f_.common_outcome) return ratio;
      const bool odds = f_.table || f_.kind == RatioKind::odds_ratio;
      return odds ? risk_ratio_of_odds_ratio(ratio) : risk_ratio_of_hazard_ratio(ratio);
    };
    const double of_estimate = e_value(as_risk_ratio(std::exp(e_.log_ratio)));
    const double of_limit = e_value_of_limits(as_risk_ratio(e_.lower), as_risk_ratio(e_.upper));
    row("e_value", of_estimate);
    row("e_value_limit", of_limit);
    say("Could something unmeasured explain it?",
        "An unmeasured factor that goes with both the grouping and the outcome by a risk ratio of " +
            rounded(of_estimate, 2) + " each could explain the estimate away" +
            (of_limit > 1
                 ? ", and one of " + rounded(of_limit, 3) + " why its interval leaves out no effect (E-values)."
                 : "; the interval contains no effect anyway (E-value)."));
  }

  void curves() {
    const double step = -2 * std::log(smallest_ratio) / curve_steps;
    for (int k = 0; k <= curve_steps; ++k) {
      const double effect = std::log(smallest_ratio) + k * step;
      const Retrodesign d = retrodesign(effect, e_.standard_error, all_.alpha);
      out_.curves.ratio.push_back(std::exp(effect));
      out_.curves.power.push_back(d.power);
      out_.curves.replication.push_back(replication_probability(effect, e_.log_ratio, e_.standard_error, all_.alpha));
      out_.curves.exaggeration.push_back(d.exaggeration);
      out_.curves.wrong_sign.push_back(d.wrong_sign);
    }
  }

  Retrodesign design(double ratio) const { return retrodesign(std::log(ratio), e_.standard_error, all_.alpha); }

  /// The plausible ratio in the middle of those given, by their distance from 1.
  double middle_plausible() const {
    std::vector<double> sorted = f_.plausible;
    std::ranges::sort(sorted, {}, [](double ratio) { return std::abs(std::log(ratio)); });
    return sorted[sorted.size() / 2];
  }

  const Findings& all_;
  const PublishedFinding& f_;
  const Evidence e_;
  unsigned threads_;
  StressResult out_;
};

}  // namespace

double StressResult::value(const std::string& quantity, double at) const {
  for (const StressRow& row : rows)
    if (row.quantity == quantity && (row.at == at || (std::isnan(row.at) && std::isnan(at)))) return row.value;
  return missing;
}

StressResult stress_test(const Findings& all, const PublishedFinding& finding, unsigned threads) {
  return StressTest(all, finding, threads).result();
}

std::string stress_csv(const std::vector<StressResult>& results) {
  CsvWriter csv({"finding", "quantity", "at", "value", "mcse"});
  const auto optional = [&csv](double x) { std::isnan(x) ? csv.field(std::string_view{}) : csv.field(x); };
  for (const StressResult& result : results)
    for (const StressRow& row : result.rows) {
      csv.field(std::string_view(result.finding.name)).field(std::string_view(row.quantity));
      optional(row.at);
      csv.field(row.value);
      optional(row.mcse);
      csv.end_row();
    }
  return csv.text();
}

}  // namespace oligosim
