//! How the program speaks: streams, colour, progress, problems, exit codes.
