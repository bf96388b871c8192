//! How fast a portal is asked: one bucket per portal and process, shared by all calls.
//!
//! Two limits (reference: REST, section 3): calls a second, counted per portal and address of
//! ours, and seconds of work per method. Both are kept before the portal has to refuse.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock},
};

use super::{
    Cancel, Listener, Notice, Rate,
    answer::Timing,
    bucket::Bucket,
    clock::{Clock, SystemClock, jitter},
    pace_file::PaceFile,
};

/// The longest sleep between two looks at the flag that stops waiting, in seconds.
const LOOK: f64 = 0.1;
/// Waits shorter than this are not told, in seconds.
const WORTH_TELLING: f64 = 2.0;
/// Pauses after the portal said that a method worked too long: it is blocked for 300 s, or until
/// a time that only some answers tell.
const METHOD_PAUSES: [f64; 4] = [5.0, 20.0, 90.0, 200.0];
/// The shortest and the longest pause after a refused call, in seconds.
const REFUSED_PAUSE: (f64, f64) = (0.5, 60.0);
/// A portal that we do not pace and that refuses is asked at this rate for so many calls; then
/// twice as fast, and so on. Every further refusal makes the stages four times as long.
const STAGE: u32 = 4;
/// From this rate on, a pace makes no difference.
const FREE: f64 = 64.0;

/// The pace of one portal.
pub(crate) struct Pace {
    state: Mutex<State>,
    /// Calls leave in the order in which they came here.
    turn: tokio::sync::Mutex<()>,
    file: Option<PaceFile>,
    clock: Arc<dyn Clock>,
}

struct State {
    /// What the user or the tariff grants; none: no pace until the portal refuses.
    granted: Option<Rate>,
    /// Our own brake where nothing is granted.
    brake: Option<Brake>,
    bucket: Bucket,
    refused: u32,
    closed_until: f64,
    methods: BTreeMap<String, Method>,
    waiting: Option<(String, f64)>,
}

#[derive(Default)]
struct Method {
    refused: usize,
    closed_until: f64,
}

#[derive(Clone, Copy)]
struct Brake {
    rate: Rate,
    left: u32,
    stage: u32,
}

/// Somebody asked to stop while we waited.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stopped;

impl Pace {
    /// Returns the pace of a portal, the same for every client of this process. `portal` is host
    /// and port.
    pub(crate) fn of(portal: &str, rate: Option<Rate>, file: Option<PathBuf>) -> Arc<Pace> {
        let mut paces = registry();
        let pace = paces.entry(portal.to_owned()).or_insert_with(|| {
            let file = file.map(|path| PaceFile::new(path, portal));
            Arc::new(Pace::new(rate, file, Arc::new(SystemClock)))
        });
        pace.state().granted = rate;
        pace.clone()
    }

    /// Makes a portal known under the host it moved to.
    pub(crate) fn also(self: &Arc<Pace>, portal: &str) {
        registry().insert(portal.to_owned(), self.clone());
    }

    fn new(granted: Option<Rate>, file: Option<PaceFile>, clock: Arc<dyn Clock>) -> Pace {
        let state = State {
            granted,
            brake: None,
            bucket: Bucket::empty(clock.now()),
            refused: 0,
            closed_until: 0.0,
            methods: BTreeMap::new(),
            waiting: None,
        };
        Pace { state: Mutex::new(state), turn: tokio::sync::Mutex::default(), file, clock }
    }

    /// Waits until one HTTP call that runs `methods` may leave.
    pub(crate) async fn admit(
        &self,
        methods: &[&str],
        cancel: &Cancel,
        listener: Option<&Listener>,
    ) -> Result<(), Stopped> {
        // A blocked method must not hold up the others, so it waits outside the queue.
        self.wait_while(cancel, listener, |pace| pace.state().method_wait(methods, pace.clock.now())).await?;
        let _turn = self.turn.lock().await;
        self.wait_while(cancel, listener, Pace::try_take).await
    }

    /// Sleeps before a read is repeated.
    pub(crate) async fn pause(&self, seconds: f64, cancel: &Cancel) -> Result<(), Stopped> {
        let until = self.clock.now() + jitter(seconds);
        let left =
            |pace: &Pace| (until > pace.clock.now()).then(|| (String::new(), until - pace.clock.now()));
        self.wait_while(cancel, None, left).await
    }

