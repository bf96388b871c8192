//! What waits for a person, since when, and what to tell them.

use jiff::{SpanRound, Timestamp, Unit};

use super::Evidence;
use crate::model::{Action, Instructions, Plan, Step, StepId, Subject};

/// Where people of a cloud portal change their login themselves.
const PASSPORT: &str = "Битрикс24.Паспорт";

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
    plan.steps.iter().filter(open).filter_map(|step| describe(step, plan, evidence)).collect()
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

fn describe(step: &Step, plan: &Plan, evidence: &Evidence) -> Option<Waiting> {
    let instructions = step.instructions.clone()?;
    let invites = |other: &Step| {
        let email = other.changes.get("EMAIL").and_then(|change| change.want.as_str());
        other.action == Action::InviteToExtranet
            && email.is_some_and(|email| email.eq_ignore_ascii_case(&instructions.from))
    };
    let letter = Letter {
        name: &step.subject.name,
        asked: &instructions,
        own: instructions.r#where.contains(PASSPORT),
        invited: plan.steps.iter().any(invites),
    };
    Some(Waiting {
        step: step.id.clone(),
        subject: step.subject.clone(),
        since: evidence.asked.get(&step.id).map(|(_, since)| *since),
        why: evidence.waiting.get(&step.id).cloned(),
        russian: letter.russian(),
        english: letter.english(),
        instructions,
    })
}

/// Whom a text is for, and what follows when they have done it.
struct Letter<'a> {
    name: &'a str,
    asked: &'a Instructions,
    /// The person moves the login themself; else an administrator of the portal does.
    own: bool,
    /// An invitation to the address is what it is needed for.
    invited: bool,
}

impl Letter<'_> {
    fn russian(&self) -> String {
        let Letter { name, asked: Instructions { r#where, from, to, .. }, .. } = self;
        let ask = if self.own {
            format!(
                "{name}, здравствуйте! Адрес {from} нужен на портале для другой учётной записи, а пока он \
                 занят: это ваш логин. Пожалуйста, смените логин с {from} на {to} ({})",
                place_in_russian(r#where)
            )
        } else {
            format!(
                "Здравствуйте! Адрес {from} нужен на портале для другой учётной записи, а пока он занят: это \
                 логин сотрудника {name}. Пожалуйста, смените этот логин на {to} ({})",
                place_in_russian(r#where)
            )
        };
        let then = if self.invited {
            format!(": тогда на {from} придёт новое приглашение")
        } else {
            String::new()
        };
        format!("{ask} и сообщите нам{then}.")
    }

    fn english(&self) -> String {
        let Letter { name, asked: Instructions { r#where, from, to, .. }, .. } = self;
        let ask = if self.own {
            format!(
                "Dear {name}, the address {from} is needed for another account on the portal, but it is still \
                 your login. Please change your login from {from} to {to} ({where})"
            )
        } else {
            format!(
                "Hello, the address {from} is needed for another account on the portal, but it is still the \
                 login of {name}. Please change that login to {to} ({where})"
            )
        };
        let then =
            if self.invited { format!(": a new invitation will then come to {from}") } else { String::new() };
        format!("{ask} and tell us{then}.")
    }
}

/// Where a login is changed is Битрикс24.Паспорт, or a user's card in the portal.
fn place_in_russian(place: &str) -> &str {
    if place.contains(PASSPORT) {
        PASSPORT
    } else {
        "карточка пользователя, поле «Логин»"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(place: &str, invited: bool) -> (String, String) {
        let asked = Instructions {
            who: String::new(),
            r#where: place.to_owned(),
            from: "old@romashka.example".to_owned(),
            to: "new@mail.example".to_owned(),
            text: String::new(),
        };
        let letter = Letter { name: "Орлова Анна", asked: &asked, own: place == PASSPORT, invited };
        (letter.russian(), letter.english())
    }

    #[test]
    fn letters_name_both_addresses_and_promise_an_invitation_only_where_one_comes() {
        for (place, invited) in [(PASSPORT, true), (PASSPORT, false), ("the user's card, field Login", false)]
        {
            let (russian, english) = letter(place, invited);
            for text in [&russian, &english] {
                assert!(text.contains("old@romashka.example") && text.contains("new@mail.example"), "{text}");
            }
            assert_eq!(russian.contains("приглашение"), invited, "{russian}");
            assert_eq!(english.contains("invitation"), invited, "{english}");
            assert_eq!(russian.starts_with("Орлова"), place == PASSPORT, "{russian}");
        }
    }

    #[test]
    fn waiting_is_told_in_hours_and_days() {
        let since: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let hand = |since| Waiting {
            step: StepId("s-1".to_owned()),
            subject: Subject::default(),
            instructions: Instructions {
                who: String::new(),
                r#where: String::new(),
                from: String::new(),
                to: String::new(),
                text: String::new(),
            },
            since,
            why: None,
            russian: String::new(),
            english: String::new(),
        };
        let told = |now: &str| hand(Some(since)).how_long(now.parse().unwrap()).unwrap();
        assert_eq!(told("2026-11-20T10:20:00Z"), "less than an hour");
        assert_eq!(told("2026-11-21T12:00:00Z"), "26 hours");
        assert_eq!(told("2026-11-24T10:00:00Z"), "4 days");
        assert_eq!(hand(None).how_long(since), None);
    }
}
