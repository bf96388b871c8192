//! What is wanted of the accounts of people who work here: fields, departments, address.

use serde_json::{Value, json};

use super::{
    address::{Addresses, Holder},
    departments::{Structure, Wanted},
    draft::{Draft, Hold, Proposal, fact, rule, source},
    have, matching, profile,
    scope::{Known, Stage},
    swap::{Mover, Movers, taken},
    world::World,
};
use crate::{
    model::{Account, Action, Because, Email, HrEmail, Reason, StepId, Unmanaged},
    rules::{EmailRules, EmailSource, Returning},
};

/// Plans for an account of a person who works here or is about to.
pub(super) fn keep<'a>(
    world: &World<'a>,
    structure: &mut Structure<'a>,
    addresses: &Addresses<'a>,
    draft: &mut Draft,
    movers: &mut Movers<'a>,
    (at, account): (usize, &'a Account),
) {
    let known = &world.people[at];
    let adopted = world.adoption(draft, Some(known), account);
    match account.active {
        true if !matching::is_wanted(&world.inputs, known.main()) => outside(world, draft, known, account),
        true => {
            update(world, structure, draft, known, account, &adopted);
            email(world, addresses, draft, movers, at, account, &adopted);
            super::documents::bind(world, draft, known, Some(account), adopted);
        }
        false if known.wants_account() => {
            if let Some(opened) = closed(world, structure, draft, known, account) {
                email(world, addresses, draft, movers, at, account, &Some(opened));
            }
        }
        false => {}
    }
}

/// `hires.when` gives this person no account: a person decides about the one there is.
fn outside(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, account: &Account) {
    let place = world.inputs.rules.hires.as_ref().map(|hires| &hires.when_place);
    let because = place.map(|place| rule(place, "gives this person no account"));
    let hold = Hold::new(Reason::OutOfScope, "`hires.when` gives this person no account, but there is one");
    let because = because.into_iter().chain(source(known.main())).collect();
    world.fire(draft, Some(known), account, because, Some(hold));
}

fn update<'a>(
    world: &World<'a>,
    structure: &mut Structure<'a>,
    draft: &mut Draft,
    known: &Known<'a>,
    account: &Account,
    adopted: &Option<StepId>,
) {
    let step = world.step(Action::UpdateUser, Some(known), account).after(adopted.clone());
    let step = profile::differences(&world.inputs, known, account, step);
    let step = match departments(world, structure, draft, known) {
        None => step,
        Some(Ok(wanted)) => move_to(step, &wanted, account),
        Some(Err(hold)) => {
            hold_departments(world, draft, known, account, hold);
            step
        }
    };
    if !step.step.changes.is_empty() {
        draft.add(step);
    }
}

/// The departments that are wanted, where they are managed.
fn departments<'a>(
    world: &World<'a>,
    structure: &mut Structure<'a>,
    draft: &mut Draft,
    known: &Known<'a>,
) -> Option<Result<Wanted, Hold>> {
    let managed = world.inputs.rules.departments.is_some() && world.publishes(Unmanaged::Departments);
    managed.then(|| structure.wanted(draft, known))
}

fn move_to(step: Proposal, wanted: &Wanted, account: &Account) -> Proposal {
    if wanted.is_had(account) {
        return step;
    }
    let have: Value = account.departments.iter().map(|id| json!(id.0)).collect();
    step.replace("UF_DEPARTMENT", have, wanted.value()).because(wanted.because.clone()).after(wanted.after())
}

/// Only the department waits for a person; the other fields go on.
fn hold_departments(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, account: &Account, hold: Hold) {
    let place = world.inputs.rules.departments.as_ref().map(|rules| &rules.unmapped_place);
    let because = place.map(|place| rule(place, "departments are managed"));
    let have: Value = account.departments.iter().map(|id| json!(id.0)).collect();
    let step = world.step(Action::UpdateUser, Some(known), account);
    // Sent nowhere: it tells this row from the other fields' step of the same account.
    let step = step.change("UF_DEPARTMENT", have, Value::Null);
    draft.add(step.because(because).because(source(known.main())).hold(Some(hold)));
}

