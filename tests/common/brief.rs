//! A plan in short: what is done to whom, from what to what, after what, and what is held why.
//!
//! Scenarios are compared in this form: it has everything that matters and none of the wording.
//! Spelling that the contract leaves open is evened out: nothing and empty are `-`, addresses are
//! in lower case, temporary addresses lose their digits, and of `after` only what is not implied
//! by the rest is shown.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use shtat::model::{Action, Plan, Step, StepId, Subject};

/// Writes the plan in short.
pub fn brief(plan: &Plan) -> String {
    let brief = Brief::of(plan);
    let steps = plan.steps.iter().map(|step| brief.step(step));
    let held: BTreeSet<String> = plan
        .held
        .iter()
        .map(|held| format!("held {} {}: {}\n", held.action, person(&held.subject), held.reason))
        .collect();
    let text: String = steps.chain(held).collect();
    if text.is_empty() { "nothing\n".to_owned() } else { text }
}

struct Brief {
    numbers: BTreeMap<StepId, usize>,
    /// For each step, all the steps that come before it.
    before: BTreeMap<usize, BTreeSet<usize>>,
}

impl Brief {
    fn of(plan: &Plan) -> Brief {
        let numbers: BTreeMap<StepId, usize> =
            plan.steps.iter().enumerate().map(|(at, step)| (step.id.clone(), at + 1)).collect();
        let mut before: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for step in &plan.steps {
            let mut all = BTreeSet::new();
            for number in step.after.iter().filter_map(|id| numbers.get(id)) {
                all.insert(*number);
                all.extend(before.get(number).into_iter().flatten());
            }
            before.insert(numbers[&step.id], all);
        }
        Brief { numbers, before }
    }

    fn step(&self, step: &Step) -> String {
        let number = self.numbers[&step.id];
        let mut text = format!("{number} {} {}\n", step.action, whom(step));
        if let Some(instructions) = &step.instructions {
            text += &format!(
                "    LOGIN: {} → {}\n",
                instructions.from.to_lowercase(),
                instructions.to.to_lowercase()
            );
        }
        for (field, change) in step.changes.iter().filter(|(field, _)| !is_implied(step.action, field)) {
            let (have, want) = (self.value(field, &change.have), self.value(field, &change.want));
            text += &format!("    {field}: {have} → {want}\n");
        }
        let after = self.after(step);
        if !after.is_empty() {
            text += &format!("    after {}\n", after.join(", "));
        }
        text
    }

    /// The steps it waits for, without those that another of them waits for anyway.
    fn after(&self, step: &Step) -> Vec<String> {
        let direct: BTreeSet<usize> =
            step.after.iter().filter_map(|id| self.numbers.get(id)).copied().collect();
        let implied = |number: &usize| direct.iter().any(|other| self.before[other].contains(number));
        direct.iter().filter(|number| !implied(number)).map(usize::to_string).collect()
    }

    fn value(&self, field: &str, value: &Value) -> String {
        match value {
            Value::Null => "-".to_owned(),
            Value::String(text) if text.is_empty() => "-".to_owned(),
            Value::String(text) if field.eq_ignore_ascii_case("email") => address(text),
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(field, item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Object(map) => {
                let id = map.get("step").and_then(Value::as_str).unwrap_or("?");
                format!("step {}", self.numbers.get(&StepId(id.to_owned())).copied().unwrap_or(0))
            }
            other => other.to_string(),
        }
    }
}

/// Fields that every step of its kind carries in one way or another.
fn is_implied(action: Action, field: &str) -> bool {
    match action {
        Action::CreateUser => field == "ACTIVE",
        Action::InviteToExtranet => ["ACTIVE", "EXTRANET", "UF_DEPARTMENT"].contains(&field),
        _ => false,
    }
}

fn whom(step: &Step) -> String {
    match (step.action, &step.subject.account) {
        (Action::CreateDepartment, _) => step.subject.name.clone(),
        (_, Some(account)) => format!("{}/{account}", step.subject.person.as_deref().unwrap_or("-")),
        (_, None) => person(&step.subject),
    }
}

fn person(subject: &Subject) -> String {
    match (&subject.person, &subject.account) {
        (Some(person), _) => person.clone(),
        (None, Some(account)) => format!("-/{account}"),
        (None, None) => subject.name.clone(),
    }
}

/// Lower case; the digits of a temporary address are chance to a reader.
fn address(text: &str) -> String {
    let text = text.to_lowercase();
    match text.strip_prefix("swap-").and_then(|rest| rest.split_once('@')) {
        Some((digits, domain)) if digits.len() == 8 && digits.chars().all(|c| c.is_ascii_hexdigit()) => {
            format!("swap-########@{domain}")
        }
        _ => text,
    }
}
