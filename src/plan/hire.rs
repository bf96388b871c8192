//! New accounts: who gets one, on which address, and after what.

use serde_json::{Value, json};

use super::{
    address::{Addresses, Candidate, Generated, Holder},
    departments::Structure,
    draft::{Draft, Hold, Proposal, fact, rule, source},
    have, keep, login, matching, profile,
    scope::Known,
    swap::{Asked, Freed, Movers, taken},
    world::World,
};
use crate::{
    model::{AccountId, Action, Because, Email, HrEmail, PersonId, Reason, StepId, Unmanaged},
    rules::EmailSource,
};

/// A person who is to get an account, and the address HR asks for.
#[derive(Debug)]
pub(super) struct Hire<'a> {
    /// The person's place in the list of people.
    pub at: usize,
    /// The address, and whether it came from HR.
    pub address: Option<Address>,
    /// Why the account is not made.
    pub hold: Option<Hold>,
    /// The rules that gave the address.
    pub because: Vec<Because>,
    /// Steps that come first.
    pub after: Vec<StepId>,
    /// The account that leaves the address in this plan.
    pub freed_by: Option<AccountId>,
    /// The text behind `hold` counts what was tried.
    pub generated: Generated<'a>,
}

/// The address of a new account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// HR has it.
    Hr(Email),
    /// A template made it.
    Made(Email),
}

impl Address {
    fn email(&self) -> &Email {
        match self {
            Address::Hr(email) | Address::Made(email) => email,
        }
    }
}

/// Lists the persons who are to get an account. Addresses that HR asks for are settled here;
/// templates follow when every other address of the plan is known.
pub(super) fn hires<'a>(
    world: &World<'a>,
    addresses: &Addresses<'a>,
    draft: &mut Draft,
    movers: &mut Movers<'a>,
) -> Vec<Hire<'a>> {
    if !makes_accounts(world) {
        return Vec::new();
    }
    let mut hires = Vec::new();
    for at in (0..world.people.len()).filter(|at| gets_account(world, *at)) {
        let mut hire = Hire {
            at,
            address: None,
            hold: None,
            because: Vec::new(),
            after: Vec::new(),
            freed_by: None,
            generated: Generated::default(),
        };
        hire.ask_hr(world, addresses, draft, movers);
        hires.push(hire);
    }
    hires
}

/// New accounts are made where a rule is about them: `hires`, or `email` with its addresses for
/// them. Rules for nothing but matching invite nobody.
pub(super) fn makes_accounts(world: &World<'_>) -> bool {
    world.inputs.rules.hires.is_some() || world.inputs.rules.email.is_some()
}

fn gets_account(world: &World<'_>, at: usize) -> bool {
    let known = &world.people[at];
    let nobody = matches!(world.matches.of[at], matching::Match::Nobody);
    nobody && known.wants_account() && matching::is_wanted(&world.inputs, known.main())
}

impl<'a> Hire<'a> {
    fn ask_hr(
        &mut self,
        world: &World<'a>,
        addresses: &Addresses<'a>,
        draft: &mut Draft,
        movers: &mut Movers<'a>,
    ) {
        let known = &world.people[self.at];
        let rules = world.inputs.rules.email.as_ref();
        let keeps = rules.is_none_or(|rules| rules.source == EmailSource::Keep);
        match &known.main().contact.email {
            _ if !world.publishes(Unmanaged::Emails) => {
                let text = "the source does not publish addresses, so none is made";
                self.hold = Some(Hold::new(Reason::NoAddress, text));
            }
            HrEmail::Unusable(_) => self.hold = Some(keep::unusable()),
            HrEmail::Usable(email) if keeps => {
                let text = format!("HR has the address {email}");
                self.because.push(rules.map_or(fact(text.clone()), |rules| rule(&rules.source_place, text)));
                self.address = Some(Address::Hr(email.clone()));
                self.claim(world, addresses, draft, movers, email);
            }
            HrEmail::Usable(_) | HrEmail::None => {}
        }
    }

    /// Looks who has the address that HR asks for, and has them leave it first.
    fn claim(
        &mut self,
        world: &World<'a>,
        addresses: &Addresses<'a>,
        draft: &mut Draft,
        movers: &mut Movers<'a>,
        email: &Email,
    ) {
        let person = &world.people[self.at].person.id;
        match movers.freed(world, addresses, email, person, Asked::ByHr, None) {
            Freed::Kept(hold) => self.hold = Some(hold),
            Freed::By(account) => {
                self.freed_by = Some(account);
                let Some(mover) = movers.get(account) else { return };
                let step = login::change(world, &world.people[mover.at], mover.account, email, &mover.to);
                if let Some(step) = login::pending(world, draft, step.because(mover.because.clone())) {
                    movers.wait(account, step.clone());
                    self.after.push(step);
                }
            }
            Freed::Free => self.ask_former_holders(world, addresses, draft, email, person),
        }
    }

