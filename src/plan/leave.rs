//! People who left: their accounts are closed by the first policy that fits.

use super::{
    address::Addresses,
    draft::{Draft, Hold, rule, source},
    extranet, have,
    invitation::Invitation,
    policies,
    scope::{self, Known, Stage},
    swap::Movers,
    world::World,
};
use crate::{
    model::{Account, Because, Reason, StepId, Unmanaged},
    rules::{Policy, Vanished},
};
use jiff::civil::Date;

/// Plans for an account of a person who does not work here. The invitation of an external
/// partner, if one is wanted, is returned: it is written when every address is settled.
pub(super) fn leave<'a>(
    world: &World<'a>,
    structure: &super::departments::Structure<'a>,
    addresses: &mut Addresses<'a>,
    draft: &mut Draft,
    movers: &mut Movers<'a>,
    (at, account): (usize, &'a Account),
) -> Option<Invitation<'a>> {
    let known = &world.people[at];
    let Stage::Left { last } = known.stage else {
        out_of_scope(world, draft, known, account);
        return None;
    };
    if !world.publishes(Unmanaged::Leavers) {
        return None;
    }
    if known.elsewhere {
        out_of_scope(world, draft, known, account);
        return None;
    }
    world.inputs.rules.dismissals.as_ref()?;
    let Some(policy) = policies::policy(&world.inputs, known.main()) else {
        no_policy(world, draft, known, account, last);
        return None;
    };
    let fire = match close(world, structure, draft, known, account, policy, last) {
        Closing::Done => None,
        Closing::Planned(step) => Some(step),
        Closing::NotYet => return None,
    };
    extranet::stay(world, addresses, draft, movers, (at, account), policy, last, fire)
}

/// Whether an account is closed.
enum Closing {
    /// It is.
    Done,
    /// A step closes it.
    Planned(StepId),
    /// It stays open for now.
    NotYet,
}

fn close(
    world: &World<'_>,
    structure: &super::departments::Structure<'_>,
    draft: &mut Draft,
    known: &Known<'_>,
    account: &Account,
    policy: &Policy,
    last: Date,
) -> Closing {
    if !account.active {
        return Closing::Done;
    }
    let Some(days) = policy.fire_days_after.filter(|days| world.inputs.as_of >= scope::after(last, *days))
    else {
        return Closing::NotYet;
    };
    let text =
        format!("last working day {last}; policy `{}` closes the account {days} days after it", policy.id);
    let mut because = vec![rule(&policy.fire_place, text)];
    because.extend(asides(structure, account));
    because.extend(source(known.main()));
    Closing::Planned(world.fire(draft, Some(known), account, because, None))
}

/// What a reader must know of an account that is closed.
fn asides(structure: &super::departments::Structure<'_>, account: &Account) -> Vec<Because> {
    let mut texts = Vec::new();
    let headed = structure.headed_by(account.id);
    if !headed.is_empty() {
        texts.push(format!("heads {} on the portal: name another head", quoted(headed)));
    }
    if have::is_invited(account) {
        texts.push("the invitation was not accepted yet; this withdraws it".to_owned());
    }
    texts.into_iter().map(super::draft::fact).collect()
}

fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn no_policy(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, account: &Account, last: Date) {
    let Some(rules) = world.inputs.rules.dismissals.as_ref().filter(|_| account.active) else { return };
    let text = format!("last working day {last}; no policy of `dismissals.policies` fits");
    let because = vec![rule(&rules.place, text.clone())].into_iter().chain(source(known.main())).collect();
    world.fire(draft, Some(known), account, because, Some(Hold::new(Reason::NoPolicy, text)));
}

/// No employment here that says what to do: a person decides.
fn out_of_scope(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, account: &Account) {
    if !account.active {
        return;
    }
    let text = match known.stage {
        Stage::Outside => "the person has no employment in the organizations of this portal",
        Stage::Left { .. } => "the person has left here, but works in another organization",
        _ => "the person has no employment with dates in the organizations of this portal",
    };
    let hold = Hold::new(Reason::OutOfScope, text);
    world.fire(draft, Some(known), account, source(known.main()).into_iter().collect(), Some(hold));
}

/// Plans for the managed accounts whose persons are not in the source at all.
pub(super) fn vanished(world: &World<'_>, structure: &super::departments::Structure<'_>, draft: &mut Draft) {
    let Some(rules) = &world.inputs.rules.dismissals else { return };
    if !world.publishes(Unmanaged::Leavers) {
        return;
    }
    for missing in world.matches.missing.iter().filter(|missing| missing.account.active) {
        let hold = match () {
            () if missing.doubled => Some(Hold::new(
                Reason::AmbiguousMatch,
                "several accounts have the same key; nothing is done to any",
            )),
            () if missing.renamed => Some(Hold::new(
                Reason::RenamedOrNew,
                "the account's person is not in the source, but one without an account looks like them",
            )),
            () if rules.vanished == Vanished::Hold => {
                Some(Hold::new(Reason::Vanished, "the account's person is not in the source at all"))
            }
            () => None,
        };
        let mut because =
            vec![rule(&rules.vanished_place, "the account's person is not in the source at all")];
        because.extend(asides(structure, missing.account));
        world.fire(draft, None, missing.account, because, hold);
    }
}
