//! What may stand in a rule file: every section, key and word with its meaning.

use super::yaml::{Choice, Field, Shape};

/// A rule file.
pub(super) static FILE: Shape = Shape::Fields(&[
    Field::new("matching", Shape::Fields(MATCHING), "how accounts are recognised as ours"),
    Field::new("email", Shape::Fields(EMAIL), "how addresses are made"),
    Field::new("departments", Shape::Fields(DEPARTMENTS), "which department of 1C is which of the portal"),
    Field::new("profile", Shape::Fields(PROFILE), "which profile fields are managed"),
    Field::new("hires", Shape::Fields(HIRES), "who gets an account, and when"),
    Field::new("dismissals", Shape::Fields(DISMISSALS), "what happens to leavers"),
    Field::new("documents", Shape::Fields(DOCUMENTS), "КЭДО: every working person with an account is bound"),
    Field::new("safety", Shape::Fields(SAFETY), "what stops a plan that goes too far"),
]);

const MATCHING: &[Field] = &[
    Field::required("key", Shape::Template, "what goes into XML_ID, as in \"1c:{{person.id}}\""),
    Field::new(
        "adopt",
        Shape::List(&Shape::Choice(ADOPT)),
        "how to recognise an account nobody has marked yet, in order; none: no account is adopted",
    ),
];

const ADOPT: &[Choice] = &[
    Choice("email", "by the address that HR has"),
    Choice("name_and_birthday", "by all three parts of the name and the birthday"),
];

const EMAIL: &[Field] = &[
    Field::new("domain", Shape::Text, "the domain of addresses made by templates that name no other"),
    Field::new("transliteration", Shape::Choice(SCHEMES), "how Cyrillic becomes Latin (icao-9303)"),
    Field::new("source", Shape::Choice(SOURCES), "what an address means that HR has (keep)"),
    Field::new(
        "templates",
        Shape::List(&Shape::Fields(TEMPLATES)),
        "the first entry whose `when` holds is used, and only that",
    ),
    Field::new("write_back", Shape::Truth, "whether HR gets the address (false)"),
];

const SCHEMES: &[Choice] = &[
    Choice("icao-9303", "ICAO Doc 9303, as in Russian passports since 2012"),
    Choice("gost-r-52535", "ГОСТ Р 52535.1-2006"),
    Choice("gost-7.79-b", "ГОСТ 7.79-2000, system B"),
    Choice("mvd-310", "МВД order 310 of 1997"),
    Choice("mvd-782", "МВД order 782 of 2000"),
    Choice("yandex", "Yandex.Money"),
    Choice("bgn-pcgn", "BGN/PCGN 1947"),
    Choice("wikipedia", "Russian Wikipedia's instruction"),
    Choice("1c", "1C, Библиотека стандартных подсистем"),
    Choice("yandex-maps", "Yandex.Maps"),
    Choice("gost-r-7.0.34", "ГОСТ Р 7.0.34-2014"),
    Choice("ukrainian-55-2010", "Ukrainian: resolution 55 of the Cabinet of Ukraine"),
    Choice("belarusian-200-2010", "Belarusian: МВД order 200"),
    Choice("kazakh-odni", "Kazakh: ODNI 2015, ASCII names"),
];

const SOURCES: &[Choice] = &[
    Choice("keep", "it is used as it is"),
    Choice("replace", "a template makes another one for a new account"),
];

const TEMPLATES: &[Field] = &[
    Field::new("when", Shape::Named("when", &WHEN), "whom the entry is for; none: everybody"),
    Field::new("domain", Shape::Text, "instead of `email.domain`"),
    Field::required(
        "try",
        Shape::Filled(&Shape::Template),
        "local parts in order, until one is free; with `{{n}}` for 2, 3, …",
    ),
];