/// EMAIL: HR's other address, or HR gets the one that the account has. `first` is the step that
/// recognises or opens the account.
fn email<'a>(
    world: &World<'a>,
    addresses: &Addresses<'a>,
    draft: &mut Draft,
    movers: &mut Movers<'a>,
    at: usize,
    account: &'a Account,
    first: &Option<StepId>,
) {
    let known = &world.people[at];
    let Some(rules) = &world.inputs.rules.email else { return };
    if !world.publishes(Unmanaged::Emails) {
        return;
    }
    let temporary = account.email.as_ref().is_some_and(have::is_temporary);
    match &known.main().contact.email {
        HrEmail::Usable(email) if account.email.as_ref() != Some(email) => {
            if rules.source == EmailSource::Keep || temporary {
                let because = hr_asks(rules, known, email);
                let hold = Hold::first([world.is_protected(account.id), world.is_new_to_us(account.id)]);
                let after = first.iter().cloned().collect();
                movers.add(Mover { at, account, to: email.clone(), because, after, hold });
            }
        }
        HrEmail::Usable(_) => {}
        HrEmail::Unusable(_) => hold_address(world, draft, known, account, rules, unusable()),
        HrEmail::None if temporary => {
            let text = "the account is on a temporary address, and HR has none to move it to";
            hold_address(world, draft, known, account, rules, Hold::new(Reason::NoAddress, text));
        }
        HrEmail::None => {
            if let Some(email) = account.email.as_ref().filter(|_| rules.write_back) {
                let holder = others(world, addresses, known, account, email);
                let hold = holder.map(|holder| taken(email, holder));
                let hold = Hold::first([hold, world.is_protected(account.id)]);
                write_back(world, draft, known, Some(account), email, first.clone(), hold);
            }
        }
    }
}

/// Says that HR has a text that is no single address.
pub(super) fn unusable() -> Hold {
    Hold::new(
        Reason::NoAddress,
        "what HR has as the address is not one plain address; it is neither used nor replaced",
    )
}

fn hr_asks(rules: &EmailRules, known: &Known<'_>, email: &Email) -> Vec<Because> {
    let because = rule(&rules.source_place, format!("HR has the address {email}"));
    std::iter::once(because).chain(source(known.main())).collect()
}

fn hold_address(
    world: &World<'_>,
    draft: &mut Draft,
    known: &Known<'_>,
    account: &Account,
    rules: &EmailRules,
    hold: Hold,
) {
    let because = rule(&rules.source_place, "the address is HR's");
    let hold = Hold::first([Some(hold), world.is_protected(account.id)]);
    let step =
        world.step(Action::SwapEmail, Some(known), account).because([because]).because(source(known.main()));
    draft.add(step.hold(hold));
}

/// Who else has or claims the address of an account that HR is to get.
fn others(
    world: &World<'_>,
    addresses: &Addresses<'_>,
    known: &Known<'_>,
    account: &Account,
    email: &Email,
) -> Option<Holder> {
    let twin = addresses.accounts(email).iter().find(|other| {
        let owner = world.person_of(other.id).map(|owner| &owner.person.id);
        other.id != account.id && owner != Some(&known.person.id)
    });
    let twin = twin.map(|other| Holder::Account(other.id, addresses.standing(other)));
    twin.or_else(|| addresses.claimed(email, &known.person.id))
}

/// Gives HR an address.
pub(super) fn write_back(
    world: &World<'_>,
    draft: &mut Draft,
    known: &Known<'_>,
    account: Option<&Account>,
    email: &Email,
    after: Option<StepId>,
    hold: Option<Hold>,
) {
    let Some(rules) = &world.inputs.rules.email else { return };
    let formula = email.as_str().starts_with(['=', '+', '-', '@']) && world.inputs.people.refuses_formulas;
    let text = format!("{email} would run as a formula where the people's file is opened");
    let formula = formula.then(|| Hold::new(Reason::NoAddress, text));
    let because = rule(&rules.write_back_place, "HR has no address, the account has one");
    let step = Proposal::new(Action::WriteBackEmail, world.subject(Some(known), account, Some(email)))
        .replace("email", Value::Null, email.as_str())
        .because([because])
        .because(known.person.employments.iter().flat_map(source))
        .after(after)
        .hold(Hold::first([hold, formula]));
    draft.add(step);
}

