//! Everything that is known before the first step is thought of.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    Inputs,
    draft::{Draft, Hold, Proposal, rule, source},
    evidence,
    have::{self, EXTRANET},
    matching::{self, Match, Matches},
    scope::{self, Known},
};
use crate::{
    model::{
        Account, AccountId, AccountKind, Action, Because, Email, Group, PersonId, Place, Reason, StepId,
        Subject, Unmanaged, fold,
    },
    rules::{Adopt, Protected},
};

/// What people, rules, portal and history say together.
pub(super) struct World<'a> {
    /// What the plan is made from.
    pub inputs: Inputs<'a>,
    /// Everybody in the source, by id.
    pub people: Vec<Known<'a>>,
    /// Every account, by id.
    pub accounts: Vec<&'a Account>,
    /// Which account is whose.
    pub matches: Matches<'a>,
    /// Where the links of КЭДО stand, by company and person.
    pub links: HashMap<(&'a str, &'a str), usize>,
    /// Every address that history knows, by the person it was given to.
    pub given: HashMap<&'a PersonId, Vec<Email>>,
    groups: HashMap<String, Vec<&'a Group>>,
    protected: HashMap<AccountId, &'a Place>,
    shrunk: Option<Hold>,
}

impl<'a> World<'a> {
    /// Looks at the inputs.
    pub fn of(inputs: &Inputs<'a>) -> World<'a> {
        let people = scope::people(inputs);
        let mut accounts: Vec<&Account> = inputs.have.accounts.iter().collect();
        accounts.sort_by_key(|account| account.id);
        let matches = matching::matches(inputs, &people, &accounts);
        let protected = protected(inputs, &accounts);
        let mut world = World {
            inputs: *inputs,
            people,
            accounts,
            matches,
            links: links(inputs),
            given: given(inputs),
            groups: groups(inputs),
            protected,
            shrunk: None,
        };
        world.shrunk = world.shrink();
        world
    }

    /// Tells whether the source publishes a thing.
    pub fn publishes(&self, what: Unmanaged) -> bool {
        !self.inputs.people.unmanaged.contains(&what)
    }

    /// Counts active accounts of ours, those of external partners too or not.
    pub fn managed_active(&self, partners: bool) -> u64 {
        let counts = |account: &&&Account| {
            account.active
                && self.matches.managed.contains(&account.id)
                && (partners || account.kind != AccountKind::Extranet && !is_partner(account))
        };
        self.accounts.iter().filter(counts).count() as u64
    }

    /// Counts persons with an employment in scope, at work or not.
    pub fn persons(&self) -> u64 {
        self.people.iter().filter(|known| known.in_scope()).count() as u64
    }

    fn shrink(&self) -> Option<Hold> {
        let accepted = self.inputs.history.accepted_source.as_ref().map(|source| source.persons);
        let accepted = accepted.unwrap_or_else(|| self.managed_active(true));
        let gone = accepted.saturating_sub(self.persons());
        let percent = u64::from(self.inputs.rules.safety.source_shrink);
        let text = format!(
            "{gone} of {accepted} persons have vanished from the source, more than {percent} percent"
        );
        let place = self.inputs.rules.safety.source_shrink_place.as_ref();
        (gone * 100 > percent * accepted).then(|| Hold::new(Reason::SourceShrink, text).by(place))
    }

    /// Says why nothing but `adopt_user` and `update_user` is planned for an account.
    pub fn is_protected(&self, account: AccountId) -> Option<Hold> {
        let text = "`safety.protect` names the account";
        self.protected.get(&account).map(|place| Hold::new(Reason::Protected, text).by(Some(place)))
    }

    /// Says why an account recognised in this plan waits for the next.
    pub fn is_new_to_us(&self, account: AccountId) -> Option<Hold> {
        let text = "the account is recognised in this plan; its address and its closing wait for the next";
        self.matches.is_adopted(account).then(|| Hold::new(Reason::AdoptedInThisPlan, text))
    }

    /// Says why an account is not closed.
    pub fn is_kept_open(&self, account: AccountId) -> Option<Hold> {
        let own = account == AccountId(1) || self.inputs.have.owner == Some(account);
        let own = own.then(|| Hold::new(Reason::OwnAccount, own_text(account)));
        let first = self.matches.managed.is_empty();
        let first = first.then(|| {
            Hold::new(Reason::FirstRun, "no account is managed yet: nobody is closed on a first run")
        });
        Hold::first([own, self.is_protected(account), first, self.is_new_to_us(account), self.shrunk.clone()])
    }

    /// Says whom a step concerns.
    pub fn subject(
        &self,
        known: Option<&Known<'_>>,
        account: Option<&Account>,
        email: Option<&Email>,
    ) -> Subject {
        let name = known.map(|known| known.name().full()).filter(|name| !name.is_empty());
        let email = email.or(account.and_then(|account| account.email.as_ref()));
        Subject {
            person: known.map(|known| known.person.id.0.clone()),
            account: account.map(|account| have::id(account.id)),
            name: name.or_else(|| account.map(Account::name)).unwrap_or_default(),
            email: email.map(|email| email.as_str().to_owned()),
        }
    }

    /// Begins a step for an account of a person: it expects to find the account's key.
    pub fn step(&self, action: Action, known: Option<&Known<'_>>, account: &Account) -> Proposal {
        let key = match self.matches.is_adopted(account.id) {
            true => known.and_then(|known| known.key.clone()),
            false => account.xml_id.clone(),
        };
        Proposal::new(action, self.subject(known, Some(account), None)).expect("XML_ID", json!(key))
    }

    /// Closes an account, or says why that is left to a person. `hold` is a reason of the caller's.
    pub fn fire(
        &self,
        draft: &mut Draft,
        known: Option<&Known<'_>>,
        account: &Account,
        because: Vec<Because>,
        hold: Option<Hold>,
    ) -> StepId {
        let hold = Hold::first([hold, self.is_kept_open(account.id)]);
        let step = self.step(Action::FireUser, known, account).replace("ACTIVE", json!(true), false);
        let adopted = self.adoption(draft, known, account);
        draft.add(step.because(because).after(adopted).hold(hold))
    }

    /// The step that writes our key into an account recognised in this plan.
    pub fn adoption(
        &self,
        draft: &mut Draft,
        known: Option<&Known<'_>>,
        account: &Account,
    ) -> Option<StepId> {
        let known = known?;
        let found = self.matches.owner.get(&account.id).map(|at| &self.matches.of[*at])?;
        let Match::Adopted(_, kind) = found else { return None };
        let matching = self.inputs.rules.matching.as_ref()?;
        let mut step = Proposal::new(Action::AdoptUser, self.subject(Some(known), Some(account), None))
            .replace("XML_ID", Value::Null, json!(known.key));
        for field in recognised_by(*kind) {
            step = step.expect(field, account.field(field).clone());
        }
        let text = format!("no account has the key; only this one has {}", evidence::named(*kind));
        step = step.because([rule(&matching.adopt_place, text)]).because(source(known.main()));
        Some(draft.add(step))
    }

    /// Finds the person of an account.
    pub fn person_of(&self, account: AccountId) -> Option<&Known<'a>> {
        self.matches.owner.get(&account).map(|at| &self.people[*at])
    }

