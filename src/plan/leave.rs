//! People who left: their accounts are closed by the first policy that fits.

use super::{
    address::Addresses,
    draft::{Draft, Hold, rule, source},
    extranet, have,
    invitation::Invitation,
    policies,
    scope::{self, Known, Stage},
    swap::Movers,
    world::World,
};
use crate::{
    model::{Account, Because, Reason, StepId, Unmanaged},
    rules::{Policy, Vanished},
};
use jiff::civil::Date;

/// Plans for an account of a person who does not work here. The invitation of an external
/// partner, if one is wanted, is returned: it is written when every address is settled.
pub(super) fn leave<'a>(
    world: &World<'a>,
    structure: &super::departments::Structure<'a>,
    addresses: &mut Addresses<'a>,
    draft: &mut Draft,
    movers: &mut Movers<'a>,
    (at, account): (usize, &'a Account),
) -> Option<Invitation<'a>> {
    let known = &world.people[at];
    let Stage::Left { last } = known.stage else {
        out_of_scope(world, draft, known, account);
        return None;
    };
    if !world.publishes(Unmanaged::Leavers) {
        return None;
    }
    if known.elsewhere {
        out_of_scope(world, draft, known, account);
        return None;
    }
    // Marked at once, not on the day of the closing: that waits for the plan after the mark.
    world.adoption(draft, Some(known), account);
    world.inputs.rules.dismissals.as_ref()?;
    let Some(policy) = policies::policy(&world.inputs, known.main()) else {
        no_policy(world, draft, known, account, last);
        return None;
    };
    let fire = match close(world, structure, draft, known, account, policy, last) {
        Closing::Done => None,
        Closing::Planned(step) => Some(step),
        Closing::NotYet => return None,
    };
    extranet::stay(world, addresses, draft, movers, (at, account), policy, last, fire)
}

/// Whether an account is closed.
enum Closing {
    /// It is.
    Done,
    /// A step closes it.
    Planned(StepId),
    /// It stays open for now.
    NotYet,
}

fn close(
    world: &World<'_>,
    structure: &super::departments::Structure<'_>,
    draft: &mut Draft,
    known: &Known<'_>,
    account: &Account,
    policy: &Policy,
    last: Date,
) -> Closing {
    if !account.active {
        return Closing::Done;
    }
    let Some(days) = policy.fire_days_after.filter(|days| world.inputs.as_of >= scope::after(last, *days))
    else {
        return Closing::NotYet;
    };
    let text =
        format!("last working day {last}; policy `{}` closes the account {days} days after it", policy.id);
    let mut because = vec![rule(&policy.fire_place, text)];
    because.extend(asides(structure, account));
    because.extend(source(known.main()));
    Closing::Planned(world.fire(draft, Some(known), account, because, None))
}

