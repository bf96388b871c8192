//! What would make a plan wrong as a whole. Planning itself cannot fail, so this is asked first.

use super::Inputs;
use crate::model::{Department, Problem, nearest};

/// Lists what must be mended before a plan is worth making, and what is doubtful about one.
pub fn obstacles(inputs: &Inputs<'_>) -> Vec<Problem> {
    let mut found = Vec::new();
    found.extend(top_department(inputs));
    found.extend(documents(inputs));
    found
}

/// New accounts and unmapped departments go to the one department without PARENT.
fn top_department(inputs: &Inputs<'_>) -> Option<Problem> {
    let tops: Vec<&Department> =
        inputs.have.departments.iter().filter(|department| department.parent.is_none()).collect();
    match tops.as_slice() {
        [_] => None,
        [] if !needs_top(inputs) => None,
        [] => Some(
            Problem::error("the portal shows no top department")
                .hint("give the access the scope `department`, and an owner who may see the structure"),
        ),
        several => {
            let named = several.iter().map(|top| format!("`{}` ({})", top.name, top.id));
            Some(
                Problem::error(format!("the portal has {} top departments; one is expected", several.len()))
                    .cause(named.collect::<Vec<_>>().join(", "))
                    .hint("move all but one below another in the portal's structure"),
            )
        }
    }
}

/// Tells whether the rules create accounts or place people.
fn needs_top(inputs: &Inputs<'_>) -> bool {
    let rules = inputs.rules;
    rules.hires.is_some() || rules.email.is_some() || rules.departments.is_some()
}

/// КЭДО is bound only where its links can be read.
fn documents(inputs: &Inputs<'_>) -> Option<Problem> {
    let rule = inputs.rules.documents.as_ref()?;
    let at = |problem: Problem| problem.at(rule.place.clone()).part("documents");
    let Some(documents) = &inputs.have.documents else {
        return Some(at(Problem::error("the links of КЭДО cannot be read with this access")
            .hint("add `oauth` to the portal in shtat.yaml: only an application may read them")
            .hint("or remove the section `documents`")));
    };
    if documents.companies.iter().any(|company| company.code == rule.company) {
        return None;
    }
    let known: Vec<&str> = documents.companies.iter().map(|company| company.code.as_str()).collect();
    let problem = Problem::error(format!("the portal has no company `{}` for КЭДО", rule.company));
    let problem = match nearest(&rule.company, known.iter().copied()) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem,
    };
    Some(at(problem.hint(match known.as_slice() {
        [] => "it has none yet: the connector of 1C, or an administrator, adds them".to_owned(),
        known => format!("known are: {}", known.join(", ")),
    })))
}

#[cfg(test)]
mod tests {
    use super::{
        super::company::{Company, department},
        *,
    };

    fn told(company: &Company) -> Vec<String> {
        obstacles(&company.inputs()).into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn several_top_departments_are_an_error_whatever_the_rules_manage() {
        let mut company = Company::new();
        assert_eq!(told(&company), Vec::<String>::new());
        company.have.departments.push(department(9, "Лютик", None));
        let error = ["the portal has 2 top departments; one is expected"];
        assert_eq!(told(&company), error);
        (company.rules.hires, company.rules.email) = (None, None);
        assert_eq!(told(&company), error);
    }

    #[test]
    fn no_top_department_matters_where_accounts_are_made() {
        let mut company = Company::new();
        company.have.departments.clear();
        company.rules.hires = None;
        assert_eq!(told(&company), ["the portal shows no top department"]);
        company.rules.email = None;
        assert_eq!(told(&company), Vec::<String>::new());
    }
}
