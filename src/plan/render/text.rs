//! The plan as a person reads it in a terminal. It says everything without colour.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Paint};
use unicode_width::UnicodeWidthStr;

use super::{
    Names, advice, inline,
    inline::Piece,
    meaning,
    view::{Detail, View, reasons, sign, title},
};
use crate::model::{Action, Held, Instructions, Plan, Step, printable};

/// Where the lines under a step begin.
const INDENT: usize = 8;

const PLAIN: Paint = Paint::new();
const STRONG: Paint = Paint::new().bold();
const QUIET: Paint = Paint::new().dimmed();
const COMES: Paint = AnsiColor::Green.on_default();
const GOES: Paint = AnsiColor::Red.on_default();
const CHANGES: Paint = AnsiColor::Yellow.on_default();
const BY_HAND: Paint = AnsiColor::Magenta.on_default().bold();

/// How a terminal is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether to use ANSI colours.
    pub colour: bool,
    /// Columns after which prose is wrapped; 0: never.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Style {
        Style { colour: false, width: 100 }
    }
}

/// Writes the plan for a person, with names beside ids where `names` has them.
pub fn text(plan: &Plan, names: &Names, style: Style) -> String {
    let view = View::new(plan, names);
    let mut page = Page { style, out: String::new() };
    page.line(0, &[(STRONG, &view.headline())]);
    if plan.steps.is_empty() && plan.held.is_empty() {
        return page.out;
    }
    for section in view.sections() {
        page.heading(section.title);
        for step in section.steps {
            page.step(&view, step);
        }
    }
    page.held(&view);
    page.heading("Summary");
    for line in view.summary() {
        page.line(2, &[(PLAIN, &line)]);
    }
    page.out
}

/// The text so far. Everything passes [`Page::raw`], which makes it harmless.
struct Page {
    style: Style,
    out: String,
}

impl Page {
    fn heading(&mut self, title: &str) {
        self.out.push('\n');
        self.line(0, &[(STRONG, title)]);
        self.out.push('\n');
    }

    fn step(&mut self, view: &View<'_>, step: &Step) {
        let number = view.number(&step.id).unwrap_or_default();
        let mark = format!("{number:>4} {} ", sign(step.action));
        self.line(0, &[(paint(step.action), &mark), (STRONG, &title(step.action, &step.subject))]);
        if let Some(instructions) = &step.instructions {
            self.instructions(step, instructions);
        } else {
            for detail in view.details(step) {
                self.detail(&detail);
            }
        }
        self.message(step);
        self.reasons(&reasons(&step.because));
        self.waits(&view.waits(step));
    }

