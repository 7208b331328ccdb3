// An ES module that does nothing: what every .mjs costs before its first line.