    /// Takes note of an answer: what is left of a method's working time.
    pub(crate) fn answered(&self, method: &str, timing: Timing, limit: f64) {
        let now = self.clock.now();
        let mut state = self.state();
        state.refused = 0;
        state.release_brake();
        let known = state.methods.entry(method.to_owned()).or_default();
        known.refused = 0;
        if timing.operating >= limit {
            known.closed_until = now + timing.resets_in.unwrap_or(METHOD_PAUSES[3]) + 1.0;
        }
    }

    /// Takes note of a call that the portal refused to begin because we ask too fast.
    pub(crate) fn refused(&self) {
        let now = self.clock.now();
        let mut state = self.state();
        let pause = (REFUSED_PAUSE.0 * 2f64.powi(state.refused as i32)).min(REFUSED_PAUSE.1);
        state.refused = (state.refused + 1).min(16);
        state.closed_until = now + jitter(pause);
        state.pull_brake();
        let rate = state.rate();
        state.bucket = rate.map_or(Bucket::empty(now), |rate| Bucket::full(rate, now));
        if let (Some(file), Some(_)) = (&self.file, state.granted) {
            file.store(state.bucket);
        }
    }

    /// Takes note of a method that worked too long (429).
    pub(crate) fn method_refused(&self, method: &str, resets_in: Option<f64>) {
        let now = self.clock.now();
        let mut state = self.state();
        let known = state.methods.entry(method.to_owned()).or_default();
        let pause = METHOD_PAUSES[known.refused.min(METHOD_PAUSES.len() - 1)];
        known.refused += 1;
        known.closed_until = now + resets_in.map_or(jitter(pause), |seconds| seconds + 1.0);
    }

    /// Tells for what and how many seconds calls wait at this moment.
    pub(crate) fn waiting(&self) -> Option<(String, u64)> {
        let state = self.state();
        let (why, until) = state.waiting.as_ref()?;
        let left = until - self.clock.now();
        (left > WORTH_TELLING / 2.0).then(|| (why.clone(), left.ceil() as u64))
    }

    async fn wait_while(
        &self,
        cancel: &Cancel,
        listener: Option<&Listener>,
        wait: impl Fn(&Pace) -> Option<(String, f64)>,
    ) -> Result<(), Stopped> {
        let mut told = false;
        while let Some((why, seconds)) = wait(self) {
            if cancel.is_cancelled() {
                return Err(Stopped);
            }
            if seconds >= WORTH_TELLING && !told {
                told = true;
                self.state().waiting = Some((why.clone(), self.clock.now() + seconds));
                if let Some(Listener(tell)) = listener {
                    tell(&Notice::Waiting { why, seconds: seconds.ceil() as u64 });
                }
            }
            self.clock.sleep(seconds.min(LOOK)).await;
        }
        if told {
            self.state().waiting = None;
        }
        if cancel.is_cancelled() { Err(Stopped) } else { Ok(()) }
    }

    /// Takes room for one call, or says how long there is none.
    fn try_take(&self) -> Option<(String, f64)> {
        let now = self.clock.now();
        let mut state = self.state();
        if state.closed_until > now {
            return Some(("the portal asked us to slow down".into(), state.closed_until - now));
        }
        let rate = state.rate()?;
        // Only what is granted is shared with other runs; the brake is this run's own caution.
        let taken = match (&self.file, state.granted) {
            (Some(file), Some(_)) => file.take(&mut state.bucket, rate, now),
            _ => state.bucket.take(rate, now),
        };
        taken.err().map(|seconds| ("the portal's rate".into(), seconds))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no holder of this lock panics")
    }
}

impl State {
    fn rate(&self) -> Option<Rate> {
        self.granted.or(self.brake.map(|brake| brake.rate)).filter(|rate| rate.per_second < FREE)
    }

    fn method_wait(&self, methods: &[&str], now: f64) -> Option<(String, f64)> {
        methods
            .iter()
            .filter_map(|name| Some((*name, self.methods.get(*name)?.closed_until - now)))
            .filter(|(_, left)| *left > 0.0)
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map(|(name, left)| (format!("the portal's working time for {name}"), left))
    }

    fn pull_brake(&mut self) {
        if self.granted.is_none() {
            let stage = self.brake.map_or(STAGE, |brake| brake.stage.saturating_mul(4));
            self.brake = Some(Brake { rate: Rate::default(), left: stage, stage });
        }
    }

