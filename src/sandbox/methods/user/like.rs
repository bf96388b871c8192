//! SQL's LIKE, ignoring case.

/// Tells whether `have` contains `part`.
pub fn contains(have: &str, part: &str) -> bool {
    have.to_lowercase().contains(&part.to_lowercase())
}

/// Tells whether `have` fits a pattern in which `%` stands for anything and `_` for a character.
pub fn like(have: &str, pattern: &str) -> bool {
    let have: Vec<char> = have.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let (mut at, mut step) = (0, 0);
    let mut retry = None;
    while at < have.len() {
        match pattern.get(step) {
            Some('%') => {
                retry = Some((step, at));
                step += 1;
            }
            Some(&wanted) if wanted == '_' || wanted == have[at] => {
                at += 1;
                step += 1;
            }
            _ => {
                let Some((percent, from)) = retry else { return false };
                retry = Some((percent, from + 1));
                (at, step) = (from + 1, percent + 1);
            }
        }
    }
    pattern[step..].iter().all(|rest| *rest == '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_sql() {
        for (have, pattern, fits) in [
            ("Анна", "ан%", true),
            ("Анна", "%на", true),
            ("Анна", "%н%н%", true),
            ("Анна", "анна", true),
            ("Анна", "а_на", true),
            ("Анна", "нн", false),
            ("", "%", true),
            ("Анна", "", false),
        ] {
            assert_eq!(like(have, pattern), fits, "{have} {pattern}");
        }
    }
}
