//! What one message costs: the ordinary ones, and those that are made to cost as much as possible.
//!
//! `cargo bench -p service --bench message` measures everything; the group `hostile` also prints a verdict, because no request of any
//! content may cost more than 10 ms of CPU.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use service::{
    domain::{
        Address, AgentView, AppId, CallStatus, CallView, Capability, ChannelView, ContainerKind, ContainerView, Direction, Event,
        QueueFigures, QueueView, Reply, TextElement,
    },
    ici::{Codec, Style},
};
use shared::profile::Profile;
use std::{hint::black_box, sync::Arc, time::Duration};

#[path = "message/hostile.rs"]
mod hostile;

/// The guide's message.
const KNOWN: &[u8] = include_bytes!("../../tests/data/ici/User.getAttributes.request.xml");
const ACTION: &str = "\"http://inqmy.com/soapdispatcher/rpc/bcbici/IciUserBean\"";
/// No request of any content may cost more.
const BUDGET: Duration = Duration::from_millis(10);
/// How often a hostile message is decoded for its verdict: so many rounds over all messages, so many runs in each. The best round counts,
/// because neighbours on the machine (its caches, its memory, other guests of its host) only ever add to what a message costs.
const ROUNDS: u32 = 10;
const RUNS: u32 = 8;

fn ordinary(criterion: &mut Criterion) {
    let codec = Codec::new(Arc::new(Profile::built_in()));
    let decoded = codec.decode(KNOWN, Some(ACTION), None).expect("the guide's message is decoded");
    let reply = Ok(Reply::Agent(Arc::new(agent())));
    let answer = codec.answer(decoded.operation, Style::Literal, &reply);
    println!("getAttributes: {} bytes in, {} bytes out", KNOWN.len(), answer.body.len());

    let mut group = criterion.benchmark_group("message");
    group.bench_function("decode getAttributes", |bencher| {
        bencher.iter(|| codec.decode(black_box(KNOWN), Some(ACTION), None).is_ok());
    });
    group.bench_function("answer getAttributes", |bencher| {
        bencher.iter(|| codec.answer(decoded.operation, Style::Literal, black_box(&reply)));
    });
    group.bench_function("decode and answer getAttributes", |bencher| {
        bencher.iter(|| {
            let decoded = codec.decode(black_box(KNOWN), Some(ACTION), None).expect("the guide's message is decoded");
            codec.answer(decoded.operation, decoded.style, &reply)
        });
    });
    let event = Event::PhoneCallChanged(Box::new(call()));
    let apps = [AppId::from("00505683000C1EE0B0D1")];
    let (user, language) = ("CRMFOSOUT".into(), "EN".into());
    group.bench_function("encode phoneCallChanged", |bencher| {
        bencher.iter(|| codec.event(black_box(&event), &apps, &user, Some(&language)));
    });
    group.finish();
}

fn hostile(criterion: &mut Criterion) {
    let codec = Codec::new(Arc::new(Profile::built_in()));
    let mut group = criterion.benchmark_group("hostile");
    group.sample_size(10).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500));
    let messages = hostile::messages();
    for (name, message) in &messages {
        let codec = &codec;
        group.bench_function(*name, |bencher| {
            bencher.iter_batched(|| message, |message| codec.decode(message, None, None).is_ok(), BatchSize::PerIteration);
        });
    }
    group.finish();

    let mut costs = vec![Duration::MAX; messages.len()];
    for _ in 0..ROUNDS {
        for ((_, message), cost) in messages.iter().zip(&mut costs) {
            *cost = cost_of(&codec, message).min(*cost);
        }
    }
    for ((name, message), cost) in messages.iter().zip(&costs) {
        println!("hostile/{name}: {} bytes, {cost:?} of CPU, {}", message.len(), if *cost < BUDGET { "ok" } else { "TOO SLOW" });
    }
    let (name, worst) = messages.iter().map(|(name, _)| name).zip(costs).max_by_key(|(_, cost)| *cost).expect("there are messages");
    println!("the worst of {} is `{name}` with {worst:?}", messages.len());
    assert!(worst < BUDGET, "`{name}` costs {worst:?}; the budget is {BUDGET:?}");
}

/// What decoding costs on average of one round.
fn cost_of(codec: &Codec, message: &[u8]) -> Duration {
    let before = cpu_time();
    for _ in 0..RUNS {
        let _ = black_box(codec.decode(black_box(message), None, None));
    }
    cpu_time().saturating_sub(before) / RUNS
}

/// What this thread has had of a CPU: other work on the machine does not count. Some kernels count whole ticks, hence [`RUNS`].
fn cpu_time() -> Duration {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells what a thread has used");
    Duration::from_nanos(figures.split(' ').next().and_then(|first| first.parse().ok()).expect("its first figure is nanoseconds"))
}

/// An agent of an ordinary site: about as many bytes as the answers that the peers were measured with.
fn agent() -> AgentView {
    let queue = |id: &str, number: &str| QueueView {
        id: id.into(),
        description: Arc::from(id),
        number: number.to_owned(),
        figures: Some(QueueFigures { agents_logged_on: 12, agents_available: 3, waiting: 4, ..QueueFigures::default() }),
    };
    let workmodes = [("1", "Log off"), ("2", "Ready"), ("3", "Not ready"), ("4", "Lunch"), ("5", "Meeting"), ("6", "Training")];
    AgentView {
        user: "CRMFOSOUT".into(),
        first_name: "Rolf".to_owned(),
        last_name: "Abas".to_owned(),
        workmodes: workmodes.iter().map(|(id, text)| TextElement::new(*id, *text)).collect(),
        current_workmode: TextElement::new("2", "Ready"),
        channels: ["phone", "chat", "action_item"].map(|id| ChannelView { id: id.into(), description: Arc::from(id) }).to_vec(),
        current_channels: vec!["phone".into(), "chat".into()],
        queues: vec![queue("Support", "+7000"), queue("Sales", "+7001"), queue("Returns", "+7002")],
        current_queues: vec!["Support".into()],
        addresses: vec![Address { channel: "phone".into(), address: "+8001".to_owned() }],
        containers: vec![
            ContainerView { id: "8001".into(), kind: ContainerKind::Line },
            ContainerView { id: "Inbox".into(), kind: ContainerKind::Folder },
        ],
    }
}

fn call() -> CallView {
    CallView {
        item: "3001234567".into(),
        container: "8001".into(),
        status: CallStatus::Connected,
        direction: Direction::Inbound,
        remote_numbers: vec!["+13172222222".to_owned()],
        dialed_numbers: vec!["+7000".to_owned()],
        participants: vec![TextElement::new("p1", "+13172222222")],
        queue: Some("Support".into()),
        consultation_for: None,
        attached_data: Some(Arc::from(
            "<ItemAttachedData><Application id=\"IVR\"><ACCOUNT>4711</ACCOUNT></Application></ItemAttachedData>",
        )),
        capabilities: vec![Capability::Drop, Capability::Hold, Capability::Consult, Capability::Transfer],
        since: 1_257_420_594,
    }
}

criterion_group!(benches, ordinary, hostile);
criterion_main!(benches);
