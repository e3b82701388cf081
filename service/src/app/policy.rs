//! From the configuration to what each part needs to know of it.

use super::source::Loaded;
use crate::{
    agents::{self, Channel, Flags, MappedWorkmode, NonAcdReject, OlderSubscriptions, StandardWorkmodes},
    domain::{InteractionKind, QueueId, StatusTexts, UserId, WorkmodeId},
    outbox, serve,
    switch::{
        embedded::{Plan, StatusPlan, UserPlan, WorkgroupPlan},
        icws,
    },
    telemetry::{FilePolicy, Levels, ToTextPolicy},
};
use shared::{
    Config,
    config::{Channels, EVERYBODY, Embedded, RejectStep, Rights, StatusText},
    profile::{EndOlder, OwnPostings, RecordKey, Role},
};
use std::{net::SocketAddr, sync::Arc};

pub(super) fn agents(loaded: &Loaded) -> agents::Policy {
    let Config { workmodes, ici, flags, attributes, limits, .. } = &loaded.config;
    agents::Policy {
        standard: StandardWorkmodes {
            logout_text: workmodes.logout.as_str().into(),
            ready: workmodes.ready.as_str().into(),
            not_ready: workmodes.not_ready.as_str().into(),
        },
        mapped: workmodes
            .mapped
            .iter()
            .map(|row| MappedWorkmode { id: WorkmodeId(row.id), status: row.status.as_str().into(), user_selectable: row.user_selectable })
            .collect(),
        login_workmode: ici.login_workmode().map(WorkmodeId),
        reject_workmode: ici.workmode_after_reject().map(WorkmodeId),
        lost_workmode: WorkmodeId(loaded.config.agents.lost_workmode),
        ghost_after: loaded.config.agents.ghost_after,
        flags: Flags {
            free_seating: flags.support_free_seating,
            workcenter_filters: flags.support_workcenter_filters,
            workcenter_lists: flags.support_workcenter_lists,
            view_non_selectable: flags.view_non_selectable_statuses,
            presence_queue_info: flags.support_presence_queue_info && loaded.profile.offers.queue_presence,
            reformat_make_call_number: flags.reformat_make_call_number,
            ignore_initial_workmode: flags.ignore_initial_workmode,
        },
        non_acd_reject: if flags.local_reject_to_voicemail { NonAcdReject::Voicemail } else { NonAcdReject::Disconnect },
        remote_attributes: attributes.remote.clone(),
        dialed_attributes: attributes.dialed.clone(),
        channels: channels(&loaded.config.channels),
        routing: loaded.config.channels.action_item.routing(),
        close_chats_after: loaded.config.channels.chat.close_after,
        own_postings: loaded.profile.own_postings == OwnPostings::Told,
        typing: loaded.profile.record(RecordKey::ChatSession).fields.iter().any(|field| field.role == Role::Typing),
        monitoring: loaded.profile.offers.monitoring,
        user_presence: loaded.profile.offers.user_presence,
        interactions: limits.interactions,
        mailbox: limits.mailbox,
        sessions: limits.sessions,
        switch_deadline: limits.switch_deadline,
        attached_data: limits.attached_data,
        may_listen: loaded.config.agents.rights.listen.iter().map(|user| UserId::new(user.as_str())).collect(),
        may_monitor: may_monitor(&loaded.config.agents.rights),
        end_older: match loaded.profile.end_older {
            EndOlder::OnGetAttributes => OlderSubscriptions::OnGetAttributes,
            EndOlder::OnSubscribe => OlderSubscriptions::OnSubscribe,
            EndOlder::Never => OlderSubscriptions::Never,
        },
        ici_version: loaded.profile.ici_version.clone(),
    }
}

/// Nobody is named where everybody may.
fn may_monitor(rights: &Rights) -> Option<Vec<UserId>> {
    let names = rights.monitor.iter().map(String::as_str);
    (!names.clone().any(|name| name == EVERYBODY)).then(|| names.map(UserId::new).collect())
}

pub(super) fn outbox(loaded: &Loaded) -> outbox::Policy {
    let Loaded { config, certificates, .. } = loaded;
    let delivery = &config.delivery;
    outbox::Policy {
        event_hosts: config.service.event_hosts.clone(),
        attempt: delivery.attempt,
        pause: delivery.pause,
        pause_max: delivery.pause_max,
        unreachable_after: delivery.unreachable_after,
        expire: delivery.expire,
        lane_capacity: delivery.lane_capacity,
        extra_roots: certificates.events_roots.clone(),
        identity: certificates.events.clone(),
        rewrite: outbox::Rewrite {
            hosts: delivery.rewrite.iter().map(|rule| (rule.host.clone(), rule.to.clone())).collect(),
            always_https: delivery.always_https,
            https_port: delivery.https_port,
        },
    }
}

pub(super) fn serve(loaded: &Loaded) -> serve::Policy {
    let Config { ici, remoting, .. } = &loaded.config;
    let networks = remoting.networks.clone();
    let may = move |address| networks.is_empty() || networks.iter().any(|network| network.contains(address));
    let remoting = ici.remoting_port.map(|port| serve::Remoting {
        listen: SocketAddr::new(remoting.address, port),
        access: serve::Access::only(may),
        config: loaded.certificates.remote.as_ref().map(|remote| Arc::clone(&remote.server)),
    });
    serve::Policy { remoting, ..front(loaded) }
}