/// What a reader must know of an account that is closed.
fn asides(structure: &super::departments::Structure<'_>, account: &Account) -> Vec<Because> {
    let mut texts = Vec::new();
    let headed = structure.headed_by(account.id);
    if !headed.is_empty() {
        texts.push(format!("heads {} on the portal: name another head", quoted(headed)));
    }
    if have::is_unused(account) {
        texts.push("the invitation was not accepted yet; this withdraws it".to_owned());
    }
    texts.into_iter().map(super::draft::fact).collect()
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn no_policy(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, account: &Account, last: Date) {
    let Some(rules) = world.inputs.rules.dismissals.as_ref().filter(|_| account.active) else { return };
    let text = format!("last working day {last}; no policy of `dismissals.policies` fits");
    let because = vec![rule(&rules.place, text.clone())].into_iter().chain(source(known.main())).collect();
    world.fire(draft, Some(known), account, because, Some(Hold::new(Reason::NoPolicy, text)));
}

/// No employment here that says what to do: a person decides.
fn out_of_scope(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, account: &Account) {
    if !account.active {
        return;
    }
    let text = match known.stage {
        Stage::Outside => "the person has no employment in the organizations of this portal",
        Stage::Left { .. } => "the person has left here, but works in another organization",
        _ => "the person has no employment with dates in the organizations of this portal",
    };
    let hold = Hold::new(Reason::OutOfScope, text);
    world.fire(draft, Some(known), account, source(known.main()).into_iter().collect(), Some(hold));
}

/// Plans for the managed accounts whose persons are not in the source at all.
pub(super) fn vanished(world: &World<'_>, structure: &super::departments::Structure<'_>, draft: &mut Draft) {
    let Some(rules) = &world.inputs.rules.dismissals else { return };
    if !world.publishes(Unmanaged::Leavers) {
        return;
    }
    for missing in world.matches.missing.iter().filter(|missing| missing.account.active) {
        let hold = match () {
            () if missing.doubled => Some(Hold::new(
                Reason::AmbiguousMatch,
                "several accounts have the same key; nothing is done to any",
            )),
            () if missing.renamed => Some(Hold::new(
                Reason::RenamedOrNew,
                "the account's person is not in the source, but one without an account looks like them",
            )),
            () if rules.vanished == Vanished::Hold => {
                Some(Hold::new(Reason::Vanished, "the account's person is not in the source at all"))
            }
            () => None,
        };
        let mut because =
            vec![rule(&rules.vanished_place, "the account's person is not in the source at all")];
        because.extend(asides(structure, missing.account));
        world.fire(draft, None, missing.account, because, hold);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::company::{Company, TODAY, assert_quiet, held, only, place, steps};
    use crate::{
        model::{AcceptedSource, AccountId, Action, DepartmentId, Organization, Reason, Unmanaged},
        rules::{Allow, Limit, Vanished, When},
    };

    fn leaver() -> Company {
        let mut company = Company::new();
        company.pair("p1", "Орлова Анна Петровна", 10, "a.orlova@romashka.example");
        company.job("p1").dismissed_on = Some(date(2026, 11, 20));
        company
    }

    fn row(company: &Company) -> (Action, Reason) {
        let plan = company.plan();
        let rows = held(&plan);
        assert_eq!((rows.len(), plan.steps.len()), (1, 0), "{plan:#?}");
        (rows[0].0, rows[0].3)
    }

    #[test]
    fn nobody_is_closed_who_begins_again_soon() {
        let mut company = leaver();
        let job = company.also("p1");
        (job.hired_on, job.dismissed_on) = (Some(date(2026, 11, 29)), None);
        assert_quiet(&company.plan());
        company.people.persons.last_mut().unwrap().employments[1].hired_on = Some(date(2026, 11, 30));
        assert_eq!(steps(&company.plan(), Action::FireUser).len(), 1);
    }

    #[test]
    fn days_after_zero_closes_on_the_last_day_itself() {
        let mut company = leaver();
        company.job("p1").dismissed_on = Some(TODAY);
        assert_quiet(&company.plan());
        company.rules.dismissals.as_mut().unwrap().policies[0].fire_days_after = Some(0);
        assert_eq!(steps(&company.plan(), Action::FireUser).len(), 1);
        let open = company.also("p1");
        open.dismissed_on = None;
        assert_quiet(&company.plan());
    }

    #[test]
    fn an_unmarked_account_is_recognised_before_the_day_it_is_closed_on() {
        let mut company = leaver();
        company.get(10).xml_id = None;
        company.rules.dismissals.as_mut().unwrap().policies[0].fire_days_after = Some(9);
        let recognised = |company: &Company| {
            let plan = company.plan();
            assert_eq!(
                (only(&plan, Action::AdoptUser).subject.account.as_deref(), plan.held.len()),
                (Some("10"), 0)
            );
        };
        recognised(&company);
        let next = company.also("p1");
        (next.hired_on, next.dismissed_on) = (Some(date(2026, 11, 29)), None);
        recognised(&company);
        company.people.persons.last_mut().unwrap().employments.truncate(1);
        company.rules.dismissals = None;
        recognised(&company);
    }

    #[test]
    fn the_last_employment_in_scope_counts() {
        let mut company = leaver();
        company.organizations = vec!["ооо «ромашка»".into()];
        let other = company.also("p1");
        other.organization = Organization { name: "ООО «Лютик»".into(), ..Organization::default() };
        other.dismissed_on = None;
        assert_eq!(row(&company), (Action::FireUser, Reason::OutOfScope));
        company.people.persons.last_mut().unwrap().employments.remove(0);
        assert_eq!(row(&company), (Action::FireUser, Reason::OutOfScope));
        company.organizations.clear();
        assert_quiet(&company.plan());
    }

    #[test]
    fn without_a_policy_or_the_section_nobody_is_closed() {
        let mut company = leaver();
        company.rules.dismissals.as_mut().unwrap().policies[0].when =
            Some(When::Position("*директор*".into()));
        assert_eq!(row(&company), (Action::FireUser, Reason::NoPolicy));
        company.rules.dismissals.as_mut().unwrap().policies[0].when = None;
        company.people.unmanaged.insert(Unmanaged::Leavers);
        assert_quiet(&company.plan());
        company.people.unmanaged.clear();
        company.rules.dismissals = None;
        assert_quiet(&company.plan());
    }

    #[test]
    fn a_condition_on_what_is_not_published_closes_nobody() {
        let mut company = leaver();
        let consultant = When::Not(Box::new(When::Position("*консультант*".into())));
        company.rules.dismissals.as_mut().unwrap().policies[0].when = Some(consultant);
        assert_eq!(steps(&company.plan(), Action::FireUser).len(), 1);
        company.people.unmanaged.insert(Unmanaged::Positions);
        assert_eq!(row(&company), (Action::FireUser, Reason::NoPolicy));
    }

    #[test]
    fn own_and_protected_accounts_stay_open_and_the_first_reason_is_told() {
        let mut company = leaver();
        company
            .rules
            .safety
            .protect
            .push((crate::rules::Protected::Id(AccountId(10)), place("rules/safety.yaml", 2)));
        assert_eq!(row(&company), (Action::FireUser, Reason::Protected));
        company.have.owner = Some(AccountId(10));
        assert_eq!(row(&company), (Action::FireUser, Reason::OwnAccount));
    }

    #[test]
    fn nobody_is_closed_on_a_first_run() {
        let mut company = leaver();
        company.have.accounts.iter_mut().for_each(|account| account.xml_id = None);
        let plan = company.plan();
        assert_eq!(steps(&plan, Action::AdoptUser).len(), 2);
        assert_eq!(held(&plan), [(Action::FireUser, "p1", "10", Reason::FirstRun)]);
    }

    #[test]
    fn a_vanished_account_is_held_or_closed_by_rule() {
        let mut company = leaver();
        company.people.persons.pop();
        assert_eq!(row(&company), (Action::FireUser, Reason::Vanished));
        company.rules.dismissals.as_mut().unwrap().vanished = Vanished::Fire;
        assert_eq!(only(&company.plan(), Action::FireUser).subject.person, None);
        company.get(10).active = false;
        assert_quiet(&company.plan());
    }

    #[test]
    fn a_source_that_shrank_closes_nobody() {
        let mut company = leaver();
        company.rules.safety.source_shrink = 10;
        company.history.accepted_source = Some(AcceptedSource { persons: 3 });
        assert_eq!(row(&company), (Action::FireUser, Reason::SourceShrink));
        company.history.accepted_source = Some(AcceptedSource { persons: 2 });
        assert_eq!(steps(&company.plan(), Action::FireUser).len(), 1);
        company.history.accepted_source = None;
        company.account(11, "1c:p8", "x@romashka.example");
        assert!(held(&company.plan()).contains(&(Action::FireUser, "p1", "10", Reason::SourceShrink)));
    }

    #[test]
    fn a_breach_holds_every_step_of_the_action_until_an_exception_allows_more() {
        let mut company = leaver();
        let limit = Limit { count: 0, percent: 50, place: Some(place("rules/safety.yaml", 3)) };
        company.rules.safety.limits.insert(Action::FireUser, limit.clone());
        assert_eq!(steps(&company.plan(), Action::FireUser).len(), 1, "one of two is half");
        company.rules.safety.limits.insert(Action::FireUser, Limit { percent: 49, ..limit });
        assert_eq!(row(&company), (Action::FireUser, Reason::Limit));
        let allow = Allow {
            action: Action::FireUser,
            count: 1,
            until: TODAY,
            because: "a test".into(),
            place: place("rules/safety.yaml", 7),
        };
        company.rules.safety.allow.push(allow);
        assert_eq!(steps(&company.plan(), Action::FireUser).len(), 1);
        company.rules.safety.allow[0].until = TODAY.yesterday().unwrap();
        assert_eq!(row(&company), (Action::FireUser, Reason::Limit));
    }

    #[test]
    fn a_leaver_who_heads_a_department_is_named() {
        let mut company = leaver();
        company.have.departments[1].head = Some(AccountId(10));
        assert_eq!(company.have.departments[1].id, DepartmentId(5));
        let plan = company.plan();
        let texts =
            only(&plan, Action::FireUser).because.iter().filter_map(|because| because.text.as_deref());
        assert!(texts.into_iter().any(|text| text.contains("Продажи")));
    }
}
