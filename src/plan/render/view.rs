//! What every format for people says, in plain strings: who, what, from, to, why, after what.
//!
//! Nothing here is escaped; each format does that for itself, at one place.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Names;
use crate::model::{
    AccountId, Action, Because, Change, DepartmentId, GroupId, Held, Plan, Reason, Step, StepId, Subject,
};

/// Actions in the order in which people read a plan, under the headings they stand under.
const SECTIONS: &[(&str, &[Action])] = &[
    ("By hand: a person has to do this", &[Action::ByHand]),
    ("New departments", &[Action::CreateDepartment]),
    ("New accounts", &[Action::CreateUser]),
    ("Accounts recognised", &[Action::AdoptUser]),
    ("People who come back", &[Action::ReinstateUser]),
    ("Changes to accounts", &[Action::UpdateUser]),
    ("Changes of address", &[Action::SwapEmail]),
    ("Leavers", &[Action::FireUser]),
    ("External partners", &[Action::InviteToExtranet, Action::JoinGroup]),
    ("Electronic documents (КЭДО)", &[Action::BindDocuments]),
    ("Addresses for HR", &[Action::WriteBackEmail]),
];

/// A plan seen by a reader.
pub(super) struct View<'a> {
    plan: &'a Plan,
    names: &'a Names,
    numbers: BTreeMap<&'a StepId, usize>,
}

/// Steps under one heading.
pub(super) struct Section<'a> {
    pub title: &'static str,
    pub steps: Vec<&'a Step>,
}

/// Held changes of one reason.
pub(super) struct HeldSection<'a> {
    pub reason: Reason,
    pub rows: Vec<&'a Held>,
}

/// One field of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detail {
    pub label: String,
    /// None where there was nothing before.
    pub have: Option<String>,
    pub want: String,
}

impl<'a> View<'a> {
    /// Looks at a plan.
    pub fn new(plan: &'a Plan, names: &'a Names) -> View<'a> {
        let numbers = plan.steps.iter().enumerate().map(|(at, step)| (&step.id, at + 1)).collect();
        View { plan, names, numbers }
    }

    /// Says in one line what the plan comes to.
    pub fn headline(&self) -> String {
        let Plan { portal, as_of, steps, held, .. } = self.plan;
        let start = format!("Plan for {portal}, {as_of}");
        let by_hand = steps.iter().filter(|step| step.action == Action::ByHand).count();
        match (steps.len(), held.len()) {
            (0, 0) => format!("{start}: nothing to do, the portal is as people and rules ask"),
            (0, held) => format!("{start}: nothing to do, {held} held"),
            (all, held) => {
                let by_hand = if by_hand == 0 { String::new() } else { format!(" ({by_hand} by hand)") };
                let held = if held == 0 { String::new() } else { format!(", {held} held") };
                format!("{start}: {}{by_hand}{held}", count(all as u64, "step"))
            }
        }
    }

    /// Puts the steps under headings, empty ones left out.
    pub fn sections(&self) -> Vec<Section<'a>> {
        let under = |actions: &[Action]| -> Vec<&'a Step> {
            self.plan.steps.iter().filter(|step| actions.contains(&step.action)).collect()
        };
        SECTIONS
            .iter()
            .map(|(title, actions)| Section { title, steps: under(actions) })
            .filter(|section| !section.steps.is_empty())
            .collect()
    }

    /// Puts the held changes under their reasons.
    pub fn held(&self) -> Vec<HeldSection<'a>> {
        let mut by_reason: BTreeMap<Reason, Vec<&'a Held>> = BTreeMap::new();
        for held in &self.plan.held {
            by_reason.entry(held.reason).or_default().push(held);
        }
        by_reason.into_iter().map(|(reason, rows)| HeldSection { reason, rows }).collect()
    }

    /// Returns the number of a step: its place in the plan, from 1.
    pub fn number(&self, id: &StepId) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    /// Lists the numbers of the steps that a step waits for.
    pub fn waits(&self, step: &Step) -> Vec<usize> {
        let mut waits: Vec<usize> = step.after.iter().filter_map(|id| self.number(id)).collect();
        waits.sort_unstable();
        waits
    }

    /// Lists what a step sends, without what the title says already and what a new thing gets empty.
    pub fn details(&self, step: &Step) -> Vec<Detail> {
        let detail = |(field, change): (&String, &Change)| Detail {
            label: label(step.action, field),
            have: self.value(field, &change.have),
            want: self.value(field, &change.want).unwrap_or_else(|| "(empty)".to_owned()),
        };
        let is_nothing = |change: &Change| is_empty(&change.have) && is_empty(&change.want);
        let shown =
            step.changes.iter().filter(|(field, change)| !is_nothing(change) && !is_told(step, field));
        shown.map(detail).collect()
    }

    /// Says how many people, accounts and steps there are.
    pub fn summary(&self) -> Vec<String> {
        let summary = &self.plan.summary;
        let counted = |(action, number): (&Action, &u64)| format!("{number} × {action}");
        let steps: Vec<String> = summary.steps.iter().map(counted).collect();
        let mut lines = vec![
            format!(
                "{} in scope; {} on the portal, {} managed and {} foreign",
                if summary.people == 1 {
                    "1 person".to_owned()
                } else {
                    format!("{} people", summary.people)
                },
                count(summary.accounts, "account"),
                summary.managed,
                summary.foreign
            ),
            if steps.is_empty() { "no steps".to_owned() } else { format!("steps: {}", steps.join(", ")) },
        ];
        if summary.held > 0 {
            lines.push(format!("held: {}", summary.held));
        }
        lines
    }

    /// Shows a value of a field for people; nothing for an empty one.
    fn value(&self, field: &str, value: &Value) -> Option<String> {
        match value {
            empty if is_empty(empty) => None,
            Value::Array(items) => {
                let shown: Vec<String> = items.iter().filter_map(|item| self.value(field, item)).collect();
                Some(shown.join(", "))
            }
            Value::Object(map) => Some(match map.get("step").and_then(Value::as_str) {
                Some(id) => self.brought_by(id),
                None => value.to_string(),
            }),
            Value::Bool(flag) if field == "ACTIVE" => Some(if *flag { "open" } else { "closed" }.to_owned()),
            Value::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
            Value::String(text) => Some(self.named(field, text).unwrap_or_else(|| text.clone())),
            other => Some(self.named(field, &other.to_string()).unwrap_or_else(|| other.to_string())),
        }
    }

    /// Says what an id is called, where the field holds ids.
    fn named(&self, field: &str, id: &str) -> Option<String> {
        let id: u64 = id.parse().ok()?;
        let name = match field {
            "UF_DEPARTMENT" | "PARENT" => self.names.departments.get(&DepartmentId(id)),
            "SONET_GROUP_ID" | "GROUP_ID" => self.names.groups.get(&GroupId(id)),
            "USER_ID" | "UF_HEAD" | "userId" => self.names.accounts.get(&AccountId(id)),
            _ => None,
        }?;
        Some(format!("{name} [{id}]"))
    }

    /// Says what an earlier step brings.
    fn brought_by(&self, id: &str) -> String {
        let id = StepId(id.to_owned());
        match (self.number(&id), self.plan.steps.iter().find(|step| step.id == id)) {
            (Some(number), Some(step)) => format!("{} [new, step {number}]", step.subject.name),
            _ => format!("[what step {id} brings]"),
        }
    }
}