/// A condition on the main employment.
pub(super) static WHEN: Shape = Shape::Fields(&[
    Field::new("organization", Shape::Text, "the legal entity's name"),
    Field::new(
        "department",
        Shape::Either(&[Shape::Text, Shape::Fields(UNDER)]),
        "the department's full path, or {under: path} for it and all below",
    ),
    Field::new("position", Shape::Text, "a pattern: * any text, ? one character, [аб] one of these"),
    Field::new(
        "employment",
        Shape::OneOrMany(&Shape::Choice(EMPLOYMENTS)),
        "a kind of employment, or a list",
    ),
    Field::new("any", Shape::Filled(&Shape::Named("when", &WHEN)), "at least one of these holds"),
    Field::new("all", Shape::Filled(&Shape::Named("when", &WHEN)), "all of these hold"),
    Field::new("not", Shape::Named("when", &WHEN), "this does not hold"),
]);

const UNDER: &[Field] =
    &[Field::required("under", Shape::Text, "the department's full path; all departments below it count")];

pub(super) const EMPLOYMENTS: &[Choice] = &[
    Choice("main", "основное место работы"),
    Choice("part_time_outer", "внешнее совместительство"),
    Choice("part_time_inner", "внутреннее совместительство, подработка"),
    Choice("contract", "договор ГПХ, подряда, авторский"),
];

const DEPARTMENTS: &[Field] = &[
    Field::new("unmapped", Shape::Choice(UNMAPPED), "where people of an unmapped department go (top)"),
    Field::new(
        "map",
        Shape::Map(&Shape::Either(&[Shape::Whole(1, 9_999_999_999), Shape::Text])),
        "a department of 1C (its id, its full path, or a name that stands once): a path below the \
         portal's top department, created where missing, or a portal department's id",
    ),
];

const UNMAPPED: &[Choice] = &[
    Choice("top", "to the department without PARENT"),
    Choice("create", "to the same path below it, created where missing"),
    Choice("hold", "nowhere: held"),
];

const PROFILE: &[Field] = &[
    Field::new(
        "fields",
        Shape::Map(&Shape::Either(&[Shape::Template, Shape::Fields(FIELD)])),
        "exactly these fields are managed: the portal's name of the field, and a template",
    ),
    Field::new("empty", Shape::Choice(EMPTY), "what an empty HR value does to a filled field (keep)"),
];

const FIELD: &[Field] = &[
    Field::required("value", Shape::Template, "the value"),
    Field::new("when", Shape::Choice(FIELD_WHEN), "when the field is sent (always)"),
];

const FIELD_WHEN: &[Choice] =
    &[Choice("create", "at creation only"), Choice("always", "whenever it differs")];

const EMPTY: &[Choice] = &[Choice("keep", "nothing"), Choice("clear", "the field is emptied")];

const HIRES: &[Field] = &[
    Field::new("when", Shape::Named("when", &WHEN), "who gets an account; none: everybody"),
    Field::new("days_before", Shape::Whole(0, 366), "invite so many days before the first working day (0)"),
    Field::new("returning", Shape::Choice(RETURNING), "what happens to a person who comes back (hold)"),
    Field::new("message", Shape::Template, "the text of the invitation"),
];

const RETURNING: &[Choice] =
    &[Choice("hold", "a person decides"), Choice("reinstate", "the old account is opened again")];

const DISMISSALS: &[Field] = &[
    Field::new(
        "vanished",
        Shape::Choice(VANISHED),
        "what happens to a managed account whose person is not in the source at all (hold)",
    ),
    Field::new(
        "bridge_days",
        Shape::Whole(0, 366),
        "nobody is fired whose next employment begins within so many days (7)",
    ),
    Field::new("policies", Shape::List(&Shape::Fields(POLICY)), "the first whose `when` holds; none: held"),
];

const VANISHED: &[Choice] = &[Choice("hold", "a person decides"), Choice("fire", "it is closed")];

const POLICY: &[Field] = &[
    Field::new("id", Shape::Text, "its name in explanations"),
    Field::new("when", Shape::Named("when", &WHEN), "whom it is for; none: everybody"),
    Field::new("fire", Shape::Fields(FIRE), "closes the account; without it the account stays open"),
    Field::new("extranet", Shape::Fields(EXTRANET), "the leaver stays as an external partner"),
];

const FIRE: &[Field] = &[Field::new(
    "days_after",
    Shape::Whole(0, 3660),
    "days after the last working day: 0 = on it, 1 = the day after (1)",
)];

