//! Walks what Handlebars read: every variable known, every helper ours, nothing else.

use handlebars::{
    Template, TemplateError, TemplateErrorReason,
    template::{HelperTemplate, Parameter, TemplateElement},
};

use super::{
    Part,
    value::Value,
    variable::{self, VARIABLES},
};
use crate::model::{Problem, nearest};

/// The longest template that is read; an invitation is far shorter.
const LENGTH_LIMIT: usize = 16_384;
/// How many `{{` a template may have: Handlebars' reader looks for the end of each comment anew.
const VALUE_LIMIT: usize = 200;
/// How many blocks may stand in a template and how deep brackets may nest: Handlebars' reader
/// recurses.
const DEPTH_LIMIT: usize = 32;
/// The longest result of `random`.
const RANDOM_LIMIT: usize = 64;
/// The helpers that take a value.
const HELPERS: [&str; 5] = ["initial", "lower", "take", "translit", "random"];
/// The blocks.
const BLOCKS: [&str; 2] = ["if", "unless"];

/// Reads a template into checked parts, or lists every mistake in it.
pub(super) fn parts(text: &str) -> Result<Vec<Part>, Vec<Problem>> {
    too_large(text).map_or(Ok(()), |problem| Err(vec![problem]))?;
    let template = Template::compile(text).map_err(|fault| vec![unreadable(&fault, text)])?;
    let mut walk = Walk::default();
    let parts = walk.parts(&template);
    if walk.problems.is_empty() { Ok(parts) } else { Err(walk.problems) }
}

fn too_large(text: &str) -> Option<Problem> {
    if text.len() > LENGTH_LIMIT {
        return Some(Problem::error(format!("the template is longer than {LENGTH_LIMIT} bytes")));
    }
    if text.matches("{{").count() > VALUE_LIMIT {
        return Some(Problem::error(format!("the template has more than {VALUE_LIMIT} values")));
    }
    let opened = text.replace("{{~", "{{").matches("{{#").count();
    (opened.max(depth(text)) > DEPTH_LIMIT)
        .then(|| Problem::error("the template nests too many blocks or brackets"))
}

