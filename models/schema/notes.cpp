// What keys mean, for editors and the reference.
#include "models/schema/notes.hpp"

#include <algorithm>

namespace oligosim {
namespace {

constexpr KeyNote notes[] = {
    {"study", "Title of the study, shown on the page."},
    {"note", "A remark that is shown under the title."},
    {"seed", "Names the random streams: the same seed gives the same numbers, whatever the threads."},
    {"replicates", "Simulated trials of each scenario."},
    {"replicates_per_block", "Replicates that are written to the block log together."},
    {"disease", "How patients fare, or the name of a file that says so."},
    {"model", "The disease model."},
    {"cohort",
     "Patients of each cohort: shares with the sum 1, or whole numbers with the sum of the patients enrolled."},
    {"arms", "The arms of the trial by name; the first is the control."},
    {"allocation", "Patients of this arm in each unit of a randomization block."},
    {"trial", "How the trial is run: enrollment, randomization, visits, dropout."},
    {"enrollment", "How many patients enter, and when."},
    {"enrollment.patients", "Patients enrolled in all arms together."},
    {"rate_per_month", "Patients who enter a month, as a Poisson process; several rates, each from a month on."},
    {"over_months", "Months over which all patients enter."},
    {"randomization", "Permuted blocks, stratified where asked."},
    {"blocks", "Sizes of the blocks, multiples of the sum of the allocations; one is drawn for each block."},
    {"randomization.strata", "Baseline columns within whose levels patients are randomized."},
    {"visits", "When patients are seen; what a visit shows is known from then on."},
    {"visits.months", "Planned months of the first visits."},
    {"then_every_months", "Months between the visits after those listed."},
    {"delay_months", "Months by which visits come late on average."},
    {"jitter_sd_months", "Standard deviation of the date of a visit, in months."},
    {"horizon_months", "Month after which there are no visits."},
    {"missed_probability", "Probability that a patient does not come to a visit."},
    {"dropout", "Loss to follow-up at a constant rate."},
    {"design", "When the trial is looked at and what is decided."},
    {"kind", "Which kind of it."},
    {"primary", "The analysis whose test decides."},
    {"alpha", "Significance level, of one side where the test has one."},
    {"sides", "1: a one-sided test; 2: a two-sided test."},
    {"looks", "Interim looks and the final one, in order."},
    {"at_events", "The look waits for so many events of an endpoint."},
    {"at_information", "The look waits for this fraction of the final events."},
    {"at_patients", "The look waits for so many patients."},
    {"at_month", "Month of the look, after the trial opens."},
    {"looks.of", "The endpoint whose events are counted."},
    {"min_follow_up_months", "Months for which the last patient has been followed."},
    {"information", "Information fraction of a look whose events are not known beforehand."},
    {"final_events", "Events planned at the end, where the last look does not say them."},
    {"latest_month", "Month in which the trial ends even if events are lacking."},
    {"efficacy", "Boundaries for stopping with a claim of efficacy."},
    {"futility", "Boundaries for stopping without it."},
    {"spending", "Spending function."},
    {"binding", "Whether the trial must stop below the futility boundary; otherwise efficacy ignores it."},
    {"truth", "How the true values of the estimands are found."},
    {"truth.patients", "Simulated patients from whom true values are estimated where no formula gives them."},
    {"scenarios",
     "What is varied: names of scenarios, each with dotted paths into the study and their values; lists are "
     "crossed."},
    {"distribution", "Further properties of the sampling distribution of a parameter."},
    {"families", "Analyses whose tests belong together: how often any of them is significant."},
    {"plan", "What is computed: the same in each replicate as on real patients."},
    {"time_unit", "Unit of the time columns; results are in months."},
    {"days_per_month", "Days that make a month."},
    {"confidence", "Confidence level of intervals."},
    {"patient", "Column that names the patient; USUBJID if there is one."},
    {"parameter", "Of long data: the column, or the value of it, that names the endpoint. Of a figure: which row."},
    {"several_rows", "Several rows a patient are meant."},
    {"optional_columns", "Columns that a file may lack; whatever rests on them is then left out."},
    {"derive", "New columns by name."},
    {"endpoints", "Endpoints by name: a time, and a column that says whether it is an event."},
    {"populations", "Groups of patients by name, each by conditions on columns that must all hold."},
    {"analyses", "What is computed, one entry each."},
    {"method", "Which statistic."},
    {"analyses.name", "Name of the analysis, which its rows carry."},
    {"population", "Only patients of this population."},
    {"estimand", "An earlier analysis whose true values this one is held against; its own unless said."},
    {"endpoint", "Endpoint of the plan."},
    {"by", "Column whose groups are described or compared."},
    {"analyses.strata", "Columns within whose levels groups are compared."},
    {"terms", "Terms of the model: columns, and interactions as a:b."},
    {"levels", "Order of the levels; the first is the reference."},
    {"at_months", "Months at which survival or incidence is wanted."},
    {"quantiles", "Probabilities whose quantiles are wanted: 0.5 is the median."},
    {"null_value", "Value under the null hypothesis, such as a non-inferiority margin."},
    {"cluster", "Column whose equal values mark rows that are not independent."},
    {"lesions", "Columns, endpoints, populations and analyses whose rows are lesions."},
    {"bootstrap", "Resampling: further rows with bootstrap intervals."},
    {"resamples", "Number of bootstrap resamples."},
    {"based_on", "Another targets file that holds but for the keys given here."},
    {"targets", "Published figures."},
    {"published", "The figure as printed: a number, or [count, of how many]."},
    {"used_in_fit", "Whether the model is fitted to the figure; otherwise it is a check."},
    {"weight", "How much more the figure counts in the point fit than its sampling error says."},
    {"parameters", "Free parameters by their path in the disease model, each with its prior distribution."},
    {"held", "Values of parameters that are not free in this fit, by path."},
    {"cut_off_month", "Month of the data cut of the published cohort."},
    {"inclusion", "Who is in a retrospective cohort: makes the column `included`."},
    {"inclusion.share", "Share included of patients without event and of average frailty."},
    {"log_odds_after_event", "Log odds ratio of being included for patients who have progressed or died."},
    {"log_odds_frailty", "The same for each standard deviation of the frailty, which shortens the time to progression."},
    {"posterior", "How the posterior distribution is sampled; of a disease model: a file of draws."},
    {"findings", "Published subgroup findings by name."},
    {"looked_at", "How many comparisons were made, of which this is one."},
    {"groups", "Patients of the two groups."},
    {"plausible", "True ratios worth considering."},
};

/// "plan.analyses[]=cox.terms" as a note may name it: "plan.analyses.terms".
std::string plain(const std::string& path) {
  std::string text;
  bool word = false;
  for (const char c : path) {
    word = c == '=' || (word && c != '.');
    if (!word && c != '[' && c != ']') text += c;
  }
  return text;
}

bool ends_with_keys(const std::string& path, const std::string& keys) {
  return path == keys || path.ends_with("." + keys);
}

}  // namespace

std::span<const KeyNote> key_notes() { return notes; }

std::string note_of(const std::string& path) {
  const std::string keys = plain(path);
  const KeyNote* best = nullptr;
  for (const KeyNote& note : notes)
    if (ends_with_keys(keys, note.keys) && (!best || std::string(note.keys).size() > std::string(best->keys).size()))
      best = &note;
  return best ? best->text : "";
}

}  // namespace oligosim
