#include <algorithm>
#include <array>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/statistics/categorical/exchangeable_responses.hpp"
#include "models/design/design.hpp"

namespace oligosim {
namespace {

enum class Borrowing { none, pooled, hierarchical };
constexpr Choice<Borrowing> borrowings[] = {
    {"none", Borrowing::none}, {"pooled", Borrowing::pooled}, {"hierarchical", Borrowing::hierarchical}};

constexpr std::size_t most_cohorts = 6;
constexpr double most_cells = 1e6;  // of a table

/// Which cohorts are claimed for each combination of responses, the last cohort's running fastest.
using Table = std::vector<HypothesisSet>;

/// Parallel cohorts of one arm that count responses, looked at once. A cohort is claimed where its probability of
/// response is above p0 with more than the certainty wanted: given its own patients, all cohorts as if they were one,
/// or all as exchangeable. Decisions are read from a table that is made once for each combination of numbers of
/// patients.
class ResponseCohorts : public Design, public CohortRule {
 public:
  explicit ResponseCohorts(DesignInput input) {
    ConfigNode& node = input.node;
    primary_ = node.one_of("primary", input.cohort_proportions, "proportion of one group of patients");
    alpha_ = node.number("alpha", Range::inside(0, 0.5), 0.05);  // of the plan's other tests
    read_cohorts(node, input);
    borrowing_ = node.choice<Borrowing>("borrowing", borrowings, Borrowing::none);
    certainty_ = node.number("certainty", Range::inside(0.5, 1));
    read_prior(node);
    true_nulls_ = read_true_nulls(node, names_, "cohort");
    Look look;
    look.patients = std::max<std::size_t>(1, input.patients);
    look.follow_up_months = node.number("min_follow_up_months", Range::above(0));
    looks_ = {look};
    latest_month_ = node.number("latest_month", Range::above(0), 120);
    node.finish();
  }

  void conduct(Conduct& trial) const override {
    const LookResult result = trial.analyze_at(looks_.front());
    std::array<std::size_t, most_cohorts> patients{}, responses{};
    for (std::size_t k = 0; k < names_.size(); ++k) {
      const HypothesisResult& own = result.hypotheses[k];
      patients[k] = std::isnan(own.n) ? 0 : static_cast<std::size_t>(own.n);
      responses[k] = patients[k] == 0 ? 0 : static_cast<std::size_t>(own.events);
    }
    const std::span<const std::size_t> n = std::span(patients).first(names_.size());
    const HypothesisSet claimed = table(n)[cell(n, responses)];
    trial.reject(claimed);
    trial.stop(claimed != 0 ? Decision::efficacy : Decision::none);
  }

  std::span<const std::string> hypotheses() const override { return names_; }
  HypothesisSet true_nulls() const override { return true_nulls_; }
  const CohortRule* cohorts() const override { return this; }
  std::span<const Cohort> planned() const override { return planned_; }

  std::vector<std::string> rules() const override {
    const std::string how = borrowing_ == Borrowing::none     ? "each cohort on its own"
                            : borrowing_ == Borrowing::pooled ? "all cohorts as one"
                                                              : "cohorts as exchangeable";
    std::vector<std::string> texts;
    for (std::size_t k = 0; k < names_.size(); ++k)
      texts.push_back(names_[k] + ": claimed where its response is above " + percent(planned_[k].p0) +
                      " with a probability of more than " + percent(certainty_) + ", " + how);
    return texts;
  }

  std::vector<double> claims(std::span<const double> probability) const override {
    std::vector<std::size_t> n;
    for (const Cohort& cohort : planned_) n.push_back(cohort.patients);
    if (std::ranges::count(n, 0U) > 0) return {};
    const Table& decisions = table(n);
    std::vector<double> sums(n.size() + 1);
    std::array<std::size_t, most_cohorts> x{};
    for (const HypothesisSet claimed : decisions) {
      double mass = 1;
      for (std::size_t k = 0; k < n.size(); ++k)
        mass *= boost::math::pdf(boost::math::binomial(static_cast<double>(n[k]), probability[k]),
                                 static_cast<double>(x[k]));
      for (std::size_t k = 0; k < n.size(); ++k)
        if (claimed & only(k)) sums[k] += mass;
      if (claimed != 0) sums.back() += mass;
      advance(n, x);
    }
    return sums;
  }

 private:
  void read_cohorts(ConfigNode& node, const DesignInput& input) {
    for (auto& [name, own] : node.named_children("cohorts")) {
      if (std::ranges::find(input.cohort_proportions, name) == input.cohort_proportions.end())
        own.problem("", "is not a proportion of one group of patients (" + either(input.cohort_proportions) + ")");
      Cohort cohort{.p0 = own.number("p0", Range::inside(0, 1))};
      own.accept("p1"), own.accept("patients");
      if (own.has("p1")) cohort.p1 = own.number("p1", Range::inside(0, 1));
      if (cohort.p1 <= cohort.p0) own.problem("p1", "is not above p0");
      if (own.has("patients"))
        cohort.patients = static_cast<std::size_t>(own.integer("patients", Range::between(1, 1000)));
      own.finish();
      names_.push_back(name);
      planned_.push_back(cohort);
    }
    if (node.has("cohorts") && (names_.size() < 2 || names_.size() > most_cohorts))
      node.problem("cohorts",
                   "are " + std::to_string(names_.size()) + " (from 2 to " + std::to_string(most_cohorts) + ")");
    if (std::ranges::find(names_, primary_) == names_.end())
      node.problem("cohorts", "are without the primary analysis '" + primary_ + "'");
    check_sizes(node, input);
  }

