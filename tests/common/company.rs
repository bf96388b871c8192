//! Invented companies in which everything that can go wrong is likely: namesakes, addresses that
//! two people claim, exchanged addresses, people who come back, unmarked accounts, one key on two
//! accounts, half-finished partners.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::{ToSpan, civil::Date};
use proptest::prelude::*;
use serde_json::json;
use shtat::model::{
    AcceptedSource, Account, AccountId, AccountKind, Contact, Department, DepartmentId, Documents,
    DocumentsCompany, DocumentsPerson, Email, Employment, EmploymentId, EmploymentKind, Group, GroupId,
    History, HrEmail, Organization, Parked, People, Person, PersonId, PersonName, Snapshot,
};

use super::{
    model::{World, set},
    rulebook::{Rulebook, rulebook},
};

/// The day of every company.
pub const TODAY: Date = jiff::civil::date(2026, 11, 24);

/// Organizations; the portal serves the first, or both.
pub const ORGANIZATIONS: [&str; 2] = ["ООО «Ромашка»", "ООО «Лютик»"];

const NAMES: [[&str; 3]; 6] = [
    ["Иванов", "Иван", "Иванович"],
    ["Иванов", "Иван", "Петрович"],
    ["Иванов", "Игорь", ""],
    ["Орлова", "Анна", "Петровна"],
    ["Соколова", "Анна", "Петровна"],
    ["Ёлкин", "И.", "И."],
];

/// Addresses that many are after: results of templates, office addresses, private ones.
const POOL: [&str; 7] = [
    "i.ivanov@romashka.example",
    "ivan.ivanov@romashka.example",
    "ivanov2@romashka.example",
    "a.orlova@romashka.example",
    "office@romashka.example",
    "home@mail.example",
    "swap-0a1b2c3d@romashka.example",
];

const DEPARTMENTS: [&[&str]; 5] = [&["Офис"], &["Склад"], &["Склад", "Участок 2"], &["Проектный офис"], &[]];
const POSITIONS: [Option<&str>; 3] = [Some("Менеджер"), Some("Старший консультант"), None];
const HIRED: [Option<i32>; 7] = [Some(-700), Some(-700), None, Some(-30), Some(0), Some(2), Some(9)];
const LEFT: [Option<i32>; 9] =
    [None, None, None, Some(-400), Some(-40), Some(-5), Some(-1), Some(0), Some(12)];

/// A company, its portal and its rules.
#[derive(Clone)]
pub struct Company {
    /// People, portal, journal.
    pub world: World,
    /// The organizations that the portal serves; empty: all.
    pub organizations: Vec<String>,
    /// The rules.
    pub rulebook: Rulebook,
}

/// Shows what a failing test is about, one line a row.
impl fmt::Debug for Company {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let World { people, have, history, logins, .. } = &self.world;
        writeln!(f, "company on {TODAY} for {:?}, seats {:?}", self.organizations, have.seats)?;
        for job in
            people.persons.iter().flat_map(|person| person.employments.iter().map(move |job| (person, job)))
        {
            let (person, Employment { id, kind, hired_on, dismissed_on, department, position, .. }) = job;
            let Contact { name, email, personal_email, birthday, .. } = &job.1.contact;
            let organization = &job.1.organization.name;
            writeln!(
                f,
                "  person {} {}: {} {email:?} {personal_email:?} {birthday:?}",
                person.id.0,
                id.0,
                name.full()
            )?;
            writeln!(
                f,
                "    {organization} {department:?} {position:?} {kind:?} {hired_on:?} to {dismissed_on:?}"
            )?;
        }
        for account in &have.accounts {
            let Account { id, xml_id, email, active, kind, .. } = account;
            let email = email.as_ref().map(Email::as_str);
            writeln!(
                f,
                "  account {id} {xml_id:?} {email:?} active {active} {kind:?} login {:?}",
                logins.get(id)
            )?;
            writeln!(f, "    {}", serde_json::to_string(&account.row).unwrap_or_default())?;
        }
        writeln!(
            f,
            "  documents {:?}\n  groups {:?}",
            have.documents.as_ref().map(|all| &all.persons),
            have.groups
        )?;
        writeln!(
            f,
            "  history {}\n{}",
            serde_json::to_string(history).unwrap_or_default(),
            self.rulebook.yaml()
        )
    }
}

