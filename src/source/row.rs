//! One employment as a source states it, before rows become persons.

use jiff::civil::Date;

use crate::model::{Contact, EmploymentKind, Organization, Place};

/// One row of a source with its values read, whatever kind of source it is.
#[derive(Debug, Clone)]
pub struct Row {
    /// Where it stands, as the user sees it; becomes the employment's `origin`.
    pub place: Place,
    /// The person's key, where the source has one.
    pub person_id: Option<String>,
    /// The employment's key, where the source has one.
    pub id: Option<String>,
    /// Табельный номер, as written.
    pub personnel_number: Option<String>,
    /// The legal entity.
    pub organization: Organization,
    /// The path of department names, the top one first.
    pub department: Vec<String>,
    /// The department's key.
    pub department_id: Option<String>,
    /// Должность.
    pub position: Option<String>,
    /// Вид занятости; none counts as main.
    pub kind: Option<EmploymentKind>,
    /// First working day.
    pub hired_on: Option<Date>,
    /// Last working day.
    pub dismissed_on: Option<Date>,
    /// Personal fields as this row states them.
    pub contact: Contact,
}

impl Row {
    /// Begins a row that says nothing yet.
    pub fn at(place: Place) -> Row {
        Row {
            place,
            person_id: None,
            id: None,
            personnel_number: None,
            organization: Organization::default(),
            department: Vec::new(),
            department_id: None,
            position: None,
            kind: None,
            hired_on: None,
            dismissed_on: None,
            contact: Contact::default(),
        }
    }

    /// Returns the kind of employment; a row without one counts as main.
    pub fn kind_or_main(&self) -> EmploymentKind {
        self.kind.unwrap_or(EmploymentKind::Main)
    }

    /// Tells a real employment from a draft card or an undated contract, which never work.
    pub fn is_real(&self) -> bool {
        let blank = self.department.is_empty() && self.position.is_none();
        self.hired_on.is_some() || !(blank || self.kind == Some(EmploymentKind::Contract))
    }

    /// Tells whether both employments are in force on some day.
    pub fn overlaps(&self, other: &Row) -> bool {
        let begins_before_end = |a: &Row, b: &Row| match (a.hired_on, b.dismissed_on) {
            (Some(begin), Some(end)) => begin <= end,
            _ => true,
        };
        self.is_real() && other.is_real() && begins_before_end(self, other) && begins_before_end(other, self)
    }
}
