# Columns of names are text even where they look like numbers; so is `look`, which is 1, 2, ... or final.
text_columns <- c("scenario", "look", "analysis", "method", "endpoint", "population", "group", "term", "parameter",
                  "interval", "metric", "status")

read_rows <- function(folder, name) {
  file <- file.path(folder, name)
  if (!file.exists(file)) stop("no ", name, " in ", folder, call. = FALSE)
  header <- names(read.csv(file, nrows = 1))
  text <- intersect(text_columns, header)
  read.csv(file, na.strings = "NA", colClasses = setNames(rep("character", length(text)), text), encoding = "UTF-8")
}

read_summary <- function(folder) read_rows(folder, "summary.csv")

read_estimates <- function(folder) read_rows(folder, "estimates.csv")

# One row a replicate and analysis, at the look at which its trial ended.
log_hazard_ratios <- function(estimates) {
  rows <- estimates[estimates$parameter == "log_hazard_ratio" & estimates$method == "cox", ]
  rownames(rows) <- NULL
  rows[c("scenario", "replicate", "look", "analysis", "term", "estimate", "standard_error", "status")]
}
