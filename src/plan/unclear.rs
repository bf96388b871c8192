//! Accounts that cannot be told apart: nothing is done to them, and a person is told.

use super::{
    documents,
    draft::{Draft, Hold, Proposal, rule, source},
    hire,
    matching::{self, Unclear},
    scope::{Known, Stage},
    world::World,
};
use crate::model::{Account, Action, Because, Reason, StepId};

/// Several accounts carry the key of one person: nothing is done to either.
pub(super) fn doubled(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, accounts: &[&Account]) {
    let ids: Vec<String> = accounts.iter().map(|account| account.id.to_string()).collect();
    let text = format!("accounts {} have the same key; nothing is done to any of them", ids.join(", "));
    for account in accounts {
        on_account(world, draft, known, account, &text);
    }
}

/// An account or a person that cannot be told apart from another.
pub(super) fn unclear(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, found: &Unclear<'_>) {
    match (found.keyed, found.account) {
        (true, Some(account)) => on_account(world, draft, known, account, &found.text),
        (true, None) => create(world, draft, known, Hold::new(Reason::AmbiguousMatch, found.text.as_str())),
        (false, account) => {
            let step = Proposal::new(Action::AdoptUser, world.subject(Some(known), account, None));
            let place = world.inputs.rules.matching.as_ref().map(|matching| &matching.adopt_place);
            let hold = Hold::new(Reason::AmbiguousMatch, found.text.as_str()).by(place);
            add(
                world,
                draft,
                known,
                step.hold(Some(hold)),
                place.map(|place| rule(place, "how accounts are recognised")),
            );
        }
    }
}

/// A vanished account looks like this person's: neither is it closed nor another one made.
pub(super) fn renamed(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, account: &Account) {
    let text = format!("account {} of a person who vanished from the source looks like theirs", account.id);
    create(world, draft, known, Hold::new(Reason::RenamedOrNew, text));
}

fn create(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, hold: Hold) {
    if hire::makes_accounts(world)
        && known.wants_account()
        && matching::is_wanted(&world.inputs, known.main())
    {
        let email = known.main().contact.email.usable();
        let step =
            Proposal::new(Action::CreateUser, world.subject(Some(known), None, email)).hold(Some(hold));
        add(world, draft, known, step, Some(hire::hired_by(world)));
    }
}

fn on_account(world: &World<'_>, draft: &mut Draft, known: &Known<'_>, account: &Account, text: &str) {
    let hold = Hold::new(Reason::AmbiguousMatch, text);
    match known.stage {
        Stage::Works | Stage::Begins | Stage::Later => {
            let step = world.step(Action::UpdateUser, Some(known), account).because(source(known.main()));
            draft.add(step.hold(Some(hold)));
        }
        Stage::Left { .. } | Stage::Outside | Stage::Undated if account.active => {
            world.fire(draft, Some(known), account, source(known.main()).into_iter().collect(), Some(hold));
        }
        Stage::Left { .. } | Stage::Outside | Stage::Undated | Stage::Between => {}
    }
}

/// Adds a held step that would bring an account, and the binding that would follow it.
fn add(
    world: &World<'_>,
    draft: &mut Draft,
    known: &Known<'_>,
    step: Proposal,
    because: Option<Because>,
) -> StepId {
    let id = draft.add(step.because(because).because(source(known.main())));
    documents::bind(world, draft, known, None, Some(id.clone()));
    id
}
