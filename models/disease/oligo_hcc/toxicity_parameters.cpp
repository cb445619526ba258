#include "models/disease/oligo_hcc/toxicity_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "models/disease/oligo_hcc/read_share.hpp"
#include "models/disease/oligo_hcc/toxicity_copula.hpp"

namespace oligosim {
namespace {

constexpr double patients = 37;
constexpr std::size_t most_grade_3_terms = 12;  // the solution goes through their subsets
// How the published grade 3 toxicities other than lymphopenia fall on the cohorts is not known; 7 : 3 leaves room for
// both published shares of patients with any.
ByCohort split(double published) { return {0.7 * published / 28, 0.3 * published / 9}; }

void read_by_cohort(ConfigNode node, ByCohort& share) {
  read_share(node, "OP", share.op);
  read_share(node, "OM", share.om);
  node.finish();
}

ToxicityTerm read_term(ConfigNode node, ToxicityTerm term) {
  if (term.any_grade == 0 && !node.has("any_grade")) node.problem("any_grade", "missing (a share of patients)");
  read_share(node, "any_grade", term.any_grade);
  read_by_cohort(node.child("grade_3", false), term.grade_3);
  if (std::max(term.grade_3.op, term.grade_3.om) > term.any_grade) node.problem("grade_3", "is above any_grade");
  node.finish();
  return term;
}

void read_terms(ConfigNode node, ToxicityPeriod& period) {
  const std::vector<ToxicityTerm> standard = period.terms;
  std::vector<std::string> names = node.keys();
  if (names.empty())
    for (const ToxicityTerm& term : standard) names.push_back(term.name);
  period.terms.clear();
  for (const std::string& name : names) {
    const auto known = std::ranges::find(standard, name, &ToxicityTerm::name);
    ToxicityTerm start;
    if (known != standard.end()) start = *known;
    start.name = name;
    period.terms.push_back(read_term(node.child(name, false), start));
    if (!std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }))
      node.problem(name, "is not a name (small letters, digits and _)");
    if (name == "toxicity" || name == "minor_toxicity") node.problem(name, "is the name of another column");
  }
  node.finish();
}

void read_period(ConfigNode node, ToxicityPeriod& period) {
  read_share(node, "any_grade", period.any_grade);
  read_by_cohort(node.child("grade_3", false), period.grade_3);
  read_terms(node.child("terms", false), period);
  const auto with_grade_3 = std::ranges::count_if(
      period.terms, [](const ToxicityTerm& t) { return std::max(t.grade_3.op, t.grade_3.om) > 0; });
  if (with_grade_3 > static_cast<std::ptrdiff_t>(most_grade_3_terms)) {
    node.problem("terms", "has more than 12 terms with grade 3");
  } else {
    const ToxicityCopula copula = solved_copula(period);
    constexpr double tolerance = 1e-6;
    if (std::abs(copula.any_grade() - period.any_grade) > tolerance)
      node.problem("any_grade", "cannot be the share of patients with any of these terms");
    if (std::abs(copula.grade_3().op - period.grade_3.op) > tolerance ||
        std::abs(copula.grade_3().om - period.grade_3.om) > tolerance)
      node.problem("grade_3", "cannot be the share of patients with grade 3 of any of these terms");
  }
  node.finish();
}

}  // namespace

ToxicityParameters::ToxicityParameters() {
  const auto term = [](const char* name, double any_grade, ByCohort grade_3 = {}) {
    return ToxicityTerm{name, any_grade / patients, grade_3};
  };
  early.any_grade = 36 / patients;
  early.grade_3 = {10.0 / 28, 5.0 / 9};
  early.terms = {term("fatigue", 10),
                 term("nausea", 14),
                 term("proteinuria", 8),
                 term("hand_foot_syndrome", 4, split(2)),
                 term("hypothyroidism", 1),
                 term("leukopenia", 16),
                 term("neutropenia", 4, split(1)),
                 term("lymphopenia", 29, {7.0 / 28, 4.0 / 9}),
                 term("anemia", 8),
                 term("thrombocytopenia", 15),
                 term("alt_increased", 7),
                 term("ast_increased", 13, split(1)),
                 term("bilirubin_increased", 17),
                 term("esophagitis", 1),
                 term("abdominal_pain", 1),
                 term("diarrhea", 3, split(1))};
  const ByCohort one{1 / patients, 1 / patients};
  late.any_grade = 20 / patients;
  late.grade_3 = {2 / patients, 2 / patients};
  late.terms = {term("pneumonitis", 6), term("colitis", 1), term("lymphopenia", 15, one), term("anemia", 5, one),
                term("bilirubin_increased", 7)};
}

ToxicityParameters read_toxicity(ConfigNode node) {
  ToxicityParameters toxicity;
  read_share(node, "grade_2_share", toxicity.grade_2_share);
  ConfigNode before = node.child("before_sbrt", false);
  read_share(before, "grade_1_2", toxicity.before_1_2);
  read_share(before, "grade_3", toxicity.before_3);
  if (toxicity.before_1_2 + toxicity.before_3 > 1 + 1e-9) before.problem("grade_1_2", "and grade_3 exceed 1");
  before.finish();
  read_share(node, "discontinued", toxicity.discontinued);
  read_period(node.child("early", false), toxicity.early);
  read_period(node.child("late", false), toxicity.late);
  node.finish();
  return toxicity;
}

}  // namespace oligosim
