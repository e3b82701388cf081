//! How fast one OAuth client may ask: the decision, without clock or network. A bucket that fills at four fifths of what Genesys Cloud allows,
//! follows what its answers say of the rest (`inin-ratelimit-allowed`, `-count`, `-reset`), and is shut for the whole client when it is told to wait.

use std::time::Duration;

/// As much of what is allowed is used; the rest is for whoever else uses the same client.
const SHARE: f64 = 0.8;
/// So many may leave together: a sixth of a minute's worth.
const BURST: f64 = 1.0 / 6.0;
/// However often it was too much, so many a minute are asked.
const FLOOR: f64 = 6.0;
const MINUTE: Duration = Duration::from_mins(1);
/// How long is waited where a refusal does not say.
const REFUSED: Duration = Duration::from_secs(5);
/// Nobody is believed who wants to be left alone for longer.
const LONGEST: Duration = Duration::from_mins(15);

/// What an answer says about the pace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Requests that are allowed in a minute.
    pub(super) allowed: Option<u32>,
    /// How many there were in this one.
    pub(super) count: Option<u32>,
    /// When the next minute begins.
    pub(super) reset: Option<Duration>,
    /// It was too much.
    pub(super) refused: Option<Wait>,
}

/// How long whoever was refused is to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// Exactly so long.
    For(Duration),
    /// Nobody says.
    Unsaid,
}

/// What to do with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Ask.
    Go,
    /// Look again at this time.
    Wait(Duration),
}

/// How a client stands; all times are since any one moment.
#[derive(Debug)]
pub(super) struct Pace {
    /// The most that is asked a minute, whatever is allowed.
    most: u32,
    /// What is allowed, and when that was said: the least that was said within a minute, since every resource has a limit of its own.
    allowed: Option<(u32, Duration)>,
    /// As much of the best pace as is left after refusals, 0 to 1.
    part: f64,
    tokens: f64,
    /// Since when `tokens` and `part` are what they are.
    seen: Duration,
    /// Nobody asks before.
    shut: Duration,
}

// === impl Pace ===

impl Pace {
    /// A client that begins now and asks so often a minute at most.
    pub(super) fn new(now: Duration, most: u32) -> Self {
        Self { most, allowed: None, part: 1.0, tokens: f64::from(most) * BURST, seen: now, shut: now }
    }

