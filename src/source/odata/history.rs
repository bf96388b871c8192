//! Who works on a day: the HR history of jobs, as intervals or as events folded here.

use std::collections::HashMap;

use jiff::civil::{Date, DateTime};

use super::{fault::Fault, fields::Fields};

/// The event that ends a job.
const DISMISSAL: &str = "Увольнение";

/// One row of either history register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The job.
    pub job: String,
    /// From when it holds.
    pub from: DateTime,
    /// When the row it comes from was made valid; the later one counts.
    pub recorded: DateTime,
    /// `Прием`, `Увольнение`, …
    pub kind: String,
    /// The first moment it no longer holds, for a temporary row.
    pub until: Option<DateTime>,
    /// An interval after the end of a temporary job.
    pub ended: bool,
    /// The legal entity.
    pub head_organization: Option<String>,
    /// The legal entity or its branch.
    pub organization: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// The position.
    pub position: Option<String>,
    /// The staff position.
    pub staff_position: Option<String>,
    /// Whether this is a main job, not an extra one beside another.
    pub main: Option<bool>,
}

/// What history says of a job on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The row in force.
    Working(Event),
    /// The last row, and the last working day.
    Ended(Event, Date),
}

impl Event {
    /// Reads a row of the flat register.
    pub fn flat(fields: &Fields<'_>) -> Result<Option<Event>, Fault> {
        let from = fields.moment("Period")?.unwrap_or(DateTime::MIN);
        let active = fields.flag("Active") != Some(false);
        let event = Event::read(fields, from, from, false)?;
        Ok(event.filter(|_| active))
    }

    /// Reads a row of the interval register.
    pub fn interval(fields: &Fields<'_>) -> Result<Option<Event>, Fault> {
        let from = fields.moment("ДатаНачала")?.unwrap_or(DateTime::MIN);
        let recorded = fields.moment("ПериодЗаписи")?.unwrap_or(from);
        Event::read(fields, from, recorded, fields.flag("ПустойИнтервал") == Some(true))
    }

    fn read(
        fields: &Fields<'_>,
        from: DateTime,
        recorded: DateTime,
        ended: bool,
    ) -> Result<Option<Event>, Fault> {
        let Some(job) = fields.key("Сотрудник_Key") else { return Ok(None) };
        Ok(Some(Event {
            job,
            from,
            recorded,
            kind: fields.text("ВидСобытия").unwrap_or_default(),
            until: fields.moment("ДействуетДо")?,
            ended,
            head_organization: fields.key("ГоловнаяОрганизация_Key"),
            organization: fields.key("Организация_Key"),
            department: fields.key("Подразделение_Key"),
            position: fields.key("Должность_Key"),
            staff_position: fields.key("ДолжностьПоШтатномуРасписанию_Key"),
            main: fields.flag("ЭтоГоловнойСотрудник"),
        }))
    }

    /// Tells whether a temporary row has run out by `moment`.
    pub fn expired(&self, moment: DateTime) -> bool {
        self.until.is_some_and(|until| until <= moment)
    }

    fn dismisses(&self) -> bool {
        self.kind == DISMISSAL
    }

    /// Orders two rows of one job. Of two at the same moment the one that ends nothing counts:
    /// a move to another legal entity ends the job in one and begins it in the other.
    fn rank(&self) -> (DateTime, DateTime, bool) {
        (self.recorded, self.from, !self.dismisses())
    }
}

/// Says of each job what its interval says; of several the one recorded last.
pub fn of_intervals(events: Vec<Event>, shift: i32) -> HashMap<String, State> {
    let mut last: HashMap<String, Event> = HashMap::new();
    for event in events {
        match last.get(&event.job) {
            Some(other) if other.rank() >= event.rank() => {}
            _ => {
                last.insert(event.job.clone(), event);
            }
        }
    }
    last.into_iter().map(|(job, event)| (job, state_of_interval(event, shift))).collect()
}

fn state_of_interval(event: Event, shift: i32) -> State {
    if event.ended {
        let last = day_before(event.from.date(), 1);
        return State::Ended(event, last);
    }
    state(event, shift)
}

/// Says of each job what its events up to `moment` come to. A temporary row that has run out gives
/// way to the row before it; where there is none, the job has ended with it.
pub fn of_events(events: Vec<Event>, moment: DateTime, shift: i32) -> HashMap<String, State> {
    let mut by_job: HashMap<String, Vec<Event>> = HashMap::new();
    for event in events.into_iter().filter(|event| event.from <= moment) {
        by_job.entry(event.job.clone()).or_default().push(event);
    }
    let folded = by_job.into_iter().filter_map(|(job, mut events)| {
        events.sort_by_key(Event::rank);
        Some((job, fold(events, moment, shift)?))
    });
    folded.collect()
}

