//! Invented rules: every switch of the planner in every position.

use proptest::prelude::*;
use shtat::rules::Rules;

/// Rules as they would stand in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rulebook {
    /// Lines of the file before `safety`.
    pub text: String,
    /// The lines of `safety.limits` and so on.
    pub safety: Safety,
}

/// What `safety` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safety {
    /// Ids and addresses.
    pub protect: Vec<String>,
    /// `fire_user.count`; none: the default limits.
    pub fire: Option<u64>,
    /// `swap_email.count`.
    pub swap: u64,
    /// `source_shrink`.
    pub shrink: u64,
}

impl Rulebook {
    /// Writes the file.
    pub fn yaml(&self) -> String {
        let Safety { protect, fire, swap, shrink } = &self.safety;
        let mut text =
            format!("{}safety:\n  source_shrink: {shrink}\n  protect: [{}]\n", self.text, protect.join(", "));
        if let Some(fire) = fire {
            text +=
                &format!("  limits:\n    fire_user: {{count: {fire}}}\n    swap_email: {{count: {swap}}}\n");
        }
        text
    }

    /// Reads the file.
    pub fn rules(&self) -> Rules {
        super::project::rules(&[("rules/rules.yaml".to_owned(), self.yaml())])
    }

    /// The same rules with limits that nothing reaches.
    pub fn unlimited(&self) -> Rulebook {
        let safety = Safety { fire: Some(1000), swap: 1000, shrink: 100, ..self.safety.clone() };
        Rulebook { safety, ..self.clone() }
    }
}

fn one_of(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(texts)
}

const MATCHING: &[&str] = &[
    "matching:\n  key: \"1c:{{person.id}}\"\n  adopt: [email, name_and_birthday]\n",
    "matching:\n  key: \"1c:{{person.id}}\"\n  adopt: [name_and_birthday, email]\n",
    "matching:\n  key: \"1c:{{person.id}}\"\n  adopt: []\n",
];

const EMAIL: &[&str] =
    &["  source: keep\n  write_back: true\n", "  source: keep\n", "  source: replace\n  write_back: true\n"];

const DEPARTMENTS: &[&str] = &[
    "",
    "departments:\n  unmapped: create\n",
    "departments:\n  unmapped: top\n  map:\n    \"Офис\": \"Продажи / Офис\"\n    \"Склад\": 3\n",
    "departments:\n  unmapped: hold\n  map:\n    \"Офис\": 2\n    \"Склад\": \"Двойник\"\n    \"Проектный офис\": 99\n",
];

const PROFILE: &[&str] = &[
    "",
    "profile:\n  fields:\n    WORK_POSITION: \"{{job.position}}\"\n    LAST_NAME: \"{{person.last_name}}\"\n",
    "profile:\n  empty: clear\n  fields:\n    WORK_POSITION: \"{{job.position}}\"\n    PERSONAL_BIRTHDAY: {value: \"{{person.birthday}}\", when: create}\n",
];

const HIRES: &[&str] = &[
    "",
    "hires:\n  days_before: 0\n",
    "hires:\n  days_before: 3\n  returning: reinstate\n",
    "hires:\n  when: {not: {employment: contract}}\n  message: \"Здравствуйте, {{person.first_name}}!\"\n",
];

const FIRE: &[&str] =
    &["", "dismissals:\n  vanished: fire\n", "dismissals:\n  bridge_days: 0\n", "dismissals:\n"];

const POLICY: &[&str] = &[
    "",
    "    - id: partners\n      when: {position: \"*консультант*\"}\n      fire: {days_after: 1}\n      extranet:\n        groups: [\"Проект Альфа\"]\n        address: keep\n        park: \"{{person.personal_email}}\"\n        within: 30\n",
    "    - id: partners\n      when: {position: \"*консультант*\"}\n      fire: {days_after: 0}\n      extranet:\n        groups: [\"Проект Альфа\"]\n        address: keep\n        park: \"parked-{{person.id}}@mail.example\"\n        within: 30\n        message: \"До встречи!\"\n",
    "    - id: partners\n      when: {position: \"*консультант*\"}\n      fire: {days_after: 1}\n      extranet:\n        groups: [\"Проект Альфа\"]\n        address: personal\n        within: 100\n",
    "    - id: partners\n      when: {position: \"*консультант*\"}\n      fire: {days_after: 2}\n      extranet:\n        groups: [\"Закрытый\"]\n        address: \"{{last}}@partners.example\"\n        within: 30\n",
];

const DOCUMENTS: &[&str] = &["", "documents:\n  company: romashka-hr\n"];

/// Makes rules.
pub fn rulebook() -> impl Strategy<Value = Rulebook> {
    let texts = (
        one_of(MATCHING),
        one_of(EMAIL),
        one_of(DEPARTMENTS),
        one_of(PROFILE),
        one_of(HIRES),
        one_of(FIRE),
        one_of(POLICY),
        one_of(DOCUMENTS),
    );
    (texts, safety()).prop_map(|((matching, email, departments, profile, hires, fire, policy, documents), safety)| {
        let email = format!(
            "email:\n  domain: romashka.example\n{email}  templates:\n    - try: [\"{{{{initial first}}}}.{{{{last}}}}\", \"{{{{first}}}}.{{{{last}}}}\", \"{{{{last}}}}{{{{n}}}}\"]\n"
        );
        let everyone = "    - id: everyone\n      fire: {days_after: 1}\n";
        let fire = if fire.is_empty() { String::new() } else { format!("{fire}  policies:\n{policy}{everyone}") };
        Rulebook { text: [matching, &email, departments, profile, hires, &fire, documents].concat(), safety }
    })
}

fn safety() -> impl Strategy<Value = Safety> {
    let protect = prop::collection::vec(one_of(&["20", "30", "\"i.ivanov@romashka.example\""]), 0..2);
    let fire = prop_oneof![2 => Just(None), 1 => (0..4_u64).prop_map(Some), 4 => Just(Some(1000))];
    let shrink = prop_oneof![1 => Just(10_u64), 4 => Just(100)];
    (protect, fire, shrink).prop_map(|(protect, fire, shrink)| Safety {
        protect: protect.into_iter().map(str::to_owned).collect(),
        fire,
        swap: fire.unwrap_or(5),
        shrink,
    })
}
