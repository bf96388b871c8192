//! A company and a plan with every action.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shtat::{
    model::{
        AccountId, Action, Because, Change, Department, DepartmentId, Group, GroupId, Inputs, Instructions,
        Plan, Step, StepId, Subject, Summary,
    },
    plan::digest,
};

use super::fake::World;

/// The portal before.
pub fn world() -> World {
    let mut world = World::default();
    world.departments.push(Department {
        id: DepartmentId(1),
        name: "Ромашка".to_owned(),
        parent: None,
        head: None,
    });
    let employee = |key: Value| json!({"XML_ID": key, "UF_DEPARTMENT": [1], "LAST_NAME": "Иванов"});
    world.add_account(1, "admin@romashka.example", json!({"UF_DEPARTMENT": [1]}));
    world.add_account(10, "new@romashka.example", employee(Value::Null));
    world.add_account(11, "moves@romashka.example", employee(json!("1c:11")));
    world.add_account(12, "leaver@romashka.example", employee(json!("1c:12")));
    world.add_account(13, "a@romashka.example", employee(json!("1c:13")));
    world.add_account(14, "b@romashka.example", employee(json!("1c:14")));
    world.add_account(15, "partner@elsewhere.example", json!({"XML_ID": "1c:15:extranet"}));
    world.add_account(16, "back@romashka.example", employee(json!("1c:16")));
    world.rows.get_mut(&16).unwrap().insert("ACTIVE".to_owned(), json!(false));
    for (id, name) in [(64, "Проект Альфа"), (65, "Проект Бета")] {
        let members = [AccountId(1)].into();
        world.groups.push(Group {
            id: GroupId(id),
            name: name.to_owned(),
            extranet: true,
            members,
            invited: [].into(),
        });
    }
    world.cells.insert("20".to_owned(), None);
    world
}

/// A plan with every action, a cycle of addresses, and a leaver who stays as a partner.
pub fn plan() -> Plan {
    sealed(vec![
        step("s-d1", Action::CreateDepartment, None, None)
            .wants("NAME", Value::Null, json!("Финансы"))
            .wants("PARENT", Value::Null, json!("1"))
            .expects("department", Value::Null),
        step("s-d2", Action::CreateDepartment, None, None)
            .wants("NAME", Value::Null, json!("Бухгалтерия"))
            .wants("PARENT", Value::Null, json!({"step": "s-d1"}))
            .expects("department", Value::Null)
            .after(&["s-d1"]),
        newcomer().after(&["s-d2"]),
        step("s-adopt", Action::AdoptUser, Some("10"), Some("10"))
            .wants("XML_ID", Value::Null, json!("1c:10"))
            .expects("XML_ID", Value::Null)
            .expects("EMAIL", json!("new@romashka.example")),
        step("s-update", Action::UpdateUser, Some("11"), Some("11"))
            .wants("WORK_POSITION", Value::Null, json!("Бухгалтер"))
            .wants("UF_DEPARTMENT", json!([1]), json!([{"step": "s-d2"}, 1]))
            .expects("XML_ID", json!("1c:11"))
            .expects("WORK_POSITION", Value::Null)
            .expects("UF_DEPARTMENT", json!([1]))
            .after(&["s-d2"]),
        step("s-fire", Action::FireUser, Some("12"), Some("12"))
            .wants("ACTIVE", json!(true), json!(false))
            .expects("XML_ID", json!("1c:12"))
            .expects("ACTIVE", json!(true)),
        step("s-reinstate", Action::ReinstateUser, Some("16"), Some("16"))
            .wants("ACTIVE", json!(false), json!(true))
            .wants("WORK_POSITION", Value::Null, json!("Кладовщик"))
            .expects("XML_ID", json!("1c:16"))
            .expects("ACTIVE", json!(false))
            .expects("WORK_POSITION", Value::Null),
        swap("s-swap1", "13", "a@romashka.example", "swap-0a1b2c3d@romashka.example", &[]),
        swap("s-swap2", "14", "b@romashka.example", "a@romashka.example", &["s-swap1"]),
        swap("s-swap3", "13", "swap-0a1b2c3d@romashka.example", "b@romashka.example", &["s-swap2"]),
        step("s-join", Action::JoinGroup, Some("15"), Some("15"))
            .wants("GROUP_ID", Value::Null, json!(65))
            .expects("XML_ID", json!("1c:15:extranet"))
            .expects("GROUP_ID", Value::Null),
        step("s-bind", Action::BindDocuments, Some("20"), None)
            .wants("company", Value::Null, json!("romashka-hr"))
            .wants("person", Value::Null, json!("20"))
            .wants("employee", Value::Null, json!("e-20"))
            .wants("userId", Value::Null, json!({"step": "s-create"}))
            .expects("userId", Value::Null)
            .after(&["s-create"]),
        step("s-cell", Action::WriteBackEmail, Some("20"), None)
            .wants("email", Value::Null, json!("a.orlova@romashka.example"))
            .expects("email", Value::Null)
            .after(&["s-create"]),
        hand(),
        swap("s-park", "12", "leaver@romashka.example", "leaver@private.example", &["s-fire", "s-hand"]),
        invitation().after(&["s-park"]),
    ])
}

