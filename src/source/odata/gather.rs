//! Reads a base, one set after the other, and notes what it does not publish.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};

use super::{
    base::{Base, Job, OrganizationRow, PersonRow},
    fault::Fault,
    fields::Fields,
    history::State,
    names::{JOBS, PERSONS},
    pages::{Reader, Table},
    tables,
    trees::{Node, Tree},
};
use crate::model::{Problem, Unmanaged, fold, nearest};

/// Reads a base, one set after the other.
pub struct Gather<'a, 'b> {
    /// Reads the sets.
    pub reader: &'a mut Reader<'b>,
    /// The end of the day for which everything is read.
    pub moment: DateTime,
    /// What has been read.
    pub base: Base,
}

impl<'a, 'b> Gather<'a, 'b> {
    /// Begins with nothing, for the end of a day: 1C itself asks so.
    pub fn new(reader: &'a mut Reader<'b>, day: Date) -> Gather<'a, 'b> {
        Gather { reader, moment: day.at(23, 59, 59, 0), base: Base::default() }
    }

    /// Reads everything that a plan needs. Errors are those without which there is no plan.
    pub async fn all(&mut self) -> Result<(), Problem> {
        self.organizations().await?;
        self.jobs().await?;
        self.persons().await?;
        self.departments().await?;
        self.positions().await?;
        self.contacts().await?;
        self.current().await?;
        self.history().await?;
        self.employments().await?;
        self.structure().await
    }

