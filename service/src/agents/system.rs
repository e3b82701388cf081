//! Commands that concern nobody's session: of the system interface, and SAP's wishes to have something routed.

use super::{Names, Shared, figures, routed::Whereabouts};
use crate::{
    domain::{
        ActionItem, ActionItemId, CallBack, Command, InteractionId, ItemId, NewInteraction, ProductInformation, Refusal, Reply, ReplyTo,
        Request, WorkcenterCapability, place_action_item, presence,
    },
    switch::Directory,
};
use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::time::timeout;

/// The end of what SAP has taken back is told within this time, if anybody is there to tell it.
const END_IS_TOLD: Duration = Duration::from_millis(500);

/// Carries out a command that needs no session; `None`: it needs one.
pub(super) async fn carry_out(shared: &Shared, request: &Request) -> Option<Result<Reply, Refusal>> {
    Some(match &request.command {
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
        Command::GetWorkcenters { filter } => {
            let there = known(shared, offers_workcenters(shared, filter), "The list of work centres with this filter").await;
            there.map(|there| Reply::Workcenters(presence::workcenters(&there.stations, filter, request.user.as_ref())))
        }
        Command::SetWorkcenter(_) if !shared.policy().flags.free_seating => Err(Refusal::NotAvailable("Free seating")),
        Command::GetPresenceQueueInfo { channel } => {
            let there = known(shared, shared.policy().flags.presence_queue_info, "Presence queue information").await;
            there.map(|there| Reply::Queues(presence::queues(&there.queues, channel.as_ref())))
        }
        Command::GetUserPresence { search } => {
            let there = known(shared, shared.policy().user_presence, "User presence").await;
            there.map(|there| Reply::Users(presence::users(&there.users, search)))
        }
        Command::SubscribeMonitor(_) | Command::GetMonitorData if !shared.policy().monitoring => Err(Refusal::NotAvailable("Monitoring")),
        Command::GetMonitorData => match shared.policy().may_monitor(request.user.as_ref()) {
            Ok(()) => figures::now(shared).await.map(|view| Reply::Monitor(Arc::new(view))),
            Err(refusal) => Err(refusal),
        },
        Command::CreateCallBack(wish) => call_back(shared, wish).await,
        Command::RouteActionItem { item, reply_to } => {
            let reply_to = reply_to.clone().map(|to| ReplyTo { peer: request.peer, ..to });
            route(shared, item, reply_to).await
        }
        Command::CancelActionItem(id) => cancel(shared, id).await,
        _ => return None,
    })
}

/// What the switch has, when SAP is offered to ask for it.
async fn known(shared: &Shared, offered: bool, what: &'static str) -> Result<Arc<Directory>, Refusal> {
    if offered { directory(shared).await } else { Err(Refusal::NotAvailable(what)) }
}

/// Lists and filters of work centres are offered each by its own flag.
fn offers_workcenters(shared: &Shared, filter: &str) -> bool {
    let flags = shared.policy().flags;
    flags.free_seating && flags.workcenter_lists && (flags.workcenter_filters || matches!(filter.trim(), "" | "*"))
}

/// What the switch has that can be named in the file.
pub(super) async fn names(shared: &Shared) -> Result<Names, Refusal> {
    let there = directory(shared).await?;
    Ok(Names {
        statuses: there.statuses.iter().map(|entry| entry.status.name.to_string()).collect(),
        workgroups: there.queues.iter().map(|queue| queue.id.as_str().to_owned()).collect(),
        users: there.users.iter().map(|user| user.user.as_str().to_owned()).collect(),
        stations: there.stations.iter().map(|station| station.name.clone()).collect(),
    })
}

pub(super) async fn directory(shared: &Shared) -> Result<Arc<Directory>, Refusal> {
    in_time(shared, shared.switch().directory()).await
}

async fn call_back(shared: &Shared, wish: &CallBack) -> Result<Reply, Refusal> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let new = wish.place(i64::try_from(now).unwrap_or(i64::MAX))?;
    let id = place(shared, new).await?;
    tracing::info!(interaction = %id, "a callback was placed");
    Ok(Reply::Item(ItemId::new(id.as_str())))
}

/// An item that SAP sends a second time goes where its attributes say now, as long as no agent has accepted it.
async fn route(shared: &Shared, item: &ActionItem, reply_to: Option<ReplyTo>) -> Result<Reply, Refusal> {
    let new = place_action_item(item, &shared.rules(&shared.policy()))?;
    if let Some(to) = &reply_to {
        shared.outbox.admit(&to.url, to.peer)?;
    }
    if timeout(END_IS_TOLD, shared.routed.until_over(&item.id)).await.is_err() {
        // Whoever had it is not logged on any more: nobody tells us of its end.
        shared.routed.remove(&item.id);
    }
    match shared.routed.find(&item.id) {
        Whereabouts::Accepted(_) => return Err(Refusal::ActionItemTaken(item.id.clone())),
        Whereabouts::Waiting(Some(before)) => {
            // Until it has its new place, it must not be found under its old one.
            shared.routed.remove(&item.id);
            in_time(shared, shared.switch().withdraw(before)).await?;
        }
        Whereabouts::Waiting(None) | Whereabouts::Unknown => {}
    }
    // What the switch shall have must be known after a crash, so that SAP can take it back.
    shared.routed.begin(&item.id, reply_to).wait().await;
    let queue = new.queue.clone();
    let placed = place(shared, new).await;
    if placed.is_err() {
        shared.routed.remove(&item.id);
    }
    let id = placed?;
    tracing::info!(action_item = %item.id, interaction = %id, %queue, "an action item was routed");
    match shared.routed.placed(&item.id, id.clone()) {
        Some(written) => written.wait().await,
        None => drop(in_time(shared, shared.switch().withdraw(id.clone())).await?),
    }
    Ok(Reply::Item(ItemId::new(id.as_str())))
}

/// SAP takes an item back, wherever it is. The agent who has it learns of its end from the switch.
async fn cancel(shared: &Shared, id: &ActionItemId) -> Result<Reply, Refusal> {
    let (Whereabouts::Waiting(found) | Whereabouts::Accepted(found)) = shared.routed.find(id) else { return Ok(Reply::Done) };
    match found {
        // Its events still find their way: what is forgotten is forgotten with its end, or here where no agent ever had it.
        Some(interaction) => {
            in_time(shared, shared.switch().withdraw(interaction)).await?;
            match shared.routed.find(id) {
                Whereabouts::Waiting(_) => shared.routed.remove(id),
                _ => shared.routed.take_back(id),
            }
        }
        None => shared.routed.remove(id),
    }
    tracing::info!(action_item = %id, "SAP took an action item back");
    Ok(Reply::Done)
}

async fn place(shared: &Shared, new: NewInteraction) -> Result<InteractionId, Refusal> {
    in_time(shared, shared.switch().place(new)).await
}

async fn in_time<T>(shared: &Shared, work: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    timeout(shared.policy().switch_deadline, work).await.unwrap_or(Err(Refusal::SwitchTimeout))
}
