//! Which account is whose.
//!
//! XML_ID decides; then the kinds of `adopt` in order, and only where nothing speaks against it.
//! An account that cannot be told apart is nobody's, and nothing is done to it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Inputs,
    evidence::Evidence,
    have,
    scope::{Known, Stage},
};
use crate::{
    model::{Account, AccountId, AccountKind, Employment},
    rules::{Adopt, Matching},
};

/// What was found for a person.
#[derive(Debug, Clone)]
pub(super) enum Match<'a> {
    /// No account.
    Nobody,
    /// The account that carries the person's key.
    Account(&'a Account),
    /// An account that nobody has marked yet, and how it was recognised.
    Adopted(&'a Account, Adopt),
    /// Accounts or persons that cannot be told apart.
    Unclear(Unclear<'a>),
    /// Several accounts carry the key.
    Doubled(Vec<&'a Account>),
    /// An account whose own person has vanished, and who looks like this one.
    Renamed(&'a Account),
}

/// Accounts or persons that cannot be told apart.
#[derive(Debug, Clone)]
pub(super) struct Unclear<'a> {
    /// In words.
    pub text: String,
    /// The account, if it is one.
    pub account: Option<&'a Account>,
    /// Whether an account with the person's key was looked for; else one that nobody has marked.
    pub keyed: bool,
}

/// A managed account whose person is not in the source at all.
#[derive(Debug, Clone)]
pub(super) struct Missing<'a> {
    /// The account.
    pub account: &'a Account,
    /// Another account carries the same key.
    pub doubled: bool,
    /// A person without an account looks like its owner.
    pub renamed: bool,
}

/// Which account is whose.
#[derive(Debug)]
pub(super) struct Matches<'a> {
    /// For each person, in the order of the people.
    pub of: Vec<Match<'a>>,
    /// The accounts that carry a person's key as an external partner.
    pub partners: Vec<Vec<&'a Account>>,
    /// Employees' accounts whose persons are not in the source.
    pub missing: Vec<Missing<'a>>,
    /// Every account that is ours.
    pub managed: HashSet<AccountId>,
    /// Which person an account belongs to.
    pub owner: HashMap<AccountId, usize>,
}

impl Matches<'_> {
    /// Tells whether an account is recognised in this very plan.
    pub fn is_adopted(&self, account: AccountId) -> bool {
        let owner = self.owner.get(&account);
        owner.is_some_and(|at| matches!(self.of[*at], Match::Adopted(found, _) if found.id == account))
    }
}

/// Tells whether an account is ours: its XML_ID, without the mark of a partner, fits the key.
pub(super) fn is_managed(matching: Option<&Matching>, account: &Account) -> bool {
    let Some((matching, xml_id)) = matching.zip(account.xml_id.as_deref()) else { return false };
    account.kind != AccountKind::Other && matching.key.fits(employee_key(xml_id))
}

/// The key without the mark of a partner.
fn employee_key(xml_id: &str) -> &str {
    xml_id.strip_suffix(have::EXTRANET).unwrap_or(xml_id)
}

/// Finds out which account is whose.
pub(super) fn matches<'a>(
    inputs: &Inputs<'a>,
    people: &[Known<'a>],
    accounts: &[&'a Account],
) -> Matches<'a> {
    let matching = inputs.rules.matching.as_ref();
    let ours: Vec<&Account> =
        accounts.iter().copied().filter(|account| is_managed(matching, account)).collect();
    let mut by_key: BTreeMap<&str, Vec<&'a Account>> = BTreeMap::new();
    for account in &ours {
        by_key.entry(account.xml_id.as_deref().unwrap_or_default()).or_default().push(account);
    }
    let mut matches = Matches {
        of: keyed(people, &by_key),
        partners: partners(people, &by_key),
        missing: missing(people, &by_key),
        managed: ours.iter().map(|account| account.id).collect(),
        owner: HashMap::new(),
    };
    if let Some(matching) = matching {
        recognise(inputs, matching, people, accounts, &mut matches);
    }
    matches.owner = owners(&matches);
    matches
}

fn keyed<'a>(people: &[Known<'a>], by_key: &BTreeMap<&str, Vec<&'a Account>>) -> Vec<Match<'a>> {
    let mut persons: HashMap<&str, usize> = HashMap::new();
    for key in people.iter().filter_map(|known| known.key.as_deref()) {
        *persons.entry(key).or_default() += 1;
    }
    let unclear = |text: String, account| Match::Unclear(Unclear { text, account, keyed: true });
    let find = |known: &Known<'a>| {
        let Some(key) = known.key.as_deref() else {
            return unclear("a value that the key needs is empty".to_owned(), None);
        };
        let found = by_key.get(key).map(Vec::as_slice).unwrap_or_default();
        match found {
            _ if persons[key] > 1 => {
                unclear(format!("several persons have the key `{key}`"), found.first().copied())
            }
            [] => Match::Nobody,
            [account] if account.kind == AccountKind::Extranet => {
                unclear(format!("the account with the key `{key}` is an external partner's"), Some(*account))
            }
            [account] => Match::Account(account),
            several => Match::Doubled(several.to_vec()),
        }
    };
    people.iter().map(find).collect()
}

