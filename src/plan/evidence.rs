//! By what an account that nobody has marked is recognised.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::{
    have,
    matching::{Match, Unclear},
    scope::Known,
};
use crate::{
    model::{Account, fold_name},
    rules::Adopt,
};

/// All three parts of a name, folded, and the birthday.
type Identity = ([String; 3], Date);

/// What persons and some accounts have in common.
pub(super) struct Evidence<'a> {
    persons_by_email: HashMap<String, BTreeSet<usize>>,
    persons_by_identity: HashMap<Identity, BTreeSet<usize>>,
    accounts_by_email: HashMap<String, Vec<&'a Account>>,
    accounts_by_identity: HashMap<Identity, Vec<&'a Account>>,
    emails: Vec<Option<String>>,
    identities: Vec<Option<Identity>>,
}

impl<'a> Evidence<'a> {
    /// Gathers what all persons of the source and the given accounts say of themselves. Without
    /// accounts nothing is gathered.
    pub fn of(people: &[Known<'a>], accounts: &[&'a Account]) -> Evidence<'a> {
        let mut evidence = Evidence {
            persons_by_email: HashMap::new(),
            persons_by_identity: HashMap::new(),
            accounts_by_email: HashMap::new(),
            accounts_by_identity: HashMap::new(),
            emails: Vec::new(),
            identities: Vec::new(),
        };
        for account in accounts {
            evidence.take_account(account);
        }
        if !accounts.is_empty() {
            people.iter().enumerate().for_each(|(at, known)| evidence.take_person(at, known));
        }
        evidence
    }

    fn take_account(&mut self, account: &'a Account) {
        if let Some(email) = &account.email {
            self.accounts_by_email.entry(email.key()).or_default().push(account);
        }
        if let Some(identity) = account_identity(account) {
            self.accounts_by_identity.entry(identity).or_default().push(account);
        }
    }

    fn take_person(&mut self, at: usize, known: &Known<'_>) {
        for job in &known.person.employments {
            if let Some(email) = job.contact.email.usable() {
                self.persons_by_email.entry(email.key()).or_default().insert(at);
            }
        }
        let identity = person_identity(known);
        if let Some(identity) = identity.clone() {
            self.persons_by_identity.entry(identity).or_default().insert(at);
        }
        self.identities.push(identity);
        self.emails.push(known.main().contact.email.usable().map(|email| email.key()));
    }

    /// Finds the account of a person: by the first kind that finds any, unique both ways, and not
    /// contradicted by another kind.
    pub fn recognise(&self, at: usize, adopt: &[Adopt]) -> Match<'a> {
        let found = adopt.iter().map(|kind| (*kind, self.accounts(at, *kind)));
        let Some((kind, accounts)) = found.into_iter().find(|(_, accounts)| !accounts.is_empty()) else {
            return Match::Nobody;
        };
        let [account] = accounts else {
            return unclear(format!("{} accounts have {}", accounts.len(), named(kind)), None);
        };
        if self.persons(account, kind).len() > 1 {
            return unclear(format!("several persons have {}", named(kind)), Some(account));
        }
        let mut others = adopt.iter().filter(|other| **other != kind);
        match others.find(|other| self.contradicts(at, account, **other)) {
            Some(other) => unclear(
                format!("{} leads to this account, {} elsewhere", named(kind), named(*other)),
                Some(account),
            ),
            None => Match::Adopted(account, kind),
        }
    }

    /// Tells whether another kind leads the person to another account, the account to another
    /// person, or says that they are different human beings.
    fn contradicts(&self, at: usize, account: &Account, kind: Adopt) -> bool {
        let accounts = self.accounts(at, kind);
        let persons = self.persons(account, kind);
        let elsewhere = !accounts.is_empty() && accounts.iter().all(|other| other.id != account.id);
        let others = !persons.is_empty() && !persons.contains(&at);
        elsewhere || others || (kind == Adopt::NameAndBirthday && self.is_another(at, account))
    }

    /// Name and birthday are known of both, and both differ.
    fn is_another(&self, at: usize, account: &Account) -> bool {
        let both = self.identities[at].as_ref().zip(account_identity(account));
        both.is_some_and(|(person, account)| person.0 != account.0 && person.1 != account.1)
    }

    fn accounts(&self, at: usize, kind: Adopt) -> &[&'a Account] {
        let found = match kind {
            Adopt::Email => {
                self.emails.get(at).and_then(Option::as_ref).and_then(|key| self.accounts_by_email.get(key))
            }
            Adopt::NameAndBirthday => self
                .identities
                .get(at)
                .and_then(Option::as_ref)
                .and_then(|identity| self.accounts_by_identity.get(identity)),
        };
        found.map(Vec::as_slice).unwrap_or_default()
    }

    fn persons(&self, account: &Account, kind: Adopt) -> BTreeSet<usize> {
        let found = match kind {
            Adopt::Email => account.email.as_ref().and_then(|email| self.persons_by_email.get(&email.key())),
            Adopt::NameAndBirthday => {
                account_identity(account).and_then(|identity| self.persons_by_identity.get(&identity))
            }
        };
        found.cloned().unwrap_or_default()
    }

    /// Finds an account with the person's name and birthday, or with the address HR has.
    pub fn looks_like(&self, at: usize) -> Option<&'a Account> {
        let alike = [Adopt::NameAndBirthday, Adopt::Email].map(|kind| self.accounts(at, kind).first());
        alike.into_iter().flatten().next().copied()
    }

    /// Tells whether an account has the person's name and birthday, or the address HR has.
    pub fn is_like(&self, at: usize, account: &Account) -> bool {
        let alike = [Adopt::NameAndBirthday, Adopt::Email].map(|kind| self.accounts(at, kind));
        alike.into_iter().flatten().any(|other| other.id == account.id)
    }
}

fn unclear<'a>(text: String, account: Option<&'a Account>) -> Match<'a> {
    Match::Unclear(Unclear { text, account, keyed: false })
}

/// Names a kind in a sentence.
pub(super) fn named(kind: Adopt) -> &'static str {
    match kind {
        Adopt::Email => "the address that HR has",
        Adopt::NameAndBirthday => "the name and the birthday",
    }
}

fn person_identity(known: &Known<'_>) -> Option<Identity> {
    let name = known.name();
    identity([&name.last, &name.first, &name.patronymic], known.main().contact.birthday)
}

fn account_identity(account: &Account) -> Option<Identity> {
    let names = ["LAST_NAME", "NAME", "SECOND_NAME"].map(|field| have::text(account.field(field)));
    identity([&names[0], &names[1], &names[2]], have::birthday(account))
}

fn identity(names: [&String; 3], birthday: Option<Date>) -> Option<Identity> {
    let names = names.map(|name| fold_name(name));
    let filled = !names[0].is_empty() && !names[1].is_empty();
    birthday.filter(|_| filled).map(|birthday| (names, birthday))
}
