//! Changes of the listen address.

use super::{connection::Echo, wire::Wire};
use crate::serve::{
    connection::Door,
    listener::{GRACE, Listener},
};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::watch;

const GET: &str = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

fn at(ip: [u8; 4], port: u16) -> SocketAddr {
    (ip, port).into()
}

async fn answers(address: SocketAddr) -> bool {
    let Ok(mut wire) = Wire::try_open(address).await else { return false };
    wire.send(GET).await;
    wire.reply().await.is_some_and(|reply| reply.status == 200)
}

#[tokio::test]
async fn the_old_address_is_served_for_the_grace_and_then_closed() {
    let (mut listener, _) = Echo::new().listen();
    let old = listener.address();
    let mut kept = Wire::open(old).await;
    kept.send(GET).await;
    assert!(!kept.reply().await.unwrap().has("connection: close"));
    listener.relisten(at([127, 0, 0, 2], 0), drop).await.unwrap();
    let new = listener.address();
    assert_ne!(new, old);
    assert!(answers(new).await && answers(old).await);
    kept.send(GET).await;
    let last = kept.reply().await.unwrap();
    assert!(last.status == 200 && last.has("connection: close"), "a kept-alive connection is sent away with an answer: {last:?}");
    assert!(kept.is_closed().await);
    tokio::time::pause();
    // The clock stands still while connections come and go, so it must be past the end, and not just at it.
    tokio::time::advance(2 * GRACE).await;
    while Wire::try_open(old).await.is_ok() {
        tokio::task::yield_now().await;
    }
    tokio::time::resume();
    assert!(answers(new).await);
}

#[tokio::test]
async fn a_move_to_an_address_that_is_taken_changes_nothing() {
    let (mut listener, _) = Echo::new().listen();
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let old = listener.address();
    assert!(listener.relisten(other.local_addr().unwrap(), drop).await.is_err());
    assert!(listener.relisten(at([192, 0, 2, 1], 8095), drop).await.is_err(), "no address of this machine");
    assert_eq!(listener.address(), old);
    let mut kept = Wire::open(old).await;
    kept.send(GET).await;
    assert!(!kept.reply().await.unwrap().has("connection: close"));
}

#[tokio::test]
async fn nobody_else_gets_into_an_address_that_is_taken() {
    let (listener, _) = Echo::new().listen();
    assert!(Listener::start(listener.address(), &Echo::new().hall(), Door::Main).is_err());
    assert!(Listener::start(at([0, 0, 0, 0], listener.address().port()), &Echo::new().hall(), Door::Main).is_err());
}

#[tokio::test]
async fn addresses_that_overlap_follow_one_another_and_back() {
    let (mut listener, _) = Echo::new().listen();
    let port = listener.address().port();
    for ip in [[0, 0, 0, 0], [127, 0, 0, 1], [0, 0, 0, 0], [127, 0, 0, 1]] {
        listener.relisten(at(ip, port), drop).await.unwrap();
        assert_eq!(listener.address(), at(ip, port));
        assert!(answers(at([127, 0, 0, 1], port)).await, "{ip:?}");
    }
}

#[tokio::test]
async fn a_hundred_moves_under_load_fail_no_request() {
    let (mut listener, _) = Echo::new().listen();
    let (current, follow) = watch::channel(listener.address());
    let done = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..4)
        .map(|number| {
            let (follow, done) = (follow.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                let mut asked = 0;
                while !done.load(Ordering::Relaxed) {
                    let address = *follow.borrow();
                    let mut wire = Wire::open(address).await;
                    // Some keep their connection, some do not.
                    for _ in 0..=number {
                        wire.send(GET).await;
                        let reply = wire.reply().await.unwrap_or_else(|| panic!("no answer from {address}"));
                        asked += 1;
                        if reply.has("connection: close") {
                            break;
                        }
                    }
                }
                asked
            })
        })
        .collect();
    let ports = [listener.address(), at([127, 0, 0, 2], 0), at([127, 0, 0, 3], 0)];
    for round in 0..100 {
        listener.relisten(ports[(round + 1) % ports.len()], drop).await.unwrap();
        current.send_replace(listener.address());
        assert!(answers(listener.address()).await);
    }
    done.store(true, Ordering::Relaxed);
    let mut asked = 0;
    for client in clients {
        asked += client.await.unwrap();
    }
    assert!(asked > 100, "only {asked} requests were under way");
}