/// Returns the mark of an action: something comes, goes, changes, or waits for a person.
pub(super) fn sign(action: Action) -> char {
    match action {
        Action::CreateDepartment | Action::CreateUser | Action::ReinstateUser => '+',
        Action::InviteToExtranet | Action::JoinGroup => '+',
        Action::AdoptUser | Action::UpdateUser | Action::SwapEmail => '~',
        Action::BindDocuments | Action::WriteBackEmail => '~',
        Action::FireUser => '-',
        Action::ByHand => '!',
    }
}

/// Says what an action does to a subject.
pub(super) fn title(action: Action, subject: &Subject) -> String {
    let who = who(subject);
    match action {
        Action::CreateDepartment => format!("create the department {}", subject.name),
        Action::CreateUser => format!("create an account for {who} and invite"),
        Action::AdoptUser => format!("recognise the account of {who}"),
        Action::UpdateUser => format!("update {who}"),
        Action::FireUser => format!("dismiss {who}"),
        Action::ReinstateUser => format!("reopen the account of {who}"),
        Action::SwapEmail => format!("change the contact address of {who}"),
        Action::InviteToExtranet => format!("invite {who} as an external partner"),
        Action::JoinGroup => format!("add {who} to a group"),
        Action::BindDocuments => format!("bind {who} for documents to sign"),
        Action::WriteBackEmail => format!("write the address of {who} into HR"),
        Action::ByHand => format!("change the login of {who} by hand"),
    }
}

/// Names a subject: name, address, account id, as far as there are any.
fn who(subject: &Subject) -> String {
    let Subject { person, account, name, email } = subject;
    let mut parts = Vec::new();
    if !name.is_empty() {
        parts.push(name.clone());
    } else if let (Some(person), None) = (person, account) {
        parts.push(format!("person {person}"));
    }
    parts.extend(email.iter().map(|email| format!("<{email}>")));
    parts.extend(account.iter().map(|account| format!("[account {account}]")));
    parts.join(" ")
}

