//! The whole portal in at most ⌈U/2500⌉ + 12 HTTP calls: accounts, departments, groups, links.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{
    GroupChoice, Notice, PortalError, PortalFault, PortalFile, Progress,
    answer::Answer,
    batch::{self, Command, Reply},
    clock::random_number,
    documents, groups,
    rest::Rest,
    sweep::{self, PAGE},
    wire,
};
use crate::model::{Edition, Row};

/// So many batches are under way at once on a portal whose rate is known, and on one that is not.
const PARALLEL: (usize, usize) = (16, 4);
/// How often whoever watches is told.
const TELL: Duration = Duration::from_millis(500);
/// A list that changes while it is read is read again so many times.
const REREADS: usize = 3;

/// What a snapshot reads, and with which access.
pub(crate) struct Reading<'a> {
    /// The access for everything but КЭДО.
    pub(crate) rest: &'a Arc<Rest>,
    /// The access for КЭДО.
    pub(crate) documents: Option<&'a Arc<Rest>>,
    /// Which groups.
    pub(crate) groups: &'a GroupChoice,
    /// Stated by the user.
    pub(crate) edition: Edition,
    /// Stated by the user.
    pub(crate) seats: Option<u64>,
    /// Whether calls are paced, so that more may wait at once.
    pub(crate) paced: bool,
}

/// The first batch: who we are, how much there is, and whether filters work at all.
struct Opening {
    owner: u64,
    scopes: Option<Vec<String>>,
    users: u64,
    departments: Listed,
    userfields: Listed,
    groups: Listed,
}

/// A list of which the first page is there.
#[derive(Default)]
struct Listed {
    rows: Vec<Row>,
    total: u64,
}