const EXTRANET: &[Field] = &[
    Field::required("groups", Shape::Filled(&Shape::Text), "names of the groups"),
    Field::new(
        "address",
        Shape::Template,
        "keep (the old work address; needs `park`), personal (personal_email), or a template of a \
         whole address (keep)",
    ),
    Field::new(
        "park",
        Shape::Template,
        "where the dismissed account's address moves to, when the old one is kept",
    ),
    Field::new("within", Shape::Whole(0, 36_600), "days after which nobody is newly invited (30)"),
    Field::new("message", Shape::Template, "the text of the invitation"),
];

const DOCUMENTS: &[Field] =
    &[Field::required("company", Shape::Text, "code of the company in humanresources.hcmlink")];

const SAFETY: &[Field] = &[
    Field::new(
        "protect",
        Shape::List(&Shape::Either(&[Shape::Whole(1, 9_999_999_999), Shape::Text])),
        "portal addresses or ids for which nothing but adopt_user and update_user is planned",
    ),
    Field::new(
        "limits",
        Shape::Keyed(ACTIONS, &Shape::Fields(LIMIT)),
        "how many steps of an action a plan may have: max(count, percent × base / 100)",
    ),
    Field::new(
        "source_shrink",
        Shape::Whole(0, 100),
        "percent of persons that may vanish from the source (10)",
    ),
    Field::new("plan_days", Shape::Whole(0, 366), "days after which a saved plan is stale (7)"),
    Field::new("allow", Shape::List(&Shape::Fields(ALLOW)), "reviewed, expiring exceptions from limits"),
];

const LIMIT: &[Field] = &[
    Field::new("count", Shape::Whole(0, 1_000_000), "so many in any case (0)"),
    Field::new("percent", Shape::Whole(0, 100), "so many of a hundred of the base (0)"),
];

const ALLOW: &[Field] = &[
    Field::required("action", Shape::Choice(ACTIONS), "whose limit"),
    Field::required("count", Shape::Whole(0, 1_000_000), "the limit becomes max(limit, count)"),
    Field::required("until", Shape::Date, "the last day on which it holds"),
    Field::required("because", Shape::Text, "why"),
];

/// The actions of plans, as rules name them.
pub(super) const ACTIONS: &[Choice] = &[
    Choice("create_department", "departments added"),
    Choice("create_user", "accounts created"),
    Choice("adopt_user", "accounts marked as ours"),
    Choice("update_user", "profiles changed"),
    Choice("fire_user", "accounts closed"),
    Choice("reinstate_user", "accounts opened again"),
    Choice("swap_email", "contact addresses changed"),
    Choice("invite_to_extranet", "external partners invited"),
    Choice("join_group", "memberships added"),
    Choice("bind_documents", "bindings of КЭДО"),
    Choice("write_back_email", "addresses written into the HR source"),
    Choice("by_hand", "steps that only a person can do"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Action,
        rules::{Scheme, yaml},
    };

    #[test]
    fn the_words_are_those_that_the_program_knows() {
        let words = |choices: &[Choice]| choices.iter().map(|choice| choice.0).collect::<Vec<_>>();
        assert_eq!(words(SCHEMES), Scheme::ALL.map(|(name, _)| name));
        assert_eq!(words(ACTIONS), Action::ALL.map(Action::name));
    }

    #[test]
    fn every_key_tells_an_editor_what_it_means() {
        fn descriptions(schema: &serde_json::Value, missing: &mut Vec<String>) {
            for (key, value) in schema["properties"].as_object().into_iter().flatten() {
                if value["description"].as_str().is_none_or(str::is_empty) {
                    missing.push(key.clone());
                }
                descriptions(value, missing);
                descriptions(&value["items"], missing);
            }
        }
        let mut missing = Vec::new();
        let schema = yaml::json_schema(&FILE, "a", "b");
        descriptions(&schema, &mut missing);
        descriptions(&schema["definitions"]["when"], &mut missing);
        assert_eq!(missing, Vec::<String>::new());
    }
}
