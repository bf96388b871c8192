//! What waits for a person, since when, and what to tell them.

use jiff::{SpanRound, Timestamp, Unit};

use super::Evidence;
use crate::model::{Action, Instructions, Plan, Step, StepId, Subject};

/// A by-hand step that is not done.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The step, as `shtat confirm` takes it.
    pub step: StepId,
    /// Whose account it is.
    pub subject: Subject,
    /// What is asked.
    pub instructions: Instructions,
    /// When an apply first showed it; none: not yet.
    pub since: Option<Timestamp>,
    /// Why it went back to waiting, if it did.
    pub why: Option<String>,
    /// A text to send to the person, in Russian.
    pub russian: String,
    /// The same in English.
    pub english: String,
}

/// Lists the by-hand steps of a plan that nobody has confirmed.
pub fn waiting(plan: &Plan, evidence: &Evidence) -> Vec<Waiting> {
    let open = |step: &&Step| step.action == Action::ByHand && !evidence.confirmed.contains_key(&step.id);
    plan.steps.iter().filter(open).filter_map(|step| describe(step, evidence)).collect()
}

impl Waiting {
    /// Says how long it has waited, as people say it: `3 days`; none: it was never shown.
    pub fn how_long(&self, now: Timestamp) -> Option<String> {
        let since = self.since?;
        let hours = now.since(since).ok()?.round(SpanRound::new().largest(Unit::Hour)).ok()?.get_hours();
        Some(match hours {
            ..1 => "less than an hour".to_owned(),
            1 => "1 hour".to_owned(),
            2..48 => format!("{hours} hours"),
            _ => format!("{} days", hours / 24),
        })
    }
}

fn describe(step: &Step, evidence: &Evidence) -> Option<Waiting> {
    let instructions = step.instructions.clone()?;
    Some(Waiting {
        step: step.id.clone(),
        subject: step.subject.clone(),
        since: evidence.asked.get(&step.id).map(|(_, since)| *since),
        why: evidence.waiting.get(&step.id).cloned(),
        russian: russian(&step.subject.name, &instructions),
        english: english(&step.subject.name, &instructions),
        instructions,
    })
}

fn russian(name: &str, asked: &Instructions) -> String {
    let Instructions { r#where, from, to, .. } = asked;
    format!(
        "{name}, здравствуйте! Адрес {from} нужен для вашей новой учётной записи на портале, а пока он занят \
         логином прежней. Пожалуйста, смените логин с {from} на {to} ({where}). Когда смените, ответьте на это \
         письмо: на {from} придёт новое приглашение.",
    )
}

fn english(name: &str, asked: &Instructions) -> String {
    let Instructions { r#where, from, to, .. } = asked;
    format!(
        "Dear {name}, the address {from} is needed for your new account on the portal, but your former account \
         still has it as its login. Please change that login from {from} to {to} ({where}). When it is done, \
         answer this letter: a new invitation will come to {from}."
    )
}
