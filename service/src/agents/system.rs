//! Commands of the system interface: they concern nobody's session.

use super::{Names, Shared};
use crate::{
    domain::{Command, ProductInformation, Refusal, Reply, WorkcenterCapability, presence},
    switch::Directory,
};

/// Carries out a command that needs no session; `None`: it needs one.
pub(super) async fn carry_out(shared: &Shared, command: &Command) -> Option<Result<Reply, Refusal>> {
    Some(match command {
        Command::ExchangeProductInformation(theirs) => {
            let ours = ProductInformation::ours(env!("CARGO_PKG_VERSION"), &shared.policy().ici_version, theirs);
            tracing::info!(product = %theirs.name, version = %theirs.version, ici = %theirs.ici_version, "SAP introduced itself");
            Ok(Reply::Product(ours))
        }
        Command::GetWorkcenterCapability => {
            let flags = shared.policy().flags;
            Ok(Reply::Workcenter(WorkcenterCapability {
                free_seating: flags.free_seating,
                filters: flags.workcenter_filters,
                lists: flags.workcenter_lists,
            }))
        }
        Command::GetPresenceQueueInfo { .. } => {
            known(shared, "Presence queue information").await.map(|there| Reply::Queues(presence::queues(there.queues)))
        }
        Command::GetUserPresence { search } => {
            known(shared, "User presence").await.map(|there| Reply::Users(presence::users(there.users, search)))
        }
        _ => return None,
    })
}

/// What the switch has, when the file lets SAP ask for it.
async fn known(shared: &Shared, what: &'static str) -> Result<Directory, Refusal> {
    if !shared.policy().flags.presence_queue_info {
        return Err(Refusal::NotAvailable(what));
    }
    directory(shared).await
}

/// What the switch has that can be named in the file.
pub(super) async fn names(shared: &Shared) -> Result<Names, Refusal> {
    let there = directory(shared).await?;
    Ok(Names {
        statuses: there.statuses.iter().map(|entry| entry.status.name.to_string()).collect(),
        workgroups: there.queues.iter().map(|queue| queue.id.as_str().to_owned()).collect(),
        users: there.users.iter().map(|user| user.user.as_str().to_owned()).collect(),
        stations: there.stations,
    })
}

async fn directory(shared: &Shared) -> Result<Directory, Refusal> {
    let deadline = shared.policy().switch_deadline;
    tokio::time::timeout(deadline, shared.switch().directory()).await.unwrap_or(Err(Refusal::SwitchTimeout))
}