    /// An account keeps its LOGIN when its address moves. So an address that somebody left in an
    /// earlier plan is theirs, unless they have confirmed that the login left it too.
    fn ask_former_holders(
        &mut self,
        world: &World<'a>,
        addresses: &Addresses<'a>,
        draft: &mut Draft,
        email: &Email,
        person: &PersonId,
    ) {
        for other in addresses.given(email, person) {
            let Some((known, account, to)) = moved(world, other) else { continue };
            let step = login::change(world, known, account, email, to);
            match login::state(world, &step) {
                login::State::Confirmed => {}
                login::State::BackToWaiting => self.after.extend(login::pending(world, draft, step)),
                login::State::Open => {
                    self.hold = Some(taken(email, Holder::Given(other.clone())));
                }
            }
        }
    }

    /// Makes an address where HR has none that is to be used.
    pub fn make_address(&mut self, world: &World<'a>, addresses: &mut Addresses<'a>) {
        if self.address.is_some() || self.hold.is_some() {
            return;
        }
        let known = &world.people[self.at];
        if known.name().has_initials() {
            let text = "HR has initials only; no address is made of them";
            self.hold = Some(Hold::new(Reason::NoAddress, text));
            return;
        }
        self.generated = addresses.generate(known);
        if let Some(entry) = self.generated.entry {
            self.because.push(rule(&entry.place, made_by(&self.generated.tried)));
        }
        self.address = self.generated.chosen.clone().map(Address::Made);
        if self.address.is_none() {
            self.hold = Some(Hold::new(Reason::NoAddress, nothing_free(&self.generated)));
        }
    }

    /// Writes the steps down: the account, the binding of its documents, the address for HR.
    pub fn write(
        self,
        world: &World<'a>,
        structure: &mut Structure<'a>,
        draft: &mut Draft,
        leaves: &std::collections::HashMap<AccountId, StepId>,
    ) {
        let known = &world.people[self.at];
        let email = self.address.as_ref().map(Address::email);
        let mut step = Proposal::new(Action::CreateUser, world.subject(Some(known), None, email))
            .expect("account", Value::Null)
            .change("XML_ID", Value::Null, json!(known.key))
            .because(self.because)
            .because([hired_by(world)])
            .after(self.after)
            .after(self.freed_by.and_then(|account| leaves.get(&account).cloned()))
            .message(message(world, known));
        if let Some(email) = email {
            step = step.change("EMAIL", Value::Null, email.as_str());
        }
        step = profile::fill(&world.inputs, known, step);
        step = match departments(world, structure, draft, known) {
            Ok(wanted) => step
                .change("UF_DEPARTMENT", Value::Null, wanted.value())
                .because(wanted.because.clone())
                .after(wanted.after()),
            Err(hold) => step.hold(Some(hold)),
        };
        let id = draft.add(step.because(source(known.main())).hold(self.hold));
        super::documents::bind(world, draft, known, None, Some(id.clone()));
        if let (Some(Address::Made(email)), HrEmail::None) = (&self.address, &known.main().contact.email)
            && world.inputs.rules.email.as_ref().is_some_and(|rules| rules.write_back)
        {
            keep::write_back(world, draft, known, None, email, Some(id), None);
        }
    }
}

/// A person in use of another address than the one they had.
fn moved<'w, 'a>(
    world: &'w World<'a>,
    person: &PersonId,
) -> Option<(&'w Known<'a>, &'a crate::model::Account, &'a Email)> {
    let at = world.person(person)?;
    let matching::Match::Account(account) = world.matches.of[at] else { return None };
    let email = account.email.as_ref()?;
    Some((&world.people[at], account, email))
}

fn departments<'a>(
    world: &World<'a>,
    structure: &mut Structure<'a>,
    draft: &mut Draft,
    known: &Known<'a>,
) -> Result<super::departments::Wanted, Hold> {
    match world.inputs.rules.departments.is_some() {
        true => structure.wanted(draft, known),
        false => structure.top(),
    }
}

/// Says why a person gets an account.
pub(super) fn hired_by(world: &World<'_>) -> Because {
    let text = "the person works here and has no account";
    world.inputs.rules.hires.as_ref().map_or(fact(text), |hires| rule(&hires.when_place, text))
}

fn message(world: &World<'_>, known: &Known<'_>) -> Option<String> {
    let template = world.inputs.rules.hires.as_ref()?.message.as_ref()?;
    Some(template.render(&known.scope(&world.inputs)).text)
}