/// The web connector's side of it.
pub(super) fn front(loaded: &Loaded) -> serve::Policy {
    let Config { service, limits, .. } = &loaded.config;
    serve::Policy {
        listen: service.listen,
        path: service.path.clone(),
        public_url: service.public_url.clone(),
        access: loaded.access.clone(),
        secure: loaded.certificates.secure.clone(),
        remoting: None,
        sign_on: None,
        limits: serve::Limits {
            body: limits.body,
            header_time: limits.header_time,
            body_time: limits.body_time,
            connections: limits.connections,
            connections_per_address: limits.connections_per_address,
            requests_per_second: limits.requests_per_second,
        },
    }
}

pub(super) fn admin(loaded: &Loaded) -> serve::admin::Policy {
    let admin = &loaded.config.admin;
    let far = admin.tls.as_ref().zip(loaded.certificates.admin.clone());
    let far = far.map(|(tls, config)| serve::admin::Far { listen: tls.listen, config });
    serve::admin::Policy { listen: admin.listen, token: loaded.token.clone(), far }
}

/// What `[switch.embedded]` of a file makes of the built-in switch.
pub fn plan(embedded: &Embedded) -> Plan {
    Plan {
        users: embedded
            .users
            .iter()
            .map(|user| UserPlan {
                user: UserId::new(user.name.as_str()),
                first_name: user.first_name.clone(),
                last_name: user.last_name.clone(),
                extension: user.extension.clone(),
                email: user.email.clone(),
                excluded_from_directory: user.excluded_from_directory,
                status: user.status.as_deref().map(Into::into),
            })
            .collect(),
        stations: embedded.stations.clone(),
        statuses: embedded
            .statuses
            .iter()
            .map(|status| StatusPlan {
                name: status.name.as_str().into(),
                acd: status.acd,
                do_not_disturb: status.do_not_disturb,
                selectable: status.selectable,
            })
            .collect(),
        texts: Arc::new(texts(&embedded.texts)),
        workgroups: embedded
            .workgroups
            .iter()
            .map(|workgroup| WorkgroupPlan {
                queue: QueueId::new(workgroup.name.as_str()),
                extension: workgroup.extension.clone(),
                members: workgroup.members.iter().map(|user| UserId::new(user.as_str())).collect(),
            })
            .collect(),
        offering: embedded.offering,
        answer_after: embedded.outside_answers.then_some(embedded.answer_after),
        wrap_up: embedded.wrap_up,
        configuration: Arc::new(super::built_in::configuration(embedded)),
        ..Plan::default()
    }
}

pub(super) fn icws(config: &Config) -> icws::Policy {
    let handler = config.reject.handler.as_ref().map(|handler| icws::Handler {
        object_id: handler.object_id.clone(),
        event_id: handler.event_id.clone(),
        wait: handler.wait,
    });
    let step = |step: &RejectStep| match step {
        RejectStep::Handler => handler.clone().map(icws::RejectStep::Handler),
        RejectStep::Transfer => Some(icws::RejectStep::Transfer),
        // The check lets no file pass that asks a CIC server for it.
        RejectStep::Requeue => None,
    };
    icws::Policy {
        reject: config.reject.steps.iter().filter_map(step).collect(),
        attributes: config.attributes.remote.iter().chain(&config.attributes.dialed).cloned().collect(),
        stations: config.switch.stations.clone(),
        ..icws::Policy::default()
    }
}

fn texts(rows: &[StatusText]) -> StatusTexts {
    let mut texts = StatusTexts::default();
    for StatusText { status, language, text } in rows {
        texts.add(status.as_str().into(), language, text.as_str().into());
    }
    texts
}

pub(super) fn levels(config: &Config) -> Levels {
    let topics = &config.log.topics;
    Levels {
        service: topics.service,
        http: topics.http,
        ici: topics.ici,
        agents: topics.agents,
        switch: topics.switch,
        delivery: topics.delivery,
        store: topics.store,
        sld: topics.sld,
        genesys_cloud: topics.genesys_cloud,
    }
}

/// Log files; a relative folder starts where the service does.
pub(super) fn log_files(config: &Config) -> Option<FilePolicy> {
    const MIB: u64 = 1024 * 1024;
    let log = &config.log;
    let (file, all) = (u64::from(log.file_size) * MIB, u64::from(log.total_size) * MIB);
    Some(FilePolicy { folder: log.folder.clone()?, keep_days: log.keep_days, file, all })
}

pub(super) fn to_text(config: &Config) -> Option<ToTextPolicy> {
    let text = &config.log_to_text;
    let source_folder = text.source_folder.clone().or_else(|| config.log.folder.clone()).filter(|_| text.enabled)?;
    let destination = text.destination_folder.as_ref().unwrap_or(&source_folder).join(&text.destination);
    Some(ToTextPolicy {
        source: text.source.clone(),
        source_folder,
        destination,
        interval: text.write_interval,
        monitor: text.monitor_folder,
    })
}

fn channels(channels: &Channels) -> Vec<Channel> {
    use InteractionKind::{Call, Callback, Chat, Email, GenericObject};
    let channel = |key: &str, kinds: &[InteractionKind], address_extension: &str| Channel {
        key: key.into(),
        kinds: kinds.to_vec(),
        address_extension: address_extension.to_owned(),
    };
    [
        channels.phone.enabled.then(|| channel("phone", &[Call, Callback], "")),
        channels.chat.enabled.then(|| channel("chat", &[Chat], &channels.chat.address_extension)),
        channels.action_item.enabled.then(|| channel("action_item", &[Email, GenericObject], "")),
    ]
    .into_iter()
    .flatten()
    .collect()
}
