//! Kinds of employment and of contract, and states, as 1C prints them.

use crate::model::{EmploymentKind, fold};

/// Texts that name a kind of employment, folded.
const EMPLOYMENT: &[(EmploymentKind, &[&str])] = &[
    (EmploymentKind::Main, &["main", "основное место работы", "основное", "основная", "основноеместоработы"]),
    (
        // 1C's own value `Совместительство` is the external one.
        EmploymentKind::PartTimeOuter,
        &[
            "part_time_outer",
            "внешнее совместительство",
            "совместительство",
            "внешний совместитель",
            "внешнеесовместительство",
        ],
    ),
    (
        EmploymentKind::PartTimeInner,
        &[
            "part_time_inner",
            "внутреннее совместительство",
            "внутренний совместитель",
            "внутреннеесовместительство",
        ],
    ),
    (EmploymentKind::ExtraWork, &["подработка"]),
    (EmploymentKind::Contract, &["contract"]),
];

/// Parts of texts that name a contract outside labour law, folded.
const CIVIL: &[&str] =
    &["гпх", "гражданско-правов", "подряд", "авторск", "работы, услуги", "оказания услуг", "оказание услуг"];

/// Parts of texts that name a contract of labour or service, folded.
const LABOUR: &[&str] = &["трудов", "контракт", "служб", "служебн", "ученическ"];

/// What a text says about the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contract {
    /// Labour law or service: the kind of employment counts.
    Labour,
    /// Outside labour law.
    Civil,
    /// Not known.
    Unknown,
}

/// Reads a kind of employment; contract kinds are taken too.
pub fn employment(text: &str) -> Option<EmploymentKind> {
    let folded = fold(text);
    let known = EMPLOYMENT.iter().find(|(_, texts)| texts.contains(&folded.as_str())).map(|(kind, _)| *kind);
    known.or_else(|| (contract(text) == Contract::Civil).then_some(EmploymentKind::Contract))
}

/// Reads a kind of contract.
pub fn contract(text: &str) -> Contract {
    let folded = fold(text);
    let holds = |parts: &[&str]| parts.iter().any(|part| folded.contains(part));
    match () {
        () if holds(CIVIL) => Contract::Civil,
        () if holds(LABOUR) => Contract::Labour,
        () => Contract::Unknown,
    }
}

/// Tells whether a state says that the person was dismissed; every other state is a working one.
pub fn is_dismissed(state: &str) -> bool {
    let folded = fold(state);
    ["увольнение", "уволен", "уволена", "уволен(а)"].contains(&folded.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_in_both_languages() {
        for (text, kind) in [
            ("Основное место работы", EmploymentKind::Main),
            ("Внешнее совместительство", EmploymentKind::PartTimeOuter),
            ("Совместительство", EmploymentKind::PartTimeOuter),
            ("внутреннее\u{a0}совместительство ", EmploymentKind::PartTimeInner),
            ("Подработка", EmploymentKind::ExtraWork),
            ("contract", EmploymentKind::Contract),
            ("Договор ГПХ", EmploymentKind::Contract),
            ("Договор подряда", EmploymentKind::Contract),
            ("подряда", EmploymentKind::Contract),
            ("Договор авторского заказа", EmploymentKind::Contract),
        ] {
            assert_eq!(employment(text), Some(kind), "{text}");
        }
        assert_eq!(employment("иногда"), None);
        assert_eq!(contract("Трудовой договор"), Contract::Labour);
        assert_eq!(contract("Договор (работы, услуги)"), Contract::Civil);
    }

    #[test]
    fn only_a_dismissal_ends_an_employment() {
        assert!(is_dismissed("Увольнение"));
        for state in ["Работа", "Отпуск по уходу за ребенком", "Болезнь"]
        {
            assert!(!is_dismissed(state), "{state}");
        }
    }
}
