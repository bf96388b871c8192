//! What to do about a step, from what is found and what the journal knows. Pure.
//!
//! These are the functions that the executor, the check before the first write and the model of
//! the protocol in `tests/apply_model.rs` share.

use std::time::Duration;

use serde_json::Value;

use super::{
    report::Mismatch,
    resolve::{Bond, Fields, Newcomer},
    value::{is_empty, same},
};
use crate::{
    model::{Account, AccountId, Department, DocumentsPerson, Group, GroupId},
    source::Written,
};

/// How a step stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// What it wants is so; the account or department it brings, if it brings one.
    AlreadySo(Option<u64>),
    /// It is as the plan expects: it may be written.
    Ready,
    /// Our own creation is there, but something that belongs to it is missing.
    Finish(Missing),
    /// It is neither.
    Stale(Vec<Mismatch>),
}

/// What a creation has left undone.
#[derive(Debug, Clone, PartialEq)]
pub struct Missing {
    /// The account.
    pub account: AccountId,
    /// Fields that are still empty.
    pub fields: Fields,
    /// Groups that it is not in.
    pub groups: Vec<GroupId>,
}

/// What is known about an earlier write of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Doubt {
    /// None was sent, or what became of the last one is known.
    None,
    /// One was sent, and the portal may still be at work on it.
    Fresh,
    /// One was sent, and the time-out has passed since.
    Ripe,
    /// The same, and somebody looked once more a while later.
    RipeTwice,
}

/// What the executor does next about a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Nothing: it is so.
    Settle,
    /// Write it.
    Write,
    /// Wait until an earlier write cannot land any more, then look again.
    Wait,
    /// Wait a little and look once more: nothing else protects from doing it twice.
    LookOnceMore,
    /// Leave it: somebody changed what it builds on.
    Leave,
}

/// Chooses the next move. `unique`: the portal itself refuses to do the step twice.
pub fn next_move(verdict: &Verdict, doubt: Doubt, unique: bool) -> Move {
    match (verdict, doubt) {
        (Verdict::AlreadySo(_), _) => Move::Settle,
        (Verdict::Finish(_), _) => Move::Write,
        // What stands there may be half of our own write.
        (Verdict::Ready | Verdict::Stale(_), Doubt::Fresh) => Move::Wait,
        (Verdict::Stale(_), _) => Move::Leave,
        (Verdict::Ready, Doubt::Ripe) if !unique => Move::LookOnceMore,
        (Verdict::Ready, _) => Move::Write,
    }
}

/// Tells how much is in doubt: `left` is how long an earlier write of the step may still land
/// (none: what became of it is known), `looks` how often somebody looked since it cannot.
pub fn doubt(left: Option<Duration>, looks: u32) -> Doubt {
    match left {
        None => Doubt::None,
        Some(left) if !left.is_zero() => Doubt::Fresh,
        Some(_) if looks == 0 => Doubt::Ripe,
        Some(_) => Doubt::RipeTwice,
    }
}

/// What the portal said to a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Answer {
    /// It says that it is done.
    Accepted,
    /// It looked at the call and says no.
    Refused,
    /// Nothing that can be used.
    Lost,
}

/// What a write came to, seen right after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It shows.
    Done,
    /// The account is there; what belongs to it comes next.
    GoOn,
    /// It does not show, but it may still land.
    InDoubt,
    /// It was refused, and somebody else's work stands there now.
    Leave,
    /// It was refused, or accepted without effect.
    Fail,
}

/// Judges a write by its answer and by a look, of which the look counts more. `finishing`: it
/// was to complete an account that was there before.
pub fn after(answer: Answer, verdict: &Verdict, finishing: bool) -> After {
    match (answer, verdict) {
        (_, Verdict::AlreadySo(_)) => After::Done,
        (Answer::Refused, Verdict::Finish(_)) if finishing => After::Fail,
        (_, Verdict::Finish(_)) => After::GoOn,
        (Answer::Lost, _) => After::InDoubt,
        (Answer::Refused, Verdict::Stale(_)) => After::Leave,
        _ => After::Fail,
    }
}

/// Decides on a department from those of its name below its parent.
pub fn department(found: &[Department]) -> Verdict {
    match found {
        [] => Verdict::Ready,
        [one] => Verdict::AlreadySo(Some(one.id.0)),
        _ => stale("department", Value::Null, Value::from(found.len())),
    }
}

/// What is found of an account that is to be added.
#[derive(Debug, Clone, Copy)]
pub struct Claims<'a> {
    /// Accounts with its key.
    pub key: &'a [Account],
    /// Accounts with its address.
    pub email: &'a [Account],
    /// Its groups as they are, where an account has the key.
    pub groups: &'a [Group],
    /// What the journal says of this step.
    pub ours: Ours,
}

/// What the journal says of a step that creates an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ours {
    /// Nothing: an account that is there is somebody else's work.
    No,
    /// It was sent, or is there without everything that belongs to it.
    Begun,
    /// It was done: what changed since is not the step's business.
    Done,
}