    /// Reads a set without which nothing can be said.
    pub async fn needed<T>(
        &mut self,
        table: &Table,
        make: impl Fn(&Fields<'_>) -> Result<Option<T>, Fault>,
    ) -> Result<(Vec<T>, Vec<&'static str>), Problem> {
        match self.reader.rows(table, make).await {
            Ok(rows) => Ok((rows.kept, rows.missing)),
            Err(fault) => Err(fault.problem(&self.reader.names.set(table.set))),
        }
    }

    /// Reads a set that may be absent: then none.
    pub async fn optional<T>(
        &mut self,
        table: &Table,
        make: impl Fn(&Fields<'_>) -> Result<Option<T>, Fault>,
    ) -> Result<Option<(Vec<T>, Vec<&'static str>)>, Problem> {
        match self.reader.rows(table, make).await {
            Ok(rows) => Ok(Some((rows.kept, rows.missing))),
            Err(fault) if fault.absent() => Ok(None),
            Err(fault) => Err(fault.problem(&self.reader.names.set(table.set))),
        }
    }

    /// Reads a register that may be absent; an empty one while there are jobs counts as absent.
    pub async fn register<T>(
        &mut self,
        table: &Table,
        make: impl Fn(&Fields<'_>) -> Result<Option<T>, Fault>,
    ) -> Result<Option<Vec<T>>, Problem> {
        let rows = self.optional(table, make).await?.map(|(rows, _)| rows);
        Ok(rows.filter(|rows| !rows.is_empty()))
    }

    /// Notes that something will not be managed, and why.
    pub fn lack(&mut self, set: &str, of: &[Unmanaged], what: &str) {
        let set = self.reader.names.set(set);
        self.base.unmanaged.extend(of);
        self.base.problems.push(
            Problem::warning(format!("1C does not publish `{set}`: {what}"))
                .hint("tick it in «Настройка автоматического REST-сервиса» of 1C"),
        );
    }

    /// Notes that fields of a set are not there and something is not managed for it.
    pub fn lack_fields(&mut self, set: &str, fields: &[&str], of: Unmanaged, what: &str) {
        let set = self.reader.names.set(set);
        self.base.unmanaged.insert(of);
        self.base.problems.push(
            Problem::warning(format!("`{set}` has no field `{}`: {what}", fields.join("`, `")))
                .hint("if this base calls it otherwise, say so in `people.odata.fields`"),
        );
    }

    async fn organizations(&mut self) -> Result<(), Problem> {
        let (rows, _) = self
            .needed(&tables::organizations(), |fields| {
                let key = fields.own_key("Ref_Key")?;
                let aliases = ["НаименованиеПолное", "НаименованиеСокращенное", "ИНН"];
                let row = OrganizationRow {
                    name: fields.text("Description").unwrap_or_default(),
                    aliases: aliases.iter().filter_map(|field| fields.text(field)).collect(),
                    head: fields.key("ГоловнаяОрганизация_Key").filter(|head| *head != key),
                };
                Ok(Some((key, row)))
            })
            .await?;
        self.base.organizations = rows.into_iter().collect();
        Ok(())
    }

    async fn jobs(&mut self) -> Result<(), Problem> {
        let (rows, _) = self
            .needed(&tables::jobs(), |fields| {
                let key = fields.own_key("Ref_Key")?;
                Ok(Some(Job {
                    person: fields.key("ФизическоеЛицо_Key"),
                    number: fields.text("Code"),
                    organization: fields.key("ГоловнаяОрганизация_Key"),
                    main: fields.key("ГоловнойСотрудник_Key").filter(|main| *main != key),
                    deleted: fields.flag("DeletionMark") == Some(true),
                    key,
                }))
            })
            .await?;
        self.base.jobs = rows;
        Ok(())
    }

    async fn persons(&mut self) -> Result<(), Problem> {
        let table = tables::persons(&self.reader.names.field(PERSONS, "IsFolder"));
        let (rows, missing) = self
            .needed(&table, |fields| {
                let row = PersonRow {
                    key: fields.own_key("Ref_Key")?,
                    parts: ["Фамилия", "Имя", "Отчество"].map(|field| fields.text(field)),
                    full: fields.text("ФИО").or_else(|| fields.text("Description")),
                    birthday: fields.date("ДатаРождения")?,
                    deleted: fields.flag("DeletionMark") == Some(true),
                };
                Ok(Some(row).filter(|_| fields.flag("IsFolder") != Some(true)))
            })
            .await?;
        self.base.persons = rows.into_iter().map(|row| (row.key.clone(), row)).collect();
        if missing.contains(&"ДатаРождения") {
            self.lack_fields(PERSONS, &["ДатаРождения"], Unmanaged::Birthdays, "birthdays are not managed");
        }
        Ok(())
    }

    async fn departments(&mut self) -> Result<(), Problem> {
        let table = tables::departments();
        match self.optional(&table, node).await?.filter(|(nodes, _)| !nodes.is_empty()) {
            Some((nodes, _)) => self.base.departments = Tree::new(nodes),
            None => self.lack(
                table.set,
                &[Unmanaged::Departments],
                "departments are not managed, nobody is moved",
            ),
        }
        Ok(())
    }

    async fn positions(&mut self) -> Result<(), Problem> {
        let table = tables::positions();
        let named = |fields: &Fields<'_>| Ok(fields.key("Ref_Key").zip(fields.text("Description")));
        match self.optional(&table, named).await?.filter(|(rows, _)| !rows.is_empty()) {
            Some((rows, _)) => self.base.positions = rows.into_iter().collect(),
            None => self.lack(table.set, &[Unmanaged::Positions], "positions are not managed"),
        }
        Ok(())
    }

    /// Looks for the organizations that the settings name.
    fn wanted_organizations(&self) -> Result<(), Problem> {
        let rows = &self.base.organizations;
        let texts = rows.iter().flat_map(|(key, row)| row.aliases.iter().chain([key, &row.name]));
        let known: BTreeSet<String> = texts.map(|text| fold(text)).collect();
        let wanted = self.reader.names.0.organizations.iter();
        match wanted.clone().find(|name| !known.contains(&fold(name))) {
            None => Ok(()),
            Some(name) => {
                let problem = Problem::error(format!("1C has no organization `{name}`"));
                let names = rows.values().map(|row| row.name.as_str());
                Err(match nearest(name, names) {
                    Some(near) => problem.hint(format!("did you mean `{near}`?")),
                    None => problem.hint("name it as «Организации» of 1C does, or by ИНН or GUID"),
                })
            }
        }
    }

    /// Refuses a base that cannot be right.
    pub fn trusted(&self) -> Result<(), Problem> {
        let jobs = self.base.jobs.iter().filter(|job| !job.deleted);
        let set = |standard| self.reader.names.set(standard);
        if self.base.organizations.is_empty() {
            return Err(Problem::error("1C shows no organization").hint("look at the rights of the 1C user"));
        }
        if jobs.clone().count() == 0 {
            return Err(Problem::error(format!("`{}` shows no job", set(JOBS)))
                .hint("look at the rights of the 1C user"));
        }
        self.wanted_organizations()?;
        let working: Vec<&Job> = jobs
            .filter(|job| {
                let history = self.base.history.as_ref();
                history.is_none_or(|history| matches!(history.get(&job.key), Some(State::Working(_))))
            })
            .collect();
        let resolved = working
            .iter()
            .filter(|job| job.person.as_ref().is_some_and(|person| self.base.persons.contains_key(person)));
        if resolved.count() * 2 < working.len() {
            return Err(Problem::error("most jobs name persons that 1C does not show")
                .cause(format!("`{}` and `{}` do not fit each other", set(JOBS), set(PERSONS)))
                .hint("look at the rights of the 1C user, and whether `allowed_only` hides rows"));
        }
        Ok(())
    }
}

/// Reads a node of either tree.
pub fn node(fields: &Fields<'_>) -> Result<Option<(String, Node)>, Fault> {
    let node = Node {
        name: fields.text("Description").unwrap_or_default(),
        parent: fields.key("Parent_Key"),
        source: fields.key("Источник"),
    };
    Ok(Some((fields.own_key("Ref_Key")?, node)))
}
