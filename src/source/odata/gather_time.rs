//! Reads what changes with time: dates, history, kinds of employment.

use std::collections::HashMap;

use jiff::civil::DateTime;

use super::{
    base::Current,
    fault::Fault,
    fields::Fields,
    gather::Gather,
    history::{Event, State, first_to_come, of_events, of_intervals},
    names::{CURRENT, EMPLOYMENTS, HISTORY, INTERVALS},
    pages::Table,
    tables,
};
use crate::model::{Problem, Unmanaged};

impl Gather<'_, '_> {
    /// Reads the dates of jobs.
    pub async fn current(&mut self) -> Result<(), Problem> {
        let rows = self
            .register(&tables::current(), |fields| {
                let Some(job) = fields.key("Сотрудник_Key") else { return Ok(None) };
                let row = Current {
                    hired: fields.date("ДатаПриема")?,
                    dismissed: fields.date("ДатаУвольнения")?,
                    labour: fields.flag("ОформленПоТрудовомуДоговору"),
                    department: fields.key("ТекущееПодразделение_Key"),
                    position: fields.key("ТекущаяДолжность_Key"),
                    kind: fields.text("ТекущийВидЗанятости"),
                };
                Ok(Some((job, row)))
            })
            .await?;
        let Some(rows) = rows else {
            self.lack(
                CURRENT,
                &[Unmanaged::Dates],
                "dates are not managed, future hires and leavers are invisible",
            );
            return Ok(());
        };
        let mut latest: HashMap<String, Current> = HashMap::new();
        for (job, row) in rows {
            // Two rows for one job are an old fault of 1C's own; the one with the latest dates counts.
            let known = latest.entry(job).or_default();
            *known = row.max(known.clone());
        }
        self.base.current = Some(latest);
        Ok(())
    }

    /// Reads who works: intervals first, else events, else nothing but dates.
    pub async fn history(&mut self) -> Result<(), Problem> {
        if !self.intervals().await? && !self.events().await? {
            return self.no_history();
        }
        Ok(())
    }

    /// Reads the interval register; tells whether it has rows.
    pub async fn intervals(&mut self) -> Result<bool, Problem> {
        let [from, to] =
            ["ДатаНачала", "ДатаОкончания"].map(|field| self.reader.names.field(INTERVALS, field));
        let now = tables::intervals(tables::holds_at(&from, &to, self.moment));
        let Some((events, _)) = self.optional(&now, Event::interval).await? else { return Ok(false) };
        let coming = match self.somebody_comes() {
            true => {
                self.register(&tables::intervals(tables::begins_after(&from, self.moment)), Event::interval)
                    .await?
            }
            false => None,
        };
        if events.is_empty() && coming.is_none() {
            return Ok(false);
        }
        self.base.to_come = first_to_come(coming.unwrap_or_default(), self.moment);
        self.base.history = Some(of_intervals(events, self.reader.names.0.dismissal_shift));
        Ok(true)
    }

    /// Reads the register of events; tells whether it has rows.
    pub async fn events(&mut self) -> Result<bool, Problem> {
        let Some(events) = self.folded(tables::events, Event::flat).await? else { return Ok(false) };
        self.base.to_come = first_to_come(events.clone(), self.moment);
        self.base.history = Some(of_events(events, self.moment, self.reader.names.0.dismissal_shift));
        Ok(true)
    }

    /// Reads the last events up to the moment; and all there are, where somebody is still to come
    /// or a temporary row has run out: a slice shows neither what is to come nor what such a row
    /// had displaced.
    async fn folded(
        &mut self,
        table: fn(Option<DateTime>) -> Table,
        make: fn(&Fields<'_>) -> Result<Option<Event>, Fault>,
    ) -> Result<Option<Vec<Event>>, Problem> {
        let Some((events, _)) = self.optional(&table(Some(self.moment)), make).await? else {
            return Ok(None);
        };
        let temporary = events.iter().any(|event| event.expired(self.moment));
        if temporary || self.somebody_comes() {
            return self.register(&table(None), make).await;
        }
        Ok(Some(events).filter(|events| !events.is_empty()))
    }

    /// Tells whether somebody is hired from a later day on.
    fn somebody_comes(&self) -> bool {
        let today = self.moment.date();
        let mut jobs = self.base.current.iter().flat_map(HashMap::values);
        jobs.any(|row| row.hired.is_some_and(|hired| hired > today))
    }

    fn no_history(&mut self) -> Result<(), Problem> {
        if self.base.current.is_none() {
            let [history, current] = [HISTORY, CURRENT].map(|set| self.reader.names.set(set));
            return Err(Problem::error("1C publishes nothing that says who works")
                .cause(format!("neither the HR history (`{history}`) nor `{current}` has rows"))
                .hint("tick both in «Настройка автоматического REST-сервиса» of 1C"));
        }
        self.lack(
            HISTORY,
            &[Unmanaged::Departments, Unmanaged::Positions, Unmanaged::Kinds],
            "who works is taken from ТекущиеКадровыеДанныеСотрудников, and only that is managed",
        );
        Ok(())
    }

    /// Reads the kinds of employment.
    pub async fn employments(&mut self) -> Result<(), Problem> {
        let Some(events) = self.folded(tables::employments, employment).await? else {
            if self.base.history.is_some() {
                let what = "employment kinds are not managed, all count as main";
                self.lack(EMPLOYMENTS, &[Unmanaged::Kinds], what);
            }
            return Ok(());
        };
        let coming = first_to_come(events.clone(), self.moment);
        let kinds = coming.into_values().map(|event| (event.job, event.kind));
        self.base.employments = kinds.collect();
        // What holds on the day goes before what is to come.
        for (job, state) in of_events(events, self.moment, 0) {
            let (State::Working(event) | State::Ended(event, _)) = state;
            self.base.employments.insert(job, event.kind);
        }
        Ok(())
    }
}

/// Reads a row of the register of employment kinds as an event: it is folded like history.
fn employment(fields: &Fields<'_>) -> Result<Option<Event>, Fault> {
    let kind = fields.text("ВидЗанятости").unwrap_or_default();
    Ok(Event::flat(fields)?.map(|event| Event { kind, ..event }))
}
