//! КЭДО: every working person with an account is bound to it.

use serde_json::{Value, json};

use super::{
    draft::{Draft, Proposal, rule, source},
    scope::{Known, Stage},
    world::World,
};
use crate::model::{Account, Action, DocumentsPerson, StepId};

/// Binds a person to an account that is there, or to one that `after` brings.
pub(super) fn bind(
    world: &World<'_>,
    draft: &mut Draft,
    known: &Known<'_>,
    account: Option<&Account>,
    after: Option<StepId>,
) {
    let Some(rules) = world.inputs.rules.documents.as_ref().filter(|_| known.stage == Stage::Works) else {
        return;
    };
    let (person, employee) = (&known.person.id.0, &known.main().id.0);
    let have = link(world, &rules.company, person);
    let had = have.is_some_and(|link| {
        account.is_some()
            && link.account == account.map(|account| account.id)
            && link.employees.contains(employee)
    });
    if had {
        return;
    }
    let user = match account {
        Some(account) => json!(account.id.0),
        None => json!({"step": after}),
    };
    let bound = json!(have.and_then(|link| link.account).map(|id| id.0));
    let present = |there: bool, value: &str| if there { json!(value) } else { Value::Null };
    let known_employee = have.is_some_and(|link| link.employees.contains(employee));
    let step = Proposal::new(Action::BindDocuments, world.subject(Some(known), account, None))
        .change("company", present(have.is_some(), &rules.company), rules.company.as_str())
        .change("person", present(have.is_some(), person), person.as_str())
        .change("employee", present(known_employee, employee), employee.as_str())
        .replace("userId", bound, user)
        .because([rule(&rules.place, "whoever works and has an account is bound to it")])
        .because(source(known.main()))
        .after(after)
        .hold(account.and_then(|account| world.is_protected(account.id)));
    draft.add(step);
}

fn link<'a>(world: &World<'a>, company: &str, person: &str) -> Option<&'a DocumentsPerson> {
    let links = world.inputs.have.documents.as_ref()?;
    world.links.get(&(company, person)).map(|at| &links.persons[*at])
}
