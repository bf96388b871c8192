//! Which department of the portal a job belongs to, and which ones must be created for that.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::{
    Inputs,
    draft::{Draft, Hold, Proposal, fact, rule, source},
    scope::Known,
};
use crate::{
    model::{
        Account, AccountId, Action, Because, Department, DepartmentId, Employment, PATH_SEPARATOR, Reason,
        StepId, Subject, fold,
    },
    rules::{self, DepartmentMap, DepartmentTarget, Unmapped},
};

/// A department that is there, or that a step creates.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    /// It is there.
    There(DepartmentId),
    /// A step creates it.
    Created(StepId),
}

impl Place {
    /// Spells the place as UF_DEPARTMENT does.
    pub fn value(&self) -> Value {
        match self {
            Place::There(id) => json!(id.0),
            Place::Created(step) => json!({"step": step}),
        }
    }

    /// Spells the place as PARENT does.
    fn parent(&self) -> Value {
        match self {
            Place::There(id) => json!(id.to_string()),
            Place::Created(step) => json!({"step": step}),
        }
    }
}

/// The departments that an account is to have.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// The main one first, each once.
    pub places: Vec<Place>,
    /// The rules and rows that say so.
    pub because: Vec<Because>,
}

impl Wanted {
    /// Spells the departments as UF_DEPARTMENT does.
    pub fn value(&self) -> Value {
        self.places.iter().map(Place::value).collect()
    }

    /// The steps that must come first.
    pub fn after(&self) -> impl Iterator<Item = StepId> {
        self.places.iter().filter_map(|place| match place {
            Place::There(_) => None,
            Place::Created(step) => Some(step.clone()),
        })
    }

    /// Compares with what an account has: the same first, the same set.
    pub fn is_had(&self, account: &Account) -> bool {
        let have: Vec<Place> = account.departments.iter().map(|id| Place::There(*id)).collect();
        let set = |places: &[Place]| places.iter().cloned().collect::<BTreeSet<_>>();
        have.first() == self.places.first() && set(&have) == set(&self.places)
    }
}

/// The portal's structure, the map, and the departments created so far.
pub(super) struct Structure<'a> {
    inputs: Inputs<'a>,
    top: Option<DepartmentId>,
    there: HashMap<DepartmentId, &'a Department>,
    below: HashMap<(Place, String), Vec<&'a Department>>,
    created: HashMap<(Place, String), StepId>,
    map: Option<DepartmentMap<'a>>,
    heads: HashMap<AccountId, Vec<&'a str>>,
}

