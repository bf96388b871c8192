//! The plan as programs read it.

use crate::model::Plan;

/// Writes the plan in the contract's format, indented, with a newline at the end.
pub fn json(plan: &Plan) -> String {
    let mut text =
        serde_json::to_string_pretty(plan).expect("a plan holds only text keys and finite numbers");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::render::sample::sample;

    #[test]
    fn comes_back_as_it_was() {
        let plan = sample();
        let text = json(&plan);
        assert!(text.ends_with("}\n"));
        assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    }

    #[test]
    fn keeps_the_order_of_the_contract() {
        let text = json(&sample());
        let places: Vec<usize> =
            ["format_version", "portal", "as_of", "made_at", "inputs", "summary", "digest"]
                .into_iter()
                .map(|key| text.find(&format!("\n  \"{key}\"")).unwrap())
                .collect();
        assert!(places.is_sorted());
    }
}
