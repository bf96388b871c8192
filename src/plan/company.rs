//! A small invented company for the planner's tests: everything is as it should be, until a test
//! changes it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use serde_json::{Value, json};

use super::Inputs;
use crate::{
    model::{
        Account, AccountId, AccountKind, Action, Contact, Department, DepartmentId, Email, Employment,
        EmploymentId, EmploymentKind, Group, GroupId, History, HrEmail, Organization, People, Person,
        PersonId, PersonName, Place, Plan, Reason, Snapshot, Step,
    },
    rules::{
        Adopt, DepartmentTarget, Departments, Dismissals, EmailRules, EmailSource, EmailTemplates, Empty,
        ExtranetAddress, ExtranetPolicy, FieldRule, FieldWhen, Hires, Matching, Policy, Profile, Returning,
        Rules, Scheme, Template, Unmapped, Vanished,
    },
};

/// The day of most tests.
pub(super) const TODAY: Date = date(2026, 11, 22);

/// People, rules, portal and history of one test.
pub(super) struct Company {
    pub people: People,
    pub rules: Rules,
    pub have: Snapshot,
    pub history: History,
    pub organizations: Vec<String>,
    pub as_of: Date,
}

/// A template of a test's rules.
pub(super) fn template(text: &str) -> Template {
    Template::parse(text, place("rules/test.yaml", 1)).expect("tests write templates that can be read")
}

/// A line of a rule file.
pub(super) fn place(file: &str, line: u32) -> Place {
    Place::at(file, line, 3)
}

/// An address.
pub(super) fn email(text: &str) -> Email {
    Email::parse(text).expect("tests write addresses that are ones")
}

impl Company {
    /// A company with rules for everything but departments, profile and documents, and with one
    /// managed account, so that no run is the first.
    pub fn new() -> Company {
        let mut company = Company {
            people: People::default(),
            rules: rules(),
            have: Snapshot {
                departments: vec![department(1, "Ромашка", None), department(5, "Продажи", Some(1))],
                owner: Some(AccountId(2)),
                ..Snapshot::default()
            },
            history: History::default(),
            organizations: Vec::new(),
            as_of: TODAY,
        };
        company.rules.safety.source_shrink = 100;
        company.pair("z0", "Якорев Яков Яковлевич", 90, "ya.yakorev@romashka.example");
        company
    }

    /// Adds a person who works in sales.
    pub fn works(&mut self, id: &str, name: &str) -> &mut Employment {
        let mut parts = name.split(' ').map(str::to_owned);
        let mut part = || parts.next().unwrap_or_default();
        let name = PersonName { last: part(), first: part(), patronymic: part() };
        let job = Employment {
            id: EmploymentId(format!("{id}-1")),
            personnel_number: None,
            organization: Organization {
                name: "ООО «Ромашка»".into(), ..Organization::default()
            },
            department: vec!["Продажи".into()],
            department_id: None,
            position: Some("Менеджер".into()),
            kind: EmploymentKind::Main,
            hired_on: Some(date(2020, 1, 1)),
            dismissed_on: None,
            contact: Contact { name, ..Contact::default() },
            origin: format!("people.csv:{id}"),
        };
        self.people.persons.push(Person { id: PersonId(id.into()), employments: vec![job] });
        let person = self.people.persons.last_mut().expect("one was just pushed");
        &mut person.employments[0]
    }

    /// Adds another employment of a person, like their first.
    pub fn also(&mut self, id: &str) -> &mut Employment {
        let persons = &mut self.people.persons;
        let person =
            persons.iter_mut().find(|person| person.id.0 == id).expect("tests name persons they added");
        let mut job = person.employments[0].clone();
        job.id = EmploymentId(format!("{id}-{}", person.employments.len() + 1));
        person.employments.push(job);
        person.employments.last_mut().expect("one was just pushed")
    }

    /// Adds an active employee's account; an empty key: nobody has marked it.
    pub fn account(&mut self, id: u64, key: &str, address: &str) -> &mut Account {
        let account = Account {
            id: AccountId(id),
            xml_id: Some(key.to_owned()).filter(|key| !key.is_empty()),
            email: Email::parse(address).ok(),
            active: true,
            kind: AccountKind::Employee,
            departments: vec![DepartmentId(5)],
            row: BTreeMap::new(),
        };
        self.have.accounts.push(account);
        self.have.accounts.last_mut().expect("one was just pushed")
    }

    /// Adds a person who works, with HR's address, and their account on that address.
    pub fn pair(&mut self, id: &str, name: &str, account: u64, address: &str) {
        self.works(id, name).contact.email = HrEmail::Usable(email(address));
        self.account(account, &format!("1c:{id}"), address);
    }

    /// The first employment of a person.
    pub fn job(&mut self, id: &str) -> &mut Employment {
        let mut persons = self.people.persons.iter_mut();
        let person = persons.find(|person| person.id.0 == id).expect("tests name persons they added");
        &mut person.employments[0]
    }

    /// An account by id.
    pub fn get(&mut self, id: u64) -> &mut Account {
        let mut accounts = self.have.accounts.iter_mut();
        accounts.find(|account| account.id.0 == id).expect("tests name accounts they added")
    }

    /// Adds a workgroup that partners may join.
    pub fn group(&mut self, id: u64, name: &str) -> &mut Group {
        let (members, invited) = (BTreeSet::new(), BTreeSet::new());
        self.have.groups.push(Group { id: GroupId(id), name: name.into(), extranet: true, members, invited });
        self.have.groups.last_mut().expect("one was just pushed")
    }

