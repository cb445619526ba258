# What a group-sequential trial says at its end, from rpact: p value by the stage-wise ordering, median-unbiased
# estimate and interval of the drift, repeated interval. From the repository root:
#   Rscript scripts/reference/sequential_inference.R
suppressMessages(library(rpact))
source("scripts/reference/csv.R")

events <- 300  # planned: the drift per planned information is sqrt(events) times rpact's effect, log HR / 2
cases <- list(
  list("asOF", NA, c(.6, 1), list(c(2.9, NA), c(1.1, 2.3), c(1.1, .4), c(2.6, 1.9), c(-.5, -1))),
  list("asP", NA, c(1, 2, 3) / 3, list(c(2.5, NA, NA), c(1.2, 2.4, NA), c(2.1, 2.2, 2.5), c(1, 1, 1), c(0, .5, 2.9))),
  list("asHSD", -4, c(.4, .7, 1), list(c(1.2, 1.9, 2.3), c(2, 2.6, NA), c(-1, 0, -.4))),
  list("asKD", 2, (1:5) / 5, list(c(1, 1.5, 2, 2.1, 2.2), c(.5, .5, 2.7, NA, NA), c(2, 2, 2, 2, 1.7))),
  list("OF", NA, (1:4) / 4, list(c(1, 2, 2.5, NA), c(.2, .8, 1.4, 2.3))),
  list("P", NA, c(.5, 1), list(c(2.3, NA), c(1.5, 2.4), c(1.5, 1.2))),
  list("asP", NA, c(1, 2, 3) / 3, list(c(1.2, 1.9, 2.35), c(1.9, 1.8, 1.1)), FALSE),
  list("asP", NA, c(1, 2, 3) / 3, list(c(1.2, 1.9, 2.35), c(1.2, 1, NA), c(.2, NA, NA), c(1.1, 2.4, NA)), TRUE))

rows <- list()
for (case in cases) {
  looks <- length(case[[3]])
  arguments <- list(kMax = looks, alpha = .025, sided = 1, informationRates = case[[3]], typeOfDesign = case[[1]],
                    tolerance = 1e-10)
  if (!is.na(case[[2]])) arguments$gammaA <- case[[2]]
  if (length(case) == 5) arguments <- c(arguments, beta = .2, typeBetaSpending = "bsP", bindingFutility = case[[5]])
  design <- do.call(getDesignGroupSequential, arguments)
  futility <- if (length(case) == 5) c(design$futilityBounds, NA) else rep(NA_real_, looks)
  for (z in case[[4]]) {
    stop <- sum(!is.na(z))
    data <- getDataset(cumulativeEvents = round(events * case[[3]])[seq_len(stop)], cumulativeLogRanks = z[seq_len(stop)],
                       cumulativeAllocationRatios = rep(1, stop))
    capture.output(suppressMessages(suppressWarnings({
      result <- getStageResults(design, data, directionUpper = TRUE)
      final <- getFinalConfidenceInterval(design, data, directionUpper = TRUE, tolerance = 1e-12)
      repeated <- getRepeatedConfidenceIntervals(design, data, directionUpper = TRUE, tolerance = 1e-12)
      p <- getFinalPValue(result)
    })))
    stopifnot(p$finalStage == stop)
    drift <- function(effect) effect * sqrt(events)
    rows[[length(rows) + 1]] <- data.frame(
      design = length(rows), look = seq_len(looks), information = case[[3]], boundary = design$criticalValues,
      futility, binding = as.numeric(length(case) == 5 && case[[5]]), stop, z = z[stop], p = p$pFinal, median_unbiased = drift(log(final$medianUnbiased) / 2),
      lower = drift(log(final$finalConfidenceInterval[1]) / 2), upper = drift(log(final$finalConfidenceInterval[2]) / 2),
      repeated_lower = drift(log(repeated[1, stop]) / 2), repeated_upper = drift(log(repeated[2, stop]) / 2))
  }
}
write_reference(do.call(rbind, rows), "tests/reference/sequential_inference.csv",
                "scripts/reference/sequential_inference.R")
