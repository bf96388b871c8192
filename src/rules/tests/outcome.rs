//! What the rules alone say about an employment: its department and its policy.

use crate::{
    model::{Employment, PATH_SEPARATOR},
    rules::{DepartmentMap, DepartmentTarget, Departments, Policy, Rules, Unmapped},
};

/// Names the portal's department for an employment as tests do: a path below the top department,
/// a department id, or `top`; none where the change would be held.
pub fn department_of(rules: &Departments, map: &DepartmentMap<'_>, job: &Employment) -> Option<String> {
    match (map.mapping(job).map(|mapping| &mapping.to), rules.unmapped) {
        (Some(DepartmentTarget::Path(path)), _) => Some(path.join(PATH_SEPARATOR)),
        (Some(DepartmentTarget::Id(id)), _) => Some(id.to_string()),
        (None, Unmapped::Top) => Some("top".to_owned()),
        (None, Unmapped::Create) if job.department.is_empty() => Some("top".to_owned()),
        (None, Unmapped::Create) => Some(job.department.join(PATH_SEPARATOR)),
        (None, Unmapped::Hold) => None,
    }
}

/// Finds the policy under which a leaver of this employment falls: the first whose `when` holds.
pub fn policy_of<'a>(rules: &'a Rules, job: &Employment) -> Option<&'a Policy> {
    let policies =
        rules.dismissals.as_ref().map(|dismissals| dismissals.policies.as_slice()).unwrap_or_default();
    policies.iter().find(|policy| policy.when.as_ref().is_none_or(|when| when.holds(job)))
}
