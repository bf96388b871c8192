//! The leaky bucket: a pure count of what the portal has let in lately.

use serde::{Deserialize, Serialize};

use super::Rate;

/// How full the portal's bucket is, as far as we know. Times are seconds of any one clock.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Bucket {
    level: f64,
    at: f64,
}

impl Bucket {
    /// Starts with an empty bucket.
    pub(crate) fn empty(now: f64) -> Bucket {
        Bucket { level: 0.0, at: now }
    }

    /// Starts with a full one: the portal has just refused us.
    pub(crate) fn full(rate: Rate, now: f64) -> Bucket {
        Bucket { level: rate.burst, at: now }
    }

    /// Puts one call in, or says for how many seconds there is no room.
    pub(crate) fn take(&mut self, rate: Rate, now: f64) -> Result<(), f64> {
        self.drain(rate, now);
        // A burst below one call would never let anything in.
        let over = self.level + 1.0 - rate.burst.max(1.0);
        if over > 1e-9 {
            return Err(over / rate.per_second);
        }
        self.level += 1.0;
        Ok(())
    }

    fn drain(&mut self, rate: Rate, now: f64) {
        // A clock that was set back must neither drain nor lock the bucket.
        let passed = (now - self.at).max(0.0);
        self.level = (self.level - passed * rate.per_second).clamp(0.0, rate.burst.max(1.0));
        self.at = now;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// In every window of time no more calls get in than the burst and what drained meanwhile.
        #[test]
        fn never_above_the_rate(pauses in prop::collection::vec(0.0..3.0f64, 1..200), burst in 1.0..50.0f64, per_second in 0.5..9.0f64) {
            let rate = Rate { burst: burst.floor(), per_second };
            let (mut bucket, mut now, mut taken) = (Bucket::empty(0.0), 0.0, Vec::new());
            for pause in pauses {
                now += pause;
                while bucket.take(rate, now).is_ok() {
                    taken.push(now);
                }
            }
            for (from, start) in taken.iter().enumerate() {
                for (count, end) in taken[from..].iter().enumerate() {
                    let allowed = rate.burst + (end - start) * rate.per_second + 1e-6;
                    prop_assert!((count + 1) as f64 <= allowed);
                }
            }
        }

        /// Whoever waits exactly as long as told gets in at once.
        #[test]
        fn never_idle_while_there_is_room(calls in 1usize..200) {
            let rate = Rate::default();
            let (mut bucket, mut now) = (Bucket::empty(0.0), 0.0);
            for _ in 0..calls {
                if let Err(wait) = bucket.take(rate, now) {
                    prop_assert!(wait <= 1.0 / rate.per_second + 1e-6);
                    now += wait;
                    prop_assert_eq!(bucket.take(rate, now), Ok(()));
                }
            }
            let least = (calls as f64 - rate.burst).max(0.0) / rate.per_second;
            prop_assert!((now - least).abs() < 1e-6, "{} calls took {} s, {} are due", calls, now, least);
        }
    }

    #[test]
    fn a_clock_set_back_does_no_harm() {
        let rate = Rate { burst: 1.0, per_second: 1.0 };
        let mut bucket = Bucket::empty(1000.0);
        assert_eq!(bucket.take(rate, 1000.0), Ok(()));
        assert_eq!(bucket.take(rate, 10.0), Err(1.0));
        assert_eq!(bucket.take(rate, 11.0), Ok(()));
    }
}
