# What R writes is what the program reads, and what the program leaves is what R reads.
library(oligosim)

file <- tempfile(fileext = ".yaml")
write_study(list(study = "A \"quoted\" \\ title", list = I("one"), two = c(1, 0.1), yes = TRUE, "null" = list()), file)
stopifnot(identical(readLines(file), c("{", "  \"study\": \"A \\\"quoted\\\" \\\\ title\",", "  \"list\": [\"one\"],",
                                       "  \"two\": [1, 0.1],", "  \"yes\": true,", "  \"null\": {}", "}")))
refused <- function(value) inherits(try(write_study(value, file), silent = TRUE), "try-error")
stopifnot(refused(list(a = NA)), refused(list(a = Inf)), refused(list(1)), refused(list(a = 1, 2)))

if (!nzchar(Sys.getenv("OLIGOSIM", Sys.which("oligosim")))) quit(status = 0)
study <- list(
  study = "Two arms", seed = 1, replicates = 200,
  disease = list(os = list(median_months = 10)),
  arms = list(control = list(), new = list(effects = list(os = list(hazard_ratio = 0.6)))),
  trial = list(enrollment = list(patients = 120, over_months = 12)),
  design = list(kind = "fixed", primary = "effect", looks = list(list(at_events = 90, of = "os"))),
  plan = list(time_unit = "days", endpoints = list(os = list(time = "os_d", event = "os_e")),
              analyses = list(list(name = "effect", method = "cox", endpoint = "os", terms = I("arm")),
                              list(name = "firth", method = "cox", endpoint = "os", terms = I("arm"), penalty = "firth"))),
  scenarios = list("null" = list(arms.new.effects.os.hazard_ratio = 1), target = list()))
result <- run_study(study, keep_estimates = TRUE)
reject <- subset(result$summary, metric == "reject" & look == "final")
stopifnot(identical(reject$scenario, c("null", "target")), reject$value[2] > 0.5, reject$value[1] < 0.1, reject$mcse > 0)

# The summary's empirical standard error is that of the rows.
rows <- subset(log_hazard_ratios(result$estimates), scenario == "target")
stopifnot(nrow(rows) == 2 * 200)
for (analysis in c("effect", "firth")) {
  own <- rows[rows$analysis == analysis, ]
  said <- subset(result$summary, scenario == "target" & look == "final" & metric == "empirical_se" &
                   parameter == "log_hazard_ratio")
  stopifnot(abs(said$value[said$analysis == analysis] - sd(own$estimate)) < 1e-12)
}

# The layout that rsimsum takes: one row a replicate and method, each with an estimate and a standard error.
stopifnot(!anyDuplicated(rows[c("replicate", "analysis")]), is.numeric(rows$estimate), is.numeric(rows$standard_error),
          all(rows$standard_error > 0), all(table(rows$replicate) == 2))
if (requireNamespace("rsimsum", quietly = TRUE)) {
  s <- rsimsum::simsum(rows, estvarname = "estimate", se = "standard_error", true = log(0.6), methodvar = "analysis",
                       ref = "effect")
  bias <- subset(summary(s)$summ, stat == "bias" & analysis == "effect")$est
  stopifnot(abs(bias - (mean(rows$estimate[rows$analysis == "effect"]) - log(0.6))) < 1e-12)
}

# Of two looks that at which the trial ended.
study$design <- list(kind = "group_sequential", primary = "effect", efficacy = list(spending = "pocock"),
                     looks = list(list(at_events = 45, of = "os"), list(at_events = 90, of = "os")))
two <- run_study(study, keep_estimates = TRUE, replicates = 50, scenario = "target")
ended <- log_hazard_ratios(two$estimates)
stopifnot(nrow(ended) == 2 * 50, setequal(ended$look, c("1", "2")), !anyDuplicated(ended[c("replicate", "analysis")]))

# A mistake is an error with the program's message.
study$replicates <- -1
message <- tryCatch(run_study(study), error = conditionMessage)
stopifnot(grepl("replicates", message), grepl("at least|from", message))
