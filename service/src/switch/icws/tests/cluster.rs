//! Finding the right server: at the first log-in and after a loss.

use super::peer::{LOGIN, Peer, Reply, credentials, json};
use crate::{
    domain::Connection::{Down, Reconnecting},
    switch::{
        BoxFuture,
        icws::{Cluster, Credentials, IcwsError, switchover::Over},
    },
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::Instant;

fn prove() -> BoxFuture<Result<Credentials, String>> {
    Box::pin(async { Ok(credentials()) })
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(4)
}

fn inactive(alternate: &str) -> Reply {
    json(503, &format!(r#"{{"alternateHostList":["{alternate}"],"errorId":"error.server.notAcceptingConnections","message":"m"}}"#))
}

fn hosts(peer: &Peer) -> Vec<String> {
    peer.seen().into_iter().map(|seen| seen.host).collect()
}

#[tokio::test(start_paused = true)]
async fn the_server_that_accepts_is_found_and_comes_first_from_then_on() {
    let peer = Peer::new(|seen| match seen.host.as_str() {
        "cic3" => json(201, LOGIN),
        "cic2" => inactive("cic3"),
        _ => inactive("cic2"),
    });
    let cluster = Cluster::new(peer.site());
    assert_eq!(cluster.log_in(&credentials(), soon()).await.unwrap().host(), "cic3");
    assert_eq!(
        (hosts(&peer), cluster.in_order()),
        (["cic1", "cic2", "cic3"].map(str::to_owned).to_vec(), ["cic3", "cic1", "cic2"].map(str::to_owned).to_vec())
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_leaves_time_for_the_other() {
    let peer = Peer::new(|seen| if seen.host == "cic1" { Reply::Silence } else { json(201, LOGIN) });
    let began = Instant::now();
    assert_eq!(Cluster::new(peer.site()).log_in(&credentials(), soon()).await.unwrap().host(), "cic2");
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_the_right_server_is_told_and_not_that_the_other_is_inactive() {
    let peer = Peer::new(|seen| if seen.host == "cic1" { json(500, r#"{"message":"broken"}"#) } else { inactive("cic1") });
    let why = Cluster::new(peer.site()).log_in(&credentials(), soon()).await.unwrap_err();
    assert!(why.to_string().contains("broken"), "{why}");
    let dead = Peer::new(|_| inactive("cic1"));
    dead.kill("cic2");
    let why = Cluster::new(dead.site()).log_in(&credentials(), soon()).await.unwrap_err();
    assert!(matches!(why, IcwsError::Unreachable(_)), "{why}");
}

#[tokio::test(start_paused = true)]
async fn after_a_loss_the_agent_sees_down_and_reconnecting_until_the_other_server_takes_him() {
    let began = Instant::now();
    let peer =
        Peer::new(
            move |seen| {
                if seen.host == "cic2" && began.elapsed() > Duration::from_secs(10) { json(201, LOGIN) } else { inactive("cic2") }
            },
        );
    peer.kill("cic1");
    let cluster = Cluster::new(peer.site());
    let told = Arc::new(Mutex::new(Vec::new()));
    let session = cluster.log_in_again(&IcwsError::Timeout, &prove, |connection| told.lock().unwrap().push(connection)).await.unwrap();
    assert_eq!(session.host(), "cic2");
    let mut told = told.lock().unwrap().clone();
    told.dedup();
    assert_eq!(told, [Down, Reconnecting, Down, Reconnecting, Down, Reconnecting, Down, Reconnecting]);
    assert!((10..=18).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_password_that_is_wrong_now_ends_the_search() {
    let peer = Peer::new(|_| json(400, r#"{"errorCode":-2147221503,"message":"failed"}"#));
    let over = Cluster::new(peer.site()).log_in_again(&IcwsError::Timeout, &prove, |_| ()).await.err();
    assert_eq!((over, peer.seen().len()), (Some(Over::Authentication("failed".to_owned())), 1));
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_away_for_a_moment_is_asked_for_again() {
    let peer = Peer::new(|_| json(201, LOGIN));
    let times = Mutex::new(0);
    let away = || -> BoxFuture<Result<Credentials, String>> {
        let mut times = times.lock().unwrap();
        *times += 1;
        let found = *times > 3;
        Box::pin(async move { if found { Ok(credentials()) } else { Err("the store is locked".to_owned()) } })
    };
    assert!(Cluster::new(peer.site()).log_in_again(&IcwsError::Timeout, &away, |_| ()).await.is_ok());
}

/// So many agents lose their server at the same moment, and the other one takes nobody before `there`: when they were asked for, and when all
/// of them were back.
async fn stampede(agents: usize, there: Duration) -> (Vec<Duration>, Duration) {
    let times = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&times);
    let began = Instant::now();
    let peer = Peer::new(move |seen| {
        noted.lock().unwrap().push(began.elapsed());
        if seen.host == "cic2" && began.elapsed() >= there { json(201, LOGIN) } else { inactive("cic2") }
    });
    let cluster = Arc::new(Cluster::new(peer.site()));
    let all: Vec<_> = (0..agents)
        .map(|_| {
            let cluster = Arc::clone(&cluster);
            tokio::spawn(async move { cluster.log_in_again(&IcwsError::Timeout, &prove, |_| ()).await.is_ok() })
        })
        .collect();
    for each in all {
        assert!(each.await.unwrap());
    }
    let times = times.lock().unwrap().clone();
    (times, began.elapsed())
}

#[tokio::test(start_paused = true)]
async fn five_hundred_agents_are_back_in_half_a_minute() {
    let (_, last) = stampede(500, Duration::ZERO).await;
    assert!(last < Duration::from_secs(25), "{last:?}");
}

#[tokio::test(start_paused = true)]
async fn five_thousand_agents_ask_no_more_often_than_the_file_says_whether_they_are_taken_or_not() {
    let there = Duration::from_secs(15);
    let (times, last) = stampede(5_000, there).await;
    // The file's 25 a second, and one who came at its beginning.
    let crowd = times.windows(27).find(|some| some[26] < some[0] + Duration::from_secs(1));
    assert!(crowd.is_none(), "{crowd:?}");
    assert!(last < there + Duration::from_secs(5_000 / 25 + 30), "{last:?}");
}
