//! Fields of a user, and who sees which (`reference` 4.1).

use super::super::{super::state::Portal, table};

/// All built-in fields with their names in `user.fields`, in the portal's order.
pub const FIELDS: &[(&str, &str)] = &[
    ("ID", "ID"),
    ("XML_ID", "External ID"),
    ("ACTIVE", "Active"),
    ("NAME", "First name"),
    ("LAST_NAME", "Last name"),
    ("SECOND_NAME", "Second name"),
    ("TITLE", "Form of address"),
    ("EMAIL", "E-mail"),
    ("LAST_LOGIN", "Last login"),
    ("DATE_REGISTER", "Registered on"),
    ("TIME_ZONE", "Time zone"),
    ("IS_ONLINE", "Is online"),
    ("TIMESTAMP_X", "Changed on"),
    ("LAST_ACTIVITY_DATE", "Last activity"),
    ("PERSONAL_GENDER", "Gender"),
    ("PERSONAL_PROFESSION", "Profession"),
    ("PERSONAL_WWW", "Home page"),
    ("PERSONAL_BIRTHDAY", "Birthday"),
    ("PERSONAL_PHOTO", "Photo"),
    ("PERSONAL_ICQ", "ICQ"),
    ("PERSONAL_PHONE", "Private phone"),
    ("PERSONAL_FAX", "Private fax"),
    ("PERSONAL_MOBILE", "Mobile phone"),
    ("PERSONAL_PAGER", "Private pager"),
    ("PERSONAL_STREET", "Street"),
    ("PERSONAL_CITY", "City"),
    ("PERSONAL_STATE", "State"),
    ("PERSONAL_ZIP", "Postal code"),
    ("PERSONAL_COUNTRY", "Country"),
    ("PERSONAL_MAILBOX", "Mailbox"),
    ("PERSONAL_NOTES", "Notes"),
    ("WORK_PHONE", "Company phone"),
    ("WORK_COMPANY", "Company"),
    ("WORK_POSITION", "Position"),
    ("WORK_DEPARTMENT", "Department"),
    ("WORK_WWW", "Company page"),
    ("WORK_FAX", "Company fax"),
    ("WORK_PAGER", "Company pager"),
    ("WORK_STREET", "Company street"),
    ("WORK_MAILBOX", "Company mailbox"),
    ("WORK_CITY", "Company city"),
    ("WORK_STATE", "Company state"),
    ("WORK_ZIP", "Company postal code"),
    ("WORK_COUNTRY", "Company country"),
    ("WORK_PROFILE", "Company profile"),
    ("WORK_LOGO", "Company logo"),
    ("WORK_NOTES", "Company notes"),
    ("UF_DEPARTMENT", "Departments"),
    ("UF_INTERESTS", "Interests"),
    ("UF_SKILLS", "Skills"),
    ("UF_WEB_SITES", "Other sites"),
    ("UF_XING", "Xing"),
    ("UF_LINKEDIN", "LinkedIn"),
    ("UF_FACEBOOK", "Facebook"),
    ("UF_TWITTER", "Twitter"),
    ("UF_SKYPE", "Skype"),
    ("UF_SKYPE_LINK", "Skype link"),
    ("UF_ZOOM", "Zoom"),
    ("UF_DISTRICT", "District"),
    ("UF_PHONE_INNER", "Extension number"),
    ("UF_EMPLOYMENT_DATE", "Employment date"),
    ("UF_TIMEMAN", "Time management"),
    ("USER_TYPE", "Type of user"),
];

/// Computed or kept by the portal: never saved from a call.
const UNSAVED: &[&str] =
    &["ID", "LAST_LOGIN", "DATE_REGISTER", "IS_ONLINE", "TIMESTAMP_X", "LAST_ACTIVITY_DATE", "USER_TYPE"];

/// Hidden by `user_basic`.
const NOT_BASIC: &[&str] = &["LAST_LOGIN", "PERSONAL_WWW", "PERSONAL_ICQ"];

/// Hidden by `user_brief`, besides those.
const NOT_BRIEF: &[&str] = &[
    "EMAIL",
    "PERSONAL_PHONE",
    "PERSONAL_FAX",
    "PERSONAL_MOBILE",
    "PERSONAL_PAGER",
    "WORK_PHONE",
    "WORK_FAX",
    "WORK_PAGER",
];

/// What a field holds, as far as filters and answers care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Text.
    Text,
    /// A day, given out as its midnight.
    Day,
    /// A moment.
    Moment,
}

/// Tells what a field holds.
pub fn holds(field: &str) -> Holds {
    match field {
        "PERSONAL_BIRTHDAY" | "UF_EMPLOYMENT_DATE" => Holds::Day,
        "LAST_LOGIN" | "DATE_REGISTER" | "TIMESTAMP_X" | "LAST_ACTIVITY_DATE" => Holds::Moment,
        _ => Holds::Text,
    }
}

/// The fields that the access may see, custom ones among them.
pub fn visible(portal: &Portal) -> Vec<String> {
    let full = table::has_scope(portal, &["user"]);
    let basic = full || table::has_scope(portal, &["user_basic"]);
    let hidden = |name: &&str| (!full && NOT_BASIC.contains(name)) || (!basic && NOT_BRIEF.contains(name));
    let built_in = FIELDS.iter().map(|(name, _)| *name).filter(|name| !hidden(name)).map(str::to_owned);
    let mut names: Vec<String> = built_in.collect();
    if full || table::has_scope(portal, &["user.userfield"]) {
        names.extend(custom(portal));
    }
    names
}

/// Names of the custom fields.
pub fn custom(portal: &Portal) -> impl Iterator<Item = String> {
    portal.userfields.iter().map(|(_, row)| row.str("FIELD_NAME").to_owned()).filter(|name| !name.is_empty())
}

/// Tells whether a call may save a field.
pub fn is_saved(portal: &Portal, name: &str) -> bool {
    let built_in = FIELDS.iter().any(|(known, _)| *known == name) && !UNSAVED.contains(&name);
    built_in || custom(portal).any(|known| known == name)
}