/// Which address somebody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    None,
    Own,
    Pool(usize),
    Unusable,
}

#[derive(Debug, Clone)]
struct Job {
    organization: usize,
    department: usize,
    position: usize,
    kind: usize,
    hired: usize,
    left: usize,
}

#[derive(Debug, Clone)]
struct Human {
    name: usize,
    mail: Mail,
    personal: Mail,
    birthday: bool,
    jobs: Vec<Job>,
    account: Option<Card>,
    partner: Option<Card>,
    /// Whether the account lost its key, or shares it with a second one.
    marked: Marked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marked {
    Yes,
    No,
    Twice,
}

/// What an account looks like.
#[derive(Debug, Clone)]
struct Card {
    mail: Mail,
    active: bool,
    departments: Vec<u64>,
    position: usize,
    /// The journal knows that the account was moved here from the person's own address.
    moved: bool,
    reinstated: bool,
    came_in: bool,
}

fn mail() -> impl Strategy<Value = Mail> {
    prop_oneof![
        3 => Just(Mail::None),
        4 => Just(Mail::Own),
        5 => (0..POOL.len()).prop_map(Mail::Pool),
        1 => Just(Mail::Unusable),
    ]
}

fn job() -> impl Strategy<Value = Job> {
    let organization = prop_oneof![5 => Just(0_usize), 1 => Just(1)];
    let kind = prop_oneof![4 => Just(0_usize), 2 => 1..4_usize];
    (organization, 0..DEPARTMENTS.len(), 0..POSITIONS.len(), kind, 0..HIRED.len(), 0..LEFT.len()).prop_map(
        |(organization, department, position, kind, hired, left)| Job {
            organization,
            department,
            position,
            kind,
            hired,
            left,
        },
    )
}

fn card() -> impl Strategy<Value = Card> {
    let departments = prop_oneof![Just(vec![1]), Just(vec![2]), Just(vec![3, 2])];
    let often = || prop::bool::weighted(0.8);
    let seldom = || prop::bool::weighted(0.2);
    (mail(), often(), departments, 0..POSITIONS.len(), seldom(), seldom(), often()).prop_map(
        |(mail, active, departments, position, moved, reinstated, came_in)| Card {
            mail,
            active,
            departments,
            position,
            moved,
            reinstated,
            came_in,
        },
    )
}

fn human() -> impl Strategy<Value = Human> {
    let jobs = prop_oneof![3 => prop::collection::vec(job(), 1), 1 => prop::collection::vec(job(), 2)];
    let marked = prop_oneof![8 => Just(Marked::Yes), 3 => Just(Marked::No), 1 => Just(Marked::Twice)];
    let account = prop_oneof![2 => Just(None), 5 => card().prop_map(Some)];
    let partner = prop_oneof![4 => Just(None), 1 => card().prop_map(Some)];
    (0..NAMES.len(), mail(), mail(), any::<bool>(), jobs, account, partner, marked).prop_map(
        |(name, mail, personal, birthday, jobs, account, partner, marked)| Human {
            name,
            mail,
            personal,
            birthday,
            jobs,
            account,
            partner,
            marked,
        },
    )
}

/// Makes companies of up to seven people, with up to three foreign and two forgotten accounts.
pub fn company() -> impl Strategy<Value = Company> {
    let humans = prop::collection::vec(human(), 1..7);
    let foreign = prop::collection::vec((card(), any::<bool>()), 0..3);
    let gone = prop::collection::vec((card(), 0..NAMES.len()), 0..2);
    let accepted = prop_oneof![3 => Just(None), 1 => (1..9_u64).prop_map(Some)];
    let seats = prop_oneof![3 => Just(None), 1 => (1..10_u64).prop_map(Some)];
    let given = prop::collection::btree_map(0..POOL.len(), 0..8_usize, 0..3);
    (humans, foreign, gone, accepted, seats, given, any::<bool>(), any::<bool>(), rulebook()).prop_map(
        |(humans, foreign, gone, accepted, seats, given, all, boxed, rulebook)| {
            let mut builder = Builder::new(seats, boxed);
            humans.iter().enumerate().for_each(|(at, human)| builder.human(at, human));
            foreign.iter().enumerate().for_each(|(at, (card, keyed))| builder.foreign(at, card, *keyed));
            gone.iter().enumerate().for_each(|(at, (card, name))| builder.gone(at, card, *name));
            for (pool, person) in given {
                let persons = builder.history.addresses.entry(POOL[pool].to_owned()).or_default();
                persons.insert(PersonId(format!("p{person}")));
            }
            builder.history.accepted_source = accepted.map(|persons| AcceptedSource { persons });
            let organizations = if all { Vec::new() } else { vec![ORGANIZATIONS[0].to_owned()] };
            Company { world: builder.world(), organizations, rulebook }
        },
    )
}

/// Puts a company together, and keeps what a real portal keeps: every address and login once.
struct Builder {
    people: Vec<Person>,
    have: Snapshot,
    history: History,
    taken: BTreeSet<String>,
}

impl Builder {
    fn new(seats: Option<u64>, boxed: bool) -> Builder {
        let department = |id, name: &str, parent| Department {
            id: DepartmentId(id),
            name: name.to_owned(),
            parent: (id > 1).then_some(DepartmentId(parent)),
            head: (id == 3).then_some(AccountId(11)),
        };
        let group = |id, name: &str, extranet| Group {
            id: GroupId(id),
            name: name.to_owned(),
            extranet,
            members: BTreeSet::from([AccountId(1)]),
            invited: BTreeSet::new(),
        };
        let have = Snapshot {
            edition: if boxed { shtat::model::Edition::Box } else { shtat::model::Edition::Cloud },
            seats,
            owner: Some(AccountId(1)),
            admin: true,
            departments: vec![
                department(1, "Ромашка", 0),
                department(2, "Офис", 1),
                department(3, "Склад", 1),
                department(4, "Двойник", 1),
                department(5, "Двойник", 1),
            ],
            groups: vec![group(64, "Проект Альфа", true), group(65, "Закрытый", false)],
            documents: Some(Documents {
                companies: vec![DocumentsCompany {
                    code: "romashka-hr".into(), title: "Ромашка".into()
                }],
                persons: Vec::new(),
            }),
            ..Snapshot::default()
        };
        let mut builder =
            Builder { people: Vec::new(), have, history: History::default(), taken: BTreeSet::new() };
        builder.account(1, None, Some("admin@romashka.example".into()), NAMES[3], &[1]);
        builder
    }

