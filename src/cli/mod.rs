//! One file per command: gather, call the core, print.
