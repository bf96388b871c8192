//! Conditions on a main employment.

mod explain;
mod logic;

use super::glob;
use crate::model::{Employment, EmploymentKind, Place, fold};

/// A condition: every part must hold. Case, ё/е and blanks do not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// The legal entity's name.
    Organization(String),
    /// The department's full path.
    Department(Vec<String>),
    /// The department or any below it.
    Under(Vec<String>),
    /// A glob over the position.
    Position(String),
    /// One of these kinds.
    Employment(Vec<EmploymentKind>),
    /// At least one holds.
    Any(Vec<When>),
    /// All hold.
    All(Vec<When>),
    /// It does not hold.
    Not(Box<When>),
    /// A part with its place, for explanations.
    At(Place, Box<When>),
}

impl When {
    /// Tells whether the condition holds for an employment.
    pub fn holds(&self, job: &Employment) -> bool {
        match self {
            When::Organization(name) => is_organization(job, &fold(name)),
            When::Department(path) => {
                path.len() == job.department.len() && begins_with(&job.department, path)
            }
            When::Under(path) => begins_with(&job.department, path),
            When::Position(pattern) => glob::matches(pattern, job.position.as_deref().unwrap_or("")),
            When::Employment(kinds) => kinds.iter().any(|kind| rank(*kind) == rank(job.kind)),
            When::Any(parts) => parts.iter().any(|part| part.holds(job)),
            When::All(parts) => parts.iter().all(|part| part.holds(job)),
            When::Not(part) => !part.holds(job),
            When::At(_, part) => part.holds(job),
        }
    }
}

fn is_organization(job: &Employment, wanted: &str) -> bool {
    let organization = &job.organization;
    std::iter::once(&organization.name).chain(&organization.aliases).any(|name| fold(name) == wanted)
}

fn begins_with(path: &[String], start: &[String]) -> bool {
    path.len() >= start.len() && path.iter().zip(start).all(|(left, right)| fold(left) == fold(right))
}

