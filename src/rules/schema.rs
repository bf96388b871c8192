//! The rules as the planner reads them: every section, every default, every place.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{Scheme, Template, When};
use crate::model::{AccountId, Action, Email, Place};

/// All rule files of a project, read and checked. An absent section manages nothing of its kind.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// How accounts are recognised; without it no account is ours and none is made.
    pub matching: Option<Matching>,
    /// How addresses are made.
    pub email: Option<EmailRules>,
    /// Which department of 1C is which of the portal.
    pub departments: Option<Departments>,
    /// Which profile fields are managed.
    pub profile: Option<Profile>,
    /// Who gets an account, and when.
    pub hires: Option<Hires>,
    /// What happens to leavers.
    pub dismissals: Option<Dismissals>,
    /// КЭДО.
    pub documents: Option<Documents>,
    /// What stops a plan that goes too far.
    pub safety: Safety,
    /// SHA-256 of the rule files' texts, `sha256:…`.
    pub digest: String,
}

/// Section `matching`.
#[derive(Debug, Clone)]
pub struct Matching {
    /// What goes into XML_ID.
    pub key: Template,
    /// How to recognise an account that nobody has marked yet, in order.
    pub adopt: Vec<Adopt>,
    /// The place of `adopt`, or of the section.
    pub adopt_place: Place,
    /// Where the section stands.
    pub place: Place,
}

/// How an unmarked account is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Adopt {
    /// By the address HR has.
    Email,
    /// By all three parts of the name and the birthday.
    NameAndBirthday,
}

/// Section `email`.
#[derive(Debug, Clone)]
pub struct EmailRules {
    /// The domain of addresses made by templates that name no other.
    pub domain: Option<String>,
    /// How Cyrillic becomes Latin.
    pub transliteration: Scheme,
    /// Whether an address that HR has is kept.
    pub source: EmailSource,
    /// The first whose `when` holds, and only that.
    pub templates: Vec<EmailTemplates>,
    /// Whether HR gets the address.
    pub write_back: bool,
    /// The place of `source`, or of the section.
    pub source_place: Place,
    /// The place of `write_back`, or of the section.
    pub write_back_place: Place,
    /// Where the section stands.
    pub place: Place,
}

/// What an address that HR has means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailSource {
    /// It is used as it is.
    Keep,
    /// A template makes another one for a new account.
    Replace,
}

/// One entry of `email.templates`.
#[derive(Debug, Clone)]
pub struct EmailTemplates {
    /// Whom it is for; none: everybody.
    pub when: Option<When>,
    /// Instead of `email.domain`.
    pub domain: Option<String>,
    /// Local parts in order, until one is free.
    pub r#try: Vec<Template>,
    /// Where the entry stands.
    pub place: Place,
}

/// Section `departments`.
#[derive(Debug, Clone)]
pub struct Departments {
    /// Where people of an unmapped department go.
    pub unmapped: Unmapped,
    /// The map, in the order of the files.
    pub map: Vec<Department>,
    /// The place of `unmapped`, or of the section.
    pub unmapped_place: Place,
    /// Where the section stands.
    pub place: Place,
}

/// Where people of an unmapped department go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmapped {
    /// To the department without PARENT.
    Top,
    /// To the same path below the top department, created where missing.
    Create,
    /// Nowhere: held.
    Hold,
}

/// One entry of `departments.map`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// A department of 1C: its id, else its full path, else a name that stands once.
    pub from: String,
    /// A department of the portal.
    pub to: DepartmentTarget,
    /// Where the entry stands.
    pub place: Place,
}

/// The portal's side of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepartmentTarget {
    /// A path below the top department, created where missing.
    Path(Vec<String>),
    /// A department id.
    Id(u64),
}

/// Section `profile`.
#[derive(Debug, Clone)]
pub struct Profile {
    /// Exactly these fields are managed.
    pub fields: BTreeMap<String, FieldRule>,
    /// What an empty HR value does to a filled field.
    pub empty: Empty,
    /// Where the section stands.
    pub place: Place,
}

/// One entry of `profile.fields`.
#[derive(Debug, Clone)]
pub struct FieldRule {
    /// The value.
    pub value: Template,
    /// When it is sent.
    pub when: FieldWhen,
    /// Where the entry stands.
    pub place: Place,
}

/// When a profile field is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldWhen {
    /// At creation only.
    Create,
    /// Whenever it differs.
    Always,
}

/// What an empty HR value does to a filled field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// Nothing.
    Keep,
    /// Empties it.
    Clear,
}

/// Section `hires`.
#[derive(Debug, Clone)]
pub struct Hires {
    /// Who gets an account; none: everybody.
    pub when: Option<When>,
    /// How many days before the first working day the invitation goes out.
    pub days_before: u32,
    /// What happens to a person who comes back.
    pub returning: Returning,
    /// The text of the invitation.
    pub message: Option<Template>,
    /// The place of `when`, or of the section.
    pub when_place: Place,
    /// The place of `returning`, or of the section.
    pub returning_place: Place,
    /// Where the section stands.
    pub place: Place,
}

