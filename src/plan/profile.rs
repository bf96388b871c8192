//! Profile fields: what the rules want of them, and what differs.

use serde_json::{Value, json};

use super::{
    Inputs,
    draft::{Proposal, rule, source},
    have,
    scope::Known,
};
use crate::{
    model::{Account, Unmanaged},
    rules::{Empty, FieldRule, FieldWhen},
};

/// Fields that have steps or rules of their own.
const NOT_OURS: [&str; 5] = ["EMAIL", "XML_ID", "ACTIVE", "UF_DEPARTMENT", "ID"];

/// The names that every new account gets, whatever the rules manage.
const NAMES: [&str; 3] = ["NAME", "LAST_NAME", "SECOND_NAME"];

/// Variables that mean nothing where the source does not publish what they stand for.
const VARIABLES: [(Unmanaged, &[&str]); 7] = [
    (Unmanaged::Departments, &["job.department"]),
    (Unmanaged::Positions, &["job.position"]),
    (Unmanaged::Emails, &["person.email", "person.personal_email"]),
    (Unmanaged::Dates, &["job.hired_on", "job.dismissed_on"]),
    (Unmanaged::Kinds, &["job.employment"]),
    (Unmanaged::Birthdays, &["person.birthday"]),
    (Unmanaged::Phones, &["person.phone"]),
];

/// Adds the fields of a new account: the names in any case, managed fields where they are filled.
pub(super) fn fill(inputs: &Inputs<'_>, known: &Known<'_>, mut proposal: Proposal) -> Proposal {
    let managed = fields(inputs);
    for (field, value) in names(inputs, known) {
        proposal = proposal.change(field, Value::Null, value);
    }
    for (field, rule) in managed {
        let value = rule.value.render(&known.scope(inputs)).text;
        if !NAMES.contains(&field.as_str()) && !value.trim().is_empty() {
            proposal = proposal.change(field, Value::Null, value);
        }
    }
    proposal
}

/// The names as the rules want them, else as HR has them.
pub(super) fn names(inputs: &Inputs<'_>, known: &Known<'_>) -> [(&'static str, String); 3] {
    let name = known.name();
    let of_hr = [&name.first, &name.last, &name.patronymic];
    std::array::from_fn(|at| {
        let rule = fields(inputs).find(|(field, _)| *field == NAMES[at]);
        let by_rule = rule.map(|(_, rule)| rule.value.render(&known.scope(inputs)).text);
        (NAMES[at], by_rule.unwrap_or_else(|| of_hr[at].clone()))
    })
}

/// Adds the fields of an account that differ from what the rules want.
pub(super) fn differences(
    inputs: &Inputs<'_>,
    known: &Known<'_>,
    account: &Account,
    mut proposal: Proposal,
) -> Proposal {
    let keep = inputs.rules.profile.as_ref().is_none_or(|profile| profile.empty == Empty::Keep);
    for (field, rule_of) in fields(inputs).filter(|(_, rule)| rule.when == FieldWhen::Always) {
        let (have, want) = (account.field(field), rule_of.value.render(&known.scope(inputs)).text);
        let kept = (keep && want.trim().is_empty()) || !is_told(inputs, rule_of);
        if !kept && !have::holds(have, &want) {
            let text = format!("{field} is `{}`", rule_of.value.text);
            proposal = proposal
                .replace(field, have.clone(), json!(want))
                .because([rule(&rule_of.place, text)])
                .because(source(known.main()));
        }
    }
    proposal
}

fn fields<'a>(inputs: &Inputs<'a>) -> impl Iterator<Item = (&'a String, &'a FieldRule)> {
    let profile = inputs.rules.profile.iter().flat_map(|profile| &profile.fields);
    profile.filter(|(field, _)| !NOT_OURS.contains(&field.as_str()))
}

/// Tells whether the source publishes everything that a field's template names.
fn is_told(inputs: &Inputs<'_>, rule: &FieldRule) -> bool {
    let untold = VARIABLES.iter().filter(|(what, _)| inputs.people.unmanaged.contains(what));
    !untold.flat_map(|(_, names)| *names).any(|name| rule.value.text.contains(name))
}
