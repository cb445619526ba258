# Shared by the reference scripts: writes a CSV file that is the same, byte for byte, on every run.

# 15 digits where they give the number back, else 17.
written_number <- function(x) {
  short <- sprintf("%.15g", x)
  exact <- suppressWarnings(as.numeric(short)) == x  # NA where x is
  digits <- ifelse(!is.na(x) & exact, short, sprintf("%.17g", x))
  ifelse(is.na(x), "NA", digits)
}

write_reference <- function(frame, path, script) {
  numeric_columns <- vapply(frame, is.numeric, logical(1))
  frame[numeric_columns] <- lapply(frame[numeric_columns], written_number)
  connection <- file(path, "wb")
  on.exit(close(connection))
  writeLines(sprintf("# made by %s", script), connection)
  writeLines(paste(names(frame), collapse = ","), connection)
  writeLines(do.call(paste, c(unname(as.list(frame)), sep = ",")), connection)
}