/// What happens to a person who comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returning {
    /// A person decides.
    Hold,
    /// The old account is opened again.
    Reinstate,
}

/// Section `dismissals`.
#[derive(Debug, Clone)]
pub struct Dismissals {
    /// What happens to a managed account whose person is not in the source at all.
    pub vanished: Vanished,
    /// Nobody is fired whose next employment begins within so many days.
    pub bridge_days: u32,
    /// The first whose `when` holds.
    pub policies: Vec<Policy>,
    /// The place of `vanished`, or of the section.
    pub vanished_place: Place,
    /// Where the section stands.
    pub place: Place,
}

/// What happens to a managed account whose person is not in the source at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vanished {
    /// A person decides.
    Hold,
    /// It is fired.
    Fire,
}

/// One entry of `dismissals.policies`.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Its name in explanations.
    pub id: String,
    /// Whom it is for; none: everybody.
    pub when: Option<When>,
    /// Days after the last working day on which the account is closed; 0 = on it, 1 = the day
    /// after. None: the policy does not close accounts.
    pub fire_days_after: Option<u32>,
    /// The place of `fire`, or of the policy.
    pub fire_place: Place,
    /// Staying as an external partner.
    pub extranet: Option<ExtranetPolicy>,
    /// Where the policy stands.
    pub place: Place,
}

/// How a leaver stays as an external partner.
#[derive(Debug, Clone)]
pub struct ExtranetPolicy {
    /// Names of the groups.
    pub groups: Vec<String>,
    /// Which address the extranet account gets.
    pub address: ExtranetAddress,
    /// Where the dismissed account's address moves to, when the old one is kept.
    pub park: Option<Template>,
    /// Days since the last working day after which nobody is newly invited; none: no end.
    pub within: Option<u32>,
    /// The text of the invitation.
    pub message: Option<Template>,
    /// The place of `groups`.
    pub groups_place: Place,
    /// The place of `address`, or of `extranet`.
    pub address_place: Place,
    /// Where `extranet` stands.
    pub place: Place,
}

/// Which address an extranet account gets.
#[derive(Debug, Clone)]
pub enum ExtranetAddress {
    /// The old work address.
    Keep,
    /// `personal_email`.
    Personal,
    /// A template of a whole address.
    Template(Template),
}

/// Section `documents`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Documents {
    /// Code of the company in humanresources.hcmlink.
    pub company: String,
    /// Where the section stands.
    pub place: Place,
}

/// Section `safety`.
#[derive(Debug, Clone)]
pub struct Safety {
    /// Accounts for which nothing but adopt_user and update_user is planned.
    pub protect: Vec<(Protected, Place)>,
    /// How many steps of an action a plan may have.
    pub limits: BTreeMap<Action, Limit>,
    /// Percent of persons that may vanish since the last accepted source.
    pub source_shrink: u32,
    /// Days after which a saved plan is stale.
    pub plan_days: u32,
    /// Reviewed, expiring exceptions.
    pub allow: Vec<Allow>,
    /// The place of `source_shrink`, or of the section; none where defaults hold.
    pub source_shrink_place: Option<Place>,
    /// Where the section stands; none where defaults hold.
    pub place: Option<Place>,
}

/// An account named in `safety.protect`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protected {
    /// By its portal address.
    Email(Email),
    /// By its portal id.
    Id(AccountId),
}

/// How many steps of an action a plan may have: max(count, percent × base / 100).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limit {
    /// So many in any case.
    pub count: u64,
    /// So many of a hundred of the base.
    pub percent: u64,
    /// Where the limit stands; none for a default.
    pub place: Option<Place>,
}

/// A reviewed, expiring exception from a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// Whose limit.
    pub action: Action,
    /// The limit becomes max(limit, count).
    pub count: u64,
    /// The last day on which it holds.
    pub until: Date,
    /// Why.
    pub because: String,
    /// Where it stands.
    pub place: Place,
}

impl Default for Safety {
    fn default() -> Safety {
        let limit = |count, percent| Limit { count, percent, place: None };
        Safety {
            protect: Vec::new(),
            limits: BTreeMap::from([(Action::FireUser, limit(3, 5)), (Action::SwapEmail, limit(5, 10))]),
            source_shrink: 10,
            plan_days: 7,
            allow: Vec::new(),
            source_shrink_place: None,
            place: None,
        }
    }
}

impl EmailTemplates {
    /// Returns the domain of this entry's addresses.
    pub fn domain<'a>(&'a self, rules: &'a EmailRules) -> Option<&'a str> {
        self.domain.as_deref().or(rules.domain.as_deref())
    }
}
