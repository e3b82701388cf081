//! The order of steps: what is referred to before what refers to it, and removals the other way round. Skills, languages and codes come before
//! queues, queues and users before members; an address that changes hands is given up before it is taken.

use super::{Action, Step, untangle::untangle};
use crate::genesys_cloud::record::Kind;

pub(super) fn sorted(mut steps: Vec<Step>) -> Vec<Step> {
    // Within one phase by record, so that two plans from the same ground are the same.
    steps.sort_by(|a, b| (phase(a), &a.record).cmp(&(phase(b), &b.record)));
    untangle(&mut steps);
    steps
}

/// In which phase a step is done.
pub(super) fn phase(step: &Step) -> u8 {
    let made = match step.record.kind {
        Kind::Skill | Kind::Language => 2,
        Kind::WrapUpCode => 3,
        Kind::Queue => 4,
        Kind::User | Kind::OauthClient => 5,
    };
    match &step.action {
        Action::Adopt { .. } => 0,
        Action::Restore => 1,
        Action::Create { .. } | Action::Change { .. } => made,
        Action::AddMembers { .. } | Action::AddCodes { .. } => 6,
        Action::RemoveMembers { .. } | Action::RemoveCodes { .. } => 7,
        Action::Deactivate => 8,
        Action::Retire => 9,
        // From 15 down to 12.
        Action::Delete => 17 - made,
        Action::Forget => 16,
    }
}
