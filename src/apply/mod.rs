//! Carries a plan out, one step at a time, and keeps the journal.
