# The two-arm trials of bench/trial.cpp by rpact's getSimulationSurvival, whose simulation is compiled C++: 200 patients
# at 10 a month, exponential times with medians 10 and 10 / 0.7 months, 10 % dropout in 12 months, log-rank test at 140
# events, or at 47, 93 and 140 with boundaries that no trial reaches, so that all three looks are analysed. Prints
# NAME,CPU SECONDS a trial. Rscript bench/peers/trial.R
suppressMessages(library(rpact))
trials <- 20000
simulate <- function(design, events, n)
  getSimulationSurvival(design, lambda2 = log(2) / 10, hazardRatio = .7, directionUpper = FALSE, dropoutRate1 = .1,
                        dropoutRate2 = .1, dropoutTime = 12, accrualTime = c(0, 20), accrualIntensity = 10,
                        plannedEvents = events, maxNumberOfIterations = n, seed = 1)
designs <- list(
  one_look = list(getDesignGroupSequential(kMax = 1, alpha = .025, sided = 1), 140),
  three_looks = list(getDesignGroupSequential(kMax = 3, alpha = .025, sided = 1, typeOfDesign = "HP",
                                              constantBoundsHP = 8), c(47, 93, 140)))
for (name in names(designs)) {
  d <- designs[[name]]
  once <- system.time(simulate(d[[1]], d[[2]], 10))  # what does not grow with the trials
  used <- system.time(simulate(d[[1]], d[[2]], trials + 10)) - once
  cat(sprintf("plain_trial/%s,%.9f\n", name, (used[["user.self"]] + used[["sys.self"]]) / trials))
}