/// Decides on an account that is to be added. Nobody may have its key or its address, but an
/// account that this very step created.
pub fn newcomer(task: &Newcomer, found: Claims<'_>) -> Verdict {
    let account = match (found.key, found.email) {
        ([], []) => return Verdict::Ready,
        ([], [other, ..]) | ([other, _, ..], _) => return occupied(other.id),
        ([one], _) => one,
    };
    let differs = |(field, want): &(&String, &Value)| !same(field, account.field(field), want);
    let different: Fields = task.want.iter().filter(differs).map(|(f, v)| (f.clone(), v.clone())).collect();
    let groups = missing_groups(task, account.id, found.groups);
    if different.is_empty() && groups.is_empty() {
        return Verdict::AlreadySo(Some(account.id.0));
    }
    match found.ours {
        Ours::No => return occupied(account.id),
        Ours::Done => return Verdict::AlreadySo(Some(account.id.0)),
        Ours::Begun => {}
    }
    // What is filled otherwise was filled by somebody after us; that is not ours to overwrite.
    let fields: Fields = different.into_iter().filter(|(field, _)| is_empty(account.field(field))).collect();
    if fields.is_empty() && groups.is_empty() {
        return Verdict::AlreadySo(Some(account.id.0));
    }
    Verdict::Finish(Missing { account: account.id, fields, groups })
}

fn missing_groups(task: &Newcomer, account: AccountId, groups: &[Group]) -> Vec<GroupId> {
    let inside = |id: &GroupId| groups.iter().any(|group| group.id == *id && is_member(group, account));
    task.groups.iter().flatten().filter(|id| !inside(id)).copied().collect()
}

fn is_member(group: &Group, account: AccountId) -> bool {
    group.members.contains(&account) || group.invited.contains(&account)
}

impl Ours {
    /// Sums up: an intent without outcome, an account without all its fields, a step done.
    pub fn of(open: bool, begun: bool, done: bool) -> Ours {
        if open || begun {
            Ours::Begun
        } else if done {
            Ours::Done
        } else {
            Ours::No
        }
    }
}

/// What is found of an account whose fields are to change.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The account.
    pub account: Option<&'a Account>,
    /// Another account that has the address which this one is to get.
    pub holder: Option<AccountId>,
    /// Addresses that later steps of the plan give it: a parking step is done when its account
    /// has the parked or the final address.
    pub later: &'a [Value],
}

/// Decides on fields that are to change. A field that is already as wanted needs not be as
/// expected.
pub fn fields(want: &Fields, expects: &Fields, found: Target<'_>) -> Verdict {
    let Some(account) = found.account else { return stale("account", Value::from(true), Value::Null) };
    let so = |field: &String| want.get(field).is_some_and(|want| same(field, account.field(field), want));
    let passed = want.contains_key("EMAIL")
        && found.later.iter().any(|later| same("EMAIL", account.field("EMAIL"), later));
    if passed || want.keys().all(so) {
        return Verdict::AlreadySo(None);
    }
    let unexpected =
        |(field, expected): &(&String, &Value)| !same(field, account.field(field), expected) && !so(field);
    let mismatch = |(field, expected): (&String, &Value)| Mismatch {
        field: field.clone(),
        expected: expected.clone(),
        found: account.field(field).clone(),
    };
    let mismatches: Vec<Mismatch> = expects.iter().filter(unexpected).map(mismatch).collect();
    if !mismatches.is_empty() {
        return Verdict::Stale(mismatches);
    }
    match found.holder {
        Some(other) => stale("address held by account", Value::Null, Value::from(other.to_string())),
        None => Verdict::Ready,
    }
}

/// Decides on a membership.
pub fn membership(account: Option<&Account>, group: Option<&Group>, expects: &Fields) -> Verdict {
    let Some(account) = account else { return stale("account", Value::from(true), Value::Null) };
    let Some(group) = group else { return stale("GROUP_ID", Value::from(true), Value::Null) };
    if is_member(group, account.id) {
        return Verdict::AlreadySo(None);
    }
    match expects.get("XML_ID") {
        Some(key) if !same("XML_ID", account.field("XML_ID"), key) => {
            stale("XML_ID", key.clone(), account.field("XML_ID").clone())
        }
        _ => Verdict::Ready,
    }
}

/// Decides on a link of КЭДО.
pub fn bond(task: &Bond, found: &[DocumentsPerson], expects: &Fields) -> Verdict {
    let row = found.iter().find(|row| row.company == task.company && row.person == task.person);
    let bound = row.and_then(|row| row.account);
    if bound == Some(task.account) && row.is_some_and(|row| row.employees.contains(&task.employee)) {
        return Verdict::AlreadySo(None);
    }
    let expected = expects.get("userId").and_then(super::value::number).filter(|id| *id != 0);
    if bound == Some(task.account) || bound.map(|id| id.0) == expected {
        return Verdict::Ready;
    }
    let value = |id: Option<u64>| id.map_or(Value::Null, Value::from);
    stale("userId", value(expected), value(bound.map(|id| id.0)))
}

/// Decides on an address in the HR source.
pub fn written(found: Written) -> Verdict {
    match found {
        Written::AlreadySo => Verdict::AlreadySo(None),
        Written::Changed => Verdict::Ready,
        Written::Stale => stale("email", "the address of the plan".into(), "another".into()),
    }
}

fn occupied(by: AccountId) -> Verdict {
    stale("account", Value::Null, Value::from(by.to_string()))
}

fn stale(field: &str, expected: Value, found: Value) -> Verdict {
    Verdict::Stale(vec![Mismatch { field: field.to_owned(), expected, found }])
}