fn fold(mut events: Vec<Event>, moment: DateTime, shift: i32) -> Option<State> {
    let mut run_out: Option<(DateTime, Event)> = None;
    while let Some(event) = events.pop() {
        match event.until.filter(|until| *until <= moment) {
            Some(until) => {
                if run_out.as_ref().is_none_or(|(latest, _)| until > *latest) {
                    run_out = Some((until, event));
                }
            }
            None if event.dismisses() && run_out.is_some() => break,
            None => return Some(state(event, shift)),
        }
    }
    run_out.map(|(until, event)| State::Ended(event, day_before(until.date(), 1)))
}

fn state(event: Event, shift: i32) -> State {
    if event.dismisses() {
        let last = day_before(event.from.date(), shift);
        State::Ended(event, last)
    } else {
        State::Working(event)
    }
}

/// Returns of each job the first row after `moment` that does not end it.
pub fn first_to_come(events: Vec<Event>, moment: DateTime) -> HashMap<String, Event> {
    let mut first: HashMap<String, Event> = HashMap::new();
    for event in events.into_iter().filter(|event| event.from > moment && !event.dismisses()) {
        match first.get(&event.job) {
            Some(other) if other.from <= event.from => {}
            _ => {
                first.insert(event.job.clone(), event);
            }
        }
    }
    first
}

fn day_before(day: Date, days: i32) -> Date {
    day.saturating_sub(jiff::Span::new().days(days))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn event(kind: &str, from: Date, until: Option<Date>) -> Event {
        Event {
            job: "j".into(),
            from: from.into(),
            recorded: from.into(),
            kind: kind.into(),
            until: until.map(DateTime::from),
            ended: false,
            head_organization: None,
            organization: None,
            department: None,
            position: None,
            staff_position: None,
            main: None,
        }
    }

    fn at(day: Date) -> DateTime {
        day.at(23, 59, 59, 0)
    }

    fn last_day(state: &State) -> Option<Date> {
        match state {
            State::Working(_) => None,
            State::Ended(_, last) => Some(*last),
        }
    }

    #[test]
    fn a_temporary_transfer_returns_by_itself() {
        let events = vec![
            event("Прием", date(2020, 1, 1), None),
            event("Перемещение", date(2026, 1, 1), Some(date(2026, 2, 1))),
        ];
        let states = of_events(events.clone(), at(date(2026, 1, 31)), 1);
        assert!(matches!(&states["j"], State::Working(row) if row.kind == "Перемещение"));
        let states = of_events(events, at(date(2026, 2, 1)), 1);
        assert!(matches!(&states["j"], State::Working(row) if row.kind == "Прием"));
    }

    #[test]
    fn a_temporary_job_ends_without_a_dismissal() {
        let lone = vec![event("Прием", date(2026, 1, 1), Some(date(2026, 2, 1)))];
        let states = of_events(lone.clone(), at(date(2026, 1, 31)), 1);
        assert_eq!(last_day(&states["j"]), None);
        let states = of_events(lone, at(date(2026, 3, 1)), 1);
        assert_eq!(last_day(&states["j"]), Some(date(2026, 1, 31)));
    }

    #[test]
    fn the_last_working_day_is_before_the_dismissal_row() {
        let dismissal = vec![event("Увольнение", date(2026, 3, 1), None)];
        assert!(of_events(dismissal.clone(), at(date(2026, 2, 28)), 1).is_empty());
        let states = of_events(dismissal.clone(), at(date(2026, 3, 1)), 1);
        assert_eq!(last_day(&states["j"]), Some(date(2026, 2, 28)));
        let states = of_events(dismissal, at(date(2026, 3, 1)), 0);
        assert_eq!(last_day(&states["j"]), Some(date(2026, 3, 1)));
    }

    #[test]
    fn a_time_of_day_does_not_move_a_day() {
        let mut dismissal = event("Увольнение", date(2026, 3, 1), None);
        dismissal.from = date(2026, 3, 1).at(12, 30, 0, 0);
        let states = of_intervals(vec![dismissal], 1);
        assert_eq!(last_day(&states["j"]), Some(date(2026, 2, 28)));
    }

    #[test]
    fn a_move_to_another_legal_entity_is_no_dismissal() {
        let moment = date(2026, 3, 1);
        for events in [
            [event("Увольнение", moment, None), event("Прием", moment, None)],
            [event("Прием", moment, None), event("Увольнение", moment, None)],
        ] {
            assert_eq!(last_day(&of_intervals(events.to_vec(), 1)["j"]), None);
            assert_eq!(last_day(&of_events(events.to_vec(), at(moment), 1)["j"]), None);
        }
    }

    #[test]
    fn an_interval_after_a_temporary_job_ends_it() {
        let mut row = event("Увольнение", date(2026, 2, 1), None);
        row.ended = true;
        assert_eq!(last_day(&of_intervals(vec![row], 0)["j"]), Some(date(2026, 1, 31)));
    }
}
