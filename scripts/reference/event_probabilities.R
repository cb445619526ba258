# Patients who have entered and events that are known by month, from rpact's getNumberOfSubjects and
# getEventProbabilities: two arms of the same size, exponential or piecewise exponential times, loss to follow-up at a
# constant rate in each arm.
# From the repository root: Rscript scripts/reference/event_probabilities.R
suppressMessages(library(rpact))
source("scripts/reference/csv.R")
setLogLevel("DISABLED")

trials <- list(
  proportional = list(n = 200, months = 20, hazard = log(2) / 10, ratio = 0.7, lost = c(0.1, 0.1)),
  unequal_loss = list(n = 120, months = 12, hazard = log(2) / 6, ratio = 0.6, lost = c(0.3, 0.1)),
  delayed = list(n = 160, months = 24, hazard = log(2) / 8, ratio = 0.5, lost = c(0.05, 0.05), from = 3))

months <- c(4, 9, 15, 24, 40)
rows <- NULL
for (name in names(trials)) {
  t <- trials[[name]]
  args <- list(time = months, accrualTime = c(0, t$months), maxNumberOfSubjects = t$n, dropoutTime = 12,
               dropoutRate1 = t$lost[2], dropoutRate2 = t$lost[1], allocationRatioPlanned = 1)
  args <- c(args, if (is.null(t$from)) list(lambda2 = t$hazard, hazardRatio = t$ratio)
                  else list(piecewiseSurvivalTime = c(0, t$from), lambda2 = rep(t$hazard, 2),
                            lambda1 = t$hazard * c(1, t$ratio)))
  events <- do.call(getEventProbabilities, args)
  entered <- getNumberOfSubjects(time = months, accrualTime = c(0, t$months), maxNumberOfSubjects = t$n)
  rows <- rbind(rows, data.frame(trial = name, month = months, patients = entered$numberOfSubjects,
                                 control = t$n / 2 * events$eventProbabilities2,
                                 experimental = t$n / 2 * events$eventProbabilities1))
}
write_reference(rows, "tests/reference/event_probabilities.csv", "scripts/reference/event_probabilities.R")
