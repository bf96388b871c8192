//! A plan as data: steps, what was held and why.
//!
//! Every choice is made here; what carries a plan out has none left.

use std::{collections::BTreeMap, fmt};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the plan's format: a later major one is refused.
pub const FORMAT_VERSION: &str = "1.0";

/// The difference between what rules and people ask for and what the portal holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// [`FORMAT_VERSION`].
    pub format_version: String,
    /// The portal's name in shtat.yaml.
    pub portal: String,
    /// The day for which it was planned.
    pub as_of: Date,
    /// When it was made (RFC 3339); the only value taken from the clock.
    pub made_at: String,
    /// Hashes of everything it was made from.
    pub inputs: Inputs,
    /// Counts.
    pub summary: Summary,
    /// In an order that respects `after`.
    pub steps: Vec<Step>,
    /// Changes left to a person.
    pub held: Vec<Held>,
    /// SHA-256 of the plan as RFC 8785 JSON without `digest` and `made_at`.
    pub digest: String,
}

/// Hashes of a plan's inputs, `sha256:…`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// People as read.
    pub people: String,
    /// Rules as read.
    pub rules: String,
    /// The portal's state.
    pub portal: String,
    /// What the journal knew.
    pub history: String,
}

/// Counts of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Persons with an employment in scope, at work or not.
    pub people: u64,
    /// All users of the portal.
    pub accounts: u64,
    /// Accounts that are ours.
    pub managed: u64,
    /// Accounts that are not.
    pub foreign: u64,
    /// Steps by action.
    pub steps: BTreeMap<Action, u64>,
    /// Rows of `held`.
    pub held: u64,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Add a department below another (department.add).
    CreateDepartment,
    /// Create an employee's account; the portal mails the invitation (user.add).
    CreateUser,
    /// Write our key into an account that nobody has marked yet (user.update XML_ID).
    AdoptUser,
    /// Change profile fields and departments (user.update).
    UpdateUser,
    /// Close the account; its files and history stay (user.update ACTIVE).
    FireUser,
    /// Open a closed account again.
    ReinstateUser,
    /// Change the portal's contact address (user.update EMAIL), and nothing else.
    SwapEmail,
    /// Create an extranet account with its groups; the portal mails the invitation.
    InviteToExtranet,
    /// Make an existing extranet account a member of a group.
    JoinGroup,
    /// Bind a person of КЭДО to an account (hcmlink.employee.set).
    BindDocuments,
    /// Write an address into the HR source.
    WriteBackEmail,
    /// Something that only a person can do.
    ByHand,
}

/// The id of a step: a hash of its action, subject and wanted values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepId(pub String);

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// A hash of action, subject and wanted values.
    pub id: StepId,
    /// What it does.
    #[serde(rename = "do")]
    pub action: Action,
    /// Whom it concerns.
    pub subject: Subject,
    /// Every field sent, values as `user.get` returns them; `{"step": "s-…"}` stands for the id
    /// that a step brings.
    #[serde(default)]
    pub changes: BTreeMap<String, Change>,
    /// What must be found at the moment of the write, after the steps it waits for.
    #[serde(default)]
    pub expects: BTreeMap<String, Value>,
    /// The text of an invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What a person is asked to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<Instructions>,
    /// The rule and the source row that gave it.
    pub because: Vec<Because>,
    /// The steps it waits for.
    pub after: Vec<StepId>,
}

/// Whom or what a step concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// `person.id`; none where the source has no such person.
    pub person: Option<String>,
    /// The portal's id as a string; none where there is no account yet.
    pub account: Option<String>,
    /// A person's full name, or a department's path.
    pub name: String,
    /// The account's address, or the one it will get.
    pub email: Option<String>,
}

/// A value that is there beside the one that is wanted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What the portal or the source holds; absent is null.
    pub have: Value,
    /// What it is to hold.
    pub want: Value,
}

/// What a person is asked to do by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instructions {
    /// Who can do it: the employee, or an administrator.
    pub who: String,
    /// Where: Битрикс24.Паспорт, or the user's card of a box.
    pub r#where: String,
    /// The address the login has.
    pub from: String,
    /// The address it is to have.
    pub to: String,
    /// The whole, as a sentence.
    pub text: String,
}

