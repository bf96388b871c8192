//! Dates as 1C and Excel write them.

use jiff::civil::{Date, date};

/// A date that a cell gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Blank, or one of the dates that mean none.
    Nothing,
    /// A date.
    Date(Date),
    /// A date whose year had two digits.
    ShortYear(Date),
}

/// Why a cell gives no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Not in a form that is known.
    Form,
    /// A form that is known, of a day that is not.
    NoSuchDay,
}

/// Years below 1C's empty date and above its open end mean none.
const OPEN_END: i16 = 3999;

/// Reads `31.12.2026`, `2026-12-31`, either with a time of day behind it, or a day number of a
/// spreadsheet typed as text.
pub fn of_text(text: &str, since_1904: bool) -> Result<Found, Fault> {
    let text = text.trim();
    if text.chars().all(|c| matches!(c, '.' | ' ' | '/' | ':')) {
        return Ok(Found::Nothing);
    }
    let day = without_time(text).ok_or(Fault::Form)?;
    if day.len() == 5 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return of_serial(day.parse().map_err(|_| Fault::Form)?, since_1904);
    }
    if let Some([day, month, year]) = numbers(day, '.') {
        return match year.1 {
            4 => calendar(year.0, month.0, day.0).map(found),
            2 => calendar(century(year.0), month.0, day.0).map(Found::ShortYear),
            _ => Err(Fault::Form),
        };
    }
    match numbers(day, '-') {
        Some([year, month, day]) if year.1 == 4 => calendar(year.0, month.0, day.0).map(found),
        _ => Err(Fault::Form),
    }
}

/// Reads the day number of a spreadsheet: 25569 is 1970-01-01 where days count from 1900.
pub fn of_serial(number: f64, since_1904: bool) -> Result<Found, Fault> {
    // 2 958 465 is 9999-12-31, the last day of Excel.
    if !(1.0..=2_958_465.0).contains(&number) {
        return Err(Fault::Form);
    }
    // Excel believes that 1900 had a 29 February, its day 60.
    let start = match number {
        _ if since_1904 => date(1904, 1, 1),
        n if n < 60.0 => date(1899, 12, 31),
        n if n < 61.0 => return Err(Fault::NoSuchDay),
        _ => date(1899, 12, 30),
    };
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked above; hours are dropped")]
    let days = number as i64;
    let day = start.checked_add(jiff::Span::new().days(days)).map_err(|_| Fault::NoSuchDay)?;
    Ok(found(day))
}

fn found(day: Date) -> Found {
    if day.year() <= 1 || day.year() >= OPEN_END { Found::Nothing } else { Found::Date(day) }
}

/// Cuts a time of day off; none where what follows the date is no time.
fn without_time(text: &str) -> Option<&str> {
    let Some((day, time)) = text.split_once(['T', ' ']) else { return Some(text) };
    let plain = time.trim().trim_end_matches('Z');
    let is_time = plain.contains(':') && plain.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.'));
    is_time.then_some(day)
}

/// Reads three numbers with how many digits each has.
fn numbers(text: &str, separator: char) -> Option<[(i16, usize); 3]> {
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, second, third] = parts.as_slice() else { return None };
    let number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse().ok().map(|number: i16| (number, part.len())) } else { None }
    };
    Some([number(first)?, number(second)?, number(third)?])
}

fn calendar(year: i16, month: i16, day: i16) -> Result<Date, Fault> {
    let small = |number: i16| i8::try_from(number).map_err(|_| Fault::NoSuchDay);
    Date::new(year, small(month)?, small(day)?).map_err(|_| Fault::NoSuchDay)
}

/// Takes 00–69 for 2000–2069 and 70–99 for 1970–1999.
fn century(year: i16) -> i16 {
    if year < 70 { 2000 + year } else { 1900 + year }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_date() {
        for text in
            ["03.02.2020", "3.2.2020", "2020-02-03", "2020-02-03T00:00:00", "03.02.2020 0:00:00", "43864"]
        {
            assert_eq!(of_text(text, false), Ok(Found::Date(date(2020, 2, 3))), "{text}");
        }
        assert_eq!(of_serial(43864.75, false), Ok(Found::Date(date(2020, 2, 3))));
        assert_eq!(of_serial(42402.0, true), Ok(Found::Date(date(2020, 2, 3))));
        assert_eq!(of_serial(25569.0, false), Ok(Found::Date(date(1970, 1, 1))));
        assert_eq!(of_text("03.02.20", false), Ok(Found::ShortYear(date(2020, 2, 3))));
        assert_eq!(of_text("03.02.71", false), Ok(Found::ShortYear(date(1971, 2, 3))));
    }

    #[test]
    fn dates_that_mean_none() {
        let none = [
            "",
            "  .  .    ",
            "01.01.0001",
            "0001-01-01",
            "0001-01-01T00:00:00",
            "31.12.3999",
            "01.01.0001 0:00:00",
        ];
        for text in none {
            assert_eq!(of_text(text, false), Ok(Found::Nothing), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_said() {
        for text in ["31.02.2026", "32.01.2026", "01.13.2026", "2026-02-30", "0000-01-01"] {
            assert!(matches!(of_text(text, false), Err(Fault::NoSuchDay) | Ok(Found::Nothing)), "{text}");
        }
        for text in ["вчера", "02/03/2020", "2020", "1.2", "20200203", "03.02.020", "-1", "01.02.2020 утро"]
        {
            assert_eq!(of_text(text, false), Err(Fault::Form), "{text}");
        }
        assert_eq!(of_serial(60.0, false), Err(Fault::NoSuchDay));
        assert_eq!(of_serial(f64::NAN, false), Err(Fault::Form));
        assert_eq!(of_serial(-5.0, false), Err(Fault::Form));
    }
}