    fn world(mut self) -> World {
        self.people.sort_by(|a, b| a.id.cmp(&b.id));
        self.have.accounts.sort_by_key(|account| account.id);
        let people = People { persons: self.people, ..People::default() };
        World::new(people, self.have, self.history, TODAY)
    }

    fn human(&mut self, at: usize, human: &Human) {
        let id = PersonId(format!("p{at}"));
        let name = NAMES[human.name];
        let own = format!("own{at}@romashka.example");
        self.people.push(person(&id, human, at));
        let base = 10 + 10 * at as u64;
        if let Some(card) = &human.account {
            let key = format!("1c:p{at}");
            let key = (human.marked != Marked::No).then_some(key.as_str());
            self.card(base, key, card, &own, name, &id);
            self.birthday(base, human.birthday);
            if human.marked == Marked::Twice {
                self.account(base + 1, key, Some(format!("twice{at}@romashka.example")), name, &[1]);
            }
        }
        if let Some(card) = &human.partner {
            let key = format!("1c:p{at}:extranet");
            let card = Card { departments: Vec::new(), moved: false, ..card.clone() };
            self.card(base + 2, Some(&key), &card, &format!("partner{at}@mail.example"), name, &id);
            self.have.groups[0].invited.insert(AccountId(base + 2));
        }
        self.documents(at, base, human);
    }

