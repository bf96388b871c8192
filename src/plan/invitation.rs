//! The invitation of an external partner, written down when every address is settled.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{
    address::{Addresses, Holder},
    draft::{Draft, Hold, Proposal},
    have::EXTRANET,
    profile,
    swap::{Asked, Freed, Movers, taken},
    world::World,
};
use crate::{
    model::{AccountId, Action, Because, Email, GroupId, StepId},
    rules::ExtranetPolicy,
};

/// A partner to invite, when every address is settled.
#[derive(Debug)]
pub(super) struct Invitation<'a> {
    /// The person's place in the list of people.
    pub at: usize,
    /// The address, where one is known.
    pub email: Option<Email>,
    /// The groups, all of them.
    pub groups: Vec<GroupId>,
    /// The policy that invites.
    pub policy: &'a ExtranetPolicy,
    /// The rules and rows that say so.
    pub because: Vec<Because>,
    /// Steps that come first.
    pub after: Vec<StepId>,
    /// The closed account that leaves the address in this plan.
    pub parks: Option<AccountId>,
    /// Why nobody is invited.
    pub hold: Option<Hold>,
}

/// Holds the invitations of different persons to one address: it is given to neither.
pub(super) fn refuse_shared(invitations: &mut [Invitation<'_>]) {
    let mut invited: HashMap<String, HashSet<usize>> = HashMap::new();
    for invitation in invitations.iter() {
        let address = invitation.email.as_ref().map(Email::key);
        invited.entry(address.unwrap_or_default()).or_default().insert(invitation.at);
    }
    for invitation in invitations {
        let Some(email) = &invitation.email else { continue };
        let shared = (invited[&email.key()].len() > 1).then(|| taken(email, Holder::Planned));
        invitation.hold = Hold::first([invitation.hold.take(), shared]);
    }
}

impl<'a> Invitation<'a> {
    /// Writes the invitation down, after the step by which the closed account leaves the address.
    pub fn write(
        self,
        world: &World<'a>,
        addresses: &Addresses<'a>,
        draft: &mut Draft,
        movers: &Movers<'a>,
        leaves: &HashMap<AccountId, StepId>,
    ) {
        let known = &world.people[self.at];
        let key = known.key.as_ref().map(|key| format!("{key}{EXTRANET}"));
        let groups: Vec<u64> = self.groups.iter().map(|id| id.0).collect();
        let mut step =
            Proposal::new(Action::InviteToExtranet, world.subject(Some(known), None, self.email.as_ref()))
                .expect("account", Value::Null)
                .change("XML_ID", Value::Null, json!(key))
                .change("SONET_GROUP_ID", Value::Null, groups)
                .because(self.because)
                .after(self.after)
                .after(self.parks.and_then(|account| leaves.get(&account).cloned()))
                .message(
                    self.policy.message.as_ref().map(|text| text.render(&known.scope(&world.inputs)).text),
                );
        for (field, value) in profile::names(&world.inputs, known) {
            step = step.change(field, Value::Null, value);
        }
        if let Some(email) = &self.email {
            step = step.change("EMAIL", Value::Null, email.as_str());
            let freed = movers.freed(world, addresses, email, &known.person.id, Asked::ByPolicy, None);
            if let Freed::Kept(hold) = freed {
                step = step.hold(Some(hold));
            }
        }
        draft.add(step.hold(self.hold));
    }
}
