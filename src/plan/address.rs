//! Where an address is decided: who holds which, and which one a new account gets.
//!
//! An address belongs to one person for good. Nobody gets one that stands at another account,
//! whatever its state, that another row of the source mentions, that history knows as somebody
//! else's, or that this plan gives away already.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use super::{Inputs, have, matching::Matches, scope::Known};
use crate::{
    model::{Account, AccountId, AccountKind, Email, HrEmail, PersonId},
    rules::{EmailTemplates, Template},
};

/// The largest number that `{{n}}` takes.
const LAST_NUMBER: u32 = 100_000;

/// Who has an address, so that nobody else gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    /// An account of the portal, and what kind of account it is.
    Account(AccountId, Standing),
    /// Another person's row of the source mentions it.
    Mentioned(PersonId),
    /// It was given to another person before.
    Given(PersonId),
    /// This plan gives it to somebody else.
    Planned,
}

/// What kind of account holds an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Not ours.
    Foreign,
    /// An external partner's.
    Extranet,
    /// Closed.
    Dismissed,
    /// Its invitation has not been accepted.
    Invited,
    /// Ours and in use.
    InUse,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Account(id, Standing::Foreign) => write!(f, "account {id}, which is not ours, has it"),
            Holder::Account(id, Standing::Extranet) => {
                write!(f, "the external partner's account {id} has it")
            }
            Holder::Account(id, Standing::Dismissed) => write!(f, "the closed account {id} has it"),
            Holder::Account(id, Standing::Invited) => write!(f, "the invited account {id} has it"),
            Holder::Account(id, Standing::InUse) => write!(f, "account {id} has it"),
            Holder::Mentioned(person) => write!(f, "HR has it for person `{}` too", person.0),
            Holder::Given(person) => write!(f, "it was given to person `{}` before", person.0),
            Holder::Planned => f.write_str("this plan gives it to somebody else"),
        }
    }
}

/// One local part that a template gave, and why it was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The template as written.
    pub template: String,
    /// What it gave.
    pub address: String,
    /// Whether the template applies at all: every value filled, the address valid.
    pub applies: bool,
    /// Why it was not taken; none for the one that was.
    pub verdict: Option<String>,
}

/// What the templates gave for a person.
#[derive(Debug, Clone, Default)]
pub(super) struct Generated<'a> {
    /// The entry whose `when` holds.
    pub entry: Option<&'a EmailTemplates>,
    /// The address, if one was free.
    pub chosen: Option<Email>,
    /// Everything tried, in order.
    pub tried: Vec<Candidate>,
}

/// Everything that is known of addresses.
pub(super) struct Addresses<'a> {
    inputs: Inputs<'a>,
    managed: &'a HashSet<AccountId>,
    on_portal: HashMap<String, Vec<&'a Account>>,
    mentioned: HashMap<String, Vec<&'a PersonId>>,
    planned: HashMap<String, PersonId>,
    given: HashMap<&'a PersonId, Vec<String>>,
    series: HashMap<String, Series>,
}

/// How far a counting template has come, and the numbers it found taken.
#[derive(Debug)]
struct Series {
    next: u32,
    kept: HashMap<String, u32>,
}

impl Default for Series {
    fn default() -> Series {
        Series { next: 2, kept: HashMap::new() }
    }
}

