//! Reads the management tree and where staff positions stand in it.

use std::collections::HashMap;

use super::{
    fields::Fields,
    gather::{Gather, node},
    history::State,
    settings::Tree as Which,
    tables,
    trees::Tree,
};
use crate::model::{Problem, Unmanaged};

impl Gather<'_, '_> {
    /// Reads the management tree, where it is asked for.
    pub async fn structure(&mut self) -> Result<(), Problem> {
        if self.reader.names.0.tree == Which::Legal {
            return Ok(());
        }
        let table = tables::structure();
        let Some((nodes, _)) = self.optional(&table, node).await?.filter(|(nodes, _)| !nodes.is_empty())
        else {
            self.lack(table.set, &[Unmanaged::Departments], "departments are not managed, nobody is moved");
            return Ok(());
        };
        self.base.structure = Some(Tree::new(nodes));
        self.places().await
    }

    async fn places(&mut self) -> Result<(), Problem> {
        let table = tables::places(self.moment);
        let place = |fields: &Fields<'_>| Ok(fields.key("Позиция_Key").zip(fields.key("Подразделение_Key")));
        let staffed = self.staff_positions();
        match self.register(&table, place).await? {
            Some(rows) => self.base.places = rows.into_iter().collect(),
            None if staffed => self.lack(
                table.set,
                &[Unmanaged::Departments],
                "where staff positions stand in the management tree is unknown, nobody is moved",
            ),
            None => {}
        }
        Ok(())
    }

    /// Tells whether anybody's place depends on a staff position.
    fn staff_positions(&self) -> bool {
        let states = self.base.history.iter().flat_map(HashMap::values);
        let mut events = states.filter_map(|state| match state {
            State::Working(event) => Some(event),
            State::Ended(..) => None,
        });
        events.any(|event| event.staff_position.is_some())
            || self.base.to_come.values().any(|event| event.staff_position.is_some())
    }
}
