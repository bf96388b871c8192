//! Leavers who stay as external partners.
//!
//! The old address can stay with them: the login leaves it by hand, the closed account's contact
//! address is parked, and only then is the partner invited on it. Closing never waits for this.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::{
    address::{Addresses, Holder},
    draft::{Draft, Hold, rule, source},
    have,
    invitation::Invitation,
    login,
    scope::{self, Known},
    swap::{Mover, Movers, taken},
    world::World,
};
use crate::{
    model::{Account, AccountId, Action, Because, Email, Group, Reason, StepId, fold},
    rules::{ExtranetAddress, ExtranetPolicy, Policy, Template},
};

/// One leaver's part, while it is being planned.
struct Stay<'w, 'a> {
    world: &'w World<'a>,
    at: usize,
    account: &'a Account,
    partner: Option<&'a Account>,
    policy: &'a ExtranetPolicy,
    fire: Option<StepId>,
    groups: Vec<&'a Group>,
    because: Vec<Because>,
    hold: Option<Hold>,
}

/// Where the old address is.
enum Old {
    /// Still at the closed account.
    There(Email),
    /// Parked, or on the way.
    Left(Option<Email>),
}

/// Plans how a leaver stays as an external partner.
#[allow(clippy::too_many_arguments, reason = "one leaver's facts and the three things a plan grows in")]
pub(super) fn stay<'a>(
    world: &World<'a>,
    addresses: &mut Addresses<'a>,
    draft: &mut Draft,
    movers: &mut Movers<'a>,
    (at, account): (usize, &'a Account),
    policy: &'a Policy,
    last: Date,
    fire: Option<StepId>,
) -> Option<Invitation<'a>> {
    let extranet = policy.extranet.as_ref()?;
    if extranet.within.is_some_and(|days| world.inputs.as_of > scope::after(last, days)) {
        return None;
    }
    let (groups, no_group) = groups(world, extranet);
    let text = format!("last working day {last}; policy `{}` keeps leavers as external partners", policy.id);
    let because =
        std::iter::once(rule(&extranet.place, text)).chain(source(world.people[at].main())).collect();
    let partners = &world.matches.partners[at];
    let mut stay = Stay {
        world,
        at,
        account,
        partner: partners.first().copied(),
        policy: extranet,
        fire,
        groups,
        because,
        hold: no_group,
    };
    stay.hold = Hold::first([stay.hold.take(), doubled(partners), closed(partners)]);
    match &extranet.address {
        ExtranetAddress::Keep => stay.keep(addresses, draft, movers),
        ExtranetAddress::Personal | ExtranetAddress::Template(_) => stay.move_on(addresses, draft),
    }
}

fn doubled(partners: &[&Account]) -> Option<Hold> {
    let text = "several accounts have the person's key as an external partner";
    (partners.len() > 1).then(|| Hold::new(Reason::AmbiguousMatch, text))
}

fn closed(partners: &[&Account]) -> Option<Hold> {
    let text = "somebody closed the person's account as an external partner";
    partners.iter().any(|partner| !partner.active).then(|| Hold::new(Reason::BlockedByHand, text))
}

impl<'w, 'a> Stay<'w, 'a> {
    fn known(&self) -> &'w Known<'a> {
        &self.world.people[self.at]
    }