/// Tells whether the title of a step that makes something says a field already.
fn is_told(step: &Step, field: &str) -> bool {
    let want =
        |field: &str| step.changes.get(field).and_then(|change| change.want.as_str()).unwrap_or_default();
    let parts = ["LAST_NAME", "NAME", "SECOND_NAME"];
    match step.action {
        Action::CreateDepartment => field == "NAME" && step.subject.name.ends_with(want(field)),
        Action::CreateUser | Action::InviteToExtranet if field == "EMAIL" => {
            step.subject.email.as_deref() == Some(want(field))
        }
        Action::CreateUser | Action::InviteToExtranet if parts.contains(&field) => {
            let name =
                parts.map(want).into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
            name == step.subject.name
        }
        _ => false,
    }
}

/// Says why: each rule with its words, then the source rows.
pub(super) fn reasons(because: &[Because]) -> Vec<String> {
    let rules = because.iter().filter_map(|row| match (&row.rule, &row.text) {
        (Some(rule), Some(text)) => Some(format!("because: {rule}: {text}")),
        (Some(rule), None) => Some(format!("because: {rule}")),
        (None, text) => text.as_ref().map(|text| format!("because: {text}")),
    });
    let sources: Vec<&str> = because.iter().filter_map(|row| row.source.as_deref()).collect();
    let source = (!sources.is_empty()).then(|| format!("source: {}", sources.join(", ")));
    rules.chain(source).collect()
}

/// Counts things in English.
pub(super) fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Says what people call a field.
fn label(action: Action, field: &str) -> String {
    let known = match field {
        "NAME" if action == Action::CreateDepartment => "name",
        "EMAIL" => "address",
        "email" => "address in HR",
        "LOGIN" => "login",
        "XML_ID" => "key",
        "ACTIVE" => "account",
        "NAME" => "first name",
        "LAST_NAME" => "last name",
        "SECOND_NAME" => "patronymic",
        "UF_DEPARTMENT" => "departments",
        "PARENT" => "below",
        "WORK_POSITION" => "position",
        "WORK_PHONE" => "work phone",
        "PERSONAL_PHONE" | "PERSONAL_MOBILE" => "phone",
        "PERSONAL_BIRTHDAY" => "birthday",
        "UF_EMPLOYMENT_DATE" => "hired on",
        "SONET_GROUP_ID" | "GROUP_ID" => "groups",
        _ => return field.to_owned(),
    };
    known.to_owned()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::render::sample::{names, sample};

    #[test]
    fn every_action_has_a_section() {
        for action in Action::ALL {
            let sections = SECTIONS.iter().filter(|(_, actions)| actions.contains(&action)).count();
            assert_eq!(sections, 1, "{action}");
        }
    }

    #[test]
    fn details_name_ids_and_leave_out_what_stays_empty() {
        let (plan, names) = (sample(), names());
        let view = View::new(&plan, &names);
        let want = Detail {
            label: "departments".into(),
            have: None,
            want: "Финансы / Касса [new, step 1], Финансы [5]".into(),
        };
        assert_eq!(view.details(&plan.steps[1]), [want]);
    }

    #[test]
    fn the_title_is_not_repeated() {
        let (mut plan, names) = (sample(), names());
        let email = plan.steps[1].subject.email.clone().unwrap();
        let fields =
            [("LAST_NAME", "Орлова"), ("NAME", "Анна"), ("SECOND_NAME", "Петровна"), ("EMAIL", &email)];
        let change = |(field, want): (&str, &str)| (field.to_owned(), Change::new(Value::Null, want));
        plan.steps[1].changes = fields.map(change).into();
        assert_eq!(View::new(&plan, &names).details(&plan.steps[1]), []);
        plan.steps[1].subject.name = "Кто-то".into();
        assert_eq!(View::new(&plan, &names).details(&plan.steps[1]).len(), 3);
    }

    #[test]
    fn a_cleared_field_says_so() {
        let mut plan = sample();
        plan.steps[2].changes = BTreeMap::from([("TITLE".to_owned(), Change::new("x", ""))]);
        let names = Names::default();
        let want = Detail { label: "TITLE".into(), have: Some("x".into()), want: "(empty)".into() };
        assert_eq!(View::new(&plan, &names).details(&plan.steps[2]), [want]);
    }

    #[test]
    fn the_headline_counts() {
        let names = Names::default();
        let mut plan = sample();
        assert_eq!(
            View::new(&plan, &names).headline(),
            "Plan for romashka, 2026-11-24: 4 steps (1 by hand), 1 held"
        );
        plan.steps.clear();
        plan.held.clear();
        assert_eq!(
            View::new(&plan, &names).headline(),
            "Plan for romashka, 2026-11-24: nothing to do, the portal is as people and rules ask"
        );
    }
}