fn made_by(tried: &[Candidate]) -> String {
    match tried.iter().find(|candidate| candidate.verdict.is_none()) {
        Some(candidate) => format!("`{}` gives an address that is free", candidate.template),
        None => "no template gives an address that is free".to_owned(),
    }
}

fn nothing_free(generated: &Generated<'_>) -> String {
    let last = generated.tried.last().map(|candidate| {
        let verdict = candidate.verdict.as_deref().unwrap_or("it was free");
        format!("{} addresses were tried, {} the last: {verdict}", generated.tried.len(), candidate.address)
    });
    match (generated.entry, last) {
        (None, _) => "HR has no address, and no entry of `email.templates` is for this person".to_owned(),
        (Some(_), Some(last)) => last,
        (Some(_), None) => "`email.templates` names no domain or nothing to try".to_owned(),
    }
}

/// Holds whoever finds no seat: in the order of hired_on, then person id. Seats that this plan
/// frees do not count.
pub(super) fn seats(world: &World<'_>, draft: &mut Draft) {
    let Some(seats) = world.inputs.have.seats else { return };
    let taken = world.accounts.iter().filter(|account| have::takes_seat(account)).count() as u64;
    let mut free = seats.saturating_sub(taken);
    let mut waiting: Vec<_> = draft.all_mut().iter_mut().filter(|proposal| needs_seat(proposal)).collect();
    waiting.sort_by_cached_key(|proposal| {
        let person = proposal.step.subject.person.clone().map(PersonId);
        let at = person.as_ref().and_then(|person| world.person(person));
        (at.map(|at| world.people[at].main().hired_on), person)
    });
    for proposal in waiting {
        match free.checked_sub(1) {
            Some(rest) => free = rest,
            None => {
                let text = format!("all {seats} seats of the tariff are taken");
                proposal.hold = Some(Hold::new(Reason::NoSeat, text));
            }
        }
    }
}