    /// The partner gets the old work address.
    fn keep(
        mut self,
        addresses: &mut Addresses<'a>,
        draft: &mut Draft,
        movers: &mut Movers<'a>,
    ) -> Option<Invitation<'a>> {
        let park = self.park();
        let old = self.old(park.as_ref());
        let mut after: Vec<StepId> = self.fire.iter().cloned().collect();
        let address = match &old {
            Old::There(address) => Some(address.clone()),
            Old::Left(address) => address.clone(),
        };
        self.check(addresses, &old, address.as_ref(), park.as_ref());
        match (&old, &park, &address) {
            (Old::There(from), Some(park), _) => {
                let step = login::change(self.world, self.known(), self.account, from, park);
                let step = step.because(self.because.clone()).hold(self.hold.clone());
                let by_hand = login::pending(self.world, draft, step);
                after.extend(by_hand.clone());
                self.park_account(movers, park.clone(), after.clone());
            }
            (_, None, _) if self.moves(&old) => self.hold_parking(draft),
            (Old::There(_), None, _) => {}
            (Old::Left(_), park, Some(from)) => after.extend(self.left(draft, movers, from, park.as_ref())),
            (Old::Left(_), _, None) => {}
        }
        let parks = movers.get(self.account.id).map(|mover| mover.account.id);
        match self.partner {
            Some(partner) => {
                self.give_back(movers, partner, address, after);
                self.join(draft, partner);
                None
            }
            None => Some(self.invitation(address, after, parks)),
        }
    }

    /// The partner gets another address; nothing moves.
    fn move_on(mut self, addresses: &mut Addresses<'a>, draft: &mut Draft) -> Option<Invitation<'a>> {
        if let Some(partner) = self.partner {
            self.join(draft, partner);
            return None;
        }
        let address = self.other_address();
        let person = &self.known().person.id;
        let hold = match &address {
            Some(address) => addresses.holder(address, person).map(|holder| taken(address, holder)),
            None => Some(Hold::new(Reason::NoAddress, "the policy gives no address for this person")),
        };
        if let Some(address) = &address {
            addresses.give(address, person);
        }
        self.hold = Hold::first([self.hold.take(), hold]);
        let after = self.fire.iter().cloned().collect();
        Some(self.invitation(address, after, None))
    }

    fn other_address(&self) -> Option<Email> {
        let known = self.known();
        match &self.policy.address {
            ExtranetAddress::Template(template) => self.made(template),
            ExtranetAddress::Personal => Email::parse(known.main().contact.personal_email.as_deref()?).ok(),
            ExtranetAddress::Keep => None,
        }
    }

    /// Where the closed account's address moves to.
    fn park(&self) -> Option<Email> {
        self.made(self.policy.park.as_ref()?)
    }

    /// Makes an address by a template of a whole one, in lower case.
    fn made(&self, template: &Template) -> Option<Email> {
        let rendered = template.render(&self.known().scope(&self.world.inputs));
        Email::parse(&rendered.text.to_lowercase()).ok().filter(|_| rendered.complete)
    }

    /// Finds the old address: the account's, or, once it left that, HR's, else the history's.
    fn old(&self, park: Option<&Email>) -> Old {
        let history = self.world.inputs.history.parked.get(&self.account.id);
        match &self.account.email {
            Some(email) if have::is_temporary(email) => Old::Left(self.remembered()),
            Some(email) if Some(email) == park || history.is_some_and(|parked| parked.to == *email) => {
                Old::Left(self.remembered())
            }
            Some(email) => Old::There(email.clone()),
            None => Old::Left(self.remembered()),
        }
    }

    /// Tells whether the account is where history saw it go, or on the way there.
    fn is_parked(&self) -> bool {
        let parked = self.world.inputs.history.parked.get(&self.account.id);
        self.account.email.as_ref().is_some_and(|email| {
            have::is_temporary(email) || parked.is_some_and(|parked| parked.to == *email)
        })
    }

    fn is_aside(&self) -> bool {
        self.account.email.as_ref().is_some_and(have::is_temporary)
    }

    fn remembered(&self) -> Option<Email> {
        // What this account was parked from is known exactly; HR may have another address by now.
        let parked = self.world.inputs.history.parked.get(&self.account.id);
        let parked =
            parked.filter(|parked| !have::is_temporary(&parked.from)).map(|parked| parked.from.clone());
        let hr = self.known().main().contact.email.usable().cloned();
        let hr = hr.filter(|hr| self.account.email.as_ref() != Some(hr));
        parked.filter(|_| self.is_parked()).or(hr).or_else(|| self.given_once())
    }

    /// The only other address that history knows for this person.
    fn given_once(&self) -> Option<Email> {
        let person = &self.known().person.id;
        let given = self.world.given.get(person)?;
        let other =
            |email: &&Email| self.account.email.as_ref() != Some(*email) && !have::is_temporary(email);
        let mut others = given.iter().filter(other);
        others.next().filter(|_| others.next().is_none()).cloned()
    }

    /// Holds the whole part where the old address or the parking place is not to be had.
    fn check(&mut self, addresses: &Addresses<'a>, old: &Old, address: Option<&Email>, park: Option<&Email>) {
        let person = &self.known().person.id;
        let no = |text: &str| Some(Hold::new(Reason::NoAddress, text));
        let hold = match (old, address, park) {
            (_, None, _) => no("neither HR nor the history knows the old address"),
            (_, Some(_), None) if self.moves(old) => no("`park` gives no address for this person"),
            (_, Some(from), Some(park)) if from == park && self.moves(old) => {
                no("`park` gives the old address itself")
            }
            (_, Some(address), _) => {
                self.other_holder(addresses, address).map(|holder| taken(address, holder))
            }
        };
        let given = address.and_then(|address| {
            let other = addresses.given(address, person).first().map(|other| Holder::Given((*other).clone()));
            other.map(|holder| taken(address, holder))
        });
        self.hold = Hold::first([self.hold.take(), hold, given]);
    }

    /// Tells whether the closed account is still to be parked.
    fn moves(&self, old: &Old) -> bool {
        matches!(old, Old::There(_)) || self.is_aside()
    }

    /// Somebody else than the leaver who has or claims the old address.
    fn other_holder(&self, addresses: &Addresses<'a>, address: &Email) -> Option<Holder> {
        let own =
            |id: AccountId| id == self.account.id || self.partner.is_some_and(|partner| partner.id == id);
        let account = addresses.accounts(address).iter().find(|account| !own(account.id));
        let account = account.map(|account| Holder::Account(account.id, addresses.standing(account)));
        account.or_else(|| addresses.claimed(address, &self.known().person.id))
    }

    fn park_account(&self, movers: &mut Movers<'a>, to: Email, after: Vec<StepId>) {
        let mover = Mover {
            at: self.at,
            account: self.account,
            to,
            because: self.because.clone(),
            after,
            hold: Hold::first([self.hold.clone(), self.world.is_protected(self.account.id)]),
        };
        movers.add(mover);
    }

    /// Without a parking place the parking itself is held, not only what follows it.
    fn hold_parking(&self, draft: &mut Draft) {
        let step = self.world.step(Action::SwapEmail, Some(self.known()), self.account);
        draft.add(step.because(self.because.clone()).hold(self.hold.clone()));
    }

    /// The address is away already. A login that did not follow, as the portal showed, is asked
    /// for again; so is one that nobody was asked to move, because the account stepped aside before
    /// its person left. An account on a temporary address is moved on.
    fn left(
        &self,
        draft: &mut Draft,
        movers: &mut Movers<'a>,
        from: &Email,
        park: Option<&Email>,
    ) -> Option<StepId> {
        let at = self.account.email.as_ref()?;
        let to = if have::is_temporary(at) { park? } else { at };
        let step = login::change(self.world, self.known(), self.account, from, to);
        let waiting = login::state(self.world, &step) == login::State::BackToWaiting;
        let parked = self.world.inputs.history.parked.contains_key(&self.account.id);
        let unasked = have::is_temporary(at) && !parked;
        let step = step.because(self.because.clone()).hold(self.hold.clone());
        let by_hand = if waiting || unasked { login::pending(self.world, draft, step) } else { None };
        if have::is_temporary(at) {
            self.park_account(movers, to.clone(), self.fire.iter().chain(&by_hand).cloned().collect());
        }
        by_hand
    }

    /// A partner under another address gets the old one back, after the login has left it by hand.
    fn give_back(
        &self,
        movers: &mut Movers<'a>,
        partner: &'a Account,
        address: Option<Email>,
        after: Vec<StepId>,
    ) {
        let Some(to) = address.filter(|address| partner.email.as_ref() != Some(address)) else { return };
        let mover = Mover {
            at: self.at,
            account: partner,
            to,
            because: self.because.clone(),
            after,
            hold: Hold::first([self.hold.clone(), self.world.is_protected(partner.id)]),
        };
        movers.add(mover);
    }

    /// A partner who is there joins the groups where they are not a member or about to be.
    fn join(&self, draft: &mut Draft, partner: &Account) {
        for group in &self.groups {
            if !is_member(group, partner.id) {
                let step = self
                    .world
                    .step(Action::JoinGroup, Some(self.known()), partner)
                    .replace("GROUP_ID", Value::Null, group.id.0)
                    .because(self.because.clone())
                    .after(self.fire.clone())
                    .hold(Hold::first([self.hold.clone(), self.world.is_protected(partner.id)]));
                draft.add(step);
            }
        }
        if self.groups.is_empty() && self.hold.is_some() {
            let step = self.world.step(Action::JoinGroup, Some(self.known()), partner);
            draft.add(step.because(self.because.clone()).hold(self.hold.clone()));
        }
    }

    fn invitation(
        self,
        email: Option<Email>,
        after: Vec<StepId>,
        parks: Option<AccountId>,
    ) -> Invitation<'a> {
        let Stay { at, policy, groups, because, hold, .. } = self;
        let groups = groups.iter().map(|group| group.id).collect();
        Invitation { at, email, groups, policy, because, after, parks, hold }
    }
}