fn partners<'a>(people: &[Known<'a>], by_key: &BTreeMap<&str, Vec<&'a Account>>) -> Vec<Vec<&'a Account>> {
    let find = |known: &Known<'a>| {
        let key = format!("{}{}", known.key.as_deref()?, have::EXTRANET);
        by_key.get(key.as_str()).cloned()
    };
    people.iter().map(|known| find(known).unwrap_or_default()).collect()
}

fn missing<'a>(people: &[Known<'a>], by_key: &BTreeMap<&str, Vec<&'a Account>>) -> Vec<Missing<'a>> {
    let known: HashSet<&str> = people.iter().filter_map(|known| known.key.as_deref()).collect();
    let lost = by_key.iter().filter(|(key, _)| !key.ends_with(have::EXTRANET) && !known.contains(*key));
    lost.flat_map(|(_, accounts)| {
        accounts.iter().map(|account| Missing { account, doubled: accounts.len() > 1, renamed: false })
    })
    .collect()
}

/// Looks for accounts of the persons that no key led to.
fn recognise<'a>(
    inputs: &Inputs<'a>,
    matching: &Matching,
    people: &[Known<'a>],
    accounts: &[&'a Account],
    matches: &mut Matches<'a>,
) {
    let open = |account: &&'a Account| {
        account.active && account.kind == AccountKind::Employee && account.xml_id.is_none()
    };
    let unmarked: Vec<&Account> = accounts.iter().copied().filter(open).collect();
    let lost: Vec<&Account> = matches.missing.iter().map(|missing| missing.account).collect();
    let evidence = Evidence::of(people, &unmarked);
    let vanished = Evidence::of(people, &lost);
    for (at, known) in people.iter().enumerate() {
        if matches!(matches.of[at], Match::Nobody) && may_be_adopted(inputs, known) {
            matches.of[at] = evidence.recognise(at, &matching.adopt);
        }
        if !matches!(matches.of[at], Match::Nobody | Match::Unclear(_)) {
            continue;
        }
        if let Some(account) = vanished.looks_like(at) {
            if matches!(matches.of[at], Match::Nobody) {
                matches.of[at] = Match::Renamed(account);
            }
            let gone = matches.missing.iter_mut().filter(|missing| vanished.is_like(at, missing.account));
            gone.for_each(|missing| missing.renamed = true);
        }
    }
}

/// Accounts are recognised for whoever works, is to work or has left here, if `hires.when` gives
/// such people an account.
fn may_be_adopted(inputs: &Inputs<'_>, known: &Known<'_>) -> bool {
    !matches!(known.stage, Stage::Outside | Stage::Undated) && is_wanted(inputs, known.main())
}

/// Tells whether `hires.when` gives such a person an account.
pub(super) fn is_wanted(inputs: &Inputs<'_>, job: &Employment) -> bool {
    let when = inputs.rules.hires.as_ref().and_then(|hires| hires.when.as_ref());
    when.is_none_or(|when| when.holds(job))
}

