use super::*;
use crate::running::tests::answering;

#[test]
fn lists_are_asked_for_again_only_when_something_has_gone_on() {
    let idle = r#"{"state":"idle","counts":{"synced":1}}"#;
    let (address, served) =
        answering(vec![(200, idle), (200, r#"[{"record":"user:A"}]"#), (200, idle), (200, r#"{"state":"idle","health":[{"id":"run"}]}"#)]);
    let mut asker = Asker::new(Place { address, token: None, far: None });
    let mut listed = None;
    let first = asker.seen(Subject::Records, None, &mut listed).unwrap();
    assert_eq!(first.records[0].record, "user:A");
    let second = asker.seen(Subject::Records, Some(&first), &mut listed).unwrap();
    assert_eq!(second, first);
    // Something has gone on, and the list has come a moment ago.
    let third = asker.seen(Subject::Records, Some(&second), &mut listed).unwrap();
    assert_eq!((third.report.health.len(), third.records.len()), (1, 1));
    let paths: Vec<_> = served.join().unwrap().iter().map(|request| request.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(paths, ["/bridge", "/bridge/records", "/bridge", "/bridge"]);
}

#[test]
fn an_order_is_followed_until_it_is_done_and_one_that_was_forgotten_is_said() {
    let word = |answers: Vec<(u16, &'static str)>| {
        let (address, served) = answering(answers);
        let mut job = Place { address, token: None, far: None }.order(&Jobs::new(|| {}), Order::ForceSync).unwrap();
        let mut words = Vec::new();
        while let Some(word) = job.wait() {
            words.push(word);
        }
        served.join().unwrap();
        words
    };
    let words = word(vec![(202, r#"{"order":7}"#), (200, r#"{"state":"running"}"#), (200, r#"{"state":"done","result":{"done":1}}"#)]);
    assert!(matches!(words[0], Word::Running(_)));
    assert_eq!(words[1], Word::Done(serde_json::json!({ "done": 1 })));
    let words = word(vec![(202, r#"{"order":7}"#), (404, "")]);
    assert!(matches!(&words[..], [Word::Failed(reason)] if reason.id == "order-gone"), "{words:?}");
    assert_eq!(word(vec![(403, "no")]), [Word::Lost(Trouble::Elsewhere)]);
    assert_eq!(word(vec![(400, "it is no order")]), [Word::Lost(Trouble::Refused("it is no order".into()))]);
}
