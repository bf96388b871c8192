//! The doors of the portal in memory, with faults that strike one call, and a journal that can
//! be cut off at one line.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use serde_json::Value;
use shtat::{
    apply::Sink,
    model::{
        Account, AccountId, Department, DepartmentId, DocumentsPerson, Email, Group, GroupId, PersonId,
        Problem, Snapshot,
    },
    portal::{Binding, NewDepartment, NewUser, PortalError, PortalFault, Progress, ReadPortal, WritePortal},
    source::{Reading, Source, Written},
};

use super::fake::{World, Write};

/// What strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// Done, and the answer is lost.
    LostReply,
    /// 503: nothing is done, the same call may be made later.
    Busy,
    /// 500 or HTML: nothing is done, but nobody says so.
    Error,
    /// Our time-out cuts the call; the portal does it a while later.
    Late,
    /// Our access ends; the next run has it again.
    Access,
    /// The portal is out of reach.
    Unreachable,
    /// Killed before the request leaves.
    KillBefore,
    /// Killed when the portal has done it.
    KillAfter,
    /// Killed while the portal is still at work on it.
    KillLate,
    /// `user.add` fails after it has made the account (its errors 8 and 9).
    Half,
    /// The same, and we are killed before we hear of it.
    KillHalf,
}

impl Strike {
    pub const ALL: [Strike; 11] = [
        Strike::LostReply,
        Strike::Busy,
        Strike::Error,
        Strike::Late,
        Strike::Access,
        Strike::Unreachable,
        Strike::KillBefore,
        Strike::KillAfter,
        Strike::KillLate,
        Strike::Half,
        Strike::KillHalf,
    ];
}

/// Where a journal's line is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Killed before the line is written.
    Before,
    /// Killed in the middle of the line.
    Torn,
    /// Killed right after it.
    After,
}

/// What strikes where, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    None,
    Call(u64, Strike),
    Line(u64, Cut),
}

/// How much later a late write lands: well before the time-out of the tests has passed.
pub const LATE: Duration = Duration::from_millis(12);
/// The time-out of the tests.
pub const TIMEOUT: Duration = Duration::from_millis(25);

#[derive(Debug, Default)]
pub struct Shared {
    pub world: World,
    pub calls: u64,
    pub lines: u64,
    pub dead: bool,
    pub last_line: String,
    /// Writes that reached the portal without their intent being the journal's last word.
    pub unannounced: Vec<String>,
    pub log: Vec<String>,
    /// What somebody does on the portal right before the call of this number.
    pub edits: Vec<(u64, Edit)>,
}

/// What somebody does on the portal.
pub type Edit = fn(&mut World);

/// The portal and the source as one run sees them.
#[derive(Clone)]
pub struct Doors {
    pub shared: Arc<Mutex<Shared>>,
    pub fate: Fate,
}

/// Whether a call is done, and what its caller hears.
enum Answer {
    Do,
    DoAndLose,
    DoHalf,
    Fail(PortalFault),
    DoLater(PortalFault),
}

impl Doors {
    pub fn new(world: World, fate: Fate) -> Doors {
        Doors { shared: Arc::new(Mutex::new(Shared { world, ..Shared::default() })), fate }
    }