    /// Finds the groups of a name that was folded.
    pub fn groups_named(&self, name: &str) -> &[&'a Group] {
        self.groups.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// Finds a person by id.
    pub fn person(&self, id: &PersonId) -> Option<usize> {
        self.people.binary_search_by(|known| known.person.id.cmp(id)).ok()
    }
}

fn links<'a>(inputs: &Inputs<'a>) -> HashMap<(&'a str, &'a str), usize> {
    let persons = inputs.have.documents.iter().flat_map(|documents| &documents.persons).enumerate();
    persons.map(|(at, link)| ((link.company.as_str(), link.person.as_str()), at)).collect()
}

fn recognised_by(kind: Adopt) -> &'static [&'static str] {
    match kind {
        Adopt::Email => &["EMAIL"],
        Adopt::NameAndBirthday => &["LAST_NAME", "NAME", "SECOND_NAME", "PERSONAL_BIRTHDAY"],
    }
}

/// Tells whether an account carries the key of an external partner.
pub(super) fn is_partner(account: &Account) -> bool {
    account.xml_id.as_deref().is_some_and(|key| key.ends_with(EXTRANET))
}

fn own_text(account: AccountId) -> &'static str {
    match account {
        AccountId(1) => "account 1, the portal's first administrator, is never closed",
        _ => "the calls are made with this account's rights; closing it would end them",
    }
}

fn protected<'a>(inputs: &Inputs<'a>, accounts: &[&Account]) -> HashMap<AccountId, &'a Place> {
    let (mut ids, mut emails) = (HashMap::new(), HashMap::new());
    for (protected, place) in &inputs.rules.safety.protect {
        match protected {
            Protected::Id(id) => ids.insert(*id, place),
            Protected::Email(email) => emails.insert(email.key(), place),
        };
    }
    for account in accounts {
        if let Some(place) = account.email.as_ref().and_then(|email| emails.get(&email.key())) {
            ids.entry(account.id).or_insert(place);
        }
    }
    ids
}

fn given<'a>(inputs: &Inputs<'a>) -> HashMap<&'a PersonId, Vec<Email>> {
    let mut given: HashMap<&PersonId, Vec<Email>> = HashMap::new();
    for (address, persons) in &inputs.history.addresses {
        let Ok(email) = Email::parse(address) else { continue };
        for person in persons {
            given.entry(person).or_default().push(email.clone());
        }
    }
    given
}

fn groups<'a>(inputs: &Inputs<'a>) -> HashMap<String, Vec<&'a Group>> {
    let mut groups: HashMap<String, Vec<&Group>> = HashMap::new();
    for group in &inputs.have.groups {
        groups.entry(fold(&group.name)).or_default().push(group);
    }
    groups
}
