//! The plan as a picture: steps, and what waits for what.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{
    Names,
    escape::mermaid as escape,
    view::{View, count, sign, title},
};
use crate::model::{Action, Plan, Step};

/// More boxes than this nobody reads, and renderers give up.
const MOST: usize = 80;

/// Draws the plan as a Mermaid flowchart. Of a large plan the steps that depend on each other
/// come first, and a note counts the rest.
pub fn mermaid(plan: &Plan, names: &Names) -> String {
    let view = View::new(plan, names);
    let mut out = String::from("flowchart LR\n");
    let drawn = drawn(plan, &view);
    for step in &drawn {
        node(&mut out, &view, step);
    }
    for step in &drawn {
        for from in view.waits(step).into_iter().filter(|from| contains(&drawn, &plan.steps[from - 1])) {
            // Writing into a String cannot fail.
            let _ = writeln!(out, "    s{from} --> s{}", number(&view, step));
        }
    }
    notes(&mut out, plan, drawn.len());
    out.push_str(CLASSES);
    out
}

const CLASSES: &str = "    classDef comes stroke:#2da44e,stroke-width:2px
    classDef goes stroke:#cf222e,stroke-width:2px
    classDef changes stroke:#bf8700,stroke-width:2px
    classDef hand stroke:#8250df,stroke-width:3px,stroke-dasharray:6 3
";

/// Picks the steps to draw: all, or as many as fit, connected ones first.
fn drawn<'a>(plan: &'a Plan, view: &View<'_>) -> Vec<&'a Step> {
    let awaited: BTreeSet<usize> = plan.steps.iter().flat_map(|step| view.waits(step)).collect();
    let alone = |step: &Step| step.after.is_empty() && !awaited.contains(&number(view, step));
    let mut steps: Vec<&Step> = plan.steps.iter().collect();
    steps.sort_by_key(|step| alone(step));
    steps.truncate(MOST);
    steps.sort_by_key(|step| number(view, step));
    steps
}

fn node(out: &mut String, view: &View<'_>, step: &Step) {
    let number = number(view, step);
    let label = escape(&format!("{number}. {}", title(step.action, &step.subject)));
    let class = match sign(step.action) {
        '+' => "comes",
        '-' => "goes",
        '!' => "hand",
        _ => "changes",
    };
    let (open, close) = if step.action == Action::ByHand { ("([", "])") } else { ("[", "]") };
    let _ = writeln!(out, "    s{number}{open}\"{label}\"{close}:::{class}");
}

fn notes(out: &mut String, plan: &Plan, drawn: usize) {
    if plan.steps.is_empty() {
        out.push_str("    none[\"nothing to do\"]\n");
    }
    let rest = plan.steps.len() - drawn;
    if rest > 0 {
        let _ = writeln!(out, "    rest[\"and {} not drawn\"]", count(rest as u64, "more step"));
    }
    if !plan.held.is_empty() {
        let _ = writeln!(out, "    held[\"{} held\"]:::hand", plan.held.len());
    }
}

fn contains(drawn: &[&Step], step: &Step) -> bool {
    drawn.iter().any(|other| other.id == step.id)
}

fn number(view: &View<'_>, step: &Step) -> usize {
    view.number(&step.id).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        model::StepId,
        plan::render::sample::{plan_of, sample, step},
    };

    #[test]
    fn draws_steps_and_what_they_wait_for() {
        let picture = mermaid(&sample(), &Names::default());
        assert!(picture.starts_with("flowchart LR\n"));
        assert!(
            picture.contains("    s1[\"1. create the department Финансы / Касса\"]:::comes\n"),
            "{picture}"
        );
        assert!(picture.contains("    s1 --> s2\n"));
        assert!(picture.contains("    s4([\"4. change the login of Петров Пётр"));
        assert!(picture.contains("1 held"));
    }

    #[test]
    fn counts_what_does_not_fit_and_prefers_what_is_connected() {
        let mut steps: Vec<Step> = (1..=200).map(|n| step(n, Action::UpdateUser, "Иванов")).collect();
        steps[199].after = vec![StepId("s-150".into())];
        let picture = mermaid(&plan_of(steps), &Names::default());
        assert!(picture.contains("s150 --> s200"));
        assert!(picture.contains("and 120 more steps not drawn"));
        assert_eq!(picture.matches(":::changes").count(), MOST);
    }

    proptest! {
        #[test]
        fn a_name_stays_inside_its_box(name in any::<String>()) {
            let picture = mermaid(&plan_of(vec![step(1, Action::FireUser, &name)]), &Names::default());
            prop_assert_eq!(picture.matches('"').count(), 4);
            prop_assert_eq!(picture.lines().count(), 3 + CLASSES.lines().count());
        }
    }
}