impl Reading<'_> {
    /// Reads everything.
    pub(crate) async fn everything(&self, progress: &dyn Progress) -> Result<PortalFile, PortalError> {
        let opening = self.opening().await?;
        let (marks, departments, userfields, groups) = self.rest_of_lists(&opening).await?;
        let parts = sweep::parts(opening.users, &marks)?;
        let users = self.users(parts, opening.users, progress).await?;
        check_addresses(&users)?;
        let groups = groups::with_members(self.rest, self.groups, groups).await;
        let groups = self.if_allowed("members of groups", groups)?.unwrap_or_default();
        let documents = match self.documents {
            Some(rest) => documents::readable(rest).await?,
            None => None,
        };
        Ok(PortalFile {
            edition: self.edition,
            seats: self.seats,
            owner: opening.owner,
            admin: true,
            scopes: opening.scopes,
            departments,
            users,
            groups,
            userfields,
            documents,
            other: Row::new(),
        })
    }

    async fn opening(&self) -> Result<Opening, PortalError> {
        let mut commands = vec![
            Command::new("profile", json!({})),
            Command::new("scope", json!({})),
            canary(),
            sweep::look(0),
            Command::new("department.get", department_page(0)),
            Command::new("user.userfield.list", json!({"start": 0})),
        ];
        if !self.groups.reads_none() {
            commands.push(Command::new("sonet_group.get", groups::page(0)));
        }
        let replies = batch::run_all(self.rest, &commands).await?;
        let named = |(command, reply): (&Command, Reply)| {
            reply.map_err(|fault| PortalError::new(command.method, fault))
        };
        let mut answers = commands.iter().zip(replies).map(named);
        let mut due = || answers.next().unwrap_or_else(|| Err(broken("batch", "an answer is missing")));
        let owner = administrator(&due()?.result)?;
        let scopes = self.if_allowed("scopes", due())?.and_then(|answer| texts(&answer.result));
        check_canary(&due()?.result)?;
        let users = due()?;
        let users =
            users.total.unwrap_or_else(|| wire::rows(&users.result).map_or(0, |rows| rows.len() as u64));
        let departments = listed("department.get", due()?)?;
        let userfields = self.list_if_allowed("custom fields", "user.userfield.list", due())?;
        let groups = match self.groups.reads_none() {
            true => Listed::default(),
            false => self.list_if_allowed("groups", "sonet_group.get", due())?,
        };
        Ok(Opening { owner, scopes, users, departments, userfields, groups })
    }

    fn list_if_allowed(
        &self,
        what: &str,
        method: &str,
        answer: Result<Answer, PortalError>,
    ) -> Result<Listed, PortalError> {
        let list = self.if_allowed(what, answer)?.map(|answer| listed(method, answer)).transpose()?;
        Ok(list.unwrap_or_default())
    }

    /// Goes without what our access may not read, and tells.
    fn if_allowed<T>(&self, what: &str, read: Result<T, PortalError>) -> Result<Option<T>, PortalError> {
        match read {
            Err(error) if error.is_about_one_method() => {
                self.rest.tell(&Notice::NotRead { what: what.into(), why: error.to_string() });
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// Reads what does not fit on first pages, and the marks between parts of the users.
    async fn rest_of_lists(
        &self,
        opening: &Opening,
    ) -> Result<(Vec<Vec<Row>>, Vec<Row>, Vec<Row>, Vec<Row>), PortalError> {
        let marks: Vec<Command> = sweep::looks(opening.users).into_iter().map(sweep::look).collect();
        let mut commands = marks.clone();
        let mut add = |list: &Listed, method, page: fn(u64) -> Value| {
            commands.extend(list.further().map(|start| Command::new(method, page(start))));
        };
        add(&opening.departments, "department.get", department_page);
        add(&opening.userfields, "user.userfield.list", |start| json!({"start": start}));
        add(&opening.groups, "sonet_group.get", groups::page);
        let replies = batch::run_all(self.rest, &commands).await?;
        let mut pages = Vec::with_capacity(replies.len());
        for (command, reply) in commands.iter().zip(replies) {
            pages.push(page_rows(command.method, reply)?);
        }
        let mut pages = pages.into_iter();
        let marks = pages.by_ref().take(marks.len()).collect();
        let mut whole = |list: &Listed| {
            let further = list.further().count();
            [vec![list.rows.clone()], pages.by_ref().take(further).collect()].concat().concat()
        };
        let (departments, userfields, groups) =
            (whole(&opening.departments), whole(&opening.userfields), whole(&opening.groups));
        let departments = self.settled_departments(departments, opening.departments.total).await?;
        Ok((marks, departments, userfields, groups))
    }

    /// Departments are paged by offset: one that comes or goes meanwhile shifts the rest. Reads
    /// them again until nothing is twice and nothing is missing.
    async fn settled_departments(&self, mut rows: Vec<Row>, mut total: u64) -> Result<Vec<Row>, PortalError> {
        for _ in 0..REREADS {
            let ids: BTreeSet<u64> = rows.iter().filter_map(wire::id).collect();
            if ids.len() == rows.len() && rows.len() as u64 == total {
                return Ok(rows);
            }
            let pages = total.max(rows.len() as u64) / PAGE + 1;
            let commands: Vec<Command> =
                (0..pages).map(|page| Command::new("department.get", department_page(page * PAGE))).collect();
            rows = Vec::new();
            for reply in batch::run_all(self.rest, &commands).await? {
                total = reply.as_ref().ok().and_then(|answer| answer.total).unwrap_or(total);
                rows.extend(page_rows("department.get", reply)?);
            }
        }
        Err(broken("department.get", "the departments change faster than they can be read"))
    }

    /// Reads the parts, several at a time, and tells how far it is.
    async fn users(
        &self,
        parts: Vec<sweep::Part>,
        total: u64,
        progress: &dyn Progress,
    ) -> Result<Vec<Row>, PortalError> {
        let read = Arc::new(AtomicU64::new(0));
        let parallel = if self.paced { PARALLEL.0 } else { PARALLEL.1 };
        let mut waiting = parts.into_iter();
        let mut running = JoinSet::new();
        let mut rows = Vec::with_capacity(total as usize);
        loop {
            while let Some(part) = (running.len() < parallel).then(|| waiting.next()).flatten() {
                running.spawn(sweep::read(self.rest.clone(), part, read.clone()));
            }
            match tokio::time::timeout(TELL, running.join_next()).await {
                Ok(None) => break,
                Ok(Some(done)) => rows.extend(done.map_err(|_| broken("user.get", "reading was cut off"))??),
                Err(_) => self.tell_waiting(progress),
            }
            progress.tell("accounts", read.load(Ordering::Relaxed), total.max(rows.len() as u64));
        }
        rows.sort_by_key(wire::id);
        Ok(rows)
    }

    fn tell_waiting(&self, progress: &dyn Progress) {
        if let Some((why, seconds)) = self.rest.pace.waiting() {
            progress.waiting(&why, seconds);
        }
    }
}

impl Listed {
    /// Says at which offsets the further pages begin.
    fn further(&self) -> impl Iterator<Item = u64> + use<> {
        (1..self.total.div_ceil(PAGE)).map(|page| page * PAGE)
    }
}

/// A user with a key that nobody has. Whoever is found shows that the filter is ignored, and an
/// ignored filter would make every account look like the one that is looked for.
pub(crate) fn canary() -> Command {
    let key = format!("shtat-nobody-{:016x}", random_number());
    Command::new("user.get", json!({"FILTER": {"XML_ID": key}, "ADMIN_MODE": true}))
}

/// Reads the answer to [`canary`].
pub(crate) fn check_canary(result: &Value) -> Result<(), PortalError> {
    match wire::rows(result) {
        Some(rows) if rows.is_empty() => Ok(()),
        _ => Err(broken("user.get", "the filter by XML_ID is ignored")),
    }
}

/// Reads `profile`. Only an administrator sees all accounts: to others ADMIN_MODE means nothing,
/// and who cannot be seen would be created a second time.
pub(crate) fn administrator(profile: &Value) -> Result<u64, PortalError> {
    let owner = profile.get("ID").and_then(wire::number);
    let owner = owner.ok_or_else(|| broken("profile", "no ID in it"))?;
    if wire::flag(profile.get("ADMIN")) {
        return Ok(owner);
    }
    Err(PortalError::new(
        "profile",
        PortalFault::Access {
            code: "not_an_administrator".into(),
            text: format!("user {owner} cannot see all accounts"),
            hint: "create the webhook or authorize the application as an administrator of the portal".into(),
        },
    ))
}

/// Refuses accounts that come without any address, as with the scope `user_brief` (reference:
/// REST, 4.1): every address would look free, and one that is taken would be given away.
pub(crate) fn check_addresses(users: &[Row]) -> Result<(), PortalError> {
    let has_address = |row: &Row| !wire::text(row.get("EMAIL")).is_empty();
    if users.is_empty() || users.iter().any(has_address) {
        return Ok(());
    }
    Err(PortalError::new(
        "user.get",
        PortalFault::Access {
            code: "no_addresses".into(),
            text: "the addresses of accounts are hidden".into(),
            hint: "give the access the full scope `user`; with `user_brief` addresses cannot be read".into(),
        },
    ))
}

/// Reads a list of texts.
pub(crate) fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array().map(|values| values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn department_page(start: u64) -> Value {
    json!({"sort": "ID", "order": "ASC", "start": start})
}

fn listed(method: &str, answer: Answer) -> Result<Listed, PortalError> {
    let rows = wire::rows(&answer.result).ok_or_else(|| broken(method, "not a list"))?;
    let total = answer.total.unwrap_or(rows.len() as u64);
    Ok(Listed { rows, total })
}

fn page_rows(method: &str, reply: Reply) -> Result<Vec<Row>, PortalError> {
    let answer = reply.map_err(|fault| PortalError::new(method, fault))?;
    wire::rows(&answer.result).ok_or_else(|| broken(method, "not a list"))
}

fn broken(method: &str, cause: &str) -> PortalError {
    PortalError::new(method, PortalFault::Broken { cause: cause.into() })
}
