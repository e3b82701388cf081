//! What the timelines cost whoever carries a message past: `cargo bench -p service --bench timeline`. Compare with `--bench command`, where a
//! command with its answer takes its whole way.

use criterion::{Criterion, criterion_group, criterion_main};
use service::{
    domain::UserId,
    timeline::{Body, Entry, Kind, TIMELINES},
};
use std::{hint::black_box, time::Duration};

/// `getAttributes` as SAP sends it, and its answer.
const LENGTHS: [usize; 2] = [655, 2500];

fn entries(criterion: &mut Criterion) {
    let [message, answer] = LENGTHS.map(|length| vec![b'x'; length]);
    let note = |user: &UserId| {
        let entry = Entry { message: Body::of(&message), answer: Body::of(&answer), ..Entry::new(Kind::Command, "User.getAttributes") };
        TIMELINES.note(user, entry.after(Duration::from_micros(20)));
    };
    let mut group = criterion.benchmark_group("timeline");
    let one = UserId::from("ANNA");
    group.bench_function("a command with its answer, one agent", |bencher| bencher.iter(|| note(black_box(&one))));
    let many: Vec<_> = (0..5000).map(|number| UserId::from(format!("AGENT{number}"))).collect();
    // Everybody has his share of the 64 MiB filled before it is measured.
    for _ in 0..60 {
        many.iter().for_each(note);
    }
    let mut next = 0;
    group.bench_function("a command with its answer, 5,000 agents in turn", |bencher| {
        bencher.iter(|| {
            next = (next + 1) % many.len();
            note(black_box(&many[next]));
        });
    });
    group.finish();
}

criterion_group!(benches, entries);
criterion_main!(benches);
