//! JSON Schema of a shape, for editors.

use serde_json::{Map, Value, json};

use super::{Choice, Field, Shape};

/// Writes a shape as a JSON Schema of draft 07, the one that YAML editors understand best.
pub fn json_schema(shape: &Shape, title: &str, about: &str) -> Value {
    let mut definitions = Map::new();
    let mut schema = object(of(shape, &mut definitions));
    schema.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".into(), json!(title));
    schema.insert("description".into(), json!(about));
    if !definitions.is_empty() {
        schema.insert("definitions".into(), Value::Object(definitions));
    }
    Value::Object(schema)
}

fn of(shape: &Shape, definitions: &mut Map<String, Value>) -> Value {
    match shape {
        Shape::Text => json!({"type": ["string", "number"], "pattern": "\\S"}),
        Shape::Template => json!({"type": ["string", "number"]}),
        Shape::Date => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "format": "date"}),
        Shape::Truth => json!({"type": "boolean"}),
        Shape::Duration => json!({"type": "string", "pattern": "^[0-9]+(ms|s|m)$"}),
        Shape::Secret => secret(),
        Shape::Nothing => json!({"type": "null"}),
        Shape::Whole(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Shape::Choice(choices) => words(choices),
        Shape::List(inner) => json!({"type": "array", "items": of(inner, definitions)}),
        Shape::Filled(inner) => json!({"type": "array", "items": of(inner, definitions), "minItems": 1}),
        Shape::OneOrMany(inner) => {
            let one = of(inner, definitions);
            json!({"anyOf": [one, {"type": "array", "items": one}]})
        }
        Shape::Map(inner) => json!({"type": "object", "additionalProperties": of(inner, definitions)}),
        Shape::Keyed(keys, inner) => {
            let value = of(inner, definitions);
            let keys = keys.iter().map(|key| (key.0.to_owned(), described(value.clone(), key.1)));
            json!({"type": "object", "properties": keys.collect::<Map<_, _>>(), "additionalProperties": false})
        }
        Shape::Fields(known) => fields(known, definitions),
        Shape::Either(shapes) => either(shapes, definitions),
        Shape::Named(name, inner) => named(name, inner, definitions),
    }
}

fn secret() -> Value {
    let file = json!({"type": ["string", "number"], "pattern": "\\S"});
    json!({"anyOf": [
        {"type": "string", "pattern": "^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$"},
        {"type": "object", "properties": {"file": file}, "required": ["file"], "additionalProperties": false},
    ]})
}

fn fields(known: &[Field], definitions: &mut Map<String, Value>) -> Value {
    let properties: Map<_, _> = known
        .iter()
        .map(|field| (field.name.to_owned(), described(of(&field.shape, definitions), field.about)))
        .collect();
    let required: Vec<_> = known.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// Joins alternatives. Where a whole number is one of them, a text is only a text.
fn either(shapes: &[Shape], definitions: &mut Map<String, Value>) -> Value {
    let numbers = shapes.iter().any(|shape| matches!(shape, Shape::Whole(..)));
    let alternatives = shapes.iter().map(|shape| match (shape, of(shape, definitions)) {
        (Shape::Text | Shape::Template, Value::Object(mut text)) if numbers => {
            text.insert("type".into(), json!("string"));
            Value::Object(text)
        }
        (_, schema) => schema,
    });
    let alternatives: Vec<_> = alternatives.collect();
    json!({"anyOf": alternatives})
}

/// Puts a shape under its name once, before its inside is written: it may contain itself.
fn named(name: &str, inner: &Shape, definitions: &mut Map<String, Value>) -> Value {
    if !definitions.contains_key(name) {
        definitions.insert(name.to_owned(), Value::Null);
        let schema = of(inner, definitions);
        definitions.insert(name.to_owned(), schema);
    }
    json!({"$ref": format!("#/definitions/{name}")})
}

fn words(choices: &[Choice]) -> Value {
    let about: Vec<_> = choices.iter().map(|choice| choice.1).collect();
    json!({
        "type": "string",
        "enum": choices.iter().map(|choice| choice.0).collect::<Vec<_>>(),
        "enumDescriptions": about,
        "markdownEnumDescriptions": about,
    })
}

/// Adds a description. Draft 07 ignores what stands beside `$ref`, so a reference is wrapped.
fn described(schema: Value, about: &str) -> Value {
    let mut schema = object(schema);
    if let Some(reference) = schema.remove("$ref") {
        schema.insert("allOf".into(), json!([{"$ref": reference}]));
    }
    schema.insert("description".into(), json!(about));
    Value::Object(schema)
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(schema) => schema,
        other => Map::from_iter([("const".to_owned(), other)]),
    }
}
