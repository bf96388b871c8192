//! Handlebars templates, strict and plain, checked when the rules load.
//!
//! Handlebars reads the template; what it read is walked once and turned into a small tree of our
//! own, in which every variable and helper is known. So rendering cannot fail, and a value that
//! was empty is noticed where it was used. Handlebars' own strict mode lets an unknown variable
//! through inside `{{#if}}`.

mod compile;
mod fit;
mod name;
mod value;
mod variable;

pub use name::latin_name;
pub(super) use variable::{described as variables_described, employment_name};

use std::collections::BTreeSet;

use self::value::Value;
use super::Scheme;
use crate::model::{Employment, Person, Place, Problem};

/// A template of a rule file.
#[derive(Debug, Clone)]
pub struct Template {
    /// As written.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    parts: Vec<Part>,
}

/// What a template may name.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// `person.*`, `last`, `first`, `patronymic`.
    pub person: &'a Person,
    /// `job.*`: the main employment; its contact gives the personal fields.
    pub job: &'a Employment,
    /// How `last`, `first`, `patronymic`, `initial` and `translit` become Latin.
    pub scheme: Scheme,
    /// `n`.
    pub n: Option<u32>,
}

/// A rendered template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// Whether every value it used was filled. A `try`, `park` or `address` that is not complete
    /// does not apply.
    pub complete: bool,
}

/// One piece of a checked template.
#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Value(Value),
    If { test: Value, then: Vec<Part>, otherwise: Vec<Part> },
}

impl Template {
    /// Reads a template and checks every variable and helper in it, those inside `{{#if}}` too.
    /// `place` is where the text stands; all mistakes are returned.
    pub fn parse(text: &str, place: Place) -> Result<Template, Vec<Problem>> {
        let parts = compile::parts(text).map_err(|problems| {
            problems.into_iter().map(|problem| problem.at(place.clone())).collect::<Vec<_>>()
        })?;
        Ok(Template { text: text.to_owned(), place, parts })
    }

    /// Tells whether the template counts: `n` stands in it.
    pub fn counts(&self) -> bool {
        self.uses(&|value| value.variable() == Some("n"))
    }

    /// Tells whether the template takes anything from the person or the employment.
    pub fn varies(&self) -> bool {
        self.uses(&|value| value.varies())
    }

    /// Tells whether a text stands in the template whatever the values are.
    pub fn has_fixed_text(&self) -> bool {
        fixed(&self.parts)
    }

    /// Tells whether a text could have been rendered by this template: fixed text in its place,
    /// at least one character for every value.
    pub fn fits(&self, text: &str) -> bool {
        fit::fits(&self.parts, text)
    }

    /// Renders the template. Cannot fail: what could was refused when the rules were read.
    pub fn render(&self, scope: &Scope<'_>) -> Rendered {
        let mut rendered = Rendered { text: String::new(), complete: true };
        render(&self.parts, scope, &mut rendered);
        rendered
    }

    /// Lists the variables whose values the template writes, whatever it decides with `{{#if}}`.
    pub fn variables(&self) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        collect(&self.parts, &mut found);
        found
    }

    fn uses(&self, wanted: &dyn Fn(&Value) -> bool) -> bool {
        any(&self.parts, wanted)
    }
}

fn render(parts: &[Part], scope: &Scope<'_>, rendered: &mut Rendered) {
    for part in parts {
        match part {
            Part::Text(text) => rendered.text.push_str(text),
            Part::Value(value) => {
                let value = value.of(scope);
                rendered.complete &= !value.trim().is_empty();
                rendered.text.push_str(&value);
            }
            Part::If { test, then, otherwise } => {
                let filled = !test.of(scope).trim().is_empty();
                render(if filled { then } else { otherwise }, scope, rendered);
            }
        }
    }
}

fn collect(parts: &[Part], found: &mut BTreeSet<&'static str>) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Value(value) => found.extend(value.variable()),
            Part::If { then, otherwise, .. } => {
                [then, otherwise].iter().for_each(|parts| collect(parts, found))
            }
        }
    }
}

fn any(parts: &[Part], wanted: &dyn Fn(&Value) -> bool) -> bool {
    parts.iter().any(|part| match part {
        Part::Text(_) => false,
        Part::Value(value) => wanted(value),
        Part::If { test, then, otherwise } => wanted(test) || any(then, wanted) || any(otherwise, wanted),
    })
}

