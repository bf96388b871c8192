//! A small plan that the tests of every format share.

use std::collections::BTreeMap;

use serde_json::json;

use super::Names;
use crate::model::{
    Action, Because, Change, DepartmentId, Held, Inputs, Instructions, Plan, Reason, Step, StepId, Subject,
    Summary,
};

/// A step with nothing in it but a number in its id.
pub(super) fn step(number: u64, action: Action, name: &str) -> Step {
    Step {
        id: StepId(format!("s-{number}")),
        action,
        subject: Subject {
            person: Some(format!("p{number}")),
            account: None,
            name: name.to_owned(),
            email: Some(format!("person{number}@romashka.example")),
        },
        changes: BTreeMap::new(),
        expects: BTreeMap::new(),
        message: None,
        instructions: None,
        because: vec![Because {
            rule: Some("rules/email.yaml:8".into()),
            source: Some(format!("people.csv:{number}")),
            text: Some("HR has this address".into()),
        }],
        after: Vec::new(),
    }
}

/// A plan of `steps` with one held change.
pub(super) fn plan_of(steps: Vec<Step>) -> Plan {
    let held = Held {
        action: Action::FireUser,
        subject: step(90, Action::FireUser, "Волков Пётр").subject,
        reason: Reason::Protected,
        text: "the account is protected".into(),
        because: Vec::new(),
    };
    let mut counts = BTreeMap::new();
    for step in &steps {
        *counts.entry(step.action).or_default() += 1;
    }
    Plan {
        format_version: "1.0".into(),
        portal: "romashka".into(),
        as_of: jiff::civil::date(2026, 11, 24),
        made_at: "2026-11-24T10:00:00Z".into(),
        inputs: Inputs::default(),
        summary: Summary { people: 3, accounts: 4, managed: 3, foreign: 1, steps: counts, held: 1 },
        steps,
        held: vec![held],
        digest: "sha256:0".into(),
    }
}

/// A department, a hire into it, a promotion, a leaver's login and a held change.
pub(super) fn sample() -> Plan {
    let mut department = step(1, Action::CreateDepartment, "Финансы / Касса");
    department.changes.insert("PARENT".into(), Change::new(json!(null), json!("5")));
    let mut hire = step(2, Action::CreateUser, "Орлова Анна Петровна");
    hire.after = vec![StepId("s-1".into())];
    hire.message = Some("Добро пожаловать!".into());
    hire.changes.insert("UF_DEPARTMENT".into(), Change::new(json!(null), json!([{"step": "s-1"}, 5])));
    hire.changes.insert("SECOND_NAME".into(), Change::new(json!(null), json!("")));
    let mut promotion = step(3, Action::UpdateUser, "Иванов Иван");
    promotion.subject.account = Some("17".into());
    let titles = Change::new(json!("Младший кассир зала"), json!("Старший кассир зала"));
    promotion.changes.insert("WORK_POSITION".into(), titles);
    let mut by_hand = step(4, Action::ByHand, "Петров Пётр");
    by_hand.instructions = Some(Instructions {
        who: "the employee".into(),
        r#where: "Битрикс24.Паспорт".into(),
        from: "person4@romashka.example".into(),
        to: "petr@mail.example".into(),
        text: "the employee changes the login in Битрикс24.Паспорт".into(),
    });
    plan_of(vec![department, hire, promotion, by_hand])
}

/// Names for the ids of [`sample`].
pub(super) fn names() -> Names {
    Names {
        departments: BTreeMap::from([(DepartmentId(5), "Финансы".to_owned())]), ..Names::default()
    }
}
