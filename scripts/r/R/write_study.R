# R values as YAML in its flow style, which is JSON with every text in quotes: no text is mistaken for a number or a word.

quoted <- function(text) {
  escaped <- gsub("\"", "\\\"", gsub("\\", "\\\\", enc2utf8(text), fixed = TRUE), fixed = TRUE)
  paste0("\"", gsub("\n", "\\n", gsub("\t", "\\t", escaped, fixed = TRUE), fixed = TRUE), "\"")
}

# The shortest digits that read back as the same number.
digits_of <- function(x) {
  if (!is.finite(x)) stop("a study holds no numbers such as ", x, call. = FALSE)
  for (digits in 15:17) {
    text <- formatC(x, digits = digits, format = "g", width = 1)
    if (as.numeric(text) == x) return(text)
  }
  text
}

scalar <- function(x) {
  if (is.na(x)) stop("a study holds no NA", call. = FALSE)
  if (is.logical(x)) return(if (x) "true" else "false")
  if (is.numeric(x)) return(digits_of(x))
  quoted(as.character(x))
}

# A named list is a mapping; a list without names, a longer vector and I(x) are lists; any other vector is one value.
as_yaml <- function(x, indent = 0) {
  space <- strrep(" ", indent + 2)
  end <- paste0("\n", strrep(" ", indent))
  if (is.list(x) && !is.null(names(x))) {
    if (any(names(x) == "")) stop("a list has names for some of its values only", call. = FALSE)
    if (length(x) == 0) return("{}")
    values <- vapply(x, as_yaml, "", indent = indent + 2)
    return(paste0("{\n", paste0(space, quoted(names(x)), ": ", values, collapse = ",\n"), end, "}"))
  }
  if (is.list(x) || length(x) != 1 || inherits(x, "AsIs")) {
    if (length(x) == 0) return(if (is.list(x)) "{}" else "[]")
    return(paste0("[", paste0(vapply(unname(x), as_yaml, "", indent = indent + 2), collapse = ", "), "]"))
  }
  scalar(if (is.factor(x)) as.character(x) else x)
}

write_study <- function(study, file) {
  if (!is.list(study) || is.null(names(study))) stop("a study is a named list", call. = FALSE)
  writeLines(as_yaml(study), file, useBytes = TRUE)
  invisible(file)
}