    /// Shows what a person is asked to do, and how to say that it is done.
    fn instructions(&mut self, step: &Step, instructions: &Instructions) {
        let Instructions { who, r#where, from, to, text } = instructions;
        self.prose(BY_HAND, text);
        self.line(INDENT, &[(QUIET, "login: "), (PLAIN, from), (QUIET, " → "), (PLAIN, to)]);
        self.line(INDENT, &[(QUIET, "who: "), (PLAIN, who), (QUIET, ", where: "), (PLAIN, r#where)]);
        let command = format!("shtat confirm {}", step.id);
        self.line(INDENT, &[(QUIET, "when it is done: "), (STRONG, &command)]);
    }

    fn detail(&mut self, detail: &Detail) {
        let Detail { label, have, want } = detail;
        let label = format!("{label}: ");
        let Some(have) = have else {
            return self.line(INDENT, &[(QUIET, &label), (PLAIN, want)]);
        };
        let whole = |text: &String| vec![Piece { text: text.clone(), differs: false }];
        let (left, right) = inline::pieces(have, want).unwrap_or_else(|| (whole(have), whole(want)));
        let mut parts: Vec<(Paint, &str)> = vec![(QUIET, &label)];
        parts.extend(left.iter().map(|piece| (differing(piece, GOES), piece.text.as_str())));
        parts.push((QUIET, " → "));
        parts.extend(right.iter().map(|piece| (differing(piece, COMES), piece.text.as_str())));
        self.line(INDENT, &parts);
    }

    fn message(&mut self, step: &Step) {
        for (at, line) in step.message.iter().flat_map(|message| message.lines()).enumerate() {
            let label = if at == 0 { "message: " } else { "         " };
            self.line(INDENT, &[(QUIET, label), (PLAIN, line)]);
        }
    }

    fn reasons(&mut self, reasons: &[String]) {
        for reason in reasons {
            self.prose(QUIET, reason);
        }
    }

    fn waits(&mut self, waits: &[usize]) {
        if let [first, rest @ ..] = waits {
            let word = if rest.is_empty() { "step" } else { "steps" };
            let rest: String = rest.iter().map(|number| format!(", {number}")).collect();
            self.line(INDENT, &[(QUIET, &format!("waits for {word} {first}{rest}"))]);
        }
    }

    fn held(&mut self, view: &View<'_>) {
        let sections = view.held();
        if sections.is_empty() {
            return;
        }
        self.heading("Held: left to a person");
        for (at, section) in sections.iter().enumerate() {
            if at > 0 {
                self.out.push('\n');
            }
            let title = format!("{}: {}", section.reason, meaning(section.reason));
            self.line(2, &[(STRONG, &title)]);
            for held in &section.rows {
                self.held_row(held);
            }
            self.prose(PLAIN, &format!("what to do: {}", advice(section.reason)));
        }
    }

    fn held_row(&mut self, held: &Held) {
        self.line(5, &[(BY_HAND, "! "), (PLAIN, &title(held.action, &held.subject))]);
        self.prose(PLAIN, &held.text);
        self.reasons(&reasons(&held.because));
    }

    /// Writes a paragraph under a step, wrapped between words; further lines stand a little deeper.
    fn prose(&mut self, paint: Paint, text: &str) {
        for (at, line) in wrap(text, self.style.width.saturating_sub(INDENT + 2)).iter().enumerate() {
            self.line(if at == 0 { INDENT } else { INDENT + 2 }, &[(paint, line)]);
        }
    }

    fn line(&mut self, indent: usize, parts: &[(Paint, &str)]) {
        self.out.extend(std::iter::repeat_n(' ', indent));
        for (paint, text) in parts {
            self.raw(*paint, text);
        }
        self.out.push('\n');
    }

    /// Writes a text, harmless, in its colour.
    fn raw(&mut self, paint: Paint, text: &str) {
        let text = printable(text);
        if self.style.colour && paint != PLAIN && !text.is_empty() {
            // Writing into a String cannot fail.
            let _ = write!(self.out, "{paint}{text}{paint:#}");
        } else {
            self.out.push_str(&text);
        }
    }
}

fn paint(action: Action) -> Paint {
    match sign(action) {
        '+' => COMES,
        '-' => GOES,
        '!' => BY_HAND,
        _ => CHANGES,
    }
}

fn differing(piece: &Piece, paint: Paint) -> Paint {
    if piece.differs { paint.underline() } else { PLAIN }
}

/// Cuts a text into lines of at most `width` columns, between words; a longer word stays whole.
fn wrap(text: &str, width: usize) -> Vec<String> {
    if width == 0 {
        return vec![text.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("never empty: it starts with one line and only grows");
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::render::sample::{names, plan_of, sample, step};

    const SAMPLE: &str = "\
Plan for romashka, 2026-11-24: 4 steps (1 by hand), 1 held

By hand: a person has to do this

   4 ! change the login of Петров Пётр <person4@romashka.example> by hand
        the employee changes the login in Битрикс24.Паспорт
        login: person4@romashka.example → petr@mail.example
        who: the employee, where: Битрикс24.Паспорт
        when it is done: shtat confirm s-4
        because: rules/email.yaml:8: HR has this address
        source: people.csv:4

New departments

   1 + create the department Финансы / Касса
        below: Финансы [5]
        because: rules/email.yaml:8: HR has this address
        source: people.csv:1

New accounts

   2 + create an account for Орлова Анна Петровна <person2@romashka.example> and invite
        departments: Финансы / Касса [new, step 1], Финансы [5]
        message: Добро пожаловать!
        because: rules/email.yaml:8: HR has this address
        source: people.csv:2
        waits for step 1

Changes to accounts

   3 ~ update Иванов Иван <person3@romashka.example> [account 17]
        position: Младший кассир зала → Старший кассир зала
        because: rules/email.yaml:8: HR has this address
        source: people.csv:3

Held: left to a person

  protected: the account is protected by `safety.protect`
     ! dismiss Волков Пётр <person90@romashka.example>
        the account is protected
        what to do: do it by hand in the portal, or take the account off `safety.protect`

Summary

  3 people in scope; 4 accounts on the portal, 3 managed and 1 foreign
  steps: 1 × create_department, 1 × create_user, 1 × update_user, 1 × by_hand
  held: 1
";

    fn strip(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |out, part| out + part.split_once('m').unwrap().1)
    }

    #[test]
    fn reads_like_a_letter() {
        let text = text(&sample(), &names(), Style { colour: false, width: 100 });
        assert_eq!(text, SAMPLE);
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let plain = text(&sample(), &names(), Style { colour: false, width: 80 });
        let coloured = text(&sample(), &names(), Style { colour: true, width: 80 });
        assert!(coloured.contains('\u{1b}') && !plain.contains('\u{1b}'));
        assert_eq!(strip(&coloured), plain);
    }

    #[test]
    fn nothing_to_do_is_one_sentence() {
        let mut plan = plan_of(Vec::new());
        plan.held.clear();
        assert_eq!(text(&plan, &Names::default(), Style::default()).lines().count(), 1);
    }

    #[test]
    fn wraps_between_words() {
        assert_eq!(wrap("один два три", 8), ["один два", "три"]);
        assert_eq!(wrap("длинноеслово да", 4), ["длинноеслово", "да"]);
        assert_eq!(wrap("", 4), [""]);
    }

    proptest! {
        #[test]
        fn no_name_reaches_the_terminal_unseen(name in any::<String>(), message in any::<String>()) {
            let mut evil = step(1, Action::CreateUser, &name);
            evil.message = Some(message);
            let text = text(&plan_of(vec![evil]), &Names::default(), Style::default());
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        }

        #[test]
        fn no_name_makes_a_line_of_its_own(name in any::<String>()) {
            let lines = |name: &str| {
                let plan = plan_of(vec![step(1, Action::FireUser, name)]);
                text(&plan, &Names::default(), Style::default()).lines().count()
            };
            prop_assert_eq!(lines(&name), lines("Иванов"));
        }
    }
}