    /// May a question be asked now? If so it is taken as asked.
    pub(super) fn ask(&mut self, now: Duration) -> Decision {
        self.pass_time(now);
        if now < self.shut {
            return Decision::Wait(self.shut);
        }
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Decision::Go;
        }
        // A little more, so that rounding does not make it wait twice.
        let missing = MINUTE.mul_f64((1.0 - self.tokens) / self.rate()) + Duration::from_millis(1);
        Decision::Wait(now + missing)
    }

    /// An answer has come.
    pub(super) fn answered(&mut self, now: Duration, told: Told) {
        self.pass_time(now);
        if let Some(allowed) = told.allowed.filter(|allowed| *allowed > 0)
            && self.allowed.is_none_or(|(known, since)| allowed <= known || now.saturating_sub(since) >= MINUTE)
        {
            self.allowed = Some((allowed, now));
        }
        // Somebody else asks by the same client: what is left of this minute is his.
        if let (Some(count), Some(reset), Some(allowed)) = (told.count, told.reset, told.allowed.filter(|allowed| *allowed > 0))
            && count >= allowed
        {
            self.shut = self.shut.max(now + reset.min(MINUTE));
        }
        if let Some(wait) = told.refused {
            self.part /= 2.0;
            self.tokens = self.tokens.min(1.0);
            let wait = match wait {
                Wait::For(wait) => wait.min(LONGEST),
                Wait::Unsaid => REFUSED,
            };
            self.shut = self.shut.max(now + wait);
        }
    }

    /// Questions a minute that are asked now.
    pub(super) fn rate(&self) -> f64 {
        (self.best() * self.part).max(FLOOR)
    }

    /// The same while nothing is refused.
    fn best(&self) -> f64 {
        let most = f64::from(self.most);
        self.allowed.map_or(most, |(allowed, _)| most.min(f64::from(allowed) * SHARE))
    }

    /// The bucket fills, and what was halved grows again, by a tenth of the best pace a minute; neither while everybody waits.
    fn pass_time(&mut self, now: Duration) {
        let minutes = now.saturating_sub(self.seen.max(self.shut)).as_secs_f64() / 60.0;
        self.seen = self.seen.max(now);
        let rate = self.rate();
        self.tokens = (self.tokens + rate * minutes).min((rate * BURST).max(1.0));
        // However often it was halved, it begins where it shows.
        self.part = (self.part.max(FLOOR / self.best().max(FLOOR)) + minutes / 10.0).min(1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// How many questions leave in this time, one after the other as they may.
    fn asked(pace: &mut Pace, mut now: Duration, until: Duration) -> u32 {
        let mut count = 0;
        while now < until {
            match pace.ask(now) {
                Decision::Go => count += 1,
                Decision::Wait(later) => now = later,
            }
        }
        count
    }

    #[test]
    fn four_fifths_of_what_is_usual_is_asked_and_never_more_than_what_is_allowed() {
        let mut pace = Pace::new(Duration::ZERO, 240);
        let first = asked(&mut pace, Duration::ZERO, MINUTE);
        assert!((240..=300).contains(&first), "{first}");
        let second = asked(&mut pace, MINUTE, 2 * MINUTE);
        assert!((235..=241).contains(&second), "{second}");
    }

    #[test]
    fn it_follows_what_answers_say_is_allowed() {
        let mut pace = Pace::new(Duration::ZERO, 1000);
        pace.answered(SECOND, Told { allowed: Some(180), ..Told::default() });
        let asked_at_180 = asked(&mut pace, MINUTE, 2 * MINUTE);
        assert!(asked_at_180 <= 180, "{asked_at_180}");
        // Another resource allows more: that is believed only after a minute without the narrower one.
        pace.answered(30 * SECOND, Told { allowed: Some(3000), ..Told::default() });
        assert!(pace.rate() < 180.0, "{pace:?}");
        pace.answered(2 * MINUTE, Told { allowed: Some(3000), ..Told::default() });
        assert!((pace.rate() - 1000.0).abs() < 1.0, "and never more than the site wants: {pace:?}");
    }

    #[test]
    fn a_refusal_shuts_the_client_for_exactly_as_long_as_it_says_and_halves_the_pace() {
        let mut pace = Pace::new(Duration::ZERO, 240);
        pace.answered(SECOND, Told { refused: Some(Wait::For(7 * SECOND)), ..Told::default() });
        assert_eq!(pace.ask(2 * SECOND), Decision::Wait(8 * SECOND));
        assert_eq!(pace.ask(8 * SECOND), Decision::Go);
        assert!((pace.rate() - 120.0).abs() < 1.0, "{pace:?}");
        for second in 9_u32..60 {
            pace.answered(SECOND * second, Told { refused: Some(Wait::Unsaid), ..Told::default() });
        }
        assert!(pace.rate() >= FLOOR, "{pace:?}");
        asked(&mut pace, 2 * MINUTE, 15 * MINUTE);
        assert!((pace.rate() - 240.0).abs() < 1.0, "it recovers: {pace:?}");
    }

    #[test]
    fn who_shares_the_client_has_the_rest_of_his_minute() {
        let mut pace = Pace::new(Duration::ZERO, 240);
        pace.answered(SECOND, Told { allowed: Some(300), count: Some(300), reset: Some(20 * SECOND), refused: None });
        assert_eq!(pace.ask(2 * SECOND), Decision::Wait(21 * SECOND));
    }

    #[test]
    fn nobody_is_believed_who_says_for_ever() {
        let mut pace = Pace::new(Duration::ZERO, 240);
        pace.answered(SECOND, Told { refused: Some(Wait::For(Duration::MAX)), ..Told::default() });
        assert_eq!(pace.ask(2 * SECOND), Decision::Wait(SECOND + LONGEST));
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_answered_it_goes_on_and_never_faster_than_allowed(
            told in proptest::collection::vec((0_u64..90, proptest::option::of(0_u32..1000), proptest::option::of(0_u32..1000),
                proptest::option::of(0_u64..90), proptest::option::of(proptest::option::of(0_u32..200))), 0..40)
        ) {
            let mut pace = Pace::new(Duration::ZERO, 240);
            let mut now = Duration::ZERO;
            for (passes, allowed, count, reset, refused) in told {
                now += SECOND * u32::try_from(passes).unwrap();
                let seconds = |reset: Option<u64>| reset.map(Duration::from_secs);
                let refused = refused.map(|wait| wait.map_or(Wait::Unsaid, |wait| Wait::For(SECOND * wait)));
                pace.answered(now, Told { allowed, count, reset: seconds(reset), refused });
                if let Decision::Wait(until) = pace.ask(now) {
                    proptest::prop_assert!(until > now && until <= now + LONGEST + MINUTE, "{pace:?}");
                }
                proptest::prop_assert!(pace.rate() >= FLOOR && pace.rate() <= pace.best().max(FLOOR) + 1e-6, "{pace:?}");
            }
        }
    }
}