fn needs_seat(proposal: &Proposal) -> bool {
    let action = matches!(proposal.step.action, Action::CreateUser | Action::ReinstateUser);
    action && proposal.hold.is_none()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::super::company::{
        Company, TODAY, assert_quiet, email, held, only, place, steps, template, want,
    };
    use crate::{
        model::{Action, HrEmail, PersonId, Reason, Unmanaged},
        rules::{EmailSource, EmailTemplates, Unmapped, When},
    };

    fn newcomer(name: &str) -> Company {
        let mut company = Company::new();
        company.works("p1", name);
        company
    }

    fn address(company: &Company) -> String {
        want(only(&company.plan(), Action::CreateUser), "EMAIL").as_str().unwrap_or_default().to_owned()
    }

    #[test]
    fn nobody_gets_an_address_that_anybody_has() {
        for other in 0..4 {
            let mut company = newcomer("Орлова Анна Петровна");
            let taken = "A.Orlova@romashka.example";
            match other {
                0 => company.account(20, "", taken).active = false,
                1 => {
                    let persons = [PersonId("p9".into())].into();
                    company.history.addresses.insert(taken.to_lowercase(), persons);
                }
                2 => company.job("z0").contact.personal_email = Some(taken.into()),
                _ => company.job("z0").contact.personal_email = Some(format!("x@y.example; {taken}")),
            }
            assert_eq!(address(&company), "anna.orlova@romashka.example", "{other}");
        }
    }

    #[test]
    fn a_persons_own_rows_and_history_do_not_stand_in_the_way() {
        let mut company = newcomer("Орлова Анна Петровна");
        company.job("p1").contact.personal_email = Some("a.orlova@romashka.example".into());
        let persons = [PersonId("p1".into())].into();
        company.history.addresses.insert("a.orlova@romashka.example".into(), persons);
        assert_eq!(address(&company), "a.orlova@romashka.example");
    }

    #[test]
    fn namesakes_get_different_addresses_in_the_order_of_their_ids() {
        let mut company = Company::new();
        for id in ["p4", "p3", "p2", "p1"] {
            company.works(id, "Орлова Анна Петровна");
        }
        let plan = company.plan();
        let made: Vec<_> =
            steps(&plan, Action::CreateUser).iter().map(|step| want(step, "EMAIL").clone()).collect();
        let local = ["a.orlova", "anna.orlova", "orlova2", "orlova3"];
        assert_eq!(made, local.map(|local| json!(format!("{local}@romashka.example"))));
    }

    #[test]
    fn only_the_first_entry_that_fits_is_tried() {
        let mut company = newcomer("Орлова Анна Петровна");
        let entry = EmailTemplates {
            when: Some(When::Organization("ООО «Ромашка»".into())),
            domain: Some("lutik.example".into()),
            r#try: vec![template("{{last}}")],
            place: place("rules/email.yaml", 6),
        };
        company.rules.email.as_mut().unwrap().templates.insert(0, entry);
        assert_eq!(address(&company), "orlova@lutik.example");
        company.account(20, "", "orlova@lutik.example");
        assert_eq!(held(&company.plan())[0], (Action::CreateUser, "p1", "-", Reason::NoAddress));
    }

    #[test]
    fn no_address_is_made_of_initials_of_unusable_texts_or_of_nothing() {
        assert_eq!(held(&newcomer("Орлова А. П.").plan())[0].3, Reason::NoAddress);
        let mut company = newcomer("Орлова Анна Петровна");
        company.job("p1").contact.email = HrEmail::Unusable("нет".into());
        assert_eq!(held(&company.plan())[0].3, Reason::NoAddress);
        let mut company = newcomer("Орлова Анна Петровна");
        company.people.unmanaged.insert(Unmanaged::Emails);
        assert_eq!(held(&company.plan()), [(Action::CreateUser, "p1", "-", Reason::NoAddress)]);
    }

    #[test]
    fn an_address_two_persons_claim_is_given_to_neither() {
        let mut company = newcomer("Орлова Анна Петровна");
        company.works("p2", "Волкова Анна Ивановна");
        for id in ["p1", "p2"] {
            company.job(id).contact.email = HrEmail::Usable(email("x@romashka.example"));
        }
        let rows = held(&company.plan()).into_iter().map(|row| (row.1.to_owned(), row.3)).collect::<Vec<_>>();
        assert_eq!(rows, [("p1".to_owned(), Reason::AddressTaken), ("p2".to_owned(), Reason::AddressTaken)]);
    }

    #[test]
    fn replace_makes_another_address_for_a_new_account_and_leaves_hr_alone() {
        let mut company = newcomer("Орлова Анна Петровна");
        company.job("p1").contact.email = HrEmail::Usable(email("old@romashka.example"));
        assert_eq!(address(&company), "old@romashka.example");
        company.rules.email.as_mut().unwrap().source = EmailSource::Replace;
        assert_eq!(address(&company), "a.orlova@romashka.example");
        assert_eq!(steps(&company.plan(), Action::WriteBackEmail).len(), 0);
    }

    #[test]
    fn invitations_go_out_so_many_days_before() {
        let mut company = newcomer("Орлова Анна Петровна");
        company.job("p1").hired_on = Some(date(2026, 11, 25));
        assert_quiet(&company.plan());
        company.rules.hires.as_mut().unwrap().days_before = 3;
        company.rules.hires.as_mut().unwrap().message = Some(template("Привет, {{person.first_name}}!"));
        assert_eq!(only(&company.plan(), Action::CreateUser).message.as_deref(), Some("Привет, Анна!"));
        company.as_of = TODAY.yesterday().unwrap();
        assert_quiet(&company.plan());
    }

    #[test]
    fn seats_go_by_hire_date_and_take_dependants_along() {
        let mut company = newcomer("Орлова Анна Петровна");
        company.works("p2", "Волков Пётр Ильич").hired_on = Some(date(2019, 1, 1));
        company.pair("p3", "Зайцев Олег Ильич", 30, "o.zaitsev@romashka.example");
        company.job("p3").dismissed_on = Some(date(2026, 11, 20));
        company.have.seats = Some(3);
        let plan = company.plan();
        assert_eq!(only(&plan, Action::CreateUser).subject.person.as_deref(), Some("p2"));
        let rows =
            [Action::CreateUser, Action::WriteBackEmail].map(|action| (action, "p1", "-", Reason::NoSeat));
        assert_eq!(held(&plan), rows);
    }

    #[test]
    fn a_creation_waits_for_a_person_where_its_department_is_not_mapped() {
        let mut company = newcomer("Орлова Анна Петровна");
        company.map(Unmapped::Hold, &[]);
        let rows = held(&company.plan())
            .into_iter()
            .filter(|row| row.1 == "p1")
            .map(|row| (row.0, row.3))
            .collect::<Vec<_>>();
        let rows_wanted =
            [Action::CreateUser, Action::WriteBackEmail].map(|action| (action, Reason::UnmappedDepartment));
        assert_eq!(rows, rows_wanted);
    }

    #[test]
    fn rules_for_nothing_but_matching_invite_nobody() {
        let mut company = newcomer("Орлова Анна Петровна");
        company.rules.hires = None;
        company.rules.email = None;
        assert_quiet(&company.plan());
        company.rules.matching = None;
        assert_quiet(&company.plan());
    }
}