impl<'a> Structure<'a> {
    /// Reads the portal's departments and the map.
    pub fn of(inputs: &Inputs<'a>) -> Structure<'a> {
        let rules = inputs.rules.departments.as_ref();
        let mut structure = Structure {
            inputs: *inputs,
            top: top(&inputs.have.departments),
            there: HashMap::new(),
            below: HashMap::new(),
            created: HashMap::new(),
            map: rules.map(|rules| DepartmentMap::new(rules, inputs.people)),
            heads: HashMap::new(),
        };
        let mut departments: Vec<&Department> = inputs.have.departments.iter().collect();
        departments.sort_by_key(|department| department.id);
        departments.into_iter().for_each(|department| structure.take(department));
        structure
    }

    fn take(&mut self, department: &'a Department) {
        self.there.insert(department.id, department);
        if let Some(parent) = department.parent {
            let slot = (Place::There(parent), fold(&department.name));
            self.below.entry(slot).or_default().push(department);
        }
        if let Some(head) = department.head {
            self.heads.entry(head).or_default().push(&department.name);
        }
    }

    /// Names the departments that an account heads.
    pub fn headed_by(&self, account: AccountId) -> &[&'a str] {
        self.heads.get(&account).map(Vec::as_slice).unwrap_or_default()
    }

    /// The departments that a person's account is to have. Steps for missing ones are drafted.
    pub fn wanted(&mut self, draft: &mut Draft, known: &Known<'a>) -> Result<Wanted, Hold> {
        let works = |job: &&&Employment| job.works_on(self.inputs.as_of);
        let others: Vec<&Employment> = known.jobs.iter().skip(1).filter(works).copied().collect();
        let mut wanted = Wanted::default();
        for job in std::iter::once(known.main()).chain(others) {
            let (place, because) = self.place(draft, job)?;
            if !wanted.places.contains(&place) {
                wanted.places.push(place);
                wanted.because.push(because);
                wanted.because.extend(source(job));
            }
        }
        Ok(wanted)
    }

    /// Where a new account goes when departments are not managed.
    pub fn top(&self) -> Result<Wanted, Hold> {
        let place = self.top_place()?;
        Ok(Wanted { places: vec![place], because: vec![fact("departments are not managed: the top one")] })
    }

    fn top_place(&self) -> Result<Place, Hold> {
        let none = || Hold::new(Reason::UnmappedDepartment, "the portal has no single top department");
        self.top.map(Place::There).ok_or_else(none)
    }

    fn place(&mut self, draft: &mut Draft, job: &'a Employment) -> Result<(Place, Because), Hold> {
        let Some(rules) = &self.inputs.rules.departments else {
            return Ok((self.top_place()?, fact("departments are not managed: the top one")));
        };
        let path = shown(&job.department);
        if let Some(entry) = self.map.as_ref().and_then(|map| map.mapping(job)) {
            let because = rule(&entry.place, format!("{path} is mapped"));
            return Ok((self.target(draft, entry, &because, job)?, because));
        }
        let place = &rules.unmapped_place;
        match rules.unmapped {
            Unmapped::Top => {
                Ok((self.top_place()?, rule(place, format!("{path} is not mapped: the top one"))))
            }
            Unmapped::Create => {
                let because = rule(place, format!("{path} is not mapped: the same path"));
                Ok((self.path(draft, &job.department, &because, job)?, because))
            }
            Unmapped::Hold => {
                Err(Hold::new(Reason::UnmappedDepartment, format!("{path} is not in `departments.map`")))
            }
        }
    }

    fn target(
        &mut self,
        draft: &mut Draft,
        entry: &'a rules::Department,
        because: &Because,
        job: &Employment,
    ) -> Result<Place, Hold> {
        match &entry.to {
            DepartmentTarget::Path(path) => self.path(draft, path, because, job),
            DepartmentTarget::Id(id) if self.there.contains_key(&DepartmentId(*id)) => {
                Ok(Place::There(DepartmentId(*id)))
            }
            DepartmentTarget::Id(id) => {
                Err(Hold::new(Reason::UnmappedDepartment, format!("the portal has no department {id}")))
            }
        }
    }

    /// Walks a path below the top department; drafts what is missing.
    fn path(
        &mut self,
        draft: &mut Draft,
        path: &[String],
        because: &Because,
        job: &Employment,
    ) -> Result<Place, Hold> {
        let mut at = self.top_place()?;
        for depth in 1..=path.len() {
            at = self.step_down(draft, at, &path[..depth], because, job)?;
        }
        Ok(at)
    }

    fn step_down(
        &mut self,
        draft: &mut Draft,
        parent: Place,
        path: &[String],
        because: &Because,
        job: &Employment,
    ) -> Result<Place, Hold> {
        let name = path.last().map(String::as_str).unwrap_or_default();
        let slot = (parent, fold(name));
        match self.below.get(&slot).map(Vec::as_slice).unwrap_or_default() {
            [one] => return Ok(Place::There(one.id)),
            [] => {}
            several => return exactly(several, name, path),
        }
        if let Some(step) = self.created.get(&slot) {
            return Ok(Place::Created(step.clone()));
        }
        let step = draft.add(creation(&slot.0, path).because([because.clone()]).because(source(job)));
        self.created.insert(slot, step.clone());
        Ok(Place::Created(step))
    }
}

/// Of departments whose names differ in case or blanks only, the one spelled exactly so.
fn exactly(several: &[&Department], name: &str, path: &[String]) -> Result<Place, Hold> {
    let mut exact = several.iter().filter(|department| department.name == name);
    match (exact.next(), exact.next()) {
        (Some(one), None) => Ok(Place::There(one.id)),
        _ => Err(Hold::new(
            Reason::UnmappedDepartment,
            format!("the portal has several departments `{}`", path.join(PATH_SEPARATOR)),
        )),
    }
}

fn creation(parent: &Place, path: &[String]) -> Proposal {
    let subject = Subject { name: path.join(PATH_SEPARATOR), ..Subject::default() };
    let name = path.last().map(String::as_str).unwrap_or_default();
    let proposal = Proposal::new(Action::CreateDepartment, subject)
        .change("NAME", Value::Null, name)
        .change("PARENT", Value::Null, parent.parent())
        .expect("department", Value::Null);
    match parent {
        Place::There(_) => proposal,
        Place::Created(step) => proposal.after([step.clone()]),
    }
}

/// The only department without a parent.
fn top(departments: &[Department]) -> Option<DepartmentId> {
    let mut tops = departments.iter().filter(|department| department.parent.is_none());
    let top = tops.next()?.id;
    tops.next().is_none().then_some(top)
}

fn shown(path: &[String]) -> String {
    match path {
        [] => "no department".to_owned(),
        names => format!("department `{}`", names.join(PATH_SEPARATOR)),
    }
}
