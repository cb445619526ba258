#pragma once

namespace oligosim {

/// The script that lies beside each run: the folder as R data frames, and drawn by ggplot2 where that is installed.
inline constexpr const char* read_results =
    R"r(# Reads the folder of a run into R data frames, and draws them where ggplot2 is installed.
#   Rscript read_results.R [FOLDER]              writes read_results.pdf
#   source("read_results.R", chdir = TRUE)       in R: leaves the data frames and plots
arguments <- commandArgs(trailingOnly = TRUE)
folder <- if (length(arguments) > 0) arguments[1] else "."
summary_rows <- read.csv(file.path(folder, "summary.csv"), na.strings = "NA",
                         colClasses = c(look = "character", group = "character", scenario = "character"))
scenarios <- unique(summary_rows$scenario)
in_order <- function(rows) transform(rows, scenario = factor(scenario, levels = scenarios))
final <- in_order(subset(summary_rows, look == "final"))

# How often the trial claims efficacy, with its Monte Carlo standard error and interval.
power <- subset(final, metric == "reject", c(scenario, value, mcse, lower, upper))
print(power, row.names = FALSE)
# Each analysis' own test.
power_of_analyses <- subset(final, metric == "power", c(scenario, analysis, parameter, value, mcse, lower, upper))
# Coverage of every interval.
coverage <- subset(final, metric == "coverage",
                   c(scenario, analysis, group, term, parameter, at, interval, value, mcse, lower, upper, truth))
# Survival by group: mean of the estimates, and the true value.
survival_means <- subset(final, metric == "mean" & parameter == "survival", c(scenario, analysis, group, at, value, truth))

plots <- list()
if (requireNamespace("ggplot2", quietly = TRUE)) {
  library(ggplot2)
  plots$power <- ggplot(power, aes(scenario, value)) + geom_col(fill = "#0072b2", width = 0.6) +
    geom_errorbar(aes(ymin = lower, ymax = upper), width = 0.2) + coord_flip() +
    labs(x = NULL, y = "Claims efficacy")
  if (nrow(coverage) > 0)
    plots$coverage <- ggplot(coverage, aes(value, paste(analysis, group, term, parameter, at, interval))) +
      geom_vline(xintercept = 0.95, linetype = 2) + geom_pointrange(aes(xmin = lower, xmax = upper)) +
      facet_wrap(~scenario) + labs(x = "Coverage", y = NULL)
  if (nrow(survival_means) > 0) {
    start <- unique(transform(survival_means, at = 0, value = 1, truth = 1))
    plots$survival <- ggplot(rbind(start, survival_means), aes(at, value, colour = group)) + geom_line() +
      geom_point(aes(y = truth), shape = 1, size = 3, na.rm = TRUE) + facet_grid(analysis ~ scenario) + ylim(0, 1) +
      labs(x = "Months", y = "Survival: mean of the estimates (line), truth (circles)")
  }
}
if (!interactive() && sys.nframe() == 0 && length(plots) > 0) {
  pdf(file.path(folder, "read_results.pdf"), width = 10, height = 7)
  invisible(lapply(plots, print))
  invisible(dev.off())
}
)r";

}  // namespace oligosim