impl<'a> Addresses<'a> {
    /// Gathers every address of the portal and of the source.
    pub fn of(
        inputs: &Inputs<'a>,
        people: &[Known<'a>],
        accounts: &[&'a Account],
        matches: &'a Matches<'a>,
    ) -> Addresses<'a> {
        let mut on_portal: HashMap<String, Vec<&Account>> = HashMap::new();
        for account in accounts {
            if let Some(email) = &account.email {
                on_portal.entry(email.key()).or_default().push(account);
            }
        }
        let mut mentioned: HashMap<String, Vec<&PersonId>> = HashMap::new();
        for known in people {
            for address in mentions(known) {
                let persons = mentioned.entry(address).or_default();
                if persons.last() != Some(&&known.person.id) {
                    persons.push(&known.person.id);
                }
            }
        }
        Addresses {
            inputs: *inputs,
            managed: &matches.managed,
            on_portal,
            mentioned,
            planned: HashMap::new(),
            given: given(inputs),
            series: HashMap::new(),
        }
    }

    /// Lists the accounts that have an address.
    pub fn accounts(&self, address: &Email) -> &[&'a Account] {
        self.on_portal.get(&address.key()).map(Vec::as_slice).unwrap_or_default()
    }

    /// Gives an address to a person in this plan.
    pub fn give(&mut self, address: &Email, person: &PersonId) {
        self.planned.entry(address.key()).or_insert_with(|| person.clone());
    }

    /// Makes a temporary address that nobody has.
    pub fn temporary(&mut self, account: &Account, domain: &str, person: &PersonId) -> Email {
        for turn in 0_u32.. {
            let digits = super::hash::eight(&format!("{}:{domain}:{turn}", account.id));
            let address = Email::parse(&have::temporary(&digits, domain));
            let address = address.expect("the domain is an address's, and 13 characters fit before it");
            if self.anywhere(&address.key()).is_none() {
                self.give(&address, person);
                return address;
            }
        }
        unreachable!("an address book with all of 2³² temporary addresses does not fit into memory")
    }

    /// Says what kind of account one is.
    pub fn standing(&self, account: &Account) -> Standing {
        match () {
            () if !self.managed.contains(&account.id) => Standing::Foreign,
            () if account.kind != AccountKind::Employee => Standing::Extranet,
            () if !account.active => Standing::Dismissed,
            () if have::is_invited(account) => Standing::Invited,
            () => Standing::InUse,
        }
    }

    /// Names another person of the source, or of this plan, who has a claim to an address.
    pub fn claimed(&self, address: &Email, person: &PersonId) -> Option<Holder> {
        let key = address.key();
        let others = self.mentioned.get(&key).into_iter().flatten();
        let other = others.copied().find(|other| *other != person).cloned().map(Holder::Mentioned);
        other.or_else(|| self.planned.get(&key).filter(|other| *other != person).map(|_| Holder::Planned))
    }

    /// Lists the other persons whom history knows an address for.
    pub fn given(&self, address: &Email, person: &PersonId) -> Vec<&'a PersonId> {
        let given = self.inputs.history.addresses.get(&address.key());
        given.into_iter().flatten().filter(|other| *other != person).collect()
    }

    /// Says who keeps an address from a template: anybody at all, but the person's own rows and
    /// history.
    pub fn holder(&self, address: &Email, person: &PersonId) -> Option<Holder> {
        let account = self.accounts(address).first();
        account
            .map(|account| Holder::Account(account.id, self.standing(account)))
            .or_else(|| self.claimed(address, person))
            .or_else(|| self.given(address, person).first().map(|other| Holder::Given((*other).clone())))
    }

    fn anywhere(&self, key: &str) -> Option<()> {
        let known = self.on_portal.contains_key(key)
            || self.mentioned.contains_key(key)
            || self.planned.contains_key(key)
            || self.inputs.history.addresses.contains_key(key);
        known.then_some(())
    }

    /// Makes an address by the first entry of `email.templates` whose `when` holds.
    pub fn generate(&mut self, known: &Known<'a>) -> Generated<'a> {
        let Some(email) = &self.inputs.rules.email else { return Generated::default() };
        let holds = |entry: &&EmailTemplates| entry.when.as_ref().is_none_or(|when| when.holds(known.main()));
        let mut generated = Generated { entry: email.templates.iter().find(holds), ..Generated::default() };
        let Some(entry) = generated.entry else { return generated };
        let Some(domain) = entry.domain(email) else { return generated };
        for template in &entry.r#try {
            generated.chosen = match template.counts() {
                true => self.counted(known, template, domain, &mut generated.tried),
                false => self.attempt(known, template, domain, None, &mut generated.tried),
            };
            if let Some(address) = &generated.chosen {
                self.give(address, &known.person.id);
                break;
            }
        }
        generated
    }

