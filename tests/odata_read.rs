//! Reads a company from the stand-in for 1C, in its good and its bad ways.

mod odata_support;

use odata_support::{romashka, source};
use shtat::{
    sandbox::onec::{self, Company, Options},
    source::Source,
};

#[test]
fn the_same_company_comes_back() {
    let people = romashka();
    let base = onec::start(Company::from_people(&people), Options::default()).unwrap();
    let reading = source(&base).read();
    assert_eq!(reading.problems.iter().filter(|p| p.is_error()).count(), 0, "{:#?}", reading.problems);
    assert_eq!(odata_support::bare(&reading.people), odata_support::bare(&people));
    assert_eq!(base.open_sessions(), 0);
}
