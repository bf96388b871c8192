//! What the codes of held changes mean, and what a person does about each.

use crate::model::Reason;

/// Says in a few words why a change is held.
pub fn meaning(reason: Reason) -> &'static str {
    match reason {
        Reason::OwnAccount => "it is the account shtat works through, or the portal's first one",
        Reason::Protected => "the account is protected by `safety.protect`",
        Reason::FirstRun => "first run: nobody is dismissed before shtat knows its accounts",
        Reason::AdoptedInThisPlan => "the account is recognised in this very plan",
        Reason::SourceShrink => "too many people have vanished from the source",
        Reason::Limit => "more steps of this kind than `safety.limits` allows",
        Reason::AmbiguousMatch => "more than one account or person fits",
        Reason::BlockedByHand => "somebody blocked the account by hand",
        Reason::Returning => "the person comes back",
        Reason::Vanished => "the person is not in the source any more",
        Reason::RenamedOrNew => "a missing person and a new one look like the same human being",
        Reason::OutOfScope => "no working employment here that the rules give an account for",
        Reason::NoPolicy => "no dismissal policy fits",
        Reason::UnmappedDepartment => "the department is not mapped, or not to be told apart on the portal",
        Reason::NoAddress => "no address can be made",
        Reason::AddressTaken => "the address belongs to somebody else",
        Reason::NoSeat => "the tariff has no seat left",
        Reason::NoGroup => "a group is missing or not open to external partners",
    }
}

/// Says what a person can do about a held change.
pub fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::OwnAccount => "do it by hand in the portal, with another administrator's account",
        Reason::Protected => "do it by hand in the portal, or take the account off `safety.protect`",
        Reason::FirstRun => "apply this plan first; the next one takes these up",
        Reason::AdoptedInThisPlan => "apply this plan first; the next one takes these up",
        Reason::SourceShrink => {
            "look whether the people's file is complete; where they really left, apply with `--skip-held` \
             so that this source is accepted"
        }
        Reason::Limit => {
            "where it is meant, add an expiring exception to `safety.allow` and have it reviewed"
        }
        Reason::AmbiguousMatch => {
            "write the right key into XML_ID of the right account, or empty the wrong ones"
        }
        Reason::BlockedByHand => "ask who blocked it; unblock it in the portal if the person is to work",
        Reason::Returning => {
            "reopen the account in the portal, or set `hires.returning: reinstate` where that is the rule"
        }
        Reason::Vanished => {
            "ask HR; dismiss by hand, or set `dismissals.vanished: fire` where that is the rule"
        }
        Reason::RenamedOrNew => {
            "if it is one human being, put the new key into XML_ID of the account; if not, dismiss the old one by hand"
        }
        Reason::OutOfScope => {
            "check `organizations` and `hires.when`; dismiss by hand where the account should go"
        }
        Reason::NoPolicy => "add a policy to `dismissals.policies` that fits, or dismiss by hand",
        Reason::UnmappedDepartment => {
            "add the department to `departments.map`, by its portal id if names are not enough"
        }
        Reason::NoAddress => "enter an address in HR, or add a template to `email.templates`",
        Reason::AddressTaken => "ask both people, then correct the address in HR",
        Reason::NoSeat => "free a seat or take a larger tariff, then plan again",
        Reason::NoGroup => "create the group, or open it to external partners, then plan again",
    }
}