    /// Every third person is known to КЭДО, every sixth is bound already.
    fn documents(&mut self, at: usize, account: u64, human: &Human) {
        let Some(documents) = &mut self.have.documents else { return };
        if at.is_multiple_of(3) {
            documents.persons.push(DocumentsPerson {
                company: "romashka-hr".into(),
                person: format!("p{at}"),
                account: (at.is_multiple_of(6) && human.account.is_some()).then_some(AccountId(account)),
                employees: BTreeSet::from([format!("e{at}-0")]),
            });
        }
    }

    fn foreign(&mut self, at: usize, card: &Card, keyed: bool) {
        let id = 100 + at as u64;
        let key = keyed.then(|| format!("ldap:{id}"));
        let address = self.address(card.mail, &format!("foreign{at}@romashka.example"));
        self.account(id, key.as_deref(), Some(address), ["Чужой", "Аккаунт", ""], &card.departments);
        self.active(id, card.active);
    }

    fn gone(&mut self, at: usize, card: &Card, name: usize) {
        let id = 110 + at as u64;
        let address = self.address(card.mail, &format!("gone{at}@romashka.example"));
        self.account(id, Some(&format!("1c:gone{at}")), Some(address), NAMES[name], &card.departments);
        self.active(id, card.active);
        self.birthday(id, card.came_in);
    }

    fn card(
        &mut self,
        id: u64,
        key: Option<&str>,
        card: &Card,
        own: &str,
        name: [&str; 3],
        person: &PersonId,
    ) {
        let address = self.address(card.mail, own);
        self.account(id, key, Some(address.clone()), name, &card.departments);
        self.active(id, card.active);
        let last = self.have.accounts.last_mut().expect("just added");
        set(last, "WORK_POSITION", json!(POSITIONS[card.position].unwrap_or("")));
        set(last, "LAST_LOGIN", json!(if card.came_in { "2026-11-01T09:00:00+03:00" } else { "" }));
        if !card.active && card.reinstated {
            self.history.reinstated.insert(AccountId(id), TODAY);
        }
        if card.moved && self.taken.insert(format!("before{id}@romashka.example")) {
            self.moved(id, &address, person, card.active);
        }
    }

    /// The account came from another address. That stays its login while the account is open; a
    /// closed account was parked, and its login was moved by hand before.
    fn moved(&mut self, id: u64, to: &str, person: &PersonId, active: bool) {
        let from = format!("before{id}@romashka.example");
        let login = if active { from.as_str() } else { to };
        set(self.have.accounts.last_mut().expect("just added"), "LOGIN", json!(login));
        for address in [from.as_str(), to] {
            self.history.addresses.entry(address.to_owned()).or_default().insert(person.clone());
        }
        if !active {
            let (from, to) = (email(&from), email(to));
            self.history.parked.insert(AccountId(id), Parked { person: Some(person.clone()), from, to });
        }
    }

    /// Gives an address that is free on the portal: the one asked for, or one of the account's own.
    fn address(&mut self, mail: Mail, own: &str) -> String {
        let wanted = match mail {
            Mail::Pool(at) => POOL[at],
            Mail::None | Mail::Own | Mail::Unusable => own,
        };
        let address = if self.taken.contains(wanted) { own } else { wanted };
        address.to_owned()
    }

