//! Which mapping is for a department of 1C: by its id, else by its full path, else by a name that
//! stands once.

use std::collections::{BTreeMap, BTreeSet};

use super::{Department, Departments, read::split_path};
use crate::model::{Employment, PATH_SEPARATOR, People, fold};

/// The map of `departments`, looked up in the light of the departments that the source has.
#[derive(Debug, Clone)]
pub struct DepartmentMap<'a> {
    mappings: BTreeMap<String, &'a Department>,
    sources: SourceDepartments,
}

/// What a mapping's left side names in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// An id, a full path, or a name that stands once.
    One,
    /// No department of the source.
    Nothing,
    /// A name that several departments have.
    Several,
}

/// The departments of a source, those without people of their own too.
#[derive(Debug, Clone, Default)]
pub struct SourceDepartments {
    /// Ids, folded.
    ids: BTreeSet<String>,
    /// Full paths, folded.
    paths: BTreeSet<String>,
    /// How many departments have a name, folded.
    names: BTreeMap<String, usize>,
}

impl SourceDepartments {
    /// Collects the departments of all employments and everything above them.
    pub fn of(people: &People) -> SourceDepartments {
        let mut found = SourceDepartments::default();
        for job in people.persons.iter().flat_map(|person| &person.employments) {
            found.ids.extend(job.department_id.iter().map(|id| fold(id)));
            found.paths.extend((1..=job.department.len()).map(|depth| path_key(&job.department[..depth])));
        }
        for path in &found.paths {
            *found.names.entry(last_name(path).to_owned()).or_default() += 1;
        }
        found
    }

    /// Tells what a mapping's left side names.
    pub fn named(&self, from: &str) -> Named {
        let key = text_key(from);
        if self.ids.contains(&key) || self.paths.contains(&key) {
            return Named::One;
        }
        match self.names.get(&key) {
            None => Named::Nothing,
            Some(1) => Named::One,
            Some(_) => Named::Several,
        }
    }

    /// Tells whether a department path stands in the source.
    pub fn has_path(&self, path: &[String]) -> bool {
        self.paths.contains(&path_key(path))
    }

    /// Lists the full paths, folded.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }
}

impl<'a> DepartmentMap<'a> {
    /// Prepares the map for the people of a source.
    pub fn new(rules: &'a Departments, people: &People) -> DepartmentMap<'a> {
        let mappings = rules.map.iter().map(|mapping| (text_key(&mapping.from), mapping)).collect();
        DepartmentMap { mappings, sources: SourceDepartments::of(people) }
    }

    /// Finds the mapping for an employment's department; none where it is unmapped or has none.
    pub fn mapping(&self, job: &Employment) -> Option<&'a Department> {
        self.candidates(job).into_iter().next()
    }

    /// Lists every mapping that names an employment's department, the one that counts first.
    pub fn candidates(&self, job: &Employment) -> Vec<&'a Department> {
        let path = path_key(&job.department);
        let name = last_name(&path);
        let by_id = job.department_id.as_ref().and_then(|id| self.mappings.get(&fold(id)));
        let by_path = self.mappings.get(&path).filter(|_| !path.is_empty());
        let by_name = self.mappings.get(name).filter(|_| self.sources.names.get(name) == Some(&1));
        let mut found: Vec<&Department> = Vec::new();
        for mapping in [by_id, by_path, by_name].into_iter().flatten() {
            if !found.contains(mapping) {
                found.push(mapping);
            }
        }
        found
    }
}

fn path_key(path: &[String]) -> String {
    path.iter().map(|name| fold(name)).collect::<Vec<_>>().join(PATH_SEPARATOR)
}

fn text_key(text: &str) -> String {
    split_path(&fold(text)).join(PATH_SEPARATOR)
}

fn last_name(path: &str) -> &str {
    path.rsplit(PATH_SEPARATOR).next().unwrap_or("")
}
