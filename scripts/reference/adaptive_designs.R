# Two stages combined, by rpact. combination_test.csv: the combined z, the conditional power under the effect seen, and
# the further events at which it is 0.9 (by uniroot on rpact's conditional power). promising_zone.csv: power and expected
# events of a survival trial whose events are planned anew, by rpact's own simulation. From the repository root:
#   Rscript scripts/reference/adaptive_designs.R
suppressMessages(library(rpact))
source("scripts/reference/csv.R")
script <- "scripts/reference/adaptive_designs.R"

set.seed(20110101)
rows <- list()
for (case in 1:24) {
  share <- c(.4, .5, .67)[1 + case %% 3]
  shape <- c("noEarlyEfficacy", "asOF", "asP")[1 + (case %/% 3) %% 3]
  planned <- 100 + 10 * case
  before <- round(share * planned)
  after <- planned + sample(0:150, 1)
  z1 <- round(runif(1, .2, 2.2), 3)
  z2 <- round(z1 * sqrt(before / after) + sqrt(1 - before / after) * rnorm(1, 1), 3)
  design <- getDesignInverseNormal(kMax = 2, alpha = .025, typeOfDesign = shape, informationRates = c(before / planned, 1))
  one <- getDataset(overallEvents = before, overallLogRanks = z1, overallAllocationRatios = 1)
  two <- getDataset(overallEvents = c(before, after), overallLogRanks = c(z1, z2), overallAllocationRatios = c(1, 1))
  at_first <- getStageResults(design, one, stage = 1)
  power <- function(further)
    getConditionalPower(at_first, nPlanned = further, thetaH1 = exp(2 * z1 / sqrt(before)), allocationRatioPlanned = 1)$conditionalPower[2]
  rows[[case]] <- data.frame(
    case, planned, before, after, z1, z2, first_boundary = design$criticalValues[1], boundary = design$criticalValues[2],
    combined = getStageResults(design, two, stage = 2)$combInverseNormal[2],
    conditional_power = power(planned - before),
    further = uniroot(function(x) power(x) - .9, c(1e-3, 1e6), tol = 1e-10)$root)
}
write_reference(do.call(rbind, rows), "tests/reference/combination_test.csv", script)

design <- getDesignInverseNormal(kMax = 2, alpha = .025, typeOfDesign = "asOF", informationRates = c(.5, 1))
simulated <- function(ratio) {
  s <- getSimulationSurvival(design, hazardRatio = ratio, lambda2 = log(2) / 10, directionUpper = FALSE,
    plannedEvents = c(60, 120), minNumberOfEventsPerStage = c(NA, 60), maxNumberOfEventsPerStage = c(NA, 120),
    conditionalPower = .9, maxNumberOfSubjects = 300, accrualTime = c(0, 20), maxNumberOfIterations = 40000, seed = 11)
  data.frame(hazard_ratio = ratio, iterations = 40000, reject = s$overallReject, reject_first = s$rejectPerStage[1],
             events = s$expectedNumberOfEvents, months = s$studyDuration)
}
write_reference(do.call(rbind, lapply(c(1, .8, .7), simulated)), "tests/reference/promising_zone.csv", script)
