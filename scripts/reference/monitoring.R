# Trials under way, from rpact: monitoring_looks.csv has the looks held (events, z), with boundaries at the information
# that they turned out to have, repeated confidence limits of the hazard ratio (two arms of the same size) and the
# repeated p values; monitoring_power.csv the conditional power from a look at a hazard ratio, and monitoring_end.csv
# the p value, the median-unbiased hazard ratio and its interval at the end. One-sided, alpha 0.025; z and hazard ratio
# above 1 favour the experimental arm, as in rpact.
# From the repository root: Rscript scripts/reference/monitoring.R
suppressMessages(library(rpact))
source("scripts/reference/csv.R")
setLogLevel("DISABLED")

# Events of the looks held and planned after them; z of those held.
trials <- list(
  obrien_fleming = list(spending = "obrien_fleming", parameter = NA, events = c(60, 90), z = c(1.9, 2.1)),
  three_looks = list(spending = "obrien_fleming", parameter = NA, events = c(40, 70, 100), z = c(1.2, 1.7, 2.3)),
  off_schedule = list(spending = "obrien_fleming", parameter = NA, events = c(37, 81, 120), z = c(0.4, 1.1, 2.05)),
  pocock_stops = list(spending = "pocock", parameter = NA, events = c(50, 75, 100), z = c(1.3, 2.6)),
  hwang = list(spending = "hwang_shih_decani", parameter = -2, events = c(30, 60, 90, 120), z = c(0.2, 1.5, 1.9, 1.8)),
  kim_demets = list(spending = "kim_demets", parameter = 1.5, events = c(25, 61, 100), z = c(-0.7, 0.5, 2.2)),
  against = list(spending = "obrien_fleming", parameter = NA, events = c(50, 100), z = c(-1.1, -0.8)))

types <- c(obrien_fleming = "asOF", pocock = "asP", hwang_shih_decani = "asHSD", kim_demets = "asKD")
looks <- power <- end <- NULL
for (name in names(trials)) {
  t <- trials[[name]]
  k <- length(t$events)
  args <- list(kMax = k, alpha = 0.025, sided = 1, informationRates = t$events / t$events[k],
               typeOfDesign = types[[t$spending]], tolerance = 1e-10)
  if (!is.na(t$parameter)) args$gammaA <- t$parameter
  design <- do.call(getDesignGroupSequential, args)
  for (stage in seq_along(t$z)) {
    data <- getDataset(overallEvents = t$events[1:stage], overallLogRanks = t$z[1:stage])
    shown <- suppressWarnings(getAnalysisResults(design, data, stage = stage, tolerance = 1e-9))
    looks <- rbind(looks, data.frame(
      trial = name, look = stage, spending = t$spending, parameter = t$parameter, final_events = t$events[k],
      events = t$events[stage], z = t$z[stage], boundary = design$criticalValues[stage],
      spent = design$alphaSpent[stage], lower = shown$repeatedConfidenceIntervalLowerBounds[stage],
      upper = shown$repeatedConfidenceIntervalUpperBounds[stage], repeated_p = shown$repeatedPValues[stage]))
    if (stage < k) for (ratio in c(1, 1.3, 1.6)) {
      result <- suppressWarnings(getConditionalPower(getStageResults(design, data, stage = stage),
                                                     nPlanned = diff(t$events)[stage:(k - 1)], thetaH1 = ratio))
      power <- rbind(power, data.frame(trial = name, look = stage, ratio = ratio,
                                       power = result$conditionalPower[k]))
    }
    last <- shown$finalPValues[stage]
    if (!is.na(last)) end <- rbind(end, data.frame(
      trial = name, look = stage, p = last, ratio = shown$medianUnbiasedEstimates[stage],
      lower = shown$finalConfidenceIntervalLowerBounds[stage], upper = shown$finalConfidenceIntervalUpperBounds[stage]))
  }
}
script <- "scripts/reference/monitoring.R"
write_reference(looks, "tests/reference/monitoring_looks.csv", script)
write_reference(power, "tests/reference/monitoring_power.csv", script)
write_reference(end, "tests/reference/monitoring_end.csv", script)