fn owners(matches: &Matches<'_>) -> HashMap<AccountId, usize> {
    let mut owners = HashMap::new();
    for (at, found) in matches.of.iter().enumerate() {
        match found {
            Match::Account(account) | Match::Adopted(account, _) => {
                owners.insert(account.id, at);
            }
            Match::Doubled(accounts) => owners.extend(accounts.iter().map(|account| (account.id, at))),
            Match::Nobody | Match::Unclear(_) | Match::Renamed(_) => {}
        }
        owners.extend(matches.partners[at].iter().map(|account| (account.id, at)));
    }
    owners
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::super::company::{Company, assert_quiet, email, held, only, row, steps};
    use crate::{
        model::{AccountKind, Action, HrEmail, Reason},
        rules::{Adopt, Vanished},
    };

    fn unmarked() -> Company {
        let mut company = Company::new();
        company.pair("p1", "Орлова Анна Петровна", 10, "a.orlova@romashka.example");
        company.get(10).xml_id = None;
        company
    }

    fn identity(company: &mut Company, id: &str, account: u64) {
        let job = company.job(id);
        job.contact.birthday = Some(date(1990, 2, 3));
        let name = job.contact.name.clone();
        let fields = [
            ("LAST_NAME", name.last.as_str()),
            ("NAME", name.first.as_str()),
            ("SECOND_NAME", name.patronymic.as_str()),
            ("PERSONAL_BIRTHDAY", "1990-02-03T00:00:00+03:00"),
        ];
        company.get(account).row = row(&fields);
    }

    #[test]
    fn an_account_with_hrs_address_is_adopted() {
        let plan = unmarked().plan();
        let adopt = only(&plan, Action::AdoptUser);
        assert_eq!(adopt.changes["XML_ID"].want, json!("1c:p1"));
        assert_eq!(adopt.expects["XML_ID"], json!(null));
        assert!(adopt.expects.contains_key("EMAIL"));
    }

    #[test]
    fn name_and_birthday_are_compared_folded_and_the_address_waits() {
        let mut company = unmarked();
        identity(&mut company, "p1", 10);
        company.get(10).row.insert("LAST_NAME".into(), json!("ОPЛОВА"));
        company.job("p1").contact.email = HrEmail::Usable(email("new@romashka.example"));
        let plan = company.plan();
        only(&plan, Action::AdoptUser);
        assert_eq!(held(&plan), [(Action::SwapEmail, "p1", "10", Reason::AdoptedInThisPlan)]);
    }

    #[test]
    fn what_is_not_unique_or_contradicted_is_held() {
        let mut company = unmarked();
        company.account(11, "", "a.orlova@romashka.example");
        assert_eq!(held(&company.plan()), [(Action::AdoptUser, "p1", "-", Reason::AmbiguousMatch)]);
        let mut company = unmarked();
        company.works("p2", "Волков Пётр Ильич").contact.email =
            HrEmail::Usable(email("a.orlova@romashka.example"));
        assert_eq!(held(&company.plan()).len(), 2);
        let mut company = unmarked();
        company.account(11, "", "other@romashka.example");
        identity(&mut company, "p1", 11);
        assert_eq!(held(&company.plan()), [(Action::AdoptUser, "p1", "10", Reason::AmbiguousMatch)]);
        company.rules.matching.as_mut().unwrap().adopt = vec![Adopt::Email];
        only(&company.plan(), Action::AdoptUser);
    }

    #[test]
    fn only_open_unmarked_employees_are_adopted() {
        for change in 0..3 {
            let mut company = unmarked();
            let account = company.get(10);
            match change {
                0 => account.active = false,
                1 => account.kind = AccountKind::Extranet,
                _ => account.xml_id = Some("ldap:7".into()),
            }
            let plan = company.plan();
            assert_eq!(steps(&plan, Action::AdoptUser).len(), 0);
            assert_eq!(held(&plan), [(Action::CreateUser, "p1", "-", Reason::AddressTaken)]);
        }
    }

    #[test]
    fn nothing_is_done_to_two_accounts_with_one_key() {
        let mut company = Company::new();
        company.pair("p1", "Орлова Анна Петровна", 10, "a.orlova@romashka.example");
        company.account(11, "1c:p1", "b@romashka.example");
        let rows = ["10", "11"].map(|id| (Action::UpdateUser, "p1", id, Reason::AmbiguousMatch));
        assert_eq!(held(&company.plan()), rows);
        company.job("p1").dismissed_on = Some(date(2026, 11, 1));
        let rows = ["10", "11"].map(|id| (Action::FireUser, "p1", id, Reason::AmbiguousMatch));
        let plan = company.plan();
        assert_eq!((held(&plan), plan.steps.len()), (rows.to_vec(), 0));
    }

    #[test]
    fn a_vanished_account_is_not_closed_where_its_likeness_cannot_be_told_apart() {
        let mut company = unmarked();
        company.account(11, "", "other@romashka.example");
        identity(&mut company, "p1", 11);
        company.account(12, "1c:p9", "gone@romashka.example");
        identity(&mut company, "p1", 12);
        company.rules.dismissals.as_mut().unwrap().vanished = Vanished::Fire;
        let rows = [
            (Action::AdoptUser, "p1", "10", Reason::AmbiguousMatch),
            (Action::FireUser, "-", "12", Reason::RenamedOrNew),
        ];
        let plan = company.plan();
        assert_eq!((held(&plan), steps(&plan, Action::FireUser).len()), (rows.to_vec(), 0));
    }

    #[test]
    fn a_vanished_account_that_looks_like_a_new_person_is_neither_closed_nor_doubled() {
        let mut company = Company::new();
        company.works("p2", "Орлова Анна Петровна").contact.email =
            HrEmail::Usable(email("x@romashka.example"));
        company.account(10, "1c:p1", "x@romashka.example");
        company.rules.dismissals.as_mut().unwrap().vanished = Vanished::Fire;
        let rows = [
            (Action::CreateUser, "p2", "-", Reason::RenamedOrNew),
            (Action::FireUser, "-", "10", Reason::RenamedOrNew),
        ];
        let plan = company.plan();
        assert_eq!((held(&plan), plan.steps.len()), (rows.to_vec(), 0));
        company.get(10).email = Some(email("y@romashka.example"));
        identity(&mut company, "p2", 10);
        assert_eq!(held(&company.plan()), rows);
    }

    #[test]
    fn foreign_accounts_are_counted_and_left_alone() {
        let mut company = Company::new();
        company.account(20, "ldap:7", "f@romashka.example");
        company.account(21, "1c:p9:extranet", "e@romashka.example").kind = AccountKind::Extranet;
        let plan = company.plan();
        assert_quiet(&plan);
        assert_eq!((plan.summary.accounts, plan.summary.managed, plan.summary.foreign), (3, 2, 1));
    }
}