    fn release_brake(&mut self) {
        let Some(brake) = &mut self.brake else { return };
        brake.left = brake.left.saturating_sub(1);
        if brake.left == 0 && brake.rate.per_second < FREE {
            brake.rate.per_second *= 2.0;
            brake.left = brake.stage;
        }
    }
}

fn registry() -> MutexGuard<'static, BTreeMap<String, Arc<Pace>>> {
    static PACES: OnceLock<Mutex<BTreeMap<String, Arc<Pace>>>> = OnceLock::new();
    PACES.get_or_init(Mutex::default).lock().expect("no holder of this lock panics")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::portal::clock::tests::TestClock;

    fn pace(rate: Option<Rate>) -> (Pace, Arc<TestClock>) {
        let clock = Arc::new(TestClock::default());
        (Pace::new(rate, None, clock.clone()), clock)
    }

    fn admit(pace: &Pace, methods: &[&str]) -> Result<(), Stopped> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(pace.admit(methods, &Cancel::default(), None))
    }

    #[test]
    fn waits_for_room_and_not_longer() {
        let (pace, clock) = pace(Some(Rate::default()));
        for _ in 0..40 {
            admit(&pace, &["user.get"]).unwrap();
        }
        assert_eq!(clock.now(), 0.0);
        for _ in 0..20 {
            admit(&pace, &["user.get"]).unwrap();
        }
        assert!((clock.now() - 10.0).abs() < 1e-6, "{}", clock.now());
    }

    #[test]
    fn a_box_is_not_paced_until_it_refuses_and_is_trusted_again() {
        let (pace, clock) = pace(None);
        for _ in 0..1000 {
            admit(&pace, &[]).unwrap();
        }
        assert_eq!(clock.now(), 0.0);
        pace.refused();
        let mut calls = 0;
        while pace.state().rate().is_some() {
            admit(&pace, &[]).unwrap();
            pace.answered("user.get", Timing::default(), 480.0);
            calls += 1;
        }
        assert!((2.0..8.0).contains(&clock.now()), "{} s for {calls} calls", clock.now());
    }

    #[test]
    fn pauses_grow_while_the_portal_refuses() {
        let (pace, clock) = pace(Some(Rate::default()));
        let mut last = 0.0;
        for _ in 0..4 {
            pace.refused();
            let before = clock.now();
            admit(&pace, &[]).unwrap();
            let waited = clock.now() - before;
            assert!(waited > last, "{waited} after {last}");
            last = waited * 1.1;
        }
    }

    #[test]
    fn a_blocked_method_waits_alone() {
        let (pace, clock) = pace(None);
        pace.method_refused("user.get", Some(100.0));
        admit(&pace, &["department.get"]).unwrap();
        assert_eq!(clock.now(), 0.0);
        admit(&pace, &["department.get", "user.get"]).unwrap();
        assert!((clock.now() - 101.0).abs() < 1e-6);
    }

    #[test]
    fn working_time_is_kept_before_the_portal_refuses() {
        let (pace, clock) = pace(None);
        pace.answered("user.add", Timing { operating: 470.0, resets_in: Some(120.0) }, 475.0);
        admit(&pace, &["user.add"]).unwrap();
        assert_eq!(clock.now(), 0.0);
        pace.answered("user.add", Timing { operating: 475.0, resets_in: Some(120.0) }, 475.0);
        admit(&pace, &["user.add"]).unwrap();
        assert!((clock.now() - 121.0).abs() < 1e-6);
    }

    #[test]
    fn a_wait_ends_when_somebody_asks_to_stop() {
        let (pace, _) = pace(None);
        pace.method_refused("user.get", Some(100.0));
        let cancel = Cancel::default();
        cancel.cancel();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(pace.admit(&["user.get"], &cancel, None)), Err(Stopped));
    }

    #[test]
    fn clients_of_one_portal_share_the_bucket() {
        let rate = Some(Rate { burst: 2.0, per_second: 0.001 });
        let (one, two) =
            (Pace::of("shared.example:443", rate, None), Pace::of("shared.example:443", rate, None));
        assert!(one.try_take().is_none());
        assert!(two.try_take().is_none());
        assert!(one.try_take().is_some());
        two.also("moved.example:443");
        assert!(Pace::of("moved.example:443", rate, None).try_take().is_some());
    }
}
