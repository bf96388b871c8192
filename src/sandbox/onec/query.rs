//! What a request asks: the path and the options, decoded as 1C decodes them.

/// A refusal: HTTP status and 1C's code.
pub type Refusal = (u16, &'static str);

/// The options of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    pairs: Vec<(String, String)>,
}

impl Options {
    /// Reads a query string. 1C takes a blank as `%20` alone; a `+` and letters that are not
    /// percent-encoded make no address.
    pub fn read(query: &str) -> Result<Options, Refusal> {
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        });
        Ok(Options { pairs: pairs.collect::<Result<_, _>>()? })
    }

    /// Returns an option's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Tells whether rows that the user may not see are to be left out in silence.
    pub fn allowed_only(&self) -> bool {
        ["allowedOnly", "$allowedOnly"].iter().any(|name| self.get(name) == Some("true"))
    }

    /// Returns a count, such as `$top`.
    pub fn count(&self, name: &str) -> Result<Option<usize>, Refusal> {
        self.get(name).map(|text| text.parse().map_err(|_| (400, "14"))).transpose()
    }
}

/// Decodes percent-encoded UTF-8.
pub fn decode(text: &str) -> Result<String, Refusal> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digits =
                    [rest.next(), rest.next()].map(|digit| digit.and_then(|d| char::from(d).to_digit(16)));
                let [Some(high), Some(low)] = digits else { return Err((400, "6")) };
                bytes.push((high * 16 + low) as u8);
            }
            b'+' | b' ' | 0x80.. => return Err((400, "6")),
            byte => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| (400, "6"))
}

/// What a path below the root names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Path {
    /// The list of published sets.
    Service,
    /// The description of all types.
    Metadata,
    /// All rows of a set.
    Set(String),
    /// How many rows a set has.
    Count(String),
    /// One object by key.
    Object(String, String),
    /// The last rows up to a moment, of those that fit a condition.
    Slice(String, Option<String>, Option<String>),
}

impl Path {
    /// Reads a decoded path.
    pub fn read(path: &str) -> Result<Path, Refusal> {
        match path {
            "" => return Ok(Path::Service),
            "$metadata" => return Ok(Path::Metadata),
            _ => {}
        }
        if let Some(set) = path.strip_suffix("/$count") {
            return Ok(Path::Count(set.to_owned()));
        }
        if let Some((set, rest)) = path.split_once("/SliceLast(") {
            return slice(set, rest.strip_suffix(')').ok_or((400, "6"))?);
        }
        match path.split_once("(guid'") {
            Some((set, rest)) => {
                let key = rest.strip_suffix("')").ok_or((400, "6"))?;
                Ok(Path::Object(set.to_owned(), key.to_owned()))
            }
            None if path.contains(['(', '/']) => Err((400, "6")),
            None => Ok(Path::Set(path.to_owned())),
        }
    }
}

fn slice(set: &str, arguments: &str) -> Result<Path, Refusal> {
    let (mut period, mut condition) = (None, None);
    for argument in split_outside_quotes(arguments) {
        let (name, value) = argument.split_once('=').ok_or((400, "6"))?;
        match name.trim() {
            "Period" => {
                let inner = value.trim().strip_prefix("datetime'").and_then(|text| text.strip_suffix('\''));
                period = Some(inner.ok_or((400, "1"))?.to_owned());
            }
            "Condition" => {
                let inner = value.trim().strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
                condition = Some(inner.ok_or((400, "6"))?.replace("''", "'"));
            }
            _ => return Err((400, "6")),
        }
    }
    Ok(Path::Slice(set.to_owned(), period, condition))
}

fn split_outside_quotes(text: &str) -> Vec<&str> {
    let mut quoted = false;
    let outside = |c: char| {
        quoted ^= c == '\'';
        c == ',' && !quoted
    };
    text.split(outside).filter(|part| !part.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_percent_codes_alone_for_blanks_and_letters() {
        let options = Options::read("$filter=A%20eq%20%27%D0%AF%27&$top=5").unwrap();
        assert_eq!(options.get("$filter"), Some("A eq 'Я'"));
        assert_eq!(options.count("$top"), Ok(Some(5)));
        assert!(Options::read("$filter=A+eq+1").is_err());
        assert!(Options::read("$filter=Я").is_err());
        assert!(Options::read("$filter=%D0").is_err());
    }

    #[test]
    fn reads_the_arguments_of_a_slice() {
        let path =
            Path::read("R/SliceLast(Period=datetime'2026-03-01T23:59:59',Condition='A eq guid''x'', B')")
                .unwrap();
        let (period, condition) = ("2026-03-01T23:59:59".to_owned(), "A eq guid'x', B".to_owned());
        assert_eq!(path, Path::Slice("R".into(), Some(period), Some(condition)));
        assert_eq!(Path::read("R/SliceLast()").unwrap(), Path::Slice("R".into(), None, None));
        assert_eq!(Path::read("C(guid'k')").unwrap(), Path::Object("C".into(), "k".into()));
        assert!(Path::read("C(1)").is_err());
    }
}