pub fn newcomer() -> Step {
    let mut step = step("s-create", Action::CreateUser, Some("20"), None)
        .wants("EMAIL", Value::Null, json!("a.orlova@romashka.example"))
        .wants("NAME", Value::Null, json!("Анна"))
        .wants("LAST_NAME", Value::Null, json!("Орлова"))
        .wants("SECOND_NAME", Value::Null, json!("Петровна"))
        .wants("XML_ID", Value::Null, json!("1c:20"))
        .wants("WORK_POSITION", Value::Null, json!("Главный бухгалтер"))
        .wants("UF_DEPARTMENT", Value::Null, json!([{"step": "s-d2"}]))
        .expects("account", Value::Null);
    step.message = Some("Добро пожаловать!".to_owned());
    step
}

pub fn invitation() -> Step {
    step("s-invite", Action::InviteToExtranet, Some("12"), None)
        .wants("EMAIL", Value::Null, json!("leaver@romashka.example"))
        .wants("NAME", Value::Null, json!("Пётр"))
        .wants("LAST_NAME", Value::Null, json!("Иванов"))
        .wants("SECOND_NAME", Value::Null, json!("Ильич"))
        .wants("XML_ID", Value::Null, json!("1c:12:extranet"))
        .wants("SONET_GROUP_ID", Value::Null, json!([64]))
        .expects("account", Value::Null)
}

pub fn hand() -> Step {
    let mut step = step("s-hand", Action::ByHand, Some("12"), Some("12"));
    step.instructions = Some(Instructions {
        who: "employee".to_owned(),
        r#where: "Битрикс24.Паспорт".to_owned(),
        from: "leaver@romashka.example".to_owned(),
        to: "leaver@private.example".to_owned(),
        text: "the employee moves the login".to_owned(),
    });
    step
}

pub fn swap(id: &str, account: &str, from: &str, to: &str, after: &[&str]) -> Step {
    step(id, Action::SwapEmail, Some(account), Some(account))
        .wants("EMAIL", json!(from), json!(to))
        .expects("XML_ID", json!(format!("1c:{account}")))
        .expects("EMAIL", json!(from))
        .after(after)
}

pub fn step(id: &str, action: Action, person: Option<&str>, account: Option<&str>) -> Step {
    Step {
        id: StepId(id.to_owned()),
        action,
        subject: Subject {
            person: person.map(str::to_owned),
            account: account.map(str::to_owned),
            name: "Иванов Иван".to_owned(),
            email: None,
        },
        changes: BTreeMap::new(),
        expects: BTreeMap::new(),
        message: None,
        instructions: None,
        because: vec![Because { rule: Some("rules/test.yaml:1".to_owned()), source: None, text: None }],
        after: Vec::new(),
    }
}

/// Reads like the plan's own JSON.
pub trait Build {
    fn wants(self, field: &str, have: Value, want: Value) -> Self;
    fn expects(self, field: &str, value: Value) -> Self;
    fn after(self, steps: &[&str]) -> Self;
}

impl Build for Step {
    fn wants(mut self, field: &str, have: Value, want: Value) -> Step {
        self.changes.insert(field.to_owned(), Change { have, want });
        self
    }

    fn expects(mut self, field: &str, value: Value) -> Step {
        self.expects.insert(field.to_owned(), value);
        self
    }

    fn after(mut self, steps: &[&str]) -> Step {
        self.after = steps.iter().map(|id| StepId((*id).to_owned())).collect();
        self
    }
}

/// Puts steps into a plan whose digest fits.
pub fn sealed(steps: Vec<Step>) -> Plan {
    let mut plan = Plan {
        format_version: "1.0".to_owned(),
        portal: "main".to_owned(),
        as_of: jiff::civil::date(2026, 11, 22),
        made_at: "2026-11-22T10:00:00Z".to_owned(),
        inputs: Inputs::default(),
        summary: Summary { people: 14, ..Summary::default() },
        steps,
        held: Vec::new(),
        digest: String::new(),
    };
    plan.digest = digest(&plan);
    plan
}
