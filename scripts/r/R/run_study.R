program <- function() {
  found <- Sys.getenv("OLIGOSIM", Sys.which("oligosim"))
  if (!nzchar(found)) stop("no program oligosim on the path, and OLIGOSIM does not name it", call. = FALSE)
  found
}

# Runs the program; what it says on stderr is the message of an error. Its exit code otherwise: 0, or 3 where a limit of
# quality that the study states was missed.
oligosim <- function(...) {
  messages <- tempfile()
  output <- tempfile()
  on.exit(unlink(c(messages, output)))
  code <- system2(program(), shQuote(c(...)), stdout = output, stderr = messages)
  if (!code %in% c(0, 3)) stop(paste(c(readLines(messages), ""), collapse = "\n"), call. = FALSE)
  invisible(structure(code, output = readLines(output)))
}

run_study <- function(study, out = tempfile("oligosim"), replicates = NULL, seed = NULL, threads = NULL,
                      scenario = NULL, keep_estimates = FALSE) {
  file <- study
  if (is.list(study)) {
    file <- tempfile("study", fileext = ".yaml")
    on.exit(unlink(file))
    write_study(study, file)
  }
  options <- list(replicates = replicates, seed = seed, threads = threads, scenario = scenario)
  given <- Filter(Negate(is.null), options)
  words <- unlist(Map(function(name, value) c(paste0("--", name), format(value, scientific = FALSE)), names(given), given))
  code <- oligosim("run", file, "--out", out, words, if (keep_estimates) "--keep-estimates")
  result <- list(folder = out, quality_missed = code == 3, summary = read_summary(out))
  if (keep_estimates) result$estimates <- read_estimates(out)
  result
}
