//! The topics of the log: which module's records belong to which.

/// The topic of a record, as `[log.topics]` has it; the target is the module that wrote it.
pub(super) fn topic(target: &str) -> &'static str {
    let below = |module: &str| target.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    TOPICS.into_iter().find(|(module, _)| below(module)).map_or("service", |(_, topic)| topic)
}

const TOPICS: [(&str, &str); 9] = [
    ("service::serve", "http"),
    ("service::soap", "ici"),
    ("service::ici", "ici"),
    ("service::agents", "agents"),
    ("service::domain", "agents"),
    ("service::switch", "switch"),
    ("service::outbox", "delivery"),
    ("service::store", "store"),
    ("audit", "agents"),
];
