//! Addresses that change hands: chains, cycles, taken targets.
//!
//! Who waits for whom is a graph: an account waits for the one that has the address it is to get.
//! The first account of a cycle steps aside to a temporary address, and on in a step of its own.
//! So at no moment, in whatever order the graph allows, two accounts have one address.

use std::collections::{BTreeMap, HashMap, HashSet};

use petgraph::{
    algo::kosaraju_scc,
    graph::{DiGraph, NodeIndex},
};
use serde_json::json;

use super::{
    address::{Addresses, Holder, Standing},
    draft::{Draft, Hold},
    world::World,
};
use crate::model::{Account, AccountId, Action, Because, Email, PersonId, Reason, StepId};

/// An account whose address is to change.
#[derive(Debug, Clone)]
pub(super) struct Mover<'a> {
    /// The person's place in the list of people.
    pub at: usize,
    /// The account.
    pub account: &'a Account,
    /// The address it is to get.
    pub to: Email,
    /// The rules and rows that say so.
    pub because: Vec<Because>,
    /// Steps that come before the account leaves its address.
    pub after: Vec<StepId>,
    /// Why it is held.
    pub hold: Option<Hold>,
}

/// Every account whose address is to change, by its id.
#[derive(Debug, Default)]
pub(super) struct Movers<'a> {
    all: BTreeMap<AccountId, Mover<'a>>,
}

/// Who asks for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// HR has it for the person.
    ByHr,
    /// A policy for leavers gives it.
    ByPolicy,
}

/// What becomes of an address that somebody else is to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Freed {
    /// Nobody has it.
    Free,
    /// This account leaves it in this plan.
    By(AccountId),
    /// Somebody keeps it, or the one who is to leave it is held.
    Kept(Hold),
}

impl<'a> Movers<'a> {
    /// Takes in an account whose address is to change.
    pub fn add(&mut self, mover: Mover<'a>) {
        self.all.insert(mover.account.id, mover);
    }