/// «Подработка» is read as `part_time_inner`.
fn rank(kind: EmploymentKind) -> EmploymentKind {
    match kind {
        EmploymentKind::ExtraWork => EmploymentKind::PartTimeInner,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Contact, EmploymentId, Organization};

    fn job(department: &[&str], position: Option<&str>, kind: EmploymentKind) -> Employment {
        Employment {
            id: EmploymentId("1".into()),
            personnel_number: None,
            organization: Organization {
                name: "ООО «Ромашка»".into(),
                aliases: ["7701000000".to_owned()].into(),
            },
            department: department.iter().map(ToString::to_string).collect(),
            department_id: None,
            position: position.map(str::to_owned),
            kind,
            hired_on: None,
            dismissed_on: None,
            contact: Contact::default(),
            origin: String::new(),
        }
    }

    fn path(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn condition(text: &str) -> When {
        let mut problems = Vec::new();
        let node = super::super::yaml::read("a", text, &mut problems).unwrap();
        let condition = super::super::read::condition(&node, "when", &mut problems);
        assert_eq!(problems, []);
        condition
    }

    #[test]
    fn looks_past_case_yo_and_blanks() {
        let accountant = job(&["Отдел Учёта", "Касса"], Some("Бухгалтер"), EmploymentKind::ExtraWork);
        for when in [
            When::Organization("ооо  «ромашка» ".into()),
            When::Organization("7701000000".into()),
            When::Department(path(&["отдел учета", "КАССА"])),
            When::Under(path(&["отдел учета"])),
            When::Under(path(&["отдел учета", "касса"])),
            When::Position("бух*".into()),
            When::Employment(vec![EmploymentKind::PartTimeInner]),
            When::All(Vec::new()),
        ] {
            assert!(when.holds(&accountant), "{when:?}");
            assert!(!When::Not(Box::new(when)).holds(&accountant));
        }
        for when in [
            When::Organization("ООО «Ромашка» Тула".into()),
            When::Department(path(&["Отдел Учёта"])),
            When::Under(path(&["Отдел"])),
            When::Under(path(&["Отдел Учёта", "Касса", "Окно"])),
            When::Position("бух".into()),
            When::Employment(vec![EmploymentKind::Main, EmploymentKind::Contract]),
            When::Any(Vec::new()),
        ] {
            assert!(!when.holds(&accountant), "{when:?}");
        }
    }

    #[test]
    fn every_key_of_a_condition_must_hold() {
        let when = condition("{position: \"*консультант*\", department: {under: Офис}}");
        assert!(when.holds(&job(&["Офис", "Север"], Some("Старший консультант"), EmploymentKind::Main)));
        assert!(!when.holds(&job(&["Склад"], Some("Консультант"), EmploymentKind::Main)));
        assert!(!when.holds(&job(&["Офис"], None, EmploymentKind::Main)));
        let either = condition("{any: [{employment: contract}, {position: a}]}");
        assert!(either.holds(&job(&[], Some("А").map(|_| "a"), EmploymentKind::Main)));
        assert!(either.holds(&job(&[], None, EmploymentKind::Contract)));
        assert!(!either.holds(&job(&[], None, EmploymentKind::Main)));
    }

    #[test]
    fn a_slash_between_blanks_parts_departments() {
        let when = condition("{department: \"Склад  /  Участок 2\"}");
        assert!(when.holds(&job(&["Склад", "Участок 2"], None, EmploymentKind::Main)));
        let name = condition("{department: \"ИТ/Связь\"}");
        assert!(name.holds(&job(&["ИТ/Связь"], None, EmploymentKind::Main)));
    }

    #[test]
    fn says_why_it_does_not_hold() {
        let clerk = job(&["Склад", "Участок 2"], Some("Кладовщик"), EmploymentKind::Main);
        for (text, wanted) in [
            ("{position: \"*консультант*\"}", "the position is `Кладовщик`, not `*консультант*`"),
            ("{employment: contract, position: x}", "the employment is main, not contract"),
            ("{department: {under: Офис}}", "the department is `Склад / Участок 2`, not below `Офис`"),
            ("{not: {department: {under: Склад}}}", "it must not be that: the department is below `Склад`"),
            ("{organization: Лютик}", "the organization is `ООО «Ромашка»`, not `Лютик`"),
            (
                "{any: [{position: x}, {department: Офис}]}",
                "none of 2 holds: the position is `Кладовщик`, not `x`; \
                 the department is `Склад / Участок 2`, not `Офис`",
            ),
        ] {
            assert_eq!(condition(text).why_not(&clerk).as_deref(), Some(wanted));
        }
        assert_eq!(condition("{position: к*}").why_not(&clerk), None);
    }

    #[test]
    fn knows_what_follows_from_what() {
        let follows = |one: &str, other: &str| condition(one).implies(&condition(other));
        assert!(follows("{position: a, employment: main}", "{employment: [contract, main]}"));
        assert!(follows("{department: A / B}", "{department: {under: A}}"));
        assert!(follows("{department: {under: A / B}}", "{department: {under: a}}"));
        assert!(follows("{position: a}", "{any: [{employment: main}, {position: А}, {position: A}]}"));
        assert!(follows("{any: [{department: A}, {department: A / C}]}", "{department: {under: A}}"));
        assert!(follows("{not: {department: {under: A}}}", "{not: {department: A / B}}"));
        assert!(follows("{organization: a}", "{}"));
        assert!(!follows("{}", "{organization: a}"));
        assert!(!follows("{employment: [main, contract]}", "{employment: main}"));
        assert!(!follows("{department: {under: A}}", "{department: A}"));
        assert!(!follows("{not: {department: A / B}}", "{not: {department: {under: A}}}"));
    }

    #[test]
    fn knows_what_cannot_be() {
        for text in [
            "{department: A, all: [{department: B}]}",
            "{department: {under: A}, all: [{department: {under: B}}]}",
            "{department: A, all: [{department: {under: B}}]}",
            "{organization: a, all: [{organization: b}]}",
            "{employment: main, not: {employment: [main, contract]}}",
            "{employment: main, all: [{employment: contract}]}",
            "{not: {}}",
            "{any: [{not: {}}]}",
        ] {
            assert!(condition(text).never_holds(), "{text}");
        }
        for text in [
            "{department: A / B, all: [{department: {under: A}}]}",
            "{employment: main, not: {employment: contract}}",
            "{any: [{not: {}}, {position: a}]}",
            "{}",
            "{employment: [main, contract], not: {employment: main}}",
        ] {
            assert!(!condition(text).never_holds(), "{text}");
        }
        assert!(condition("{not: {not: {}}}").always_holds() && !condition("{position: a}").always_holds());
    }
}
