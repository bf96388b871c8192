//! A portal on localhost that behaves as the real one does, traps included.