fn is_member(group: &Group, account: AccountId) -> bool {
    group.members.contains(&account) || group.invited.contains(&account)
}

/// Finds the policy's groups; one that is missing, not open to partners or not to be told apart
/// holds everything.
fn groups<'a>(world: &World<'a>, policy: &ExtranetPolicy) -> (Vec<&'a Group>, Option<Hold>) {
    let (mut found, mut wrong) = (BTreeMap::new(), Vec::new());
    for name in &policy.groups {
        match world.groups_named(&fold(name)) {
            [one] if one.extranet => {
                found.insert(one.id, *one);
            }
            [_] => wrong.push(format!("group `{name}` is not open to external partners")),
            [] => wrong.push(format!("the portal has no group `{name}`")),
            _ => wrong.push(format!("the portal has several groups `{name}`")),
        }
    }
    let hold = Hold::new(Reason::NoGroup, wrong.join("; ")).by(Some(&policy.groups_place));
    let hold = (!wrong.is_empty()).then_some(hold);
    (found.into_values().collect(), hold)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::super::company::{Company, assert_quiet, email, held, only, steps, template, want};
    use crate::{
        model::{AccountId, AccountKind, Action, Edition, HrEmail, Plan, Reason},
        rules::ExtranetAddress,
    };

    fn leaver() -> Company {
        let mut company = Company::new();
        company.pair("p1", "Орлова Анна Петровна", 10, "a.orlova@romashka.example");
        company.job("p1").dismissed_on = Some(date(2026, 11, 20));
        company.job("p1").contact.personal_email = Some("anna@mail.example".into());
        company.group(64, "Проект Альфа");
        company.keep_leavers(ExtranetAddress::Keep, Some("{{person.personal_email}}"));
        company
    }

    fn partner(company: &mut Company, address: &str) {
        let account = company.account(11, "1c:p1:extranet", address);
        account.kind = AccountKind::Extranet;
        account.departments.clear();
    }

    fn actions(plan: &Plan) -> Vec<Action> {
        plan.steps.iter().map(|step| step.action).collect()
    }

    #[test]
    fn closes_asks_parks_and_invites_in_this_order() {
        let company = leaver();
        let plan = company.plan();
        let [fire, by_hand, swap, invite] =
            [Action::FireUser, Action::ByHand, Action::SwapEmail, Action::InviteToExtranet]
                .map(|action| only(&plan, action));
        assert!(fire.after.is_empty() && by_hand.after.is_empty());
        assert!(swap.after.contains(&fire.id) && swap.after.contains(&by_hand.id));
        assert!(invite.after.contains(&swap.id));
        assert_eq!(want(swap, "EMAIL"), &json!("anna@mail.example"));
        assert_eq!(want(invite, "EMAIL"), &json!("a.orlova@romashka.example"));
        assert_eq!(want(invite, "XML_ID"), &json!("1c:p1:extranet"));
        assert_eq!(want(invite, "SONET_GROUP_ID"), &json!([64]));
        let asked = by_hand.instructions.as_ref().unwrap();
        assert_eq!(asked.r#where, "Битрикс24.Паспорт");
        assert_eq!(
            (asked.from.as_str(), asked.to.as_str()),
            ("a.orlova@romashka.example", "anna@mail.example")
        );
        assert_eq!(by_hand.subject.account.as_deref(), Some("10"));
    }

    #[test]
    fn a_partner_leaves_no_address_before_the_login_has_left_the_old_one() {
        let mut company = leaver();
        let account = company.account(5, "1c:p1:extranet", "anna@mail.example");
        account.kind = AccountKind::Extranet;
        account.departments.clear();
        let plan = company.plan();
        let by_hand = &only(&plan, Action::ByHand).id;
        let swaps = steps(&plan, Action::SwapEmail);
        let first =
            swaps.iter().find(|step| step.changes["EMAIL"].have == json!("anna@mail.example")).unwrap();
        assert!(first.after.contains(by_hand), "{plan:#?}");
    }

    #[test]
    fn an_address_that_a_policy_gives_to_two_is_given_to_neither() {
        let mut company = leaver();
        company.keep_leavers(ExtranetAddress::Template(template("ext@partner.example")), None);
        company.pair("p2", "Волков Пётр Ильич", 12, "p.volkov@romashka.example");
        company.job("p2").dismissed_on = Some(date(2026, 11, 20));
        let rows = ["p1", "p2"].map(|id| (Action::InviteToExtranet, id, "-", Reason::AddressTaken));
        assert_eq!(held(&company.plan()), rows);
    }

    #[test]
    fn addresses_by_template_are_in_lower_case() {
        let mut company = leaver();
        company.job("p1").contact.personal_email = Some("Anna@Mail.example".into());
        assert_eq!(want(only(&company.plan(), Action::SwapEmail), "EMAIL"), &json!("anna@mail.example"));
        let whole = template("{{translit person.last_name}}@Partner.example");
        company.keep_leavers(ExtranetAddress::Template(whole), None);
        let plan = company.plan();
        assert_eq!(want(only(&plan, Action::InviteToExtranet), "EMAIL"), &json!("orlova@partner.example"));
    }

    #[test]
    fn goes_on_wherever_it_was_stopped() {
        let mut company = leaver();
        let by_hand = only(&company.plan(), Action::ByHand).id.clone();
        company.get(10).active = false;
        assert_eq!(actions(&company.plan()), [Action::ByHand, Action::SwapEmail, Action::InviteToExtranet]);
        company.history.confirmed.insert(by_hand.clone());
        assert_eq!(actions(&company.plan()), [Action::SwapEmail, Action::InviteToExtranet]);
        company.get(10).email = Some(email("anna@mail.example"));
        let plan = company.plan();
        assert_eq!(actions(&plan), [Action::InviteToExtranet]);
        assert_eq!(want(&plan.steps[0], "EMAIL"), &json!("a.orlova@romashka.example"));
        company.history.confirmed.clear();
        company.history.waiting.insert(by_hand.clone(), "the portal still refuses the address".into());
        let plan = company.plan();
        assert_eq!(only(&plan, Action::ByHand).id, by_hand);
        assert!(only(&plan, Action::InviteToExtranet).after.contains(&by_hand));
        company.history.waiting.clear();
        partner(&mut company, "a.orlova@romashka.example");
        company.have.groups[0].invited.insert(AccountId(11));
        assert_quiet(&company.plan());
    }

    #[test]
    fn a_partner_under_another_address_gets_the_old_one_back() {
        let mut company = leaver();
        partner(&mut company, "other@mail.example");
        let plan = company.plan();
        let swaps = steps(&plan, Action::SwapEmail);
        assert_eq!(
            swaps.iter().map(|step| step.subject.account.as_deref()).collect::<Vec<_>>(),
            [Some("10"), Some("11")]
        );
        assert!(swaps[1].after.contains(&swaps[0].id));
        assert_eq!(want(swaps[1], "EMAIL"), &json!("a.orlova@romashka.example"));
        assert_eq!(want(only(&plan, Action::JoinGroup), "GROUP_ID"), &json!(64));
    }

    #[test]
    fn crossing_addresses_go_through_a_temporary_one() {
        let mut company = leaver();
        partner(&mut company, "anna@mail.example");
        assert_eq!(steps(&company.plan(), Action::SwapEmail).len(), 3);
    }

    #[test]
    fn with_another_address_nothing_moves() {
        let mut company = leaver();
        company.keep_leavers(ExtranetAddress::Personal, None);
        let plan = company.plan();
        assert_eq!(actions(&plan), [Action::FireUser, Action::InviteToExtranet]);
        assert_eq!(want(&plan.steps[1], "EMAIL"), &json!("anna@mail.example"));
        assert_eq!(plan.steps[1].after, std::slice::from_ref(&plan.steps[0].id));
    }

    #[test]
    fn a_missing_or_closed_group_holds_the_part_but_not_the_closing() {
        for open in [false, true] {
            let mut company = leaver();
            company.have.groups[0].extranet = false;
            if open {
                company.have.groups.clear();
            }
            let plan = company.plan();
            assert_eq!(actions(&plan), [Action::FireUser]);
            assert!(!plan.held.is_empty() && plan.held.iter().all(|row| row.reason == Reason::NoGroup));
            assert!(held(&plan).iter().any(|row| row.0 == Action::InviteToExtranet));
        }
    }

    #[test]
    fn nobody_is_invited_after_within_days() {
        let mut company = leaver();
        company.as_of = date(2026, 12, 20);
        assert_eq!(steps(&company.plan(), Action::InviteToExtranet).len(), 1);
        company.as_of = date(2026, 12, 21);
        assert_eq!(actions(&company.plan()), [Action::FireUser]);
    }

    #[test]
    fn a_parking_place_that_is_taken_or_empty_holds_the_part() {
        let mut company = leaver();
        company.account(20, "", "anna@mail.example");
        let plan = company.plan();
        assert_eq!(actions(&plan), [Action::FireUser]);
        assert!(plan.held.iter().all(|row| row.reason == Reason::AddressTaken), "{plan:#?}");
        let mut company = leaver();
        company.job("p1").contact.personal_email = None;
        let plan = company.plan();
        assert_eq!(actions(&plan), [Action::FireUser]);
        assert!(plan.held.iter().all(|row| row.reason == Reason::NoAddress), "{plan:#?}");
    }

    #[test]
    fn a_held_closing_takes_the_part_along() {
        let mut company = leaver();
        let place = super::super::company::place("rules/safety.yaml", 2);
        company.rules.safety.protect.push((crate::rules::Protected::Id(AccountId(10)), place));
        let plan = company.plan();
        assert_eq!(plan.steps.len(), 0);
        let actions: Vec<Action> = held(&plan).iter().map(|row| row.0).collect();
        assert_eq!(actions, [Action::FireUser, Action::SwapEmail, Action::InviteToExtranet, Action::ByHand]);
        assert!(plan.held.iter().all(|row| row.reason == Reason::Protected));
    }

    #[test]
    fn on_a_box_an_administrator_moves_the_login() {
        let mut company = leaver();
        company.have.edition = Edition::Box;
        let plan = company.plan();
        assert!(only(&plan, Action::ByHand).instructions.as_ref().unwrap().who.contains("administrator"));
    }

    #[test]
    fn one_who_works_again_is_not_invited() {
        let mut company = leaver();
        company.job("p1").dismissed_on = None;
        company.job("p1").contact.email = HrEmail::Usable(email("a.orlova@romashka.example"));
        assert_quiet(&company.plan());
    }
}
