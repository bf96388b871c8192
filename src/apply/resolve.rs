//! A step as something that can be sent: placeholders become ids, texts become addresses. Pure.

use std::collections::BTreeMap;

use serde_json::Value;

use super::value::number;
use crate::{
    model::{AccountId, Action, DepartmentId, Email, GroupId, PersonId, Problem, Step, StepId},
    portal::NewDepartment,
};

/// The ids that steps brought.
pub type Ids = BTreeMap<StepId, u64>;
/// Fields and values as `user.get` returns them.
pub type Fields = BTreeMap<String, Value>;

/// What a step comes to once every id is known.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// Add a department.
    Department(NewDepartment),
    /// Add an account.
    Newcomer(Newcomer),
    /// Change fields of an account.
    Fields {
        /// The account.
        account: AccountId,
        /// What they are to hold.
        want: Fields,
    },
    /// Make an account a member of a group.
    Join {
        /// The account.
        account: AccountId,
        /// The group.
        group: GroupId,
    },
    /// Bind a person of КЭДО to an account.
    Bind(Bond),
    /// Write an address into the HR source.
    WriteBack {
        /// Whose.
        person: PersonId,
        /// The address there now.
        have: Option<String>,
        /// The address to write.
        want: Email,
    },
    /// Wait for a person.
    Hand,
}

/// An account to add.
#[derive(Debug, Clone, PartialEq)]
pub struct Newcomer {
    /// XML_ID.
    pub key: String,
    /// EMAIL.
    pub email: Email,
    /// Every field, key and address too.
    pub want: Fields,
    /// The groups of an extranet account; none: an employee.
    pub groups: Option<Vec<GroupId>>,
}

/// A person of КЭДО and the account it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bond {
    /// The company's code.
    pub company: String,
    /// The person's code.
    pub person: String,
    /// The code of the employment.
    pub employee: String,
    /// The account.
    pub account: AccountId,
}

/// Why a step cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unresolved {
    /// It needs the id that another step brings.
    Needs(StepId),
    /// It does not carry what its action needs.
    Malformed(Problem),
}

/// Returns the account that a step names as its subject.
pub fn subject_account(step: &Step) -> Option<AccountId> {
    step.subject.account.as_deref()?.parse().ok().map(AccountId)
}

/// Makes a task of a step.
pub fn task(step: &Step, ids: &Ids) -> Result<Task, Unresolved> {
    let want = wanted(step, ids)?;
    let reader = Reader { step, want: &want };
    Ok(match step.action {
        Action::CreateDepartment => Task::Department(reader.department()?),
        Action::CreateUser | Action::InviteToExtranet => Task::Newcomer(reader.newcomer()?),
        Action::AdoptUser
        | Action::UpdateUser
        | Action::FireUser
        | Action::ReinstateUser
        | Action::SwapEmail => {
            reader.check_fields()?;
            Task::Fields { account: reader.account()?, want }
        }
        Action::JoinGroup => {
            Task::Join { account: reader.account()?, group: GroupId(reader.number("GROUP_ID")?) }
        }
        Action::BindDocuments => Task::Bind(reader.bond()?),
        Action::WriteBackEmail => Task::WriteBack {
            person: PersonId(reader.need(step.subject.person.clone(), "subject.person")?),
            have: step.expects.get("email").and_then(Value::as_str).map(str::to_owned),
            want: reader.email("email")?,
        },
        Action::ByHand => Task::Hand,
    })
}

/// Returns the wanted values with ids in the place of steps.
fn wanted(step: &Step, ids: &Ids) -> Result<Fields, Unresolved> {
    let resolved = |(field, change): (&String, &crate::model::Change)| {
        resolve(&change.want, ids).map(|value| (field.clone(), value)).map_err(Unresolved::Needs)
    };
    step.changes.iter().map(resolved).collect()
}

/// Puts ids in the place of `{"step": "s-…"}`.
fn resolve(value: &Value, ids: &Ids) -> Result<Value, StepId> {
    match value {
        Value::Object(fields) => match fields.get("step").and_then(Value::as_str) {
            Some(step) => {
                let step = StepId(step.to_owned());
                ids.get(&step).map(|id| Value::from(*id)).ok_or(step)
            }
            None => Ok(value.clone()),
        },
        Value::Array(items) => items.iter().map(|item| resolve(item, ids)).collect(),
        other => Ok(other.clone()),
    }
}

/// Reads what a step carries, and says what is missing.
struct Reader<'a> {
    step: &'a Step,
    want: &'a Fields,
}

impl Reader<'_> {
    fn department(&self) -> Result<NewDepartment, Unresolved> {
        Ok(NewDepartment { name: self.text("NAME")?, parent: DepartmentId(self.number("PARENT")?) })
    }

    fn newcomer(&self) -> Result<Newcomer, Unresolved> {
        let mut want = self.want.clone();
        let listed = want.remove("SONET_GROUP_ID");
        let groups = match (self.step.action, listed) {
            (Action::InviteToExtranet, Some(Value::Array(ids))) => {
                let ids: Option<Vec<_>> = ids.iter().map(|id| number(id).map(GroupId)).collect();
                Some(self.need(ids.filter(|ids| !ids.is_empty()), "SONET_GROUP_ID")?)
            }
            (Action::InviteToExtranet, _) => return Err(self.malformed("SONET_GROUP_ID")),
            _ => None,
        };
        Ok(Newcomer { key: self.text("XML_ID")?, email: self.email("EMAIL")?, want, groups })
    }

    fn bond(&self) -> Result<Bond, Unresolved> {
        Ok(Bond {
            company: self.text("company")?,
            person: self.text("person")?,
            employee: self.text("employee")?,
            account: AccountId(self.number("userId")?),
        })
    }

    /// A swap carries EMAIL and nothing else; a step with nothing to send is no step.
    fn check_fields(&self) -> Result<(), Unresolved> {
        let only_email = self.want.len() == 1 && self.want.contains_key("EMAIL");
        match self.step.action {
            Action::SwapEmail if !only_email => Err(self.malformed("EMAIL")),
            Action::SwapEmail => self.email("EMAIL").map(drop),
            _ if self.want.is_empty() => Err(self.malformed("changes")),
            _ => Ok(()),
        }
    }

    fn account(&self) -> Result<AccountId, Unresolved> {
        self.need(subject_account(self.step), "subject.account")
    }

    fn text(&self, field: &str) -> Result<String, Unresolved> {
        let text = self.want.get(field).and_then(|value| match value {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        self.need(text, field)
    }

    fn email(&self, field: &str) -> Result<Email, Unresolved> {
        self.need(Email::parse(&self.text(field)?).ok(), field)
    }

    fn number(&self, field: &str) -> Result<u64, Unresolved> {
        self.need(self.want.get(field).and_then(number), field)
    }

    fn need<T>(&self, found: Option<T>, field: &str) -> Result<T, Unresolved> {
        found.ok_or_else(|| self.malformed(field))
    }

    fn malformed(&self, field: &str) -> Unresolved {
        let Step { id, action, .. } = self.step;
        Unresolved::Malformed(
            Problem::error(format!("this step does not carry what `{action}` needs: `{field}`"))
                .part(format!("step {id}"))
                .hint("make a new plan with `shtat plan --out FILE`"),
        )
    }
}
