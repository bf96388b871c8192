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

mod address;
#[cfg(test)]
mod company;
mod departments;
mod documents;
mod draft;
mod evidence;
pub mod explain;
mod extranet;
mod finish;
mod hash;
mod have;
mod hire;
mod invitation;
mod keep;
mod leave;
mod limits;
mod login;
mod matching;
mod obstacles;
mod order;
mod policies;
mod profile;
pub mod render;
mod roster;
mod scope;
pub mod select;
mod swap;
mod unclear;
mod world;

pub use hash::digest;
pub use obstacles::obstacles;
pub use roster::{RosterRow, RosterState, roster};
pub use scope::main_employment;

use jiff::civil::Date;

use crate::{
    model::{History, People, Plan, Snapshot},
    rules::Rules,
};
use address::Addresses;
use departments::Structure;
use draft::Draft;
use matching::Match;
use scope::Stage;
use swap::Movers;
use world::World;

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
pub fn plan(inputs: &Inputs<'_>) -> Plan {
    let world = World::of(inputs);
    let mut draft = Draft::default();
    if inputs.rules.matching.is_some() {
        think(&world, &mut draft);
        hire::seats(&world, &mut draft);
        limits::hold_back(&world, &mut draft);
    }
    finish::plan(&world, draft)
}

/// Thinks of every step: existing accounts first, since they hold the addresses; then the moves
/// of addresses; then what gets a new one.
fn think<'a>(world: &World<'a>, draft: &mut Draft) {
    let mut structure = Structure::of(&world.inputs);
    let mut addresses = Addresses::of(&world.inputs, &world.people, &world.accounts, &world.matches);
    let mut movers = Movers::default();
    let mut invitations = Vec::new();
    for (at, known) in world.people.iter().enumerate() {
        match &world.matches.of[at] {
            Match::Account(account) | Match::Adopted(account, _) => match known.stage {
                Stage::Works | Stage::Begins | Stage::Later => {
                    keep::keep(world, &mut structure, &addresses, draft, &mut movers, (at, account));
                }
                Stage::Between => {
                    world.adoption(draft, Some(known), account);
                }
                Stage::Left { .. } | Stage::Outside | Stage::Undated => {
                    let place = (at, *account);
                    invitations.extend(leave::leave(
                        world,
                        &structure,
                        &mut addresses,
                        draft,
                        &mut movers,
                        place,
                    ));
                }
            },
            Match::Doubled(accounts) => unclear::doubled(world, draft, known, accounts),
            Match::Unclear(found) => unclear::unclear(world, draft, known, found),
            Match::Renamed(account) => unclear::renamed(world, draft, known, account),
            Match::Nobody => {}
        }
    }
    leave::vanished(world, &structure, draft);
    invitation::refuse_shared(&mut invitations);
    movers.settle(world, &mut addresses);
    let mut hires = hire::hires(world, &addresses, draft, &mut movers);
    hires.iter_mut().for_each(|hire| hire.make_address(world, &mut addresses));
    let leaves = movers.write(world, &mut addresses, draft);
    for invitation in invitations {
        invitation.write(world, &addresses, draft, &movers, &leaves);
    }
    for hire in hires {
        hire.write(world, &mut structure, draft, &leaves);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::company::{Company, TODAY, assert_quiet, email, held, only, steps, want};
    use crate::model::{Action, HrEmail, Reason};

    #[test]
    fn says_nothing_where_everything_is_so() {
        assert_quiet(&Company::new().plan());
    }

    #[test]
    fn makes_an_account_with_a_made_address_and_gives_it_to_hr() {
        let mut company = Company::new();
        company.works("p1", "Орлова Анна Петровна");
        let plan = company.plan();
        let create = only(&plan, Action::CreateUser);
        assert_eq!(want(create, "EMAIL"), &json!("a.orlova@romashka.example"));
        assert_eq!(want(create, "LAST_NAME"), &json!("Орлова"));
        assert_eq!(want(create, "SECOND_NAME"), &json!("Петровна"));
        assert_eq!(want(create, "XML_ID"), &json!("1c:p1"));
        assert_eq!(want(create, "UF_DEPARTMENT"), &json!([1]));
        assert_eq!(create.expects, [("account".to_owned(), json!(null))].into());
        assert_eq!(create.because[0].rule.as_deref(), Some("rules/email.yaml:8"));
        assert_eq!(create.because.last().unwrap().source.as_deref(), Some("people.csv:p1"));
        let back = only(&plan, Action::WriteBackEmail);
        assert_eq!(back.after, std::slice::from_ref(&create.id));
        assert_eq!(want(back, "email"), &json!("a.orlova@romashka.example"));
        assert_eq!((plan.summary.people, plan.summary.managed, plan.summary.foreign), (2, 1, 0));
    }

    #[test]
    fn closes_the_account_of_a_leaver_the_day_after() {
        let mut company = Company::new();
        company.pair("p1", "Орлова Анна Петровна", 10, "a.orlova@romashka.example");
        company.job("p1").dismissed_on = Some(TODAY);
        assert_quiet(&company.plan());
        company.as_of = date(2026, 11, 23);
        let plan = company.plan();
        let fire = only(&plan, Action::FireUser);
        assert_eq!(
            fire.expects,
            [("ACTIVE".to_owned(), json!(true)), ("XML_ID".to_owned(), json!("1c:p1"))].into()
        );
        assert_eq!(want(fire, "ACTIVE"), &json!(false));
    }

    #[test]
    fn two_people_change_addresses_through_a_temporary_one() {
        let mut company = Company::new();
        company.pair("p1", "Орлова Анна Петровна", 10, "a@romashka.example");
        company.pair("p2", "Волкова Анна Ивановна", 11, "b@romashka.example");
        company.job("p1").contact.email = HrEmail::Usable(email("b@romashka.example"));
        company.job("p2").contact.email = HrEmail::Usable(email("a@romashka.example"));
        let plan = company.plan();
        assert_eq!(steps(&plan, Action::SwapEmail).len(), 3, "{plan:#?}");
        assert_eq!(held(&plan), Vec::<(Action, &str, &str, Reason)>::new());
    }
}