/// Why a step stands in the plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Because {
    /// The rule: `rules/email.yaml:8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The row of the source: `people.csv:19`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A change that the planner saw and left to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// What would have been done.
    #[serde(rename = "do")]
    pub action: Action,
    /// To whom.
    pub subject: Subject,
    /// The code.
    pub reason: Reason,
    /// In words, with what to do about it.
    pub text: String,
    /// The rule and the source row.
    pub because: Vec<Because>,
}

/// Why a change is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is the account whose rights we use, or id 1.
    OwnAccount,
    /// `safety.protect` names it.
    Protected,
    /// No account is managed yet: nobody is fired on a first run.
    FirstRun,
    /// Adopted in this plan: EMAIL and ACTIVE wait for the next.
    AdoptedInThisPlan,
    /// Too many persons vanished from the source.
    SourceShrink,
    /// More steps of this action than `safety.limits` allows.
    Limit,
    /// Two accounts or two persons fit.
    AmbiguousMatch,
    /// Somebody blocked the account by hand.
    BlockedByHand,
    /// The person comes back, and `hires.returning` says hold.
    Returning,
    /// The person is not in the source at all.
    Vanished,
    /// A vanished account and a new person look like one.
    RenamedOrNew,
    /// No employment of the portal's organizations, or outside `hires.when`.
    OutOfScope,
    /// No dismissal policy fits.
    NoPolicy,
    /// The department is not mapped, or ambiguous on the portal.
    UnmappedDepartment,
    /// No address can be made.
    NoAddress,
    /// The address has another holder.
    AddressTaken,
    /// The tariff has no seat left.
    NoSeat,
    /// A group is missing or not open to extranet.
    NoGroup,
}

impl Action {
    /// All actions, in the order in which ties are broken.
    pub const ALL: [Action; 12] = [
        Action::CreateDepartment,
        Action::CreateUser,
        Action::AdoptUser,
        Action::UpdateUser,
        Action::FireUser,
        Action::ReinstateUser,
        Action::SwapEmail,
        Action::InviteToExtranet,
        Action::JoinGroup,
        Action::BindDocuments,
        Action::WriteBackEmail,
        Action::ByHand,
    ];

    /// Returns the action's name in plans and rules.
    pub fn name(self) -> &'static str {
        match self {
            Action::CreateDepartment => "create_department",
            Action::CreateUser => "create_user",
            Action::AdoptUser => "adopt_user",
            Action::UpdateUser => "update_user",
            Action::FireUser => "fire_user",
            Action::ReinstateUser => "reinstate_user",
            Action::SwapEmail => "swap_email",
            Action::InviteToExtranet => "invite_to_extranet",
            Action::JoinGroup => "join_group",
            Action::BindDocuments => "bind_documents",
            Action::WriteBackEmail => "write_back_email",
            Action::ByHand => "by_hand",
        }
    }
}

impl Reason {
    /// Returns the code in plans.
    pub fn code(self) -> &'static str {
        match self {
            Reason::OwnAccount => "own_account",
            Reason::Protected => "protected",
            Reason::FirstRun => "first_run",
            Reason::AdoptedInThisPlan => "adopted_in_this_plan",
            Reason::SourceShrink => "source_shrink",
            Reason::Limit => "limit",
            Reason::AmbiguousMatch => "ambiguous_match",
            Reason::BlockedByHand => "blocked_by_hand",
            Reason::Returning => "returning",
            Reason::Vanished => "vanished",
            Reason::RenamedOrNew => "renamed_or_new",
            Reason::OutOfScope => "out_of_scope",
            Reason::NoPolicy => "no_policy",
            Reason::UnmappedDepartment => "unmapped_department",
            Reason::NoAddress => "no_address",
            Reason::AddressTaken => "address_taken",
            Reason::NoSeat => "no_seat",
            Reason::NoGroup => "no_group",
        }
    }

    /// Tells whether `apply` without a saved plan stops before it writes anything.
    pub fn stops_apply(self) -> bool {
        matches!(self, Reason::Limit | Reason::SourceShrink)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Change {
    /// Sets a value beside what is there now.
    pub fn new(have: impl Into<Value>, want: impl Into<Value>) -> Change {
        Change { have: have.into(), want: want.into() }
    }
}