    pub fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap()
    }

    /// A new process: what was killed is alive again.
    pub fn restart(&self) {
        self.shared().dead = false;
    }

    fn strike(&self, what: &str) -> Result<Answer, PortalError> {
        let mut shared = self.shared();
        if shared.dead {
            return Err(PortalError::new(what, killed()));
        }
        shared.world.land(Instant::now());
        shared.calls += 1;
        shared.log.push(what.to_owned());
        for (at, edit) in std::mem::take(&mut shared.edits) {
            if at == shared.calls { edit(&mut shared.world) } else { shared.edits.push((at, edit)) }
        }
        let Fate::Call(at, strike) = self.fate else { return Ok(Answer::Do) };
        if at != shared.calls {
            return Ok(Answer::Do);
        }
        shared.dead =
            matches!(strike, Strike::KillBefore | Strike::KillAfter | Strike::KillLate | Strike::KillHalf);
        Ok(match strike {
            Strike::LostReply | Strike::KillAfter => Answer::DoAndLose,
            Strike::Half | Strike::KillHalf => Answer::DoHalf,
            Strike::Busy => Answer::Fail(PortalFault::Busy { code: "QUERY_LIMIT_EXCEEDED".to_owned() }),
            Strike::Error => Answer::Fail(lost()),
            Strike::Late | Strike::KillLate => Answer::DoLater(lost()),
            Strike::Access => Answer::Fail(PortalFault::Access {
                code: "expired_token".to_owned(),
                text: String::new(),
                hint: String::new(),
            }),
            Strike::Unreachable => Answer::Fail(PortalFault::Unreachable { cause: "refused".to_owned() }),
            Strike::KillBefore => Answer::Fail(killed()),
        })
    }

    fn read<T>(&self, what: &str, read: impl FnOnce(&World) -> T) -> Result<T, PortalError> {
        match self.strike(what)? {
            Answer::Do => Ok(read(&self.shared().world)),
            Answer::DoAndLose | Answer::DoHalf => Err(PortalError::new(what, lost())),
            Answer::Fail(fault) | Answer::DoLater(fault) => Err(PortalError::new(what, fault)),
        }
    }

    fn write(&self, what: &str, write: Write) -> Result<u64, PortalError> {
        let answer = self.strike(what)?;
        let mut shared = self.shared();
        if !shared.last_line.contains("\"event\":\"intent\"") {
            shared.unannounced.push(what.to_owned());
        }
        match answer {
            Answer::Do => shared.world.perform(&write),
            Answer::DoAndLose => {
                shared.world.perform(&write)?;
                Err(PortalError::new(what, lost()))
            }
            Answer::DoHalf => {
                if let Write::User(new) = &write {
                    return shared.world.register_only(new);
                }
                shared.world.perform(&write)?;
                Err(PortalError::new(what, lost()))
            }
            Answer::Fail(fault) => Err(PortalError::new(what, fault)),
            Answer::DoLater(fault) => {
                shared.world.land_after(LATE, write);
                Err(PortalError::new(what, fault))
            }
        }
    }
}

fn lost() -> PortalFault {
    PortalFault::Lost { cause: "time-out".to_owned() }
}

fn killed() -> PortalFault {
    PortalFault::Local { cause: "killed".to_owned() }
}

impl ReadPortal for Doors {
    fn snapshot(&self, _: &dyn Progress) -> Result<Snapshot, PortalError> {
        self.read("snapshot", World::snapshot)
    }

    fn account(&self, id: AccountId) -> Result<Option<Account>, PortalError> {
        self.read("account", |world| world.account(id.0))
    }

    fn accounts(&self, ids: &[AccountId]) -> Result<Vec<Account>, PortalError> {
        self.read("accounts", |world| ids.iter().filter_map(|id| world.account(id.0)).collect())
    }

    fn accounts_with_key(&self, key: &str) -> Result<Vec<Account>, PortalError> {
        let fits = |account: &Account| account.xml_id.as_deref() == Some(key);
        self.read("with_key", |world| world.accounts().into_iter().filter(fits).collect())
    }

    fn accounts_with_email(&self, email: &Email) -> Result<Vec<Account>, PortalError> {
        let fits = |account: &Account| account.email.as_ref() == Some(email);
        self.read("with_email", |world| world.accounts().into_iter().filter(fits).collect())
    }

    fn departments_named(&self, parent: DepartmentId, name: &str) -> Result<Vec<Department>, PortalError> {
        let fits = |known: &&Department| known.parent == Some(parent) && known.name == name;
        self.read("departments", |world| world.departments.iter().filter(fits).cloned().collect())
    }

