//! What may stand in a file of rule tests.

use crate::rules::yaml::{self, Choice, Field, Shape};

/// A file of rule tests.
pub(super) static FILE: Shape = Shape::List(&CASE);

/// Writes the JSON Schema of a file of rule tests, draft 07, for editors.
pub fn json_schema() -> serde_json::Value {
    yaml::json_schema(&FILE, "shtat: rule tests", "One of the files in rules/tests/ of a shtat project.")
}

static CASE: Shape = Shape::Fields(&[
    Field::new("name", Shape::Text, "what the test is called"),
    Field::new("as_of", Shape::Date, "today, for this test"),
    Field::required(
        "person",
        Shape::OneOrMany(&Shape::Named("row", &ROW)),
        "a row, or several of one person",
    ),
    Field::new("others", Shape::List(&Shape::Named("row", &ROW)), "who is in the source besides"),
    Field::required("expect", Shape::Fields(EXPECT), "what must come out; what is left out is not looked at"),
]);

static ROW: Shape = Shape::Fields(&[
    Field::new("id", Shape::Text, "the employment's key"),
    Field::new("person_id", Shape::Text, "the person's key"),
    Field::new("personnel_number", Shape::Text, "табельный номер"),
    Field::new("last_name", Shape::Text, "Фамилия"),
    Field::new("first_name", Shape::Text, "Имя"),
    Field::new("patronymic", Shape::Text, "Отчество"),
    Field::new("full_name", Shape::Text, "Фамилия Имя Отчество, instead of the three"),
    Field::new("organization", Shape::Text, "the legal entity"),
    Field::new("department", Shape::Text, "the department's path"),
    Field::new("department_id", Shape::Text, "the department's key"),
    Field::new("position", Shape::Text, "должность"),
    Field::new(
        "employment",
        Shape::Choice(crate::rules::shapes::EMPLOYMENTS),
        "the kind of employment (main)",
    ),
    Field::new("hired_on", Shape::Date, "the first working day"),
    Field::new("dismissed_on", Shape::Date, "the last working day"),
    Field::new("email", Shape::Text, "the work address that HR has"),
    Field::new("personal_email", Shape::Text, "the private address"),
    Field::new("phone", Shape::Text, "the phone"),
    Field::new("birthday", Shape::Date, "the birthday"),
]);

const EXPECT: &[Field] = &[
    Field::new("email", Shape::Either(&[Shape::Nothing, Shape::Text]), "the address; null: none"),
    Field::new(
        "department",
        Shape::Either(&[Shape::Nothing, Shape::Text]),
        "the portal's department: a path below the top one, an id, or top; null: none",
    ),
    Field::new(
        "policy",
        Shape::Either(&[Shape::Nothing, Shape::Text]),
        "the dismissal policy's id; null: none",
    ),
    Field::new(
        "held",
        Shape::Either(&[Shape::Nothing, Shape::Choice(REASONS)]),
        "why a change is held; null: nothing is",
    ),
];

/// The codes of `held` in plans.
const REASONS: &[Choice] = &[
    Choice("own_account", "the account whose rights are used, or id 1"),
    Choice("protected", "`safety.protect` names it"),
    Choice("first_run", "no account is managed yet"),
    Choice("adopted_in_this_plan", "EMAIL and ACTIVE wait for the next plan"),
    Choice("source_shrink", "too many persons vanished from the source"),
    Choice("limit", "more steps than `safety.limits` allows"),
    Choice("ambiguous_match", "two accounts or two persons fit"),
    Choice("blocked_by_hand", "somebody blocked the account"),
    Choice("returning", "the person comes back"),
    Choice("vanished", "the person is not in the source"),
    Choice("renamed_or_new", "a vanished account and a new person look like one"),
    Choice("out_of_scope", "no employment of the portal's organizations, or outside `hires.when`"),
    Choice("no_policy", "no dismissal policy fits"),
    Choice("unmapped_department", "the department is not mapped"),
    Choice("no_address", "no address can be made"),
    Choice("address_taken", "the address has another holder"),
    Choice("no_seat", "the tariff has no seat left"),
    Choice("no_group", "a group is missing or not open to extranet"),
];