    fn account(
        &mut self,
        id: u64,
        key: Option<&str>,
        address: Option<String>,
        name: [&str; 3],
        departments: &[u64],
    ) {
        let mut account = Account {
            id: AccountId(id),
            xml_id: None,
            email: None,
            active: true,
            kind: if departments.is_empty() { AccountKind::Extranet } else { AccountKind::Employee },
            departments: Vec::new(),
            row: BTreeMap::from([("ID".to_owned(), json!(id.to_string()))]),
        };
        set(&mut account, "LAST_NAME", json!(name[0]));
        set(&mut account, "NAME", json!(name[1]));
        set(&mut account, "SECOND_NAME", json!(name[2]));
        set(&mut account, "UF_DEPARTMENT", json!(departments));
        set(&mut account, "ACTIVE", json!(true));
        key.into_iter().for_each(|key| set(&mut account, "XML_ID", json!(key)));
        if let Some(address) = address {
            self.taken.insert(address.clone());
            set(&mut account, "EMAIL", json!(address));
        }
        self.have.accounts.push(account);
    }

    fn active(&mut self, id: u64, active: bool) {
        let account = self.have.accounts.iter_mut().find(|account| account.id.0 == id).expect("just added");
        set(account, "ACTIVE", json!(active));
    }

    fn birthday(&mut self, id: u64, known: bool) {
        let account = self.have.accounts.iter_mut().find(|account| account.id.0 == id).expect("just added");
        if known {
            set(account, "PERSONAL_BIRTHDAY", json!("1990-05-01T00:00:00+03:00"));
        }
    }
}

fn person(id: &PersonId, human: &Human, at: usize) -> Person {
    let [last, first, patronymic] = NAMES[human.name].map(str::to_owned);
    let contact = Contact {
        name: PersonName { last, first, patronymic },
        email: match human.mail {
            Mail::None => HrEmail::None,
            Mail::Own => HrEmail::Usable(email(&format!("own{at}@romashka.example"))),
            Mail::Pool(pool) if pool < 6 => HrEmail::Usable(email(POOL[pool])),
            Mail::Pool(_) => HrEmail::None,
            Mail::Unusable => HrEmail::Unusable("нет почты".into()),
        },
        personal_email: match human.personal {
            Mail::Pool(pool) if pool < 6 => Some(POOL[pool].to_owned()),
            Mail::Own => Some(format!("private{at}@mail.example")),
            Mail::None | Mail::Unusable | Mail::Pool(_) => None,
        },
        phone: None,
        birthday: human.birthday.then(|| jiff::civil::date(1990, 5, 1)),
    };
    let employments =
        human.jobs.iter().enumerate().map(|(n, job)| employment(at, n, job, &contact)).collect();
    Person { id: id.clone(), employments }
}

fn employment(at: usize, number: usize, job: &Job, contact: &Contact) -> Employment {
    let kinds = [
        EmploymentKind::Main,
        EmploymentKind::PartTimeOuter,
        EmploymentKind::PartTimeInner,
        EmploymentKind::Contract,
    ];
    let day = |offset: Option<i32>| offset.map(|days| TODAY.checked_add(days.days()).expect("near today"));
    let (hired_on, left) = (day(HIRED[job.hired]), day(LEFT[job.left]));
    Employment {
        id: EmploymentId(format!("e{at}-{number}")),
        personnel_number: Some(format!("{at}{number}")),
        organization: Organization {
            name: ORGANIZATIONS[job.organization].to_owned(),
            aliases: BTreeSet::new(),
        },
        department: DEPARTMENTS[job.department].iter().map(|name| (*name).to_owned()).collect(),
        department_id: None,
        position: POSITIONS[job.position].map(str::to_owned),
        kind: kinds[job.kind],
        hired_on,
        dismissed_on: left.filter(|left| hired_on.is_none_or(|hired| hired <= *left)),
        contact: contact.clone(),
        origin: format!("people.csv:{}", 2 + at * 3 + number),
    }
}

/// Reads an address that is written here.
pub fn email(text: &str) -> Email {
    Email::parse(text).expect("a plain address")
}
