//! Reads what changes with time: dates, history, kinds of employment.

use std::collections::{BTreeSet, HashMap};

use super::{
    base::Current,
    fault::Fault,
    fields::Fields,
    gather::Gather,
    history::{Event, State, first_to_come, of_events, of_intervals},
    names::{CURRENT, HISTORY, INTERVALS},
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
        let shift = self.reader.names.0.dismissal_shift;
        if let Some(events) = self.register(&self.intervals_now(), Event::interval).await? {
            self.base.history = Some(of_intervals(events, shift));
            return self.coming_intervals().await;
        }
        let slice = tables::events(Some(self.moment), None);
        let Some(events) = self.register(&slice, Event::flat).await? else {
            return self.no_history();
        };
        // A slice still shows temporary rows that have run out, and not what they displaced.
        let temporary = events.iter().any(|event| event.expired(self.moment));
        if temporary || self.somebody_comes(&events) {
            let all = self.register(&tables::events(None, None), Event::flat).await?.unwrap_or(events);
            self.base.to_come = first_to_come(all.clone(), self.moment);
            self.base.history = Some(of_events(all, self.moment, shift));
        } else {
            self.base.history = Some(of_events(events, self.moment, shift));
        }
        Ok(())
    }

    fn intervals_now(&self) -> Table {
        let name = |field| self.reader.names.field(INTERVALS, field);
        tables::intervals(tables::holds_at(&name("ДатаНачала"), &name("ДатаОкончания"), self.moment))
    }

    /// Tells whether somebody is hired from a later day on, of whom these events say nothing yet.
    fn somebody_comes(&self, events: &[Event]) -> bool {
        let today = self.moment.date();
        let Some(current) = &self.base.current else { return false };
        let known: BTreeSet<&str> = events.iter().map(|event| event.job.as_str()).collect();
        current
            .iter()
            .any(|(job, row)| row.hired.is_some_and(|hired| hired > today) && !known.contains(job.as_str()))
    }

    /// Reads where future hires will work.
    async fn coming_intervals(&mut self) -> Result<(), Problem> {
        let today = self.moment.date();
        let future = |row: &Current| row.hired.is_some_and(|hired| hired > today);
        if !self.base.current.iter().flat_map(HashMap::values).any(future) {
            return Ok(());
        }
        let from = self.reader.names.field(INTERVALS, "ДатаНачала");
        let table = tables::intervals(tables::begins_after(&from, self.moment));
        let coming = self.register(&table, Event::interval).await?.unwrap_or_default();
        self.base.to_come = first_to_come(coming, self.moment);
        Ok(())
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
        let now = tables::employments(Some(self.moment));
        let Some(rows) = self.register(&now, employment).await? else {
            if self.base.history.is_some() {
                self.lack(
                    now.set,
                    &[Unmanaged::Kinds],
                    "employment kinds are not managed, all count as main",
                );
            }
            return Ok(());
        };
        let temporary = rows.iter().any(|event| event.expired(self.moment));
        let rows = match temporary {
            true => self.register(&tables::employments(None), employment).await?.unwrap_or(rows),
            false => rows,
        };
        let states = of_events(rows, self.moment, 1);
        self.base.employments = states
            .into_iter()
            .map(|(job, state)| match state {
                State::Working(event) | State::Ended(event, _) => (job, event.kind),
            })
            .collect();
        Ok(())
    }
}

/// Reads a row of the register of employment kinds as an event: it is folded like history.
fn employment(fields: &Fields<'_>) -> Result<Option<Event>, Fault> {
    let kind = fields.text("ВидЗанятости").unwrap_or_default();
    Ok(Event::flat(fields)?.map(|event| Event { kind, ..event }))
}
