//! How fast the portal may be asked (`reference` 3.1, 3.2).

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    time::{Duration, Instant},
};

use super::Preset;

/// How long a method is banned once it used up its operating time.
const BAN: Duration = Duration::from_secs(300);
/// Operating time is summed over so many buckets of a minute.
const BUCKETS: u64 = 10;
/// Seconds of a bucket.
const BUCKET: u64 = 60;
/// Operating time a method may use in ten minutes.
const OPERATING: Duration = Duration::from_secs(480);
/// Calls that take no longer are not counted.
const UNCOUNTED: Duration = Duration::from_millis(100);

/// The leaky buckets, one per source address: all programs of one host share one.
#[derive(Debug)]
pub struct Rate {
    capacity: f64,
    drains: f64,
    levels: HashMap<IpAddr, (f64, Instant)>,
}

impl Rate {
    /// Takes the figures of a preset.
    pub fn new(preset: Preset) -> Rate {
        let (drains, capacity) = if preset == Preset::CloudEnterprise { (5.0, 250.0) } else { (2.0, 50.0) };
        Rate { capacity, drains, levels: HashMap::new() }
    }

    /// Lets a call in, or refuses it; a refused call does not fill the bucket.
    pub fn admit(&mut self, from: IpAddr, now: Instant) -> bool {
        let (level, at) = self.levels.entry(from).or_insert((0.0, now));
        let gone = now.saturating_duration_since(*at).as_secs_f64() * self.drains;
        *level = (*level - gone).max(0.0);
        *at = now;
        let room = *level + 1.0 <= self.capacity;
        if room {
            *level += 1.0;
        }
        room
    }
}

/// Operating time per access (webhook or application) and method.
#[derive(Debug)]
pub struct Operating {
    counted: bool,
    begin: Instant,
    used: HashMap<(bool, String), VecDeque<(u64, Duration)>>,
    bans: HashMap<(bool, String), Instant>,
    closed: HashMap<String, Instant>,
}

impl Operating {
    /// Counts where the preset does.
    pub fn new(preset: Preset, begin: Instant) -> Operating {
        Operating {
            counted: preset.is_cloud(),
            begin,
            used: HashMap::new(),
            bans: HashMap::new(),
            closed: HashMap::new(),
        }
    }

    /// Closes a method for a time, whoever calls it.
    pub fn close(&mut self, method: &str, until: Instant) {
        self.closed.insert(method.to_owned(), until);
    }

    /// Tells whether a method is closed or banned now.
    pub fn is_blocked(&self, app: bool, method: &str, now: Instant) -> bool {
        let banned = self.bans.get(&(app, method.to_owned()));
        let closed = [method, "*"].map(|name| self.closed.get(name));
        [banned, closed[0], closed[1]].into_iter().flatten().any(|until| *until > now)
    }

    /// Counts a call that took so long. The call that crosses the limit was still completed.
    pub fn count(&mut self, app: bool, method: &str, took: Duration, now: Instant) {
        if !self.counted || took <= UNCOUNTED {
            return;
        }
        let key = (app, method.to_owned());
        let bucket = self.bucket(now);
        let used = self.used.entry(key.clone()).or_default();
        match used.back_mut() {
            Some((last, sum)) if *last == bucket => *sum += took,
            _ => used.push_back((bucket, took)),
        }
        used.retain(|(at, _)| at + BUCKETS > bucket);
        if used.iter().map(|(_, sum)| *sum).sum::<Duration>() >= OPERATING {
            self.bans.insert(key, now + BAN);
        }
    }

    /// What `time` tells: seconds used, and in how many seconds the oldest bucket leaves. None
    /// where nothing is counted.
    pub fn report(&self, app: bool, method: &str, now: Instant) -> Option<(f64, u64)> {
        if !self.counted {
            return None;
        }
        let bucket = self.bucket(now);
        let live = self.used.get(&(app, method.to_owned())).into_iter().flatten();
        let live: Vec<_> = live.filter(|(at, _)| at + BUCKETS > bucket).collect();
        let sum: Duration = live.iter().map(|(_, sum)| *sum).sum();
        let age = live.first().map_or(0, |(at, _)| (bucket - at) * BUCKET);
        Some((sum.as_secs_f64(), BUCKETS * BUCKET - age))
    }

    fn bucket(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.begin).as_secs() / BUCKET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn later(begin: Instant, seconds: f64) -> Instant {
        begin + Duration::from_secs_f64(seconds)
    }

    #[test]
    fn the_bucket_holds_fifty_and_leaks_two_a_second() {
        let begin = Instant::now();
        let mut rate = Rate::new(Preset::Cloud);
        assert!((0..50).all(|_| rate.admit(HERE, begin)));
        assert!((0..1000).all(|_| !rate.admit(HERE, begin)), "refused calls must not fill it");
        assert!(!rate.admit(HERE, later(begin, 0.4)));
        assert!(rate.admit(HERE, later(begin, 0.6)));
        assert!(!rate.admit(HERE, later(begin, 0.6)));
        assert!(rate.admit([10, 0, 0, 1].into(), begin), "another host has its own");
        let mut enterprise = Rate::new(Preset::CloudEnterprise);
        assert_eq!((0..300).filter(|_| enterprise.admit(HERE, begin)).count(), 250);
    }

    #[test]
    fn operating_time_adds_up_and_leaves() {
        let begin = Instant::now();
        let mut operating = Operating::new(Preset::Cloud, begin);
        let call = Duration::from_secs(3);
        for number in 0..159 {
            operating.count(false, "user.add", call, later(begin, f64::from(number)));
        }
        assert!(!operating.is_blocked(false, "user.add", later(begin, 160.0)));
        assert_eq!(operating.report(false, "user.add", later(begin, 160.0)), Some((477.0, 480)));
        operating.count(false, "user.add", call, later(begin, 160.0));
        assert!(operating.is_blocked(false, "user.add", later(begin, 161.0)));
        assert!(!operating.is_blocked(true, "user.add", later(begin, 161.0)), "another access");
        assert!(!operating.is_blocked(false, "user.update", later(begin, 161.0)), "another method");
        assert!(!operating.is_blocked(false, "user.add", later(begin, 461.0)));
        let (left, _) = operating.report(false, "user.add", later(begin, 700.0)).unwrap();
        assert!(left < 480.0);
    }

    #[test]
    fn short_calls_and_boxes_are_not_counted() {
        let begin = Instant::now();
        let mut cloud = Operating::new(Preset::Cloud, begin);
        cloud.count(false, "user.get", UNCOUNTED, begin);
        assert_eq!(cloud.report(false, "user.get", begin), Some((0.0, 600)));
        let mut on_box = Operating::new(Preset::Box, begin);
        on_box.count(false, "user.get", OPERATING, begin);
        assert_eq!(on_box.report(false, "user.get", begin), None);
        assert!(!on_box.is_blocked(false, "user.get", begin));
    }
}
