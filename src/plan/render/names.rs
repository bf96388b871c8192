//! What ids are called, so that a reader need not look them up.

use std::collections::BTreeMap;

use crate::model::{AccountId, DepartmentId, GroupId, PATH_SEPARATOR, Snapshot};

/// Names of the things that a plan knows by id. An empty one is fine: ids are shown then.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Paths from the top department down, without it: `Финансы / Бухгалтерия`.
    pub departments: BTreeMap<DepartmentId, String>,
    /// Full names.
    pub accounts: BTreeMap<AccountId, String>,
    /// Names of workgroups.
    pub groups: BTreeMap<GroupId, String>,
}

impl Names {
    /// Takes the names from a portal.
    pub fn of(portal: &Snapshot) -> Names {
        Names {
            departments: portal.departments.iter().map(|d| (d.id, path(portal, d.id))).collect(),
            accounts: portal.accounts.iter().map(|account| (account.id, account.name())).collect(),
            groups: portal.groups.iter().map(|group| (group.id, group.name.clone())).collect(),
        }
    }
}

/// Joins the names above a department; the top one is named only by itself. A portal whose
/// departments form a ring gets the part before it closes.
fn path(portal: &Snapshot, id: DepartmentId) -> String {
    let mut names = Vec::new();
    let mut seen = Vec::new();
    let mut at = portal.department(id);
    while let Some(department) = at {
        if seen.contains(&department.id) || (department.parent.is_none() && !names.is_empty()) {
            break;
        }
        seen.push(department.id);
        names.push(department.name.as_str());
        at = department.parent.and_then(|parent| portal.department(parent));
    }
    names.reverse();
    names.join(PATH_SEPARATOR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Department;

    fn department(id: u64, name: &str, parent: Option<u64>) -> Department {
        Department { id: DepartmentId(id), name: name.into(), parent: parent.map(DepartmentId), head: None }
    }

    #[test]
    fn names_departments_by_their_path_below_the_top() {
        let portal = Snapshot {
            departments: vec![
                department(1, "Ромашка", None),
                department(2, "Финансы", Some(1)),
                department(3, "Бухгалтерия", Some(2)),
            ],
            ..Snapshot::default()
        };
        let names = Names::of(&portal).departments;
        assert_eq!(names[&DepartmentId(1)], "Ромашка");
        assert_eq!(names[&DepartmentId(3)], "Финансы / Бухгалтерия");
    }

    #[test]
    fn survives_departments_in_a_ring() {
        let portal = Snapshot {
            departments: vec![department(1, "А", Some(2)), department(2, "Б", Some(1))],
            ..Snapshot::default()
        };
        assert_eq!(Names::of(&portal).departments[&DepartmentId(1)], "Б / А");
    }
}