    fn group(&self, id: GroupId) -> Result<Option<Group>, PortalError> {
        self.read("group", |world| world.groups.iter().find(|group| group.id == id).cloned())
    }

    fn documents_persons(&self, _: &str) -> Result<Vec<DocumentsPerson>, PortalError> {
        self.read("documents", |world| world.bonds.clone())
    }
}

impl WritePortal for Doors {
    fn add_user(&self, user: &NewUser) -> Result<AccountId, PortalError> {
        self.write("user.add", Write::User(user.clone())).map(AccountId)
    }

    fn update_user(&self, id: AccountId, fields: &BTreeMap<String, Value>) -> Result<(), PortalError> {
        self.write("user.update", Write::Fields(id, fields.clone())).map(drop)
    }

    fn add_department(&self, department: &NewDepartment) -> Result<(), PortalError> {
        self.write("department.add", Write::Department(department.clone())).map(drop)
    }

    fn add_to_group(&self, group: GroupId, account: AccountId) -> Result<(), PortalError> {
        self.write("group.add", Write::Join(group, account)).map(drop)
    }

    fn bind_documents(&self, binding: &Binding) -> Result<(), PortalError> {
        self.write("bind", Write::Bind(binding.clone())).map(drop)
    }
}

impl Source for Doors {
    fn read(&self) -> Reading {
        Reading::default()
    }

    fn write_email(
        &self,
        person: &PersonId,
        expects: Option<&str>,
        want: &Email,
    ) -> Result<Written, Problem> {
        let found = self.look_email(person, expects, want)?;
        let answer = self.strike("write_email").map_err(|error| Problem::error(error.to_string()))?;
        let mut shared = self.shared();
        if found == Written::Changed && matches!(answer, Answer::Do | Answer::DoAndLose) {
            shared.world.cells.insert(person.0.clone(), Some(want.as_str().to_owned()));
        }
        match answer {
            Answer::Do => Ok(found),
            _ => Err(Problem::error("the source did not answer")),
        }
    }

    fn look_email(&self, person: &PersonId, expects: Option<&str>, want: &Email) -> Result<Written, Problem> {
        let cell = |world: &World| world.cells.get(&person.0).cloned().flatten();
        let found = self.read_source(cell).map_err(|error| Problem::error(error.to_string()))?;
        Ok(match found.as_deref() {
            Some(found) if found == want.as_str() => Written::AlreadySo,
            found if found == expects => Written::Changed,
            _ => Written::Stale,
        })
    }
}

impl Doors {
    fn read_source<T>(&self, read: impl FnOnce(&World) -> T) -> Result<T, PortalError> {
        self.read("look_email", read)
    }
}

/// The journal's file, cut off where fate says.
pub struct StrikingSink {
    pub inner: Box<dyn Sink>,
    pub shared: Arc<Mutex<Shared>>,
    pub fate: Fate,
}

impl Sink for StrikingSink {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut shared = self.shared.lock().unwrap();
        if shared.dead {
            return Err(io::Error::other("killed"));
        }
        shared.lines += 1;
        let cut = match self.fate {
            Fate::Line(at, cut) if at == shared.lines => Some(cut),
            _ => None,
        };
        shared.dead = cut.is_some();
        match cut {
            Some(Cut::Before) => {}
            Some(Cut::Torn) => self.inner.append(&bytes[..bytes.len() / 2])?,
            Some(Cut::After) => self.inner.append(bytes)?,
            None => {
                self.inner.append(bytes)?;
                shared.last_line = String::from_utf8_lossy(bytes).into_owned();
                return Ok(());
            }
        }
        Err(io::Error::other("killed"))
    }
}

/// Tells nobody.
pub struct Quiet;

impl Progress for Quiet {
    fn tell(&self, _: &str, _: u64, _: u64) {}
    fn waiting(&self, _: &str, _: u64) {}
}
