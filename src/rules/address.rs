//! Addresses made by templates: valid or none, nothing cut.

use super::{EmailRules, EmailTemplates, Scope, Template};
use crate::model::Email;

/// Makes the address that one `try` of an entry gives a person, in lower case. None where the
/// template used an empty value, or what it gave is no valid address: a local part over 64
/// characters, an address over 100, a letter that is not plain.
pub fn address(
    rules: &EmailRules,
    entry: &EmailTemplates,
    template: &Template,
    scope: &Scope<'_>,
) -> Option<Email> {
    let domain = entry.domain(rules)?;
    let local = template.render(scope);
    let address = format!("{}@{domain}", local.text);
    if !local.complete || local.text.contains(|c: char| c == '@' || c.is_whitespace()) {
        return None;
    }
    plain(&address)
}

/// Makes the whole address that `park` or `extranet.address` gives a person; kept as written.
pub fn whole_address(template: &Template, scope: &Scope<'_>) -> Option<Email> {
    let rendered = template.render(scope);
    if rendered.complete { Email::parse(&rendered.text).ok() } else { None }
}

/// Finds the entry that is for an employment: the first whose `when` holds.
pub fn entry_for<'a>(rules: &'a EmailRules, job: &crate::model::Employment) -> Option<&'a EmailTemplates> {
    rules.templates.iter().find(|entry| entry.when.as_ref().is_none_or(|when| when.holds(job)))
}

fn plain(address: &str) -> Option<Email> {
    Email::parse(&address.to_ascii_lowercase()).ok()
}
