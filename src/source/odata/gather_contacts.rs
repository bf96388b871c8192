//! Reads addresses and phones, from the section's own set or from the persons.

use serde_json::Value;

use super::{
    contacts::{Contact, Kind, Kinds, by_person},
    fields::Fields,
    gather::Gather,
    names::{CONTACT_SECTION, CONTACTS, PERSONS},
    tables,
};
use crate::model::{Problem, Unmanaged};

impl Gather<'_, '_> {
    /// Finds the kinds of contacts that the settings name.
    pub async fn kinds(&mut self) -> Result<(), Problem> {
        let table = tables::kinds();
        let kinds = self.optional(&table, Kind::read).await?.map(|(kinds, _)| kinds);
        let settings = self.reader.names.0;
        self.base.kinds = Kinds::resolve(
            kinds.as_deref(),
            &settings.email_kinds,
            &settings.personal_email_kinds,
            &mut self.base.problems,
        );
        if kinds.is_none() {
            self.base.problems.push(
                Problem::warning(format!("1C does not publish `{}`", self.reader.names.set(table.set))).hint(
                    "tick it in «Настройка автоматического REST-сервиса», or give `email_kinds` as GUIDs",
                ),
            );
        }
        if self.base.kinds.email.is_empty() {
            self.base.unmanaged.insert(Unmanaged::Emails);
            self.base.problems.push(Problem::warning(
                "no kind of work address is known: addresses are not managed, and none is written back",
            ));
        }
        if self.base.kinds.phone.is_empty() {
            self.base.unmanaged.insert(Unmanaged::Phones);
            self.base
                .problems
                .push(Problem::warning("1C has no kind of phone we know: phones are not managed"));
        }
        Ok(())
    }

    /// Reads addresses and phones.
    pub async fn contacts(&mut self) -> Result<(), Problem> {
        self.kinds().await?;
        let kinds = self.base.kinds.clone();
        let keep = |fields: &Fields<'_>| {
            let person = fields.own_key("Ref_Key")?;
            Ok(wanted(fields, person, &kinds))
        };
        let mut rows = self.optional(&tables::contacts(), keep).await?.map(|(rows, _)| rows);
        if rows.is_none() {
            rows = self.contacts_of_persons(&kinds).await?;
        }
        match rows {
            Some(rows) => self.base.contacts = by_person(rows),
            None => self.lack(
                CONTACTS,
                &[Unmanaged::Emails, Unmanaged::Phones],
                "addresses and phones are not managed, and none is written back",
            ),
        }
        Ok(())
    }

    async fn contacts_of_persons(&mut self, kinds: &Kinds) -> Result<Option<Vec<Contact>>, Problem> {
        let names = self.reader.names;
        let keep = |fields: &Fields<'_>| {
            let person = fields.own_key("Ref_Key")?;
            let Value::Array(rows) = fields.value(CONTACT_SECTION) else { return Ok(None) };
            let rows = rows.iter().filter_map(Value::as_object);
            let rows = rows.map(|row| Fields { row, set: CONTACTS, names });
            Ok(Some(rows.filter_map(|row| wanted(&row, person.clone(), kinds)).collect::<Vec<_>>()))
        };
        match self.reader.rows(&tables::contacts_of_persons(), keep).await {
            Ok(rows) => Ok(Some(rows.kept.into_iter().flatten().collect())),
            Err(fault) if fault.absent() || fault.misunderstood() => Ok(None),
            Err(fault) => Err(fault.problem(&names.set(PERSONS))),
        }
    }
}

fn wanted(fields: &Fields<'_>, person: String, kinds: &Kinds) -> Option<Contact> {
    let kind = fields.key("Вид_Key")?;
    let wanted = kinds.wants(&kind, &fields.text("Тип")?);
    wanted.then(|| Contact::read(fields, person)).flatten()
}