/// Returns how deep brackets nest.
fn depth(text: &str) -> usize {
    let brackets = text.chars().scan(0_usize, |depth, c| {
        match c {
            '(' | '[' => *depth += 1,
            ')' | ']' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    brackets.max().unwrap_or(0)
}

/// Says what Handlebars found wrong with the text.
fn unreadable(fault: &TemplateError, text: &str) -> Problem {
    let what = match fault.reason() {
        TemplateErrorReason::MismatchingClosedHelper(open, close) => {
            format!("the template opens `{{{{#{open}}}}}` and closes `{{{{/{close}}}}}`")
        }
        _ => "the template cannot be read as Handlebars".to_owned(),
    };
    let problem = Problem::error(what).cause(format!("`{}`", shortened(text)));
    let problem = match fault.pos() {
        Some((line, column)) => {
            problem.part(format!("line {line}, character {} of the template", column + 1))
        }
        None => problem,
    };
    problem.hint("a value stands in `{{…}}`, as in `{{initial first}}.{{last}}`; every `{{#if …}}` needs its `{{/if}}`")
}

fn shortened(text: &str) -> String {
    let line = text.lines().next().unwrap_or("");
    if line.chars().count() <= 60 { line.to_owned() } else { line.chars().take(60).chain(['…']).collect() }
}

#[derive(Default)]
struct Walk {
    problems: Vec<Problem>,
}

impl Walk {
    fn parts(&mut self, template: &Template) -> Vec<Part> {
        template.elements.iter().filter_map(|element| self.part(element)).collect()
    }

    fn part(&mut self, element: &TemplateElement) -> Option<Part> {
        match element {
            TemplateElement::RawString(text) => Some(Part::Text(text.clone())),
            TemplateElement::Expression(call) | TemplateElement::HtmlExpression(call) => {
                self.call(call).map(Part::Value)
            }
            TemplateElement::HelperBlock(block) => self.block(block),
            TemplateElement::Comment(_) => None,
            TemplateElement::PartialExpression(_) | TemplateElement::PartialBlock(_) => {
                self.refuse("partials (`{{> …}}`) are not available", "write the text out")
            }
            _ => self.refuse("decorators (`{{* …}}`) are not available", "remove it"),
        }
    }

    /// Reads `{{#if …}}` and `{{#unless …}}`; `{{else if …}}` is a block within.
    fn block(&mut self, block: &HelperTemplate) -> Option<Part> {
        let name = block.name.as_name().unwrap_or("");
        if !BLOCKS.contains(&name) {
            self.unknown("block", name, &BLOCKS);
        }
        if !block.hash.is_empty() || block.block_param.is_some() || block.params.len() != 1 {
            self.problems.push(Problem::error(format!("`{{{{#{name} …}}}}` takes exactly one value")));
        }
        let test = block.params.first().and_then(|value| self.value(value));
        let then = block.template.as_ref().map(|inner| self.parts(inner)).unwrap_or_default();
        let otherwise = block.inverse.as_ref().map(|inner| self.parts(inner)).unwrap_or_default();
        let (then, otherwise) = if name == "unless" { (otherwise, then) } else { (then, otherwise) };
        test.map(|test| Part::If { test, then, otherwise })
    }

    fn value(&mut self, value: &Parameter) -> Option<Value> {
        match value {
            Parameter::Literal(serde_json::Value::String(text)) => Some(Value::Text(text.clone())),
            Parameter::Literal(serde_json::Value::Number(number)) => Some(Value::Text(number.to_string())),
            Parameter::Literal(other) => self.refuse(&format!("`{other}` is no value"), "use a variable"),
            Parameter::Subexpression(inner) => match inner.as_element() {
                TemplateElement::Expression(call) => self.call(call),
                _ => self.refuse("the expression in brackets is no value", "use a helper: `(lower last)`"),
            },
            other => self.variable(other.as_name().unwrap_or("")),
        }
    }

    fn variable(&mut self, name: &str) -> Option<Value> {
        let found = variable::find(name);
        if found.is_none() {
            self.unknown_variable(name);
        }
        found.map(Value::Variable)
    }

    /// Reads a variable on its own, or a helper with what it takes.
    fn call(&mut self, call: &HelperTemplate) -> Option<Value> {
        let Some(name) = call.name.as_name().map(str::to_owned) else { return self.value(&call.name) };
        if !HELPERS.contains(&name.as_str()) {
            if call.params.is_empty() && call.hash.is_empty() {
                return self.variable(&name);
            }
            self.unknown("helper", &name, &HELPERS);
            call.params.iter().for_each(|value| drop(self.value(value)));
            return None;
        }
        if !call.hash.is_empty() {
            return self.usage(&name);
        }
        match (name.as_str(), call.params.as_slice()) {
            ("random", [count]) => match whole(count) {
                Some(count) if count <= RANDOM_LIMIT => Some(Value::Random(count)),
                _ => self.usage(&name),
            },
            ("take", [value, count]) => match (self.value(value), whole(count)) {
                (value, Some(count)) => value.map(|value| Value::Take(Box::new(value), count)),
                (_, None) => self.usage(&name),
            },
            ("initial", [value]) => self.value(value).map(|value| Value::Initial(Box::new(value))),
            ("lower", [value]) => self.value(value).map(|value| Value::Lower(Box::new(value))),
            ("translit", [value]) => self.value(value).map(|value| Value::Translit(Box::new(value))),
            _ => self.usage(&name),
        }
    }

    fn usage<T>(&mut self, helper: &str) -> Option<T> {
        let example = match helper {
            "random" => "{{random 6}}",
            "take" => "{{take first 2}}",
            "initial" => "{{initial first}}",
            "lower" => "{{lower person.email}}",
            _ => "{{translit job.position}}",
        };
        let what = format!("the helper `{helper}` is used otherwise than it can be");
        self.refuse(&what, &format!("write it like `{example}`"))
    }

    fn refuse<T>(&mut self, what: &str, hint: &str) -> Option<T> {
        self.problems.push(Problem::error(what).hint(hint));
        None
    }

    fn unknown_variable(&mut self, name: &str) {
        let known = VARIABLES.iter().map(|variable| variable.name);
        let same_field = VARIABLES.iter().map(|variable| variable.name).find(|known| {
            known.split_once('.').map(|(_, field)| field) == Some(name.rsplit('.').next().unwrap_or(name))
        });
        let hint = match nearest(name, known.clone()).or(same_field) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.problems.push(Problem::error(format!("unknown variable `{name}` in a template")).hint(hint));
    }

    fn unknown(&mut self, kind: &str, name: &str, known: &[&'static str]) {
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        self.problems.push(Problem::error(format!("unknown {kind} `{name}` in a template")).hint(hint));
    }
}

/// Reads a whole number from 1.
fn whole(value: &Parameter) -> Option<usize> {
    match value {
        Parameter::Literal(number) => {
            number.as_u64().and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0)
        }
        _ => None,
    }
}