fn fixed(parts: &[Part]) -> bool {
    parts.iter().any(|part| match part {
        Part::Text(text) => !text.trim().is_empty(),
        Part::Value(_) => false,
        Part::If { then, otherwise, .. } => fixed(then) && fixed(otherwise),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Contact, EmploymentId, EmploymentKind, Organization, PersonId, PersonName};

    fn person(last: &str, first: &str, patronymic: &str) -> Person {
        let name = PersonName { last: last.into(), first: first.into(), patronymic: patronymic.into() };
        let job = Employment {
            id: EmploymentId("j-1".into()),
            personnel_number: Some("ГС00-00017".into()),
            organization: Organization {
                name: "ООО «Ромашка»".into(), ..Organization::default()
            },
            department: vec!["Финансы".into(), "Бухгалтерия".into()],
            department_id: None,
            position: None,
            kind: EmploymentKind::ExtraWork,
            hired_on: None,
            dismissed_on: None,
            contact: Contact { name, ..Contact::default() },
            origin: String::new(),
        };
        Person { id: PersonId("p-1".into()), employments: vec![job] }
    }

    fn template(text: &str) -> Template {
        Template::parse(text, Place::line("rules/a.yaml", 3)).unwrap()
    }

    fn render_for(person: &Person, text: &str) -> (String, bool) {
        let scope = Scope { person, job: &person.employments[0], scheme: Scheme::Icao9303, n: Some(2) };
        let rendered = template(text).render(&scope);
        (rendered.text, rendered.complete)
    }

    fn render(text: &str) -> (String, bool) {
        render_for(&person("Ёлкин", "Пётр", "Ильич"), text)
    }

    fn mistakes(text: &str) -> Vec<String> {
        Template::parse(text, Place::file("a")).unwrap_err().into_iter().map(|problem| problem.what).collect()
    }

    #[test]
    fn renders_variables_and_helpers() {
        for (text, wanted) in [
            ("{{initial first}}.{{last}}", "p.elkin"),
            ("{{last}}{{n}}", "elkin2"),
            ("{{ initial  first }}.{{ last }}", "p.elkin"),
            ("{{lower \"А\"}}{{take \"абв\" 2}}{{initial '«Щ»'}}{{take 5 1}}", "аабS5"),
            ("{{take first 2}}-{{take last 99}}", "pe-elkin"),
            ("{{lower person.last_name}}", "ёлкин"),
            ("{{translit person.full_name}}", "Elkin Petr Ilich"),
            ("{{lower (translit person.last_name)}}", "elkin"),
            ("{{initial (lower person.first_name)}}{{initial person.first_name}}", "pP"),
            ("1c:{{person.id}}/{{job.id}}", "1c:p-1/j-1"),
            ("{{job.department}}, {{job.employment}}", "Финансы / Бухгалтерия, part_time_inner"),
            ("{{job.organization}}", "ООО «Ромашка»"),
            ("{{{last}}}{{&first}}", "elkinpetr"),
            ("{{!-- nothing --}}a {{~last~}} b", "aelkinb"),
            ("{{#if person.patronymic}}+{{else}}-{{/if}}{{#unless person.phone}}none{{/unless}}", "+none"),
            ("{{#if person.phone}}1{{else if last}}2{{else}}3{{/if}}", "2"),
        ] {
            assert_eq!(render(text), (wanted.to_owned(), true), "{text}");
        }
    }

    #[test]
    fn an_empty_value_is_noticed_where_it_is_used() {
        assert_eq!(render("{{job.position}}!"), ("!".into(), false));
        assert_eq!(render("{{take person.phone 3}}"), (String::new(), false));
        assert_eq!(render("{{#if job.position}}{{job.position}}{{/if}}x"), ("x".into(), true));
        let nameless = person("Ли", "", "");
        assert_eq!(render_for(&nameless, "{{initial first}}.{{last}}"), (".li".into(), false));
    }

    #[test]
    fn draws_the_same_characters_every_time() {
        let (drawn, complete) = render("{{random 6}}");
        assert_eq!((drawn.chars().count(), complete), (6, true));
        assert_eq!(render("{{random 6}}").0, drawn);
        assert_eq!(render("{{random 40}}").0.len(), 40);
        let mut other = person("Ёлкин", "Пётр", "Ильич");
        other.id = PersonId("p-2".into());
        assert_ne!(render_for(&other, "{{random 6}}").0, drawn);
    }

    #[test]
    fn names_become_parts_of_addresses() {
        for (name, wanted) in [
            ("Петрова-Водкина", "petrova-vodkina"),
            ("Гарсия  Лопес", "garsiia-lopes"),
            ("О’Коннор", "okonnor"),
            ("O'Brien", "obrien"),
            ("Cергеев", "sergeev"),
            ("Иванов - Петров", "ivanov-petrov"),
            ("Müller", "muller"),
            ("ЮЩЕНКО", "iushchenko"),
            ("и\u{306}од", "iod"),
            ("Короп'є", "koropie"),
            ("漢字", ""),
            (" - ", ""),
        ] {
            assert_eq!(latin_name(name, Scheme::Icao9303), wanted, "{name}");
        }
        let leyla = person("Аббасова", "Лейла", "Рашид кызы");
        assert_eq!(render_for(&leyla, "{{initial patronymic}}.{{patronymic}}").0, "r.rashid-kyzy");
        let only = person("Аббасова", "Лейла", "кызы Рашид");
        assert_eq!(render_for(&only, "{{initial patronymic}}").0, "r");
    }

    #[test]
    fn finds_every_mistake_wherever_it_hides() {
        assert_eq!(
            mistakes("{{lst}} {{#if typo}}{{person.nmae}}{{else}}{{shout last}}{{/if}}"),
            [
                "unknown variable `lst` in a template",
                "unknown variable `typo` in a template",
                "unknown variable `person.nmae` in a template",
                "unknown helper `shout` in a template",
            ]
        );
        for (text, wanted) in [
            ("{{> other}}", "partials (`{{> …}}`) are not available"),
            ("{{#each person}}x{{/each}}", "unknown block `each` in a template"),
            ("{{log last}}", "unknown helper `log` in a template"),
            ("{{lookup person last}}", "unknown helper `lookup` in a template"),
            ("{{last", "the template cannot be read as Handlebars"),
            ("{{#if last}}x", "the template cannot be read as Handlebars"),
            ("{{#if last}}x{{/unless}}", "the template opens `{{#if}}` and closes `{{/unless}}`"),
            ("{{take last}}", "the helper `take` is used otherwise than it can be"),
            ("{{random}}", "the helper `random` is used otherwise than it can be"),
            ("{{random 0}}", "the helper `random` is used otherwise than it can be"),
            ("{{initial}}", "the helper `initial` is used otherwise than it can be"),
            ("{{this}}", "unknown variable `this` in a template"),
            ("{{@root.person.id}}", "unknown variable `@root.person.id` in a template"),
            ("{{true}}", "unknown variable `true` in a template"),
        ] {
            assert!(mistakes(text).contains(&wanted.to_owned()), "{text}: {:?}", mistakes(text));
        }
        let hint = &Template::parse("{{person.position}}", Place::file("a")).unwrap_err()[0].hints[0];
        assert_eq!(hint, "did you mean `job.position`?");
    }

    #[test]
    fn texts_are_composed_and_keys_are_not() {
        let mut composed = person("Ёлкин", "Андреи\u{306}", "");
        composed.id = PersonId("и\u{306}".into());
        assert_eq!(render_for(&composed, "{{person.first_name}}{{person.id}}").0, "Андрей\u{438}\u{306}");
    }

    #[test]
    fn nothing_takes_the_reader_long() {
        assert!(mistakes(&"{{last}}".repeat(201))[0].contains("more than 200 values"));
        for text in [
            format!("{{{{lower {}", "(lower ".repeat(32)),
            format!("{{{{take {} 2}}}}", "a".repeat(16_000)),
            "{{last}} {{!-- ".repeat(100),
            format!("{{{{lower {}}}}}", "[".repeat(32)),
            format!("{{{{lower \"{}\"}}}}", "\\\"".repeat(4000)),
        ] {
            drop(Template::parse(&text, Place::file("a")));
        }
    }

    #[test]
    fn refuses_what_would_overflow_the_reader() {
        let deep = format!("{{{{lower {}last{}}}}}", "(lower ".repeat(40), ")".repeat(40));
        assert_eq!(mistakes(&deep), ["the template nests too many blocks or brackets"]);
        let blocks = format!("{}{}", "{{#if last}}".repeat(40), "{{/if}}".repeat(40));
        assert_eq!(mistakes(&blocks), ["the template nests too many blocks or brackets"]);
        assert!(mistakes(&"a".repeat(20_000))[0].contains("longer"));
        let allowed = format!("{}{}", "{{#if last}}".repeat(30), "{{/if}}".repeat(30));
        template(&allowed);
    }

    #[test]
    fn knows_its_own_keys() {
        let key = template("1c:{{person.id}}");
        assert!(key.fits("1c:7d0c5f2a-0000") && key.fits("1c:1c:"));
        assert!(!key.fits("1c:") && !key.fits("1C:7") && !key.fits("x1c:7") && !key.fits(""));
        let two = template("{{job.organization}}/{{person.id}}!");
        assert!(two.fits("а/б!") && two.fits("a//b!!") && !two.fits("/б!") && !two.fits("а/!"));
        let either = template("{{#if person.phone}}a{{else}}b{{n}}{{/if}}");
        assert!(either.fits("a") && either.fits("b2") && !either.fits("b") && !either.fits("ab"));
        assert!(template("{{person.id}}").fits("anything"));
    }

    #[test]
    fn knows_what_it_is_made_of() {
        assert!(template("{{last}}{{n}}").counts() && template("{{#if n}}x{{/if}}").counts());
        assert!(!template("{{last}} n").counts());
        assert!(
            template("1c:{{person.id}}").has_fixed_text() && !template("{{person.id}} ").has_fixed_text()
        );
        assert!(!template("{{#if n}}x{{/if}}{{last}}").has_fixed_text());
        assert!(template("{{random 3}}").varies() && !template("x{{n}}").varies());
    }
}
