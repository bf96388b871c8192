//! The plan as a comment of a merge request: GitHub, GitLab, or any other forge.

use std::fmt::Write as _;

use super::{
    Names, advice,
    escape::{html, markdown as escape},
    meaning,
    view::{Detail, HeldSection, Section, View, reasons, sign, title},
};
use crate::model::{Action, Plan, Step};

/// A section with more rows than this is folded.
const SHORT: usize = 10;

/// Writes the plan in GitHub's Markdown: a headline, a table for each kind of step (long ones
/// folded), and what is held.
pub fn markdown(plan: &Plan, names: &Names) -> String {
    let view = View::new(plan, names);
    let mut out = format!("## {}\n", escape(&view.headline()));
    for section in view.sections() {
        let rows = section.steps.len();
        let body = if section.steps.iter().all(|step| step.action == Action::ByHand) {
            by_hand(&view, &section)
        } else {
            table(&view, &section)
        };
        fold(&mut out, section.title, rows, &body);
    }
    for section in view.held() {
        let title = format!("Held: {}", meaning(section.reason));
        fold(&mut out, &title, section.rows.len(), &held(&section));
    }
    if !plan.steps.is_empty() || !plan.held.is_empty() {
        let _ = write!(out, "\n{}\n", escape(&view.summary().join(" · ")));
    }
    out
}

/// Puts a section into the page, folded away where it is long.
fn fold(out: &mut String, title: &str, rows: usize, body: &str) {
    let open = if rows <= SHORT { " open" } else { "" };
    // Writing into a String cannot fail.
    let _ = write!(
        out,
        "\n<details{open}>\n<summary><b>{}</b> ({rows})</summary>\n\n{body}\n</details>\n",
        escape(title)
    );
}

fn table(view: &View<'_>, section: &Section<'_>) -> String {
    let mut out = String::from("| # | | what | changes | because | waits for |\n|--:|:-:|---|---|---|---|\n");
    for step in &section.steps {
        let changes = lines(view.details(step).iter().map(change).chain(message(step)));
        let _ = writeln!(
            out,
            "| {} | {} | {} | {changes} | {} | {} |",
            view.number(&step.id).unwrap_or_default(),
            escape(&sign(step.action).to_string()),
            escape(&title(step.action, &step.subject)),
            lines(reasons(&step.because).iter().map(|reason| escape(reason))),
            numbers(&view.waits(step))
        );
    }
    out
}

fn by_hand(view: &View<'_>, section: &Section<'_>) -> String {
    let mut out = String::new();
    for step in &section.steps {
        let number = view.number(&step.id).unwrap_or_default();
        let _ = writeln!(out, "- **{number}. {}**  ", escape(&title(step.action, &step.subject)));
        if let Some(instructions) = &step.instructions {
            let _ = writeln!(out, "  {}  ", escape(&instructions.text));
            let (from, to) = (escape(&instructions.from), escape(&instructions.to));
            let _ = writeln!(out, "  {from} → {to}  ");
        }
        let _ = writeln!(out, "  when it is done: <code>shtat confirm {}</code>  ", html(&step.id.0));
        let _ = writeln!(out, "  {}", lines(reasons(&step.because).iter().map(|reason| escape(reason))));
        let waits = numbers(&view.waits(step));
        if !waits.is_empty() {
            let _ = writeln!(out, "  waits for {waits}");
        }
    }
    out
}

fn held(section: &HeldSection<'_>) -> String {
    let mut out = format!(
        "What to do: {}\n\n| what | why | because |\n|---|---|---|\n",
        escape(advice(section.reason))
    );
    for row in &section.rows {
        let what = escape(&title(row.action, &row.subject));
        let because = lines(reasons(&row.because).iter().map(|reason| escape(reason)));
        let _ = writeln!(out, "| {what} | {} | {because} |", escape(&row.text));
    }
    out
}

fn change(detail: &Detail) -> String {
    let Detail { label, have, want } = detail;
    match have {
        Some(have) => format!("{}: {} → {}", escape(label), escape(have), escape(want)),
        None => format!("{}: {}", escape(label), escape(want)),
    }
}

fn message(step: &Step) -> Option<String> {
    let message = step.message.as_ref()?;
    Some(format!("message: {}", lines(message.lines().map(escape))))
}

fn numbers(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// Puts lines under each other inside one cell.
fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("<br>")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::render::sample::{names, plan_of, sample, step};

    #[test]
    fn shows_steps_in_tables_and_by_hand_steps_with_their_command() {
        let page = markdown(&sample(), &names());
        assert!(page.starts_with("## "));
        assert!(page.contains("| 3 | &#126; |"), "{page}");
        assert!(page.contains("position: Младший кассир зала → Старший кассир зала"), "{page}");
        assert!(page.contains("<code>shtat confirm s-4</code>"), "{page}");
        assert!(page.contains("<summary><b>New accounts</b> (1)</summary>"), "{page}");
    }

    #[test]
    fn folds_long_sections() {
        let steps = (1..=11).map(|n| step(n, Action::UpdateUser, "Иванов")).collect();
        assert!(
            markdown(&plan_of(steps), &Names::default())
                .contains("<details>\n<summary><b>Changes to accounts")
        );
    }

    #[test]
    fn nothing_to_do_is_one_line() {
        let mut plan = plan_of(Vec::new());
        plan.held.clear();
        assert_eq!(markdown(&plan, &Names::default()).lines().count(), 1);
    }

    proptest! {
        #[test]
        fn a_name_stays_in_its_cell(name in any::<String>()) {
            let shape = |name: &str| {
                let page = markdown(&plan_of(vec![step(1, Action::FireUser, name)]), &Names::default());
                (page.lines().count(), page.matches('|').count(), page.matches('`').count(),
                 page.matches("<details").count(), page.contains('@'))
            };
            prop_assert_eq!(shape(&name), shape("Иванов"));
        }
    }
}