  /// Whether the numbers of patients are those of the trial, and the tables small enough.
  void check_sizes(const ConfigNode& node, const DesignInput& input) const {
    const bool said = std::ranges::count(planned_, 0U, &Cohort::patients) == 0;
    std::size_t patients = 0;
    double cells = 1;
    for (const Cohort& cohort : planned_) {
      const double most = said ? static_cast<double>(cohort.patients)
                               : static_cast<double>(input.patients) / static_cast<double>(planned_.size());
      patients += cohort.patients;
      cells *= most + 1;
    }
    if (cells > most_cells)
      node.problem("cohorts", "have more than a million combinations of responses (fewer cohorts or patients)");
    if (said && input.patients > 0 && patients != input.patients)
      node.problem("cohorts", "have " + std::to_string(patients) + " patients; trial.enrollment.patients has " +
                                  std::to_string(input.patients));
  }

  void read_prior(ConfigNode& node) {
    for (const char* key : {"prior", "mean", "mean_sd", "between_scale"}) node.accept(key);
    if (borrowing_ != Borrowing::hierarchical) {
      const std::vector<double> prior = node.numbers("prior", Range::above(0), std::vector{0.5, 0.5});
      if (prior.size() != 2) node.problem("prior", "has two numbers, the parameters of a beta distribution");
      if (prior.size() == 2) beta_ = {prior[0], prior[1]};
      return;
    }
    double mean = 0;
    for (const Cohort& cohort : planned_)
      mean += std::log(cohort.p0 / (1 - cohort.p0)) / static_cast<double>(planned_.size());
    exchangeable_.mean = node.number("mean", Range::between(-10, 10), mean);
    exchangeable_.mean_sd = node.number("mean_sd", Range::between(0.05, 10), 2);
    exchangeable_.between_scale = node.number("between_scale", Range::between(0.01, 5), 1);
  }

  /// The table of so many patients, made when it is first asked for.
  const Table& table(std::span<const std::size_t> patients) const {
    std::array<std::size_t, most_cohorts> key{};
    std::ranges::copy(patients, key.begin());
    {
      const std::shared_lock reading(mutex_);
      if (const auto found = tables_.find(key); found != tables_.end()) return found->second;
    }
    Table made = decisions(patients);
    const std::unique_lock writing(mutex_);
    return tables_.try_emplace(key, std::move(made)).first->second;
  }

  Table decisions(std::span<const std::size_t> n) const {
    std::size_t cells = 1;
    for (const std::size_t patients : n) cells *= patients + 1;
    Table claimed(cells);
    std::optional<ExchangeableResponses> exchangeable;
    if (borrowing_ == Borrowing::hierarchical) {
      std::vector<ExchangeableResponses::Cohort> own;
      for (std::size_t k = 0; k < n.size(); ++k) own.push_back({n[k], planned_[k].p0});
      exchangeable.emplace(exchangeable_, own);
    }
    std::array<std::size_t, most_cohorts> x{};
    std::vector<double> above(n.size());
    for (HypothesisSet& set : claimed) {
      if (exchangeable)
        exchangeable->above(std::span(x).first(n.size()), above);
      else
        beta_above(n, x, above);
      for (std::size_t k = 0; k < n.size(); ++k)
        if (above[k] > certainty_) set |= only(k);
      advance(n, x);
    }
    return claimed;
  }

  void beta_above(std::span<const std::size_t> n, std::span<const std::size_t> x, std::span<double> above) const {
    double responses = 0, patients = 0;
    for (std::size_t k = 0; k < n.size(); ++k) {
      responses += static_cast<double>(x[k]);
      patients += static_cast<double>(n[k]);
    }
    for (std::size_t k = 0; k < n.size(); ++k) {
      const bool pooled = borrowing_ == Borrowing::pooled;
      const double s = pooled ? responses : static_cast<double>(x[k]);
      const double all = pooled ? patients : static_cast<double>(n[k]);
      above[k] = boost::math::ibetac(beta_[0] + s, beta_[1] + all - s, planned_[k].p0);
    }
  }

  static std::size_t cell(std::span<const std::size_t> n, std::span<const std::size_t> x) {
    std::size_t at = 0;
    for (std::size_t k = 0; k < n.size(); ++k) at = at * (n[k] + 1) + x[k];
    return at;
  }

  /// To the responses of the next cell.
  static void advance(std::span<const std::size_t> n, std::span<std::size_t> x) {
    for (std::size_t k = n.size(); k-- > 0;) {
      if (++x[k] <= n[k]) return;
      x[k] = 0;
    }
  }

  std::vector<std::string> names_;
  std::vector<Cohort> planned_;
  HypothesisSet true_nulls_ = 0;
  Borrowing borrowing_ = Borrowing::none;
  double certainty_ = 0.95;
  std::array<double, 2> beta_{0.5, 0.5};
  ExchangeablePrior exchangeable_;
  mutable std::shared_mutex mutex_;
  mutable std::map<std::array<std::size_t, most_cohorts>, Table> tables_;
};

}  // namespace

std::unique_ptr<Design> read_response_cohorts(DesignInput input) {
  return std::make_unique<ResponseCohorts>(std::move(input));
}

}  // namespace oligosim
