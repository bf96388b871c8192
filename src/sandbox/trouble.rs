//! Which fault strikes which call.

use std::{collections::HashMap, time::Duration};

use super::fault::{Fault, FaultKind};

/// Counts calls and says what strikes them; each fault strikes once.
#[derive(Debug)]
pub struct Trouble {
    faults: Vec<(Fault, bool)>,
    calls: HashMap<String, u64>,
    any: u64,
    http: u64,
    with_token: u64,
}

/// What strikes one call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strike {
    /// The answer that comes instead of any work.
    pub instead: Option<Instead>,
    /// The answer is dropped when all is done.
    pub lost: bool,
    /// The call takes so much longer.
    pub slow: Duration,
    /// This method (or `*`) closes for so long.
    pub limit: Option<(String, Duration)>,
}

/// An answer that comes instead of any work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// 503.
    Refuse,
    /// 500.
    Error,
    /// 502 with HTML.
    Html,
}

impl Trouble {
    /// Takes the faults of the options.
    pub fn new(faults: Vec<Fault>) -> Trouble {
        let faults = faults.into_iter().map(|fault| (fault, false)).collect();
        Trouble { faults, calls: HashMap::new(), any: 0, http: 0, with_token: 0 }
    }

    /// Counts an HTTP call, and tells whether the portal has moved for it.
    pub fn moved(&mut self) -> bool {
        self.http += 1;
        let http = self.http;
        self.strikes(|fault| fault.kind == FaultKind::Moved && fault.number == http).is_some()
    }

    /// Counts an HTTP call with a token, and tells whether the token dies.
    pub fn expires_token(&mut self) -> bool {
        self.with_token += 1;
        let number = self.with_token;
        self.strikes(|fault| fault.kind == FaultKind::ExpireToken && fault.number == number).is_some()
    }

    /// Counts a call of a method, and tells what strikes it. The batch around commands is
    /// counted under its own name only.
    pub fn strike(&mut self, method: &str, around_commands: bool) -> Strike {
        let count = self.calls.entry(method.to_owned()).or_default();
        *count += 1;
        let count = *count;
        if !around_commands {
            self.any += 1;
        }
        let any = self.any;
        let mut strike = Strike::default();
        loop {
            let met = |fault: &Fault| match (&fault.kind, fault.method.as_str()) {
                (FaultKind::Moved | FaultKind::ExpireToken, _) => false,
                (FaultKind::Limit(_), "*") => !around_commands,
                (FaultKind::Limit(_), known) => known == method,
                (_, "*") => !around_commands && fault.number == any,
                (_, known) => known == method && fault.number == count,
            };
            let Some(fault) = self.strikes(met) else { return strike };
            match fault.kind {
                FaultKind::LostReply => strike.lost = true,
                FaultKind::Refuse => strike.instead = strike.instead.or(Some(Instead::Refuse)),
                FaultKind::Error => strike.instead = strike.instead.or(Some(Instead::Error)),
                FaultKind::Html => strike.instead = strike.instead.or(Some(Instead::Html)),
                FaultKind::Slow(time) => strike.slow += time,
                FaultKind::Limit(time) => strike.limit = Some((fault.method, time)),
                FaultKind::Moved | FaultKind::ExpireToken => {}
            }
        }
    }

    fn strikes(&mut self, met: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let (fault, spent) = self.faults.iter_mut().find(|(fault, spent)| !spent && met(fault))?;
        *spent = true;
        Some(fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(specs: &[&str]) -> Trouble {
        Trouble::new(specs.iter().map(|spec| spec.parse().unwrap()).collect())
    }

    #[test]
    fn the_numbered_call_is_struck_once() {
        let mut trouble = trouble(&["lost-reply:user.add#2", "slow:user.add#2=1s", "error:*#4"]);
        assert_eq!(trouble.strike("user.add", false), Strike::default());
        assert_eq!(trouble.strike("user.get", false), Strike::default());
        let strike = trouble.strike("user.add", false);
        assert!(strike.lost && strike.slow == Duration::from_secs(1));
        assert_eq!(trouble.strike("user.get", false).instead, Some(Instead::Error));
        assert_eq!(trouble.strike("user.add", false), Strike::default());
    }

    #[test]
    fn the_batch_around_commands_counts_for_its_own_name_only() {
        let mut trouble = trouble(&["refuse:*#1", "html:batch#2"]);
        assert_eq!(trouble.strike("batch", true), Strike::default());
        assert_eq!(trouble.strike("user.get", false).instead, Some(Instead::Refuse));
        assert_eq!(trouble.strike("batch", true).instead, Some(Instead::Html));
    }

    #[test]
    fn http_calls_and_calls_with_a_token_are_counted_apart() {
        let mut trouble = trouble(&["moved#2", "expire-token#1"]);
        assert!(!trouble.moved());
        assert!(trouble.moved());
        assert!(trouble.expires_token());
        assert!(!trouble.expires_token());
    }
}
