# Whether two folders of reference files agree: Rscript scripts/reference/compare.R COMMITTED FRESH. Texts must be the
# same, numbers to 1e-7, since another R or another linear-algebra library moves the last digits.
source_folders <- commandArgs(TRUE)
files <- list.files(source_folders[1], "\\.csv$", recursive = TRUE)
read <- function(folder, file) read.csv(file.path(folder, file), comment.char = "#", colClasses = "character")
differs <- function(file) {
  a <- read(source_folders[1], file)
  b <- read(source_folders[2], file)
  if (!identical(dim(a), dim(b))) return(TRUE)
  x <- unlist(a, use.names = FALSE)
  y <- unlist(b, use.names = FALSE)
  other <- which(x != y)
  if (length(other) == 0) return(FALSE)
  u <- suppressWarnings(as.numeric(x[other]))
  v <- suppressWarnings(as.numeric(y[other]))
  any(is.na(u) | is.na(v) | abs(u - v) > 1e-7 * pmax(abs(u), 1e-3))
}
bad <- Filter(differs, files)
if (length(bad) > 0) {
  cat("these reference files are not what R gives:", bad, sep = "\n  ")
  quit(status = 1)
}
cat(length(files), "reference files agree\n")