/// A closed account of a person who works: they come back, or somebody closed it by hand. Returns
/// the step that opens it, if one may.
fn closed<'a>(
    world: &World<'a>,
    structure: &mut Structure<'a>,
    draft: &mut Draft,
    known: &Known<'a>,
    account: &'a Account,
) -> Option<StepId> {
    if !matching::is_wanted(&world.inputs, known.main()) {
        return None;
    }
    let step = world.step(Action::ReinstateUser, Some(known), account).replace("ACTIVE", json!(false), true);
    let place = world.inputs.rules.hires.as_ref().map(|hires| &hires.returning_place);
    let because = match place {
        Some(place) => rule(place, "the person works, the account is closed"),
        None => fact("the person works, the account is closed"),
    };
    let mut step = profile::differences(
        &world.inputs,
        known,
        account,
        step.because([because]).because(source(known.main())),
    );
    let mut hold = stays_closed(world, known, account);
    match departments(world, structure, draft, known) {
        Some(Ok(wanted)) => step = move_to(step, &wanted, account),
        Some(Err(unmapped)) if hold.is_none() => hold_departments(world, draft, known, account, unmapped),
        Some(Err(_)) | None => {}
    }
    hold = Hold::first([hold, world.is_protected(account.id)]);
    let id = draft.add(step.hold(hold.clone()));
    hold.is_none().then(|| {
        super::documents::bind(world, draft, known, Some(account), Some(id.clone()));
        id
    })
}

fn stays_closed(world: &World<'_>, known: &Known<'_>, account: &Account) -> Option<Hold> {
    if !is_returning(world, known, account) {
        let text = "somebody closed the account of a person who works here";
        return Some(Hold::new(Reason::BlockedByHand, text));
    }
    let returning = world.inputs.rules.hires.as_ref().map_or(Returning::Hold, |hires| hires.returning);
    if is_moved(world, known, account) {
        let text = "the person comes back, but the account's old address was moved elsewhere";
        return Some(Hold::new(Reason::Returning, text));
    }
    (returning == Returning::Hold)
        .then(|| Hold::new(Reason::Returning, "the person comes back after leaving"))
}

/// An employment ended before the earliest working one began, and the account was not opened
/// again since.
fn is_returning(world: &World<'_>, known: &Known<'_>, account: &Account) -> bool {
    let today = world.inputs.as_of;
    let working = known.jobs.iter().filter(|job| match known.stage {
        Stage::Works => job.works_on(today),
        _ => std::ptr::eq(**job, known.main()),
    });
    let Some(Some(began)) = working.map(|job| job.hired_on).min() else { return false };
    let ended = known
        .jobs
        .iter()
        .filter_map(|job| job.dismissed_on.filter(|end| *end < began && job.ended_before(today)));
    let Some(ended) = ended.max() else { return false };
    let reopened = world.inputs.history.reinstated.get(&account.id);
    reopened.is_none_or(|day| *day <= ended)
}

