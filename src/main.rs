//! The `shtat` program.

fn main() {}