    /// Tries `n` = 2, 3, …. Numbers that are gone for everybody are not tried again; those that
    /// are kept for somebody are tried for whom they are kept.
    fn counted(
        &mut self,
        known: &Known<'a>,
        template: &Template,
        domain: &str,
        tried: &mut Vec<Candidate>,
    ) -> Option<Email> {
        let name = self.render(known, template, domain, Some(0)).text;
        let mut series = self.series.remove(&name).unwrap_or_default();
        let found = self.next_of(&mut series, known, template, domain, tried);
        self.series.insert(name, series);
        found
    }

    fn next_of(
        &self,
        series: &mut Series,
        known: &Known<'a>,
        template: &Template,
        domain: &str,
        tried: &mut Vec<Candidate>,
    ) -> Option<Email> {
        let own = mentions(known).into_iter().chain(self.given_to(&known.person.id));
        let mut kept: Vec<u32> = own.filter_map(|address| series.kept.get(&address).copied()).collect();
        kept.sort_unstable();
        for n in kept {
            let found = self.attempt(known, template, domain, Some(n), tried);
            if found.is_some() {
                return found;
            }
        }
        while series.next <= LAST_NUMBER {
            let n = series.next;
            let before = tried.last().map(|candidate| candidate.address.clone());
            let found = self.attempt(known, template, domain, Some(n), tried);
            let candidate = tried.last()?;
            if !candidate.applies || before.as_ref() == Some(&candidate.address) {
                return None;
            }
            series.next += 1;
            if found.is_some() {
                return found;
            }
            series.kept.insert(candidate.address.clone(), n);
        }
        None
    }

    fn given_to(&self, person: &PersonId) -> Vec<String> {
        self.given.get(person).cloned().unwrap_or_default()
    }

    fn attempt(
        &self,
        known: &Known<'a>,
        template: &Template,
        domain: &str,
        n: Option<u32>,
        tried: &mut Vec<Candidate>,
    ) -> Option<Email> {
        let rendered = self.render(known, template, domain, n);
        let parsed = Email::parse(&rendered.text);
        let verdict = match &parsed {
            _ if !rendered.complete => Some("a value it uses is empty".to_owned()),
            Err(fault) => Some(fault.to_string()),
            Ok(address) => self.holder(address, &known.person.id).map(|holder| holder.to_string()),
        };
        let applies = rendered.complete && parsed.is_ok();
        let chosen = parsed.ok().filter(|_| verdict.is_none());
        tried.push(Candidate { template: template.text.clone(), address: rendered.text, applies, verdict });
        chosen
    }

    fn render(
        &self,
        known: &Known<'a>,
        template: &Template,
        domain: &str,
        n: Option<u32>,
    ) -> crate::rules::Rendered {
        let mut rendered = template.render(&crate::rules::Scope { n, ..known.scope(&self.inputs) });
        rendered.text = format!("{}@{domain}", rendered.text).to_lowercase();
        rendered
    }
}

fn given<'a>(inputs: &Inputs<'a>) -> HashMap<&'a PersonId, Vec<String>> {
    let mut given: HashMap<&PersonId, Vec<String>> = HashMap::new();
    for (address, persons) in &inputs.history.addresses {
        for person in persons {
            given.entry(person).or_default().push(address.clone());
        }
    }
    given
}

/// Every address in the rows of a person, also those inside a text that is no single address.
fn mentions(known: &Known<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for job in &known.person.employments {
        match &job.contact.email {
            HrEmail::None => {}
            HrEmail::Usable(email) => found.push(email.key()),
            HrEmail::Unusable(text) => found.extend(addresses_in(text)),
        }
        found.extend(job.contact.personal_email.iter().flat_map(|text| addresses_in(text)));
    }
    found
}

fn addresses_in(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| c.is_whitespace() || ",;<>\"()".contains(c));
    parts.filter_map(|part| Email::parse(part).ok()).map(|email| email.key()).collect()
}
