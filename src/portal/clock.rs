//! Time as the pace needs it, so that tests can turn it.

use std::{
    future::Future,
    hash::{BuildHasher, RandomState},
    pin::Pin,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A wait.
pub(crate) type Sleep<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Tells the time and waits.
pub(crate) trait Clock: Send + Sync {
    /// Seconds since 1970. Runs that follow each other share it, which a monotonic clock cannot.
    fn now(&self) -> f64;
    /// Waits.
    fn sleep(&self, seconds: f64) -> Sleep<'_>;
}

/// The machine's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> f64 {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |passed| passed.as_secs_f64())
    }

    fn sleep(&self, seconds: f64) -> Sleep<'_> {
        Box::pin(tokio::time::sleep(Duration::from_secs_f64(seconds.clamp(0.0, 3600.0))))
    }
}

/// Stretches or shortens a pause by up to a quarter, so that many waiting programs do not come
/// back at the same moment.
pub(crate) fn jitter(seconds: f64) -> f64 {
    seconds * (0.75 + random_share() / 2.0)
}

/// Draws from the randomness that std seeds its hash tables with.
pub(crate) fn random_number() -> u64 {
    RandomState::new().hash_one(0u8)
}

fn random_share() -> f64 {
    (random_number() >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A clock that moves only when somebody waits.
    #[derive(Default)]
    pub(crate) struct TestClock(Mutex<f64>);

    impl TestClock {
        /// Lets time pass.
        pub(crate) fn advance(&self, seconds: f64) {
            *self.0.lock().expect("no holder of this lock panics") += seconds;
        }
    }

    impl Clock for TestClock {
        fn now(&self) -> f64 {
            *self.0.lock().expect("no holder of this lock panics")
        }

        fn sleep(&self, seconds: f64) -> Sleep<'_> {
            self.advance(seconds);
            Box::pin(std::future::ready(()))
        }
    }

    #[test]
    fn jitter_stays_within_a_quarter() {
        for _ in 0..1000 {
            assert!((0.75..=1.25).contains(&jitter(1.0)));
        }
    }
}
