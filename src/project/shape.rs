//! What may stand in shtat.yaml.

use crate::rules::yaml::{Choice, Field, Shape};

const FILE: &[Field] = &[Field::required("file", Shape::Text, "the file's path, relative to shtat.yaml")];

/// The whole file.
pub const CONFIG: Shape = Shape::Fields(&[
    Field::required("people", Shape::Fields(PEOPLE), "where people come from"),
    Field::required("portals", Shape::Map(&Shape::Fields(PORTAL)), "the portals, each by a name of your own"),
    Field::new("default_portal", Shape::Text, "the portal for commands that name none"),
]);

const PEOPLE: &[Field] = &[
    Field::new("csv", Shape::Text, "a CSV file: UTF-8, UTF-16 or Windows-1251; `;`, `,` or tab"),
    Field::new("xlsx", Shape::Text, "an Excel workbook"),
    Field::new("json", Shape::Text, "a JSON file: an array, JSON Lines or {\"value\": […]}"),
    Field::new("odata", Shape::Fields(ODATA), "a live 1C:ЗУП 3.1 through its standard OData interface"),
    Field::new("timezone", Shape::Text, "in whose day hire and dismissal dates begin, such as Europe/Moscow"),
    Field::new(
        "columns",
        Shape::Map(&Shape::Text),
        "headers that are not known by themselves: field: \"header\"",
    ),
];

const ODATA: &[Field] = &[
    Field::required("url", Shape::Text, "the address of the base, or of its /odata/standard.odata/"),
    Field::required("user", Shape::Text, "a 1C user with the role «Удаленный доступ OData»"),
    Field::required("password", Shape::Secret, "${VARIABLE} or {file: path}"),
    Field::new("allow_http", Shape::Truth, "allows plain http to other machines"),
    Field::new("allowed_only", Shape::Truth, "asks for allowed rows only; hidden rows look like leavers"),
    Field::new("sessions", Shape::Truth, "uses one infobase session for all reads (default true)"),
    Field::new("page_size", Shape::Whole(1, 100_000), "rows asked for at a time (default 1000)"),
    Field::new("connect_timeout", Shape::Duration, "time to connect in (default 15s)"),
    Field::new("read_timeout", Shape::Duration, "time to wait for an answer (default 180s)"),
    Field::new("email_kinds", Shape::Filled(&Shape::Text), "contact kinds of the work address, best first"),
    Field::new("personal_email_kinds", Shape::List(&Shape::Text), "contact kinds of the private address"),
    Field::new("tree", Shape::Choice(TREES), "which tree gives departments"),
    Field::new(
        "dismissal_shift",
        Shape::Whole(0, 31),
        "days from the last working day to its row (default 1)",
    ),
    Field::new("sets", Shape::Map(&Shape::Text), "sets that this base calls otherwise"),
    Field::new("fields", Shape::Map(&Shape::Text), "fields that this base calls otherwise"),
];

const TREES: &[Choice] = &[
    Choice("legal", "departments of each organization"),
    Choice("management", "the company's own structure"),
];

const PORTAL: &[Field] = &[
    Field::new("sandbox", Shape::Text, "a portal file: embedded, lives in .shtat/"),
    Field::new(
        "webhook",
        Shape::Secret,
        "an inbound webhook: ${VARIABLE} or {file: path}; never the address itself",
    ),
    Field::new("edition", Shape::Choice(EDITIONS), "cloud (default) or box"),
    Field::new("organizations", Shape::List(&Shape::Text), "names, ИНН or GUIDs in scope; none given: all"),
    Field::new(
        "timeout",
        Shape::Duration,
        "time for one call (default 60s); a call cut by it counts as a lost answer",
    ),
    Field::new("rate", Shape::Fields(RATE), "how fast calls may be made"),
    Field::new("allow_http", Shape::Truth, "allows plain http to other machines"),
    Field::new("oauth", Shape::Fields(OAUTH), "a local application; needed for КЭДО"),
];

const EDITIONS: &[Choice] = &[Choice("cloud", "*.bitrix24.ru"), Choice("box", "on the company's own server")];

const RATE: &[Field] = &[
    Field::required("burst", Shape::Whole(1, 10_000), "calls that may be made at once"),
    Field::required("per_second", Shape::Whole(1, 1_000), "calls a second in the long run"),
];

const OAUTH: &[Field] = &[
    Field::required("client_id", Shape::Text, "of the application's card"),
    Field::required("client_secret", Shape::Secret, "${VARIABLE} or {file: path}"),
    Field::required("tokens", Shape::Fields(FILE), "where the refresh answer is kept as JSON"),
    Field::new("server", Shape::Text, "the authorization server (default https://oauth.bitrix.info)"),
];
