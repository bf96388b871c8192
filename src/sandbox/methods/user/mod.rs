//! `user.*`: reading, searching, adding and changing people (`reference` section 4).

mod add;
mod fields;
mod filter;
mod like;
mod list;
mod save;
mod update;
mod view;

use serde_json::{Map, Value};

use self::view::View;
use super::{
    super::http::{Answer, Failure, Success},
    Call,
};

pub use add::add;
pub use filter::{Operator, split_key};
pub use like::{contains, like};
pub use list::{get, search};
pub use update::update;

/// `user.current`: one object in which every field is a text, a flag or a list.
pub fn current(call: &mut Call<'_>) -> Answer {
    let visible = fields::visible(call.portal);
    let view = View { fields: &visible, moments_as_text: true, all: true };
    match call.portal.users.get(call.caller.user) {
        Some(row) => Success::of(view.show(row)),
        None => Err(Failure::core("")),
    }
}

/// `user.fields`: name → label.
pub fn fields(call: &mut Call<'_>) -> Answer {
    let label = |name: &str| {
        fields::FIELDS.iter().find(|(known, _)| *known == name).map_or(name, |(_, label)| *label).to_owned()
    };
    let labels = fields::visible(call.portal).into_iter().map(|name| {
        let text = label(&name);
        (name, Value::from(text))
    });
    Success::of(Value::Object(labels.collect::<Map<_, _>>()))
}