    /// Keeps every leaver as an external partner.
    pub fn keep_leavers(&mut self, address: ExtranetAddress, park: Option<&str>) -> &mut ExtranetPolicy {
        let dismissals = self.rules.dismissals.as_mut().expect("the company has rules for leavers");
        dismissals.policies[0].extranet = Some(ExtranetPolicy {
            groups: vec!["Проект Альфа".into()],
            address,
            park: park.map(template),
            within: Some(30),
            message: None,
            groups_place: place("rules/dismissals.yaml", 9),
            address_place: place("rules/dismissals.yaml", 10),
            place: place("rules/dismissals.yaml", 8),
        });
        dismissals.policies[0].extranet.as_mut().expect("one was just set")
    }

    /// Manages departments.
    pub fn map(&mut self, unmapped: Unmapped, map: &[(&str, DepartmentTarget)]) {
        let entry = |(from, to): &(&str, DepartmentTarget)| crate::rules::Department {
            from: (*from).to_owned(),
            to: to.clone(),
            place: place("rules/departments.yaml", 4),
        };
        self.rules.departments = Some(Departments {
            unmapped,
            map: map.iter().map(entry).collect(),
            unmapped_place: place("rules/departments.yaml", 2),
            place: place("rules/departments.yaml", 1),
        });
    }

    /// Manages profile fields.
    pub fn fields(&mut self, empty: Empty, fields: &[(&str, &str, FieldWhen)]) {
        let entry = |(field, value, when): &(&str, &str, FieldWhen)| {
            let rule =
                FieldRule { value: template(value), when: *when, place: place("rules/profile.yaml", 3) };
            ((*field).to_owned(), rule)
        };
        self.rules.profile = Some(Profile {
            fields: fields.iter().map(entry).collect(),
            empty,
            place: place("rules/profile.yaml", 1),
        });
    }

    /// Plans.
    pub fn plan(&self) -> Plan {
        super::plan(&self.inputs())
    }

    /// What the plan is made from.
    pub fn inputs(&self) -> Inputs<'_> {
        Inputs {
            portal: "romashka",
            organizations: &self.organizations,
            people: &self.people,
            rules: &self.rules,
            have: &self.have,
            history: &self.history,
            as_of: self.as_of,
            made_at: "2026-11-22T10:00:00+03:00",
        }
    }
}

/// Steps of an action.
pub(super) fn steps(plan: &Plan, action: Action) -> Vec<&Step> {
    plan.steps.iter().filter(|step| step.action == action).collect()
}

/// The only step of an action.
pub(super) fn only(plan: &Plan, action: Action) -> &Step {
    let steps = steps(plan, action);
    assert_eq!(steps.len(), 1, "{action}: {plan:#?}");
    steps[0]
}

/// What a step wants of a field.
pub(super) fn want<'a>(step: &'a Step, field: &str) -> &'a Value {
    step.changes.get(field).map_or(&Value::Null, |change| &change.want)
}

/// Every held row: action, person, account, reason.
pub(super) fn held(plan: &Plan) -> Vec<(Action, &str, &str, Reason)> {
    plan.held
        .iter()
        .map(|held| {
            let subject = &held.subject;
            let (person, account) = (subject.person.as_deref(), subject.account.as_deref());
            (held.action, person.unwrap_or("-"), account.unwrap_or("-"), held.reason)
        })
        .collect()
}

/// Says that a plan does nothing and holds nothing.
pub(super) fn assert_quiet(plan: &Plan) {
    assert_eq!((plan.steps.len(), plan.held.len()), (0, 0), "{plan:#?}");
}

/// A department of the portal.
pub(super) fn department(id: u64, name: &str, parent: Option<u64>) -> Department {
    Department { id: DepartmentId(id), name: name.into(), parent: parent.map(DepartmentId), head: None }
}

/// A field as a portal returns it.
pub(super) fn row(fields: &[(&str, &str)]) -> BTreeMap<String, Value> {
    fields.iter().map(|(field, value)| ((*field).to_owned(), json!(value))).collect()
}

fn rules() -> Rules {
    let templates = EmailTemplates {
        when: None,
        domain: None,
        r#try: ["{{initial first}}.{{last}}", "{{first}}.{{last}}", "{{last}}{{n}}"].map(template).to_vec(),
        place: place("rules/email.yaml", 8),
    };
    Rules {
        matching: Some(Matching {
            key: template("1c:{{person.id}}"),
            adopt: vec![Adopt::Email, Adopt::NameAndBirthday],
            adopt_place: place("rules/matching.yaml", 3),
            place: place("rules/matching.yaml", 1),
        }),
        email: Some(EmailRules {
            domain: Some("romashka.example".into()),
            transliteration: Scheme::default(),
            source: EmailSource::Keep,
            templates: vec![templates],
            write_back: true,
            source_place: place("rules/email.yaml", 4),
            write_back_place: place("rules/email.yaml", 12),
            place: place("rules/email.yaml", 1),
        }),
        hires: Some(Hires {
            when: None,
            days_before: 0,
            returning: Returning::Hold,
            message: None,
            when_place: place("rules/hires.yaml", 2),
            returning_place: place("rules/hires.yaml", 4),
            place: place("rules/hires.yaml", 1),
        }),
        dismissals: Some(Dismissals {
            vanished: Vanished::Hold,
            bridge_days: 7,
            policies: vec![Policy {
                id: "everyone".into(),
                when: None,
                fire_days_after: Some(1),
                fire_place: place("rules/dismissals.yaml", 6),
                extranet: None,
                place: place("rules/dismissals.yaml", 5),
            }],
            vanished_place: place("rules/dismissals.yaml", 2),
            place: place("rules/dismissals.yaml", 1),
        }),
        ..Rules::default()
    }
}