/// Tells whether the account's old address was parked, or went to the person's partner account.
fn is_moved(world: &World<'_>, known: &Known<'_>, account: &Account) -> bool {
    let hr = known.main().contact.email.usable();
    let partner = world.matches.partners.get(world.person(&known.person.id).unwrap_or(usize::MAX));
    let partner = partner.into_iter().flatten().filter_map(|account| account.email.as_ref()).any(|email| {
        let given = world.inputs.history.addresses.get(&email.key());
        hr == Some(email)
            || given.is_some_and(|persons| {
                persons.contains(&known.person.id) && account.email.as_ref() != Some(email)
            })
    });
    let personal = known.jobs.iter().filter_map(|job| job.contact.personal_email.as_deref());
    let personal = personal
        .filter_map(|text| Email::parse(text).ok())
        .any(|email| account.email.as_ref() == Some(&email));
    world.inputs.history.parked.contains_key(&account.id)
        || partner
        || (personal && hr.is_some_and(|email| account.email.as_ref() != Some(email)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::super::company::{Company, assert_quiet, department, email, held, only, row, steps, want};
    use crate::{
        model::{Action, DepartmentId, EmploymentKind, HrEmail, Parked, PersonId, Reason, Unmanaged},
        rules::{DepartmentTarget, Empty, FieldWhen, Returning, Unmapped, When},
    };

    fn company() -> Company {
        let mut company = Company::new();
        company.pair("p1", "Орлова Анна Петровна", 10, "a.orlova@romashka.example");
        company
    }

    #[test]
    fn managed_fields_and_nothing_else_are_changed() {
        let mut company = company();
        company.rules.matching.as_mut().unwrap().adopt.clear();
        company.people.persons.retain(|person| person.id.0 == "p1");
        company.have.accounts.retain(|account| account.id.0 == 10);
        let fields = [
            ("WORK_POSITION", "{{job.position}}", FieldWhen::Always),
            ("PERSONAL_BIRTHDAY", "{{person.birthday}}", FieldWhen::Create),
        ];
        company.fields(Empty::Keep, &fields);
        company.get(10).row =
            row(&[("WORK_POSITION", "Стажёр"), ("PERSONAL_BIRTHDAY", "1990-01-01"), ("TITLE", "x")]);
        let plan = company.plan();
        let update = only(&plan, Action::UpdateUser);
        assert_eq!(update.changes.len(), 1);
        assert_eq!(update.changes["WORK_POSITION"].have, json!("Стажёр"));
        assert_eq!(update.expects.len(), 2);
        company.job("p1").position = None;
        assert_quiet(&company.plan());
        company.rules.profile.as_mut().unwrap().empty = Empty::Clear;
        assert_eq!(want(only(&company.plan(), Action::UpdateUser), "WORK_POSITION"), &json!(""));
        company.people.unmanaged.insert(Unmanaged::Positions);
        assert_quiet(&company.plan());
    }

    #[test]
    fn departments_are_compared_as_the_first_and_the_set() {
        let mut company = company();
        let by_id = |id| DepartmentTarget::Id(id);
        company.have.departments.push(department(7, "Склад", Some(1)));
        company.map(Unmapped::Hold, &[("Продажи", by_id(5)), ("Склад", by_id(7)), ("Касса", by_id(1))]);
        for (id, name) in [(2, "Склад"), (3, "Касса")] {
            let job = company.also("p1");
            job.kind = EmploymentKind::PartTimeInner;
            job.department = vec![name.into()];
            assert_eq!(job.id.0, format!("p1-{id}"));
        }
        company.get(10).departments = [5, 1, 7].map(DepartmentId).to_vec();
        assert_quiet(&company.plan());
        company.get(10).departments = [7, 5, 1].map(DepartmentId).to_vec();
        assert_eq!(want(only(&company.plan(), Action::UpdateUser), "UF_DEPARTMENT"), &json!([5, 7, 1]));
        company.people.unmanaged.insert(Unmanaged::Departments);
        assert_quiet(&company.plan());
    }

    #[test]
    fn missing_departments_are_created_once_and_parent_first() {
        let mut company = company();
        let path = DepartmentTarget::Path(vec!["Финансы".into(), "Касса".into()]);
        company.map(Unmapped::Top, &[("Продажи", path)]);
        let plan = company.plan();
        let created = steps(&plan, Action::CreateDepartment);
        assert_eq!(
            created.iter().map(|step| step.subject.name.as_str()).collect::<Vec<_>>(),
            ["Финансы", "Финансы / Касса"]
        );
        assert_eq!(want(created[0], "PARENT"), &json!("1"));
        assert_eq!(want(created[1], "PARENT"), &json!({"step": created[0].id}));
        for update in steps(&plan, Action::UpdateUser) {
            assert_eq!(want(update, "UF_DEPARTMENT"), &json!([{"step": created[1].id}]));
            assert_eq!(update.after, std::slice::from_ref(&created[1].id));
        }
    }

    #[test]
    fn an_unmapped_department_holds_the_department_only() {
        let mut company = company();
        company.map(Unmapped::Hold, &[]);
        company.fields(Empty::Keep, &[("WORK_POSITION", "{{job.position}}", FieldWhen::Always)]);
        let plan = company.plan();
        assert_eq!(steps(&plan, Action::UpdateUser).len(), 2);
        assert!(held(&plan).contains(&(Action::UpdateUser, "p1", "10", Reason::UnmappedDepartment)));
    }

    #[test]
    fn outside_hires_when_a_person_decides() {
        let mut company = company();
        company.rules.hires.as_mut().unwrap().when = Some(When::Employment(vec![EmploymentKind::Main]));
        company.job("p1").kind = EmploymentKind::Contract;
        assert_eq!(held(&company.plan()), [(Action::FireUser, "p1", "10", Reason::OutOfScope)]);
    }

    #[test]
    fn a_closed_account_of_a_person_who_works_was_blocked_by_hand() {
        let mut company = company();
        company.get(10).active = false;
        assert_eq!(held(&company.plan()), [(Action::ReinstateUser, "p1", "10", Reason::BlockedByHand)]);
    }

    #[test]
    fn who_comes_back_is_held_or_reinstated_unless_the_address_moved() {
        let mut company = company();
        company.get(10).active = false;
        company.job("p1").dismissed_on = Some(date(2025, 1, 1));
        let job = company.also("p1");
        (job.hired_on, job.dismissed_on) = (Some(date(2026, 11, 1)), None);
        assert_eq!(held(&company.plan()), [(Action::ReinstateUser, "p1", "10", Reason::Returning)]);
        company.rules.hires.as_mut().unwrap().returning = Returning::Reinstate;
        let plan = company.plan();
        assert_eq!(want(only(&plan, Action::ReinstateUser), "ACTIVE"), &json!(true));
        company.history.reinstated.insert(crate::model::AccountId(10), date(2026, 11, 2));
        assert_eq!(held(&company.plan()), [(Action::ReinstateUser, "p1", "10", Reason::BlockedByHand)]);
        company.history.reinstated.clear();
        let parked = Parked {
            person: Some(PersonId("p1".into())),
            from: email("a.orlova@romashka.example"),
            to: email("anna@mail.example"),
        };
        company.history.parked.insert(crate::model::AccountId(10), parked);
        assert_eq!(held(&company.plan()), [(Action::ReinstateUser, "p1", "10", Reason::Returning)]);
    }

    #[test]
    fn hr_gets_the_address_of_an_account_unless_another_claims_it() {
        let mut company = company();
        company.job("p1").contact.email = HrEmail::None;
        let plan = company.plan();
        let back = only(&plan, Action::WriteBackEmail);
        assert_eq!(back.expects, [("email".to_owned(), json!(null))].into());
        company.works("p2", "Волкова Анна Ивановна").contact.personal_email =
            Some("A.Orlova@romashka.example".into());
        assert!(held(&company.plan()).contains(&(Action::WriteBackEmail, "p1", "10", Reason::AddressTaken)));
        company.rules.email.as_mut().unwrap().write_back = false;
        assert!(held(&company.plan()).is_empty());
        assert_eq!(steps(&company.plan(), Action::WriteBackEmail).len(), 0);
    }

    #[test]
    fn an_unusable_address_is_neither_used_nor_replaced() {
        let mut company = company();
        company.job("p1").contact.email = HrEmail::Unusable("нет".into());
        assert_eq!(held(&company.plan()), [(Action::SwapEmail, "p1", "10", Reason::NoAddress)]);
    }
}
