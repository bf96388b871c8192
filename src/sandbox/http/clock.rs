//! The portal's clock: moments as the portal writes them, and the `time` of every answer.

use jiff::{Timestamp, tz::Offset};
use serde_json::{Value, json};

/// The portal's zone: Moscow.
const ZONE: Offset = Offset::constant(3);

/// When a call began and ended, and how much operating time its method has used.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Begin.
    pub start: Timestamp,
    /// End.
    pub finish: Timestamp,
    /// Seconds used by the method in the last ten minutes, and when the oldest leave; none where
    /// no limiter runs.
    pub operating: Option<(f64, i64)>,
}

impl Timing {
    /// Copies it into JSON, integers and floats as current portals mix them.
    pub fn to_value(self) -> Value {
        let duration = self.finish.duration_since(self.start).as_secs_f64().max(0.000_001);
        let mut time = json!({
            "start": self.start.as_second(),
            "finish": seconds(self.finish),
            "duration": duration,
            "processing": 0,
            "date_start": moment(self.start),
            "date_finish": moment(self.finish),
        });
        if let Some((operating, reset_at)) = self.operating {
            time["operating_reset_at"] = json!(reset_at);
            time["operating"] = if operating > 0.0 { json!(operating) } else { json!(0) };
        }
        time
    }
}

/// Returns the moment.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Writes a moment as the portal does: `2026-09-21T16:13:20+03:00`.
pub fn moment(at: Timestamp) -> String {
    format!("{}+03:00", ZONE.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S"))
}

/// Writes a moment to the microsecond.
pub fn precise(at: Timestamp) -> String {
    format!("{}+03:00", ZONE.to_datetime(at).strftime("%Y-%m-%dT%H:%M:%S%.6f"))
}

/// Writes a moment's day as the portal does: midnight of it.
pub fn day(at: Timestamp) -> String {
    format!("{}T00:00:00+03:00", ZONE.to_datetime(at).strftime("%Y-%m-%d"))
}

fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_mixes_integers_and_floats() {
        let start: Timestamp = "2026-09-21T13:13:20Z".parse().unwrap();
        let finish: Timestamp = "2026-09-21T13:13:20.5Z".parse().unwrap();
        let value = Timing { start, finish, operating: Some((0.0, 1_790_000_600)) }.to_value();
        assert!(value["start"].is_i64() && value["processing"].is_i64() && value["operating"].is_i64());
        assert!(value["finish"].is_f64() && value["duration"].is_f64());
        assert_eq!(value["date_start"], "2026-09-21T16:13:20+03:00");
        assert_eq!(day(start), "2026-09-21T00:00:00+03:00");
        let quiet = Timing { start, finish, operating: None }.to_value();
        assert_eq!(quiet.get("operating"), None);
    }
}
