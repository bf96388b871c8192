//! What group rows say about the rows below them.

use crate::model::{Place, Problem};

use super::{
    super::fields::{Field, normalise},
    header::Header,
};

/// Legal forms: a group row that holds one of these words names an organization.
const LEGAL_FORMS: &[&str] = &[
    "ООО", "АО", "ПАО", "ЗАО", "ОАО", "НАО", "ИП", "ГУП", "МУП", "ФГУП", "ГБУ", "ФГБУ", "МБУ", "ГКУ", "АНО",
    "НКО", "ТОО", "ЧОУ", "ГК",
];

/// Titles of the group rows above the row being read.
#[derive(Debug, Default)]
pub struct Carried {
    /// The organization's title.
    pub organization: Option<String>,
    /// The department's title.
    pub department: Option<String>,
    /// Whether a department's title was the last row.
    fresh: bool,
}

impl Carried {
    /// Takes the title of a group row. Two departments in a row may be nested; a table does not
    /// say, so that is a doubt.
    pub fn group(&mut self, title: &str, header: &Header, place: Place) -> Option<Problem> {
        let (kind, title) = split_title(title);
        if kind == Some(Field::Organization) || (kind.is_none() && is_organization(title)) {
            *self = Carried { organization: Some(title.to_owned()), department: None, fresh: false };
            return None;
        }
        let above = self.department.replace(title.to_owned());
        let nested = std::mem::replace(&mut self.fresh, true) && !header.has_department();
        nested.then(|| {
            Problem::warning(
                "a group row stands directly below another; only the nearer one is taken as department",
            )
            .at(place)
            .cause(format!("`{}` has no people of its own", above.unwrap_or_default()))
            .hint("export with the column «Подразделение»")
        })
    }

    /// Notes that a row of people came.
    pub fn people_follow(&mut self) {
        self.fresh = false;
    }
}

/// Splits «Подразделение: Цех № 2» into what the title is and the title itself.
fn split_title(title: &str) -> (Option<Field>, &str) {
    let Some((label, rest)) = title.split_once(':') else { return (None, title) };
    match Field::of_header(&normalise(label)) {
        Some(Field::Department | Field::ManagementDepartment) => (Some(Field::Department), rest.trim()),
        Some(Field::Organization | Field::HeadOrganization) => (Some(Field::Organization), rest.trim()),
        _ => (None, title),
    }
}

/// Tells whether a title holds a legal form: «ООО "Гранит"», «Гранит ООО».
pub fn is_organization(title: &str) -> bool {
    let mut words = title.split(|c: char| !c.is_alphanumeric());
    words.any(|word| LEGAL_FORMS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organizations_are_known_by_their_legal_form() {
        assert!(is_organization("ООО \"Гранит-Север\""));
        assert!(is_organization("Ромашка ООО"));
        assert!(!is_organization("Отдел аоз"));
    }

    #[test]
    fn titles_may_say_what_they_are() {
        assert_eq!(split_title("Подразделение: Цех № 2"), (Some(Field::Department), "Цех № 2"));
        assert_eq!(split_title("Цех: литейный"), (None, "Цех: литейный"));
    }
}
