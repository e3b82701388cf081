//! Events over HTTPS: to whom, by which name, with which certificate, and what an administrator reads when it fails.

use super::{sink::Sink, *};
use crate::os::identity::{BOTH, Clients, Identity, authority::Authority};

/// A server of SAP's with this identity, which asks for certificates of this authority if there is one.
async fn sap(identity: &Identity, clients: Option<&Authority>) -> Sink {
    let (clients, roots) = clients.map_or((Clients::Unasked, Vec::new()), |authority| (Clients::Required, vec![authority.root()]));
    let config = identity.server(BOTH, clients, &roots).unwrap();
    Sink::start_with(Some(Arc::new(config).into())).await
}

fn trusting(authority: &Authority, shown: Option<Identity>) -> Policy {
    let event_hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    Policy { event_hosts, extra_roots: vec![authority.root()], identity: shown.map(Arc::new), ..patient() }
}

/// What is said of one attempt; nothing when it arrives.
async fn attempt(policy: &Policy, url: &str) -> String {
    let target = Target::parse(&url.into()).unwrap();
    let message = Message { status: 200, action: "".into(), body: b"7".to_vec() };
    let (mut wire, trust) = (post::Wire::default(), Trust::default());
    let posted = tokio::time::timeout(Duration::from_secs(30), wire.post(policy, &trust, &target, None, message)).await.unwrap();
    posted.map_or_else(|failure| failure.to_string(), |_| String::new())
}

#[tokio::test]
async fn each_certificate_of_saps_that_cannot_be_trusted_has_its_own_remedy() {
    let (sap_authority, stranger) = (Authority::new("SAP"), Authority::new("Stranger"));
    let cases = [
        (sap_authority.sign("localhost"), &sap_authority, ""),
        (sap_authority.sign("localhost"), &stranger, "`delivery.authority`"),
        (sap_authority.sign_until("localhost", 2021), &sap_authority, "has expired"),
        (sap_authority.sign("crm.example.com"), &sap_authority, "`delivery.rewrite`"),
    ];
    for (identity, trusted, says) in cases {
        let mut sink = sap(&identity, None).await;
        let said = attempt(&trusting(trusted, None), &format!("https://localhost:{}/x", sink.address.port())).await;
        assert!(said.contains(says) && said.is_empty() == says.is_empty(), "{says:?} is not in {said:?}");
        assert_eq!(sink.nothing_came(), !says.is_empty(), "{says:?}");
    }
}

#[tokio::test]
async fn a_sap_that_asks_for_our_certificate_gets_it_and_says_when_it_does_not_take_it() {
    let (sap_authority, ours, stranger) = (Authority::new("SAP"), Authority::new("Ours"), Authority::new("Stranger"));
    let mut sink = sap(&sap_authority.sign("localhost"), Some(&ours)).await;
    let url = format!("https://localhost:{}/x", sink.address.port());
    for (shown, says) in [
        (None, "`delivery.certificate`"),
        (Some(stranger.sign("jackfield")), "does not take our certificate"),
        (Some(ours.sign_until("jackfield", 2021)), "does not take our certificate"),
    ] {
        let said = attempt(&trusting(&sap_authority, shown), &url).await;
        assert!(said.contains(says), "{says:?} is not in {said:?}");
        assert!(sink.nothing_came());
    }
    assert_eq!(attempt(&trusting(&sap_authority, Some(ours.sign("jackfield"))), &url).await, "");
    assert_eq!(sink.next().await.body, "7");
}

#[tokio::test]
async fn an_http_url_with_an_address_goes_over_https_to_the_name() {
    let authority = Authority::new("SAP");
    let mut sink = sap(&authority.sign("localhost"), None).await;
    let rewrite =
        Rewrite { hosts: vec![("127.0.0.1".into(), "localhost".into())], always_https: true, https_port: Some(sink.address.port()) };
    let policy = Policy { rewrite, ..trusting(&authority, None) };
    assert_eq!(attempt(&policy, "http://127.0.0.1:8000/sap/bc/x?sap-client=001").await, "");
    let received = sink.next().await;
    let host = format!("host: localhost:{}", sink.address.port());
    assert!(
        received.head.starts_with("POST /sap/bc/x?sap-client=001 ") && received.head.to_lowercase().contains(&host),
        "{}",
        received.head
    );
}

#[tokio::test]
async fn rewriting_leads_to_no_host_that_is_not_allowed() {
    let rewrite = Rewrite { hosts: vec![("127.0.0.1".into(), "evil.example".into())], ..Rewrite::default() };
    let bench = bench(Policy { rewrite, ..trusting(&Authority::new("SAP"), None) });
    assert_eq!(
        bench.outbox.admit(&"http://127.0.0.1:8000/".into(), None),
        Err(crate::domain::Refusal::EventHostNotAllowed("evil.example".into()))
    );
}

#[tokio::test]
async fn a_machine_whose_certificate_is_wrong_is_named_with_the_reason() {
    let (sap_authority, stranger) = (Authority::new("SAP"), Authority::new("Stranger"));
    let sink = sap(&sap_authority.sign("127.0.0.1"), None).await;
    let mut bench = bench(Policy { unreachable_after: Duration::from_millis(200), ..trusting(&stranger, None) });
    bench.post(&format!("https://{}/x", sink.address), ended("A", 1));
    assert_eq!(bench.fate().await, FateKind::Unreachable);
    // The time may be over before the first attempt has failed.
    let told = async {
        loop {
            match bench.outbox.figures().destinations[0].failure.clone() {
                Some(failure) => break failure,
                None => tokio::task::yield_now().await,
            }
        }
    };
    let failure = tokio::time::timeout(Duration::from_secs(30), told).await.unwrap();
    assert!(failure.contains("`delivery.authority`"), "{failure}");
    // As soon as the file names the authority.
    bench.policy.send_modify(|policy| Arc::make_mut(policy).extra_roots = vec![sap_authority.root()]);
    assert_eq!(bench.fate().await, FateKind::Recovered);
}
