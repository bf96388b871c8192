//! Want minus have: people, rules, the portal and history in, a plan out.
//!
//! Pure: no clock, no network, no randomness, and no failure. What it will not do, it lists as
//! held. The same inputs give the same bytes, in whatever order rows stand.
//!
//! # What the steps carry
//!
//! `changes` lists every field sent as `{have, want}`, values as `user.get` returns them, absent
//! is null. `{"step": "s-…"}` stands for the id that an earlier step brings. `expects` is what
//! must be found at the moment of the write, after the steps the step waits for; only these
//! values matter.
//!
//! | action | `changes` | `expects` |
//! |---|---|---|
//! | `create_department` | `NAME`, `PARENT` (department id as a string, or a step) | `department`: null, nothing of this name below that parent |
//! | `create_user` | `EMAIL`, `NAME`, `LAST_NAME`, `SECOND_NAME`, `XML_ID`, `UF_DEPARTMENT` (numbers or steps), filled profile fields | `account`: null, nobody has the key or the address |
//! | `adopt_user` | `XML_ID` | `XML_ID`: null, and the fields that it was recognised by (`EMAIL`, or `LAST_NAME`, `NAME`, `SECOND_NAME`, `PERSONAL_BIRTHDAY`) |
//! | `update_user` | the differing profile fields and `UF_DEPARTMENT`; an emptied field is `""` | `XML_ID`, the values replaced |
//! | `fire_user` | `ACTIVE` (true → false) | `XML_ID`, `ACTIVE` |
//! | `reinstate_user` | `ACTIVE` (false → true), the differing fields as in `update_user`, never `EMAIL` | `XML_ID`, the values replaced |
//! | `swap_email` | `EMAIL` | `XML_ID`, `EMAIL` |
//! | `invite_to_extranet` | `EMAIL`, `NAME`, `LAST_NAME`, `SECOND_NAME`, `XML_ID` (`<key>:extranet`), `SONET_GROUP_ID` (numbers) | `account`: null, nobody has the key or the address |
//! | `join_group` | `GROUP_ID` (a number; one step a group) | `XML_ID` (`<key>:extranet`), `GROUP_ID`: null, not a member yet |
//! | `bind_documents` | `company`, `person` (person id), `employee` (id of the main employment), `userId` (a number or a step) | `userId`: the account the person is bound to now, or null |
//! | `write_back_email` | `email` of `subject.person` | `email`: the address HR has now, null where none |
//! | `by_hand` | nothing; `instructions` say who moves which login where. `subject.email` is the address the login leaves | nothing |
//!
//! By-hand steps that history holds as confirmed are not planned again and nothing waits for
//! them. One that went back to waiting says why in its `because`.

pub mod render;

use jiff::civil::Date;

use crate::{
    model::{History, People, Plan, Snapshot},
    rules::Rules,
};

/// Everything that a plan is made from.
#[derive(Debug, Clone, Copy)]
pub struct Inputs<'a> {
    /// The portal's name in shtat.yaml.
    pub portal: &'a str,
    /// Names, ИНН or GUIDs of the organizations in scope; empty: all.
    pub organizations: &'a [String],
    /// What rules are applied to.
    pub people: &'a People,
    /// What is wanted.
    pub rules: &'a Rules,
    /// What is there.
    pub have: &'a Snapshot,
    /// What earlier runs did.
    pub history: &'a History,
    /// Today, in the people's time zone.
    pub as_of: Date,
    /// When the plan is made (RFC 3339); only copied.
    pub made_at: &'a str,
}

/// Plans the steps that turn what the portal has into what people and rules ask for.
pub fn plan(_inputs: &Inputs<'_>) -> Plan {
    unimplemented!("the planner comes in the next change")
}
