//! The plan as one page that can be mailed, printed and read aloud: no script, nothing loaded.

use std::fmt::Write as _;

use super::{
    Names, advice,
    escape::html as escape,
    inline::{self, Piece},
    meaning,
    view::{Detail, HeldSection, View, reasons, sign, title},
};
use crate::model::{Action, Plan, Step};

const CSS: &str = "
:root { color-scheme: light dark; --line: #8886; --comes: #1a7f37; --goes: #b42318; --changes: #8a5a00; --hand: #7a3ec8; }
@media (prefers-color-scheme: dark) { :root { --comes: #56d364; --goes: #ff7b72; --changes: #e3b341; --hand: #d2a8ff; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } h3 { font-size: 1rem; }
ul.steps { list-style: none; padding: 0; }
ul.steps > li { border-left: .3rem solid var(--line); padding: .2rem 0 .2rem .8rem; margin: .8rem 0; break-inside: avoid; }
li.comes { border-color: var(--comes) !important; } li.goes { border-color: var(--goes) !important; }
li.changes { border-color: var(--changes) !important; } li.hand { border: .15rem dashed var(--hand) !important; }
dl { margin: .3rem 0; } dl > div { display: flex; gap: .5rem; flex-wrap: wrap; } dt { opacity: .75; } dd { margin: 0; overflow-wrap: anywhere; }
del { color: var(--goes); } ins { color: var(--comes); }
.why, .waits { font-size: .875rem; opacity: .8; margin: .1rem 0; }
.message { white-space: pre-wrap; border: 1px solid var(--line); padding: .3rem .6rem; }
code { user-select: all; }
@media print { body { max-width: none; margin: 0; } a { color: inherit; } }
";

/// Writes the plan as one self-contained page, light or dark as the reader's system is.
pub fn html(plan: &Plan, names: &Names) -> String {
    let view = View::new(plan, names);
    let headline = escape(&view.headline());
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{headline}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main>\n<h1>{headline}</h1>\n"
    );
    for section in view.sections() {
        heading(&mut out, section.title);
        out.push_str("<ul class=\"steps\">\n");
        section.steps.iter().for_each(|step| item(&mut out, &view, step));
        out.push_str("</ul>\n");
    }
    held(&mut out, &view);
    if !plan.steps.is_empty() || !plan.held.is_empty() {
        heading(&mut out, "Summary");
        view.summary().iter().for_each(|line| paragraph(&mut out, "summary", line));
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn heading(out: &mut String, title: &str) {
    // Writing into a String cannot fail.
    let _ = writeln!(out, "<h2>{}</h2>", escape(title));
}

fn paragraph(out: &mut String, class: &str, text: &str) {
    let _ = writeln!(out, "<p class=\"{class}\">{}</p>", escape(text));
}

fn item(out: &mut String, view: &View<'_>, step: &Step) {
    let class = match sign(step.action) {
        '+' => "comes",
        '-' => "goes",
        '!' => "hand",
        _ => "changes",
    };
    let number = view.number(&step.id).unwrap_or_default();
    let what = escape(&title(step.action, &step.subject));
    let _ = writeln!(out, "<li class=\"{class}\" id=\"step-{number}\"><strong>{number}. {what}</strong>");
    if step.action == Action::ByHand {
        instructions(out, step)
    } else {
        details(out, &view.details(step))
    }
    step.message.iter().for_each(|message| lines(out, message));
    reasons(&step.because).iter().for_each(|reason| paragraph(out, "why", reason));
    waits(out, &view.waits(step));
    out.push_str("</li>\n");
}

fn instructions(out: &mut String, step: &Step) {
    if let Some(instructions) = &step.instructions {
        paragraph(out, "instructions", &instructions.text);
        let (from, to) = (escape(&instructions.from), escape(&instructions.to));
        let _ =
            writeln!(out, "<dl><div><dt>login</dt><dd><del>{from}</del> → <ins>{to}</ins></dd></div></dl>");
    }
    let id = escape(&step.id.0);
    let _ = writeln!(out, "<p>when it is done: <code>shtat confirm {id}</code></p>");
}

fn details(out: &mut String, details: &[Detail]) {
    if details.is_empty() {
        return;
    }
    out.push_str("<dl>\n");
    for Detail { label, have, want } in details {
        let label = escape(label);
        let value = match have {
            Some(have) => change(have, want),
            None => escape(want),
        };
        let _ = writeln!(out, "<div><dt>{label}</dt><dd>{value}</dd></div>");
    }
    out.push_str("</dl>\n");
}

/// Shows a value beside the one before it, the words that differ marked.
fn change(have: &str, want: &str) -> String {
    let whole = |text: &str| vec![Piece { text: text.to_owned(), differs: true }];
    let (left, right) = inline::pieces(have, want).unwrap_or_else(|| (whole(have), whole(want)));
    let marked = |pieces: &[Piece], tag: &str| -> String {
        pieces
            .iter()
            .map(|piece| match (escape(&piece.text), piece.differs) {
                (text, true) => format!("<{tag}>{text}</{tag}>"),
                (text, false) => text,
            })
            .collect()
    };
    format!("{} → {}", marked(&left, "del"), marked(&right, "ins"))
}

fn lines(out: &mut String, message: &str) {
    let text: Vec<String> = message.lines().map(escape).collect();
    let _ = writeln!(out, "<p class=\"message\">{}</p>", text.join("\n"));
}

fn waits(out: &mut String, waits: &[usize]) {
    if waits.is_empty() {
        return;
    }
    let links: Vec<String> = waits.iter().map(|n| format!("<a href=\"#step-{n}\">step {n}</a>")).collect();
    let _ = writeln!(out, "<p class=\"waits\">waits for {}</p>", links.join(", "));
}

fn held(out: &mut String, view: &View<'_>) {
    let sections = view.held();
    if sections.is_empty() {
        return;
    }
    heading(out, "Held: left to a person");
    for HeldSection { reason, rows } in &sections {
        let _ = writeln!(out, "<h3>{}</h3>\n<ul class=\"steps\">", escape(meaning(*reason)));
        for row in rows {
            let what = escape(&title(row.action, &row.subject));
            let _ = writeln!(out, "<li class=\"held\"><strong>{what}</strong>");
            paragraph(out, "text", &row.text);
            reasons(&row.because).iter().for_each(|why| paragraph(out, "why", why));
            out.push_str("</li>\n");
        }
        out.push_str("</ul>\n");
        paragraph(out, "advice", &format!("What to do: {}", advice(*reason)));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plan::render::sample::{names, plan_of, sample, step};

    #[test]
    fn says_what_the_text_says() {
        let page = html(&sample(), &names());
        for part in [
            "<del>Младший</del> кассир зала → <ins>Старший</ins> кассир зала",
            "Финансы / Касса [new, step 1], Финансы [5]",
            "<code>shtat confirm s-4</code>",
            "<a href=\"#step-1\">step 1</a>",
            "What to do: do it by hand in the portal",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }

    #[test]
    fn loads_nothing_and_runs_nothing() {
        let page = html(&sample(), &names());
        for part in ["http:", "https:", "<script", "<img", "<link", "@import", "url("] {
            assert!(!page.contains(part), "{part}");
        }
    }

    #[test]
    fn every_tag_is_closed() {
        let page = html(&sample(), &names());
        for tag in ["html", "head", "body", "main", "ul", "li", "dl", "dd", "p", "strong", "style"] {
            let opened =
                page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }

    proptest! {
        #[test]
        fn a_name_adds_no_tag_and_no_attribute(name in any::<String>()) {
            let shape = |name: &str| {
                let page = html(&plan_of(vec![step(1, Action::CreateUser, name)]), &Names::default());
                (page.matches('<').count(), page.matches('>').count(), page.matches('"').count())
            };
            prop_assert_eq!(shape(&name), shape("Иванов"));
        }
    }
}