    /// Finds a mover.
    pub fn get(&self, account: AccountId) -> Option<&Mover<'a>> {
        self.all.get(&account)
    }

    /// Makes an account wait for a step before it leaves its address.
    pub fn wait(&mut self, account: AccountId, step: StepId) {
        if let Some(mover) = self.all.get_mut(&account) {
            mover.after.push(step);
        }
    }

    /// Reserves all targets, then holds every mover whose target is not to be had, and those who
    /// wait for such a one.
    pub fn settle(&mut self, world: &World<'a>, addresses: &mut Addresses<'a>) {
        self.refuse_shared_targets(world);
        for mover in self.all.values() {
            addresses.give(&mover.to, &world.people[mover.at].person.id);
        }
        let blocked: Vec<(AccountId, Hold)> = self
            .all
            .values()
            .filter(|mover| mover.hold.is_none())
            .filter_map(|mover| Some((mover.account.id, self.blocked(world, addresses, mover)?)))
            .collect();
        for (account, hold) in blocked {
            self.all.entry(account).and_modify(|mover| mover.hold = Some(hold));
        }
        self.hold_who_waits(addresses);
    }

    /// An address that two persons are to get is given to neither.
    fn refuse_shared_targets(&mut self, world: &World<'_>) {
        let mut wanted: HashMap<String, HashSet<usize>> = HashMap::new();
        for mover in self.all.values() {
            wanted.entry(mover.to.key()).or_default().insert(mover.at);
        }
        for mover in self.all.values_mut() {
            if let Some(other) = wanted[&mover.to.key()].iter().find(|at| **at != mover.at) {
                let other = &world.people[*other].person.id;
                mover.hold = Hold::first([
                    mover.hold.take(),
                    Some(taken(&mover.to, Holder::Mentioned(other.clone()))),
                ]);
            }
        }
    }

    fn blocked(&self, world: &World<'a>, addresses: &Addresses<'a>, mover: &Mover<'a>) -> Option<Hold> {
        let person = &world.people[mover.at].person.id;
        let asked = match addresses.standing(mover.account) {
            Standing::InUse | Standing::Invited => Asked::ByHr,
            Standing::Foreign | Standing::Extranet | Standing::Dismissed => Asked::ByPolicy,
        };
        match self.freed(world, addresses, &mover.to, person, asked, Some(mover.account.id)) {
            Freed::Kept(hold) if hold.reason == Reason::AddressTaken => Some(hold),
            _ => None,
        }
    }

    /// Finds out whether a person can have an address: whoever has it now must leave it in this
    /// plan, and nobody else may have a claim to it.
    pub fn freed(
        &self,
        world: &World<'a>,
        addresses: &Addresses<'a>,
        address: &Email,
        person: &PersonId,
        asked: Asked,
        own: Option<AccountId>,
    ) -> Freed {
        let holders = addresses.accounts(address).iter().filter(|account| Some(account.id) != own);
        let mut freed = Freed::Free;
        for holder in holders {
            match self.leaver(world, addresses, holder, person, asked) {
                Some(Mover { hold: Some(hold), .. }) => return Freed::Kept(hold.clone()),
                Some(mover) => freed = Freed::By(mover.account.id),
                None => {
                    let holder = Holder::Account(holder.id, addresses.standing(holder));
                    return Freed::Kept(taken(address, holder));
                }
            }
        }
        let claimed = addresses.claimed(address, person);
        let kept =
            addresses.given(address, person).into_iter().find(|other| !self.has_moved(world, address, other));
        match claimed.or_else(|| kept.cloned().map(Holder::Given)) {
            Some(holder) => Freed::Kept(taken(address, holder)),
            None => freed,
        }
    }

    /// The mover that leaves an address to a person: the person's own account, or, where HR asks,
    /// one in use. What policies ask for, parking places too, is never taken over: the login of
    /// the one who leaves it stays there.
    fn leaver(
        &self,
        world: &World<'a>,
        addresses: &Addresses<'a>,
        holder: &Account,
        person: &PersonId,
        asked: Asked,
    ) -> Option<&Mover<'a>> {
        let mover = self.all.get(&holder.id)?;
        let own = world.people[mover.at].person.id == *person;
        let in_use = asked == Asked::ByHr && addresses.standing(holder) == Standing::InUse;
        (own || in_use).then_some(mover)
    }

    /// Tells whether a person who works here and to whom history gave an address has another one by
    /// now, as HR asks: a chain of moves that was stopped half-way. A leaver's stays theirs, whether
    /// their account is closed yet or not.
    fn has_moved(&self, world: &World<'a>, address: &Email, person: &PersonId) -> bool {
        let Some(at) = world.person(person) else { return false };
        let super::matching::Match::Account(account) = &world.matches.of[at] else { return false };
        let wanted = world.people[at].main().contact.email.usable();
        let elsewhere = account.email.as_ref().is_some_and(|email| email != address);
        account.active
            && world.people[at].wants_account()
            && (elsewhere || self.all.contains_key(&account.id))
            && wanted.is_some_and(|email| email != address)
    }

    /// Holds, for the same reason, whoever waits for a held mover.
    fn hold_who_waits(&mut self, addresses: &Addresses<'a>) {
        let mut waiting: HashMap<AccountId, Vec<AccountId>> = HashMap::new();
        for mover in self.all.values() {
            for holder in self.waits_for(addresses, mover) {
                waiting.entry(holder).or_default().push(mover.account.id);
            }
        }
        let mut held: Vec<AccountId> =
            self.all.values().filter(|mover| mover.hold.is_some()).map(|mover| mover.account.id).collect();
        while let Some(id) = held.pop() {
            let Some(hold) = self.all[&id].hold.clone() else { continue };
            for other in waiting.get(&id).into_iter().flatten() {
                let mover = self.all.get_mut(other).expect("only movers wait");
                if mover.hold.is_none() {
                    let text = format!("account {id} keeps the address: {}", hold.text);
                    mover.hold = Some(Hold::new(hold.reason, text));
                    held.push(*other);
                }
            }
        }
    }

    fn waits_for(&self, addresses: &Addresses<'a>, mover: &Mover<'a>) -> Vec<AccountId> {
        let holders = addresses.accounts(&mover.to).iter().map(|account| account.id);
        holders.filter(|id| *id != mover.account.id && self.all.contains_key(id)).collect()
    }

    /// Writes the steps down, and says by which step each account leaves its address.
    pub fn write(
        &self,
        world: &World<'a>,
        addresses: &mut Addresses<'a>,
        draft: &mut Draft,
    ) -> HashMap<AccountId, StepId> {
        let aside = self.step_aside(addresses);
        let mut leaves: HashMap<AccountId, StepId> = HashMap::new();
        let mut arrives: Vec<(&Mover<'a>, StepId)> = Vec::new();
        for mover in self.all.values() {
            let known = &world.people[mover.at];
            let temporary = aside.contains(&mover.account.id).then(|| {
                let domain = mover.account.email.as_ref().unwrap_or(&mover.to).domain().to_lowercase();
                addresses.temporary(mover.account, &domain, &known.person.id)
            });
            let first = self.step(world, draft, mover, temporary.as_ref());
            leaves.insert(mover.account.id, first.clone());
            let last = match &temporary {
                Some(address) => self.on(world, draft, mover, address, first),
                None => first,
            };
            arrives.push((mover, last));
        }
        self.connect(addresses, draft, &leaves, &arrives);
        leaves
    }

    /// The step by which a mover leaves its address: to its target, or aside.
    fn step(&self, world: &World<'a>, draft: &mut Draft, mover: &Mover<'a>, aside: Option<&Email>) -> StepId {
        let known = &world.people[mover.at];
        let have = json!(mover.account.email.as_ref().map(Email::as_str));
        let step = world
            .step(Action::SwapEmail, Some(known), mover.account)
            .replace("EMAIL", have, aside.unwrap_or(&mover.to).as_str())
            .because(mover.because.clone())
            .after(mover.after.clone())
            .hold(mover.hold.clone());
        draft.add(step)
    }

    /// The second step of an account that stepped aside.
    fn on(
        &self,
        world: &World<'a>,
        draft: &mut Draft,
        mover: &Mover<'a>,
        from: &Email,
        first: StepId,
    ) -> StepId {
        let known = &world.people[mover.at];
        let mut step = world
            .step(Action::SwapEmail, Some(known), mover.account)
            .replace("EMAIL", json!(from.as_str()), mover.to.as_str())
            .because(mover.because.clone())
            .after([first]);
        step.step.subject.email = Some(from.as_str().to_owned());
        draft.add(step)
    }

    /// Makes each arriving step wait for whoever leaves the address.
    fn connect(
        &self,
        addresses: &Addresses<'a>,
        draft: &mut Draft,
        leaves: &HashMap<AccountId, StepId>,
        arrives: &[(&Mover<'a>, StepId)],
    ) {
        for (mover, step) in arrives.iter().filter(|(mover, _)| mover.hold.is_none()) {
            let before: Vec<StepId> =
                self.waits_for(addresses, mover).iter().filter_map(|id| leaves.get(id).cloned()).collect();
            draft.wait(step, before);
        }
    }

    /// Picks the accounts that step aside, so that nobody waits in a circle.
    fn step_aside(&self, addresses: &Addresses<'a>) -> HashSet<AccountId> {
        let mut aside = HashSet::new();
        loop {
            let before = aside.len();
            for circle in self.circles(addresses, &aside) {
                aside.extend(circle.into_iter().min());
            }
            if aside.len() == before {
                return aside;
            }
        }
    }

    /// Finds the circles among those who are free to move. An account that steps aside waits for
    /// nobody when it leaves.
    fn circles(&self, addresses: &Addresses<'a>, aside: &HashSet<AccountId>) -> Vec<Vec<AccountId>> {
        let mut graph: DiGraph<AccountId, ()> = DiGraph::new();
        let free = self.all.values().filter(|mover| mover.hold.is_none());
        let nodes: HashMap<AccountId, NodeIndex> =
            free.map(|mover| (mover.account.id, graph.add_node(mover.account.id))).collect();
        for (id, node) in &nodes {
            if aside.contains(id) {
                continue;
            }
            let holders = self.waits_for(addresses, &self.all[id]);
            for holder in holders.iter().filter_map(|holder| nodes.get(holder)) {
                graph.add_edge(*node, *holder, ());
            }
        }
        let circles = kosaraju_scc(&graph).into_iter().filter(|circle| circle.len() > 1);
        circles.map(|circle| circle.into_iter().map(|node| graph[node]).collect()).collect()
    }
}

/// Says that an address has another holder.
pub(super) fn taken(address: &Email, holder: Holder) -> Hold {
    Hold::new(Reason::AddressTaken, format!("{address} is taken: {holder}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::company::{Company, assert_quiet, email, held, only, steps, want};
    use crate::model::{Account, Action, HrEmail, Plan, Reason, Step};

    fn company(pairs: &[(&str, u64, &str, &str)]) -> Company {
        let mut company = Company::new();
        for (id, account, have, want) in pairs {
            company.pair(id, "Орлова Анна Петровна", *account, have);
            company.job(id).contact.email = HrEmail::Usable(email(want));
        }
        company
    }

    fn position(plan: &Plan, step: &Step) -> usize {
        plan.steps.iter().position(|other| other.id == step.id).unwrap()
    }

    fn to<'a>(plan: &'a Plan, address: &str) -> &'a Step {
        let found =
            steps(plan, Action::SwapEmail).into_iter().find(|step| want(step, "EMAIL") == &json!(address));
        found.unwrap_or_else(|| unreachable!("nobody moves to {address}: {plan:#?}"))
    }

    #[test]
    fn a_chain_begins_at_its_free_end() {
        let company = company(&[
            ("p1", 10, "a@romashka.example", "b@romashka.example"),
            ("p2", 11, "b@romashka.example", "c@romashka.example"),
        ]);
        let plan = company.plan();
        let (first, second) = (to(&plan, "c@romashka.example"), to(&plan, "b@romashka.example"));
        assert_eq!(second.after, std::slice::from_ref(&first.id));
        assert!(position(&plan, first) < position(&plan, second));
        assert_eq!(
            second.expects,
            [("EMAIL".to_owned(), json!("a@romashka.example")), ("XML_ID".to_owned(), json!("1c:p1"))].into()
        );
        assert_eq!(second.changes.len(), 1);
    }

    #[test]
    fn a_circle_of_three_needs_one_temporary_address() {
        let company = company(&[
            ("p1", 10, "a@romashka.example", "b@romashka.example"),
            ("p2", 11, "b@romashka.example", "c@romashka.example"),
            ("p3", 12, "c@romashka.example", "a@romashka.example"),
        ]);
        let plan = company.plan();
        assert_eq!(steps(&plan, Action::SwapEmail).len(), 4);
        let (aside, on) = (steps(&plan, Action::SwapEmail)[0], to(&plan, "b@romashka.example"));
        let temporary = want(aside, "EMAIL").as_str().unwrap();
        assert!(temporary.starts_with("swap-") && temporary.ends_with("@romashka.example"), "{temporary}");
        assert_eq!(temporary.len(), "swap-01234567@romashka.example".len());
        assert_eq!(on.expects["EMAIL"], json!(temporary));
        assert!(on.after.contains(&aside.id) && on.after.contains(&to(&plan, "c@romashka.example").id));
        assert_eq!(to(&plan, "a@romashka.example").after, std::slice::from_ref(&aside.id));
    }

    #[test]
    fn an_account_on_a_temporary_address_is_moved_on() {
        let company = company(&[("p1", 10, "swap-0a1b2c3d@romashka.example", "b@romashka.example")]);
        assert_eq!(want(only(&company.plan(), Action::SwapEmail), "EMAIL"), &json!("b@romashka.example"));
    }

    #[test]
    fn a_temporary_address_never_reaches_hr() {
        let mut company = company(&[("p1", 10, "swap-0a1b2c3d@romashka.example", "b@romashka.example")]);
        company.job("p1").contact.email = HrEmail::None;
        assert_eq!(held(&company.plan()), [(Action::SwapEmail, "p1", "10", Reason::NoAddress)]);
    }

    #[test]
    fn a_held_holder_holds_who_waits_for_the_address() {
        let mut company = company(&[
            ("p1", 10, "a@romashka.example", "b@romashka.example"),
            ("p2", 11, "b@romashka.example", "c@romashka.example"),
        ]);
        let place = super::super::company::place("rules/safety.yaml", 2);
        company.rules.safety.protect.push((crate::rules::Protected::Id(crate::model::AccountId(11)), place));
        let plan = company.plan();
        assert_eq!(plan.steps.len(), 0);
        let rows = [Action::SwapEmail; 2].iter().zip([("p1", "10"), ("p2", "11")]);
        let rows: Vec<_> =
            rows.map(|(action, (person, id))| (*action, person, id, Reason::Protected)).collect();
        assert_eq!(held(&plan), rows);
    }

    #[test]
    fn an_address_of_a_closed_or_invited_account_is_not_taken_over() {
        let close = |account: &mut Account| account.active = false;
        let invite = |account: &mut Account| {
            account.row.insert("INVITED".into(), json!(true));
        };
        for change in [close, invite] {
            let mut company = company(&[
                ("p1", 10, "a@romashka.example", "b@romashka.example"),
                ("p2", 11, "b@romashka.example", "c@romashka.example"),
            ]);
            change(company.get(11));
            let plan = company.plan();
            assert!(
                held(&plan).contains(&(Action::SwapEmail, "p1", "10", Reason::AddressTaken)),
                "{plan:#?}"
            );
        }
    }

    #[test]
    fn an_address_of_a_leaver_in_history_is_kept_before_the_account_is_closed_too() {
        for active in [true, false] {
            let mut company = company(&[
                ("p1", 10, "a@romashka.example", "b@romashka.example"),
                ("p2", 11, "c@romashka.example", "c@romashka.example"),
            ]);
            company.job("p2").dismissed_on = Some(jiff::civil::date(2026, 11, 20));
            company.get(11).active = active;
            let person = crate::model::PersonId("p2".into());
            company.history.addresses.insert("b@romashka.example".into(), [person].into());
            assert_eq!(held(&company.plan()), [(Action::SwapEmail, "p1", "10", Reason::AddressTaken)]);
        }
    }

    #[test]
    fn a_stopped_chain_goes_on_although_history_knows_the_address() {
        let mut company = company(&[
            ("p1", 10, "a@romashka.example", "b@romashka.example"),
            ("p2", 11, "c@romashka.example", "c@romashka.example"),
        ]);
        let person = crate::model::PersonId("p2".into());
        company.history.addresses.insert("b@romashka.example".into(), [person].into());
        assert_eq!(want(only(&company.plan(), Action::SwapEmail), "EMAIL"), &json!("b@romashka.example"));
        let gone = crate::model::PersonId("p9".into());
        company.history.addresses.insert("b@romashka.example".into(), [gone].into());
        assert_eq!(held(&company.plan()), [(Action::SwapEmail, "p1", "10", Reason::AddressTaken)]);
    }

    #[test]
    fn replace_and_case_move_nobody() {
        let mut company = company(&[("p1", 10, "a@romashka.example", "A@Romashka.example")]);
        assert_quiet(&company.plan());
        company.job("p1").contact.email = HrEmail::Usable(email("b@romashka.example"));
        company.rules.email.as_mut().unwrap().source = crate::rules::EmailSource::Replace;
        assert_quiet(&company.plan());
    }

    #[test]
    fn a_new_person_gets_a_freed_address_after_the_login_left_it() {
        let mut company = company(&[("p1", 10, "a@romashka.example", "b@romashka.example")]);
        company.works("p2", "Волкова Анна Ивановна").contact.email =
            HrEmail::Usable(email("a@romashka.example"));
        let plan = company.plan();
        let (by_hand, swap) = (only(&plan, Action::ByHand), only(&plan, Action::SwapEmail));
        let create = only(&plan, Action::CreateUser);
        assert!(create.after.contains(&by_hand.id) && create.after.contains(&swap.id));
        let asked = by_hand.instructions.as_ref().unwrap();
        assert_eq!((asked.from.as_str(), asked.to.as_str()), ("a@romashka.example", "b@romashka.example"));
        let confirmed = by_hand.id.clone();
        company.history.confirmed.insert(confirmed);
        let plan = company.plan();
        assert_eq!(steps(&plan, Action::ByHand).len(), 0);
        assert_eq!(only(&plan, Action::CreateUser).after.len(), 1);
        company.get(10).email = Some(email("b@romashka.example"));
        company
            .history
            .addresses
            .insert("a@romashka.example".into(), [crate::model::PersonId("p1".into())].into());
        assert_eq!(company.plan().steps.len(), 1, "confirmed and moved: only the account is left to make");
        company.history.confirmed.clear();
        assert_eq!(held(&company.plan()), [(Action::CreateUser, "p2", "-", Reason::AddressTaken)]);
    }
}
