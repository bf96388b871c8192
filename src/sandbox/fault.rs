//! What is to go wrong, as the command line spells it: `lost-reply:user.add#2`.

use std::{str::FromStr, time::Duration};

use crate::model::Problem;
use crate::model::parse_time;

/// One thing that goes wrong once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// The method in lower case, `*` for all; not used by `expire-token` and `moved`.
    pub method: String,
    /// Which call it strikes, from 1.
    pub number: u64,
}

/// Kinds of faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The call is carried out and its answer dropped with the connection.
    LostReply,
    /// 503 before anything is done.
    Refuse,
    /// 500 before anything is done.
    Error,
    /// 502 with a page of HTML before anything is done.
    Html,
    /// 429 by operating time, from the first call on, for so long.
    Limit(Duration),
    /// The call takes so much longer.
    Slow(Duration),
    /// The access token of this call dies.
    ExpireToken,
    /// 302 to the other loopback name.
    Moved,
}

const HINT: &str = "known are lost-reply:METHOD#N, refuse:METHOD#N, error:METHOD#N, html:METHOD#N, \
                    limit:METHOD[=TIME], slow:METHOD=TIME, expire-token#N and moved#N";

impl FromStr for Fault {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Fault, Problem> {
        read(text).map_err(|problem| Problem {
            what: format!("`{text}` is not a fault: {}", problem.what),
            ..problem
        })
    }
}

fn read(text: &str) -> Result<Fault, Problem> {
    let Some((name, rest)) = text.split_once(':') else { return read_without_method(text) };
    let numbered = |kind| {
        let (method, number) = rest.split_once('#').unwrap_or((rest, "1"));
        Ok(Fault { kind, method: method_name(method)?, number: call_number(number)? })
    };
    match name {
        "lost-reply" => numbered(FaultKind::LostReply),
        "refuse" => numbered(FaultKind::Refuse),
        "error" => numbered(FaultKind::Error),
        "html" => numbered(FaultKind::Html),
        "limit" => {
            let (method, time) = rest.split_once('=').unwrap_or((rest, "300s"));
            Ok(Fault { kind: FaultKind::Limit(parse_time(time)?), method: method_name(method)?, number: 1 })
        }
        "slow" => {
            let (method, time) =
                rest.split_once('=').ok_or_else(|| Problem::error("its time is missing").hint(HINT))?;
            let (method, number) = method.split_once('#').unwrap_or((method, "1"));
            let kind = FaultKind::Slow(parse_time(time)?);
            Ok(Fault { kind, method: method_name(method)?, number: call_number(number)? })
        }
        _ => Err(Problem::error(format!("there is no `{name}`")).hint(HINT)),
    }
}

fn read_without_method(text: &str) -> Result<Fault, Problem> {
    let (name, number) = text.split_once('#').unwrap_or((text, "1"));
    let kind = match name {
        "expire-token" => FaultKind::ExpireToken,
        "moved" => FaultKind::Moved,
        _ => return Err(Problem::error(format!("there is no `{name}` without a method")).hint(HINT)),
    };
    Ok(Fault { kind, method: "*".to_owned(), number: call_number(number)? })
}

fn call_number(text: &str) -> Result<u64, Problem> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| {
        Problem::error(format!("`{text}` is not the number of a call")).hint("calls are counted from 1: `#1`")
    })
}

/// Reads a METHOD: a name such as `user.add`, in any case, or `*`.
///
/// # Errors
/// A problem with a hint where the text cannot be a method.
pub fn method_name(text: &str) -> Result<String, Problem> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_');
    if text == "*" || (!text.is_empty() && text.chars().all(good)) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(Problem::error(format!("`{text}` is not a method"))
        .hint("write the method's name as in `user.add`, or `*` for every method"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Fault {
        text.parse().unwrap()
    }

    #[test]
    fn every_kind_is_read() {
        let lost = Fault { kind: FaultKind::LostReply, method: "user.add".to_owned(), number: 2 };
        assert_eq!(fault("lost-reply:User.Add#2"), lost);
        assert_eq!(fault("refuse:*#3").method, "*");
        assert_eq!(fault("limit:user.add").kind, FaultKind::Limit(Duration::from_secs(300)));
        assert_eq!(fault("limit:user.add=2s").kind, FaultKind::Limit(Duration::from_secs(2)));
        assert_eq!(fault("slow:user.get=5s").kind, FaultKind::Slow(Duration::from_secs(5)));
        assert_eq!(fault("expire-token#4").number, 4);
        assert_eq!(fault("moved#1").kind, FaultKind::Moved);
    }

    #[test]
    fn anything_else_is_refused_with_a_hint() {
        for text in
            ["", "lost-reply", "lost:user.add#1", "refuse:user.add#0", "slow:user.get", "moved#x", "html:#1"]
        {
            let problem = text.parse::<Fault>().unwrap_err();
            assert!(!problem.hints.is_empty(), "{text}");
        }
    }
}
