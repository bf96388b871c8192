//! Reads the management tree and where staff positions stand in it.

use std::collections::{HashMap, HashSet};

use jiff::civil::DateTime;

use super::{
    fault::Fault,
    fields::Fields,
    gather::{Gather, node},
    history::State,
    names::PLACES,
    settings::Tree as Which,
    tables,
    trees::Tree,
};
use crate::model::{Problem, Unmanaged};

/// A staff position, from when on, and its node.
type Place = (String, Option<DateTime>, String);

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
        let staffed = self.staff_positions();
        let rows = self.read_places(&staffed).await?;
        if rows.is_empty() && !staffed.is_empty() {
            self.lack(
                PLACES,
                &[Unmanaged::Departments],
                "where staff positions stand in the management tree is unknown, nobody is moved",
            );
        }
        for (position, _, node) in rows.into_iter().flatten() {
            // Ordered by moment: the last one counts.
            self.base.places.insert(position, node);
        }
        Ok(())
    }

    /// Reads all rows of the register, and of those up to the moment the places, the latest last. Releases differ in what they call the
    /// fields, so a place is told by its keys: a staff position that somebody has, and a node.
    async fn read_places(&mut self, staffed: &HashSet<String>) -> Result<Vec<Option<Place>>, Problem> {
        let (moment, tree) = (self.moment, self.base.structure.clone().unwrap_or_default());
        let place = |fields: &Fields<'_>| {
            let from = fields.moment("Period")?;
            let keys = fields.row.iter().filter(|(name, _)| name.ends_with("_Key"));
            let keys: Vec<&str> = keys.filter_map(|(_, value)| value.as_str()).collect();
            let find = |known: &dyn Fn(&str) -> bool| {
                keys.iter().find(|key| known(key)).map(|key| (*key).to_owned())
            };
            let position = find(&|key| staffed.contains(key));
            let known = from.is_none_or(|from| from <= moment);
            let place = position.zip(find(&|key| tree.has(key))).filter(|_| known);
            Ok(Some(place.map(|(position, node)| (position, from, node))))
        };
        let mut rows = match self.reader.rows(&tables::places(true), place).await {
            Err(fault) if fault.misunderstood() => self.reader.rows(&tables::places(false), place).await,
            rows => rows,
        };
        if rows.as_ref().is_err_and(Fault::absent) {
            return Ok(Vec::new());
        }
        if let Ok(rows) = &mut rows {
            rows.kept.sort();
        }
        rows.map(|rows| rows.kept).map_err(|fault| fault.problem(&self.reader.names.set(PLACES)))
    }

    /// Returns the staff positions that anybody has or will have.
    fn staff_positions(&self) -> HashSet<String> {
        let states = self.base.history.iter().flat_map(HashMap::values);
        let now = states.map(|state| match state {
            State::Working(event) | State::Ended(event, _) => event,
        });
        now.chain(self.base.to_come.values()).filter_map(|event| event.staff_position.clone()).collect()
    }
}
