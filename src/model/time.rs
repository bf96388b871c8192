//! Durations as shtat.yaml and the command line spell them: `500ms`, `3s`, `2m`.

use std::time::Duration;

use super::Problem;

/// Reads a TIME: a whole number and `ms`, `s` or `m`.
///
/// # Errors
/// A problem with a hint where the text is anything else.
pub fn parse_time(text: &str) -> Result<Duration, Problem> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number = number.parse::<u64>().ok();
    let duration = match (number, unit) {
        (Some(number), "ms") => Some(Duration::from_millis(number)),
        (Some(number), "s") => Some(Duration::from_secs(number)),
        (Some(number), "m") => number.checked_mul(60).map(Duration::from_secs),
        _ => None,
    };
    duration.filter(|duration| *duration <= Duration::from_secs(24 * 3600)).ok_or_else(|| {
        Problem::error(format!("`{text}` is not a time"))
            .hint("write a whole number with its unit, at most a day: `500ms`, `3s`, `2m`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        assert_eq!(parse_time("500ms").unwrap(), Duration::from_millis(500));
        assert_eq!(parse_time("3s").unwrap(), Duration::from_secs(3));
        assert_eq!(parse_time("2m").unwrap(), Duration::from_secs(120));
        for text in ["", "3", "s", "-1s", "1h", "3 s", "99999999999999999999s", "1441m"] {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }
}
