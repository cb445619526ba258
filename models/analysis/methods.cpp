#include "models/analysis/methods.hpp"

namespace oligosim {

std::span<const MethodEntry> methods() {
  static constexpr MethodEntry table[] = {
      {"kaplan_meier", "survival and quantiles of an endpoint, overall or by group", read_kaplan_meier,
       "Greenwood variance and pointwise limits as R's survfit; quantiles by quantile.survfit's rule, which takes the "
       "midpoint where the curve is flat at the quantile; limits of a quantile by the same rule on the limits of the "
       "curve (Brookmeyer and Crowley 1982). NA: not reached."},
      {"reverse_kaplan_meier", "follow-up: Kaplan-Meier with censoring as the event", read_reverse_kaplan_meier,
       "Schemper and Smith (1996); at a tie the deaths are censored after the censorings."},
      {"log_rank", "log-rank test between groups, stratified or Fleming-Harrington weighted", read_log_rank,
       "Hypergeometric variance, as R's survdiff; with rho and gamma the weights are of the pooled Kaplan-Meier curve "
       "just before each event."},
      {"max_combo", "the largest of several weighted log-rank tests between two groups", read_max_combo,
       "Largest of the absolute Fleming-Harrington z, on the pooled Kaplan-Meier curve just before each event; p from "
       "their joint normal distribution (Karrison 2016)."},
      {"one_sample_log_rank", "events against those expected under a historical survival curve",
       read_one_sample_log_rank,
       "Events against the sum of the historical cumulative hazard at each patient's time (Finkelstein 2003), with "
       "variance E or (O + E) / 2 (Wu 2016); exact Poisson interval of O / E."},
      {"cutpoint", "the cut of a number that tells survival apart best, with corrected p values", read_cutpoint,
       "Largest standardized sum of log-rank scores over the cuts (Lausen and Schumacher 1992): p as if the cut had "
       "been "
       "fixed, by Miller and Siegmund's (1982) approximation, and by permutation."},
      {"rmst", "restricted mean survival time, overall or by group, with differences and ratios", read_rmst,
       "Area under the Kaplan-Meier curve up to the month; Greenwood variance, as R's survfit and survRM2. Beyond the "
       "last patient's time it is known only where that patient had the event."},
      {"milestone", "difference or odds ratio of survival between groups at given months", read_milestone,
       "Later level minus reference, Greenwood standard errors; test on the plain or the log(-log) scale (Klein "
       "2007). An odds ratio: Wald's on the log scale, by the delta method."},
      {"cox", "Cox regression: hazard ratios and tests", read_cox,
       "Partial likelihood, ties by Efron unless said, as R's coxph; Wald limits unless another interval is named; "
       "robust: Lin and Wei (1989), rows of a patient summed; profile: where the likelihood ratio test would reject; "
       "concordance and its error as R's concordance; proportional hazards as cox.zph. A likelihood without a maximum "
       "is reported as separation, of those coefficients alone that go to infinity for a level without events: the "
       "others have limits; coefficients that depend on which of several combined columns is left out as singular."},
      {"interaction", "how the hazard ratio of two groups differs between two kinds of patients", read_interaction,
       "A Cox regression in each kind, Efron's ties; difference of the log hazard ratios, later kind less first, with "
       "the "
       "sum of their variances (Wald). The same as the product term of a Cox regression stratified by the kind."},
      {"cox_validation", "optimism, calibration and stability of a Cox model by the bootstrap", read_cox_validation,
       "The model is made again in each resample of the patients it rests on, backward elimination included (Harrell, "
       "Lee and Mark 1996): optimism is the mean of its concordance there less that on the data; calibration slope, of "
       "its linear predictor on the data. Elimination refits after each Wald test; frequencies over resamples "
       "(Sauerbrei and Schumacher 1992), signs with all terms in. Standard errors are of the Monte Carlo; resamples "
       "without a fit are left out."},
      {"inverse_probability_weighting", "hazard ratio and survival of two groups, weighted to be alike at baseline",
       read_inverse_probability_weighting,
       "Weights from a logistic regression of the group on the terms: stabilized for all patients (Cole and Hernan "
       "2004), the odds for patients like those of one group, or overlap weights (Li, Morgan and Zaslavsky 2018); "
       "Cox regression with Breslow's ties and robust errors, as R's coxph with weights and robust = TRUE, which take "
       "the weights as known. Where somebody of the target population could not be in the other group: separation."},
      {"standardization", "survival of two groups, each with the covariates of the same patients", read_standardization,
       "Mean over the target population of the survival that a Cox model of group and terms gives each patient in the "
       "one group and in the other (Makuch 1982), with Breslow's ties and hazard; errors by the infinitesimal "
       "jackknife, which hold the estimation of the model. The ratio is that of the standardized cumulative hazards."},
      {"rpsftm", "what treatment does to survival where patients change treatment", read_rpsftm,
       "Rank preserving structural failure time model (Robins and Tsiatis 1991), as R's rpsftm: the ratio by which "
       "time "
       "under treatment is longer than without, that balances the times without any treatment by the log-rank test, "
       "whose limits are those of the ratio; its p is that of the ratio 1, of the groups as randomized. Hazard ratio, "
       "Efron's ties, and survival are of the times had nobody changed treatment; the error of its logarithm is that "
       "logarithm over z of this test (White et al. 1999)."},
      {"ipcw", "hazard ratio and survival of two groups, had nobody changed treatment, by weights", read_ipcw,
       "Patients are followed until they change treatment, those still at risk weighted by one over their probability "
       "of "
       "not having changed (Robins and Finkelstein 2000): a Cox model of the change with Efron's ties, by time since "
       "the "
       "patient might, in each group; stabilized by the same of all at risk. Cox regression with Breslow's ties and "
       "robust errors that take the weights as known, as R's coxph with weights and cluster. Where everybody changes "
       "as soon as he may, or the model of the change has no maximum: separation."},
      {"cumulative_incidence", "incidence of competing causes, overall or by group with Gray's test",
       read_cumulative_incidence,
       "Aalen-Johansen with the variance of cmprsk's cuminc and the limits F^exp(+-z se / (F log F)) of tidycmprsk; "
       "Gray's (1988) test. Beyond the last time not reached, whatever is left, as timepoints() has it. With a cluster "
       "the infinitesimal jackknife of R's survfit, summed over clusters, and no test."},
      {"fine_gray", "regression of one of several causes: subdistribution hazard ratios", read_fine_gray,
       "Fine and Gray (1999), as cmprsk's crr: who has another cause's event stays at risk, weighted by the "
       "Kaplan-Meier curve of censoring; Breslow's ties; robust variance."},
      {"turnbull", "survival and quantiles of an endpoint that visits show, overall or by group", read_turnbull,
       "Nonparametric maximum likelihood of events between two visits (Peto 1973, Turnbull 1976), on a line where no "
       "visit tells how the curve falls; a quantile where it stays is the midpoint. Limits by the bootstrap alone."},
      {"interval_log_rank", "log-rank test between groups of an endpoint that visits show", read_interval_log_rank,
       "Sun's (1996) scores on the Turnbull curve of all groups, permutation variance (Fay 1996), as ictest of R's "
       "interval; within strata where there are some. Of right-censored data its numerator is the log-rank test's."},
      {"weibull", "Weibull regression: hazard and time ratios, of exact times or of events that visits show",
       read_weibull,
       "Maximum likelihood, as R's survreg, its coefficients as hazard ratios; errors from the observed information, "
       "Wald limits."},
      {"proportion", "a proportion with its exact interval, overall or by group", read_proportion,
       "Clopper-Pearson unless said, as R's binom.test; with a cluster, the ratio estimator over clusters with "
       "Student's t "
       "on their number less one."},
      {"fisher_exact", "Fisher's exact test of two columns, with the odds ratio of a 2x2 table", read_fisher_exact,
       "Two-sided p: all tables at most as probable as the one seen; odds ratio by conditional maximum likelihood with "
       "its "
       "exact interval, as R's fisher.test."},
      {"risk_difference", "difference of a proportion between two groups, with a margin", read_risk_difference,
       "Later level minus reference; score test of Farrington and Manning (1990), limits of Miettinen and Nurminen "
       "(1985) or Newcombe (1998). Within strata, differences weighted by Mantel and Haenszel (Greenland and Robins "
       "1985), Sato's (1989) error, and score test and limits of Miettinen and Nurminen with these weights."},
      {"odds_ratio", "odds ratio of a proportion between two groups, with a margin", read_odds_ratio,
       "Later level over reference; score test with the probabilities restricted to the null value, limits of Woolf "
       "(1955) or Miettinen and Nurminen (1985). A group all or none of whose patients succeeded: separation. "
       "Within strata, Mantel and Haenszel's common ratio with the error of Robins, Breslow and Greenland (1986) and "
       "their test without correction, as R's mantelhaen.test; Breslow and Day's (1980) of the same ratio in all "
       "strata, with Tarone's correction."},
      {"mann_whitney", "Mann-Whitney test and Hodges-Lehmann shift between two groups", read_mann_whitney,
       "Exact below 50 patients a group without ties, otherwise normal with corrections for ties and continuity, as "
       "R's wilcox.test; first level minus second. No limits where so few values reach no interval of the level."},
      {"t_test", "difference of two means, Welch or pooled", read_t_test,
       "Welch unless said, first level minus second, as R's t.test."},
      {"describe", "median, range, quartiles, mean of numbers, overall or by group", read_describe,
       "Quantiles of type 7, R's default."},
      {"frequency", "counts and shares of levels, overall or by group", read_frequency,
       "Of the patients whose value is known, unless missing is shown."},
      {"toxicity", "patients with adverse events by term and grade, overall or by group", read_toxicity,
       "The worst grade of a patient counts, once for each term and once over all of them; Clopper-Pearson limits."},
      {"toxicity_change", "adverse events of the same patients before and after", read_toxicity_change,
       "Paired shares; exact McNemar test, which looks only at patients who change."},
      {"waterfall", "best change in percent: who shrinks, who responds", read_waterfall,
       "Change from baseline of the sum of diameters; -30 % is the threshold of a partial response."},
  };
  return table;
}

}  // namespace oligosim
