//! What the guard lets pass and what it refuses, each limit at its edge.

use super::*;
use proptest::prelude::*;
use std::ops::Range;

fn refused(message: &str) -> Unreadable {
    read(message.as_bytes()).map(|_| ()).expect_err("this message should have been refused")
}

fn too(message: &str) -> &'static str {
    match refused(message) {
        Unreadable::TooMuch { what, .. } => what,
        other => panic!("refused, but as {other:?}"),
    }
}

fn nested(levels: usize) -> String {
    format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels))
}

#[test]
fn every_limit_is_met_exactly() {
    type Message = Box<dyn Fn(usize) -> String>;
    let attributes = |count| numbered(0..count, |i| format!(" a{i}=''"));
    let namespaces = |count| numbered(0..count, |i| format!("<e xmlns:p{i}='u'/>"));
    let cases: [(&str, Message, usize); 13] = [
        ("many levels of elements", Box::new(nested), DEPTH),
        ("many elements", Box::new(|n| format!("<a>{}</a>", "<b/>".repeat(n - 1))), ELEMENTS),
        ("many attributes in one element", Box::new(move |n| format!("<a{}/>", attributes(n))), ATTRIBUTES),
        ("many namespace declarations", Box::new(move |n| format!("<a>{}</a>", namespaces(n))), NAMESPACES),
        ("long names, in bytes", Box::new(|n| format!("<{}/>", "n".repeat(n))), NAME),
        ("long attributes, in bytes", Box::new(|n| format!("<a b='{}'/>", "v".repeat(n))), ATTRIBUTE_VALUE),
        ("long namespaces, in bytes", Box::new(|n| format!("<a xmlns='{}'/>", "v".repeat(n))), NAME),
        ("many comments and processing instructions", Box::new(|n| format!("<a>{}</a>", "<!---->".repeat(n))), COMMENTS),
        ("long comments and processing instructions, in bytes", Box::new(|n| format!("<a><!--{}--></a>", "x".repeat(n))), COMMENT_BYTES),
        ("much before its first element, in bytes", Box::new(|n| format!("{}<a/>", " ".repeat(n))), PROLOG),
        ("many CDATA sections", Box::new(|n| format!("<a>{}</a>", "<![CDATA[x]]>".repeat(n))), CDATA),
        ("long tags, in bytes", Box::new(|n| format!("<a>{}<b{}/></a>", "x".repeat(TAG), " ".repeat(n - 4))), TAG),
        (
            "long attributes in all, in bytes",
            Box::new(|n| {
                let full = format!("<b c='{}'/>", "v".repeat(ATTRIBUTE_VALUE)).repeat(n / ATTRIBUTE_VALUE);
                format!("<a>{full}<b c='{}'/></a>", "v".repeat(n % ATTRIBUTE_VALUE))
            }),
            ALL_ATTRIBUTE_VALUES,
        ),
    ];
    for (what, message, limit) in cases {
        assert!(read(message(limit).as_bytes()).is_ok(), "{limit} is allowed: {what}");
        assert_eq!(too(&message(limit + 1)), what);
    }
}

#[test]
fn what_is_dear_is_bounded_together() {
    let text = |bytes: usize| "x".repeat(bytes);
    let dear = [
        ("names", format!("<a{}><b{}>{}</b></a>", namespaces(0..60), namespaces(60..120), "<p1:c/>".repeat(10_000))),
        ("attributes", format!("<a>{}</a>", format!("<b{}/>", numbered(0..64, |i| format!(" a{i}=''"))).repeat(500))),
        ("references", format!("<a>{}</a>", "&lt;".repeat(200_000))),
        ("escaped text", format!("<a>&lt;{}</a>", text(1_450_000))),
        ("line ends", format!("<a>{}</a>", "\r".repeat(1_450_000))),
        ("letters outside ASCII", format!("<a>{}</a>", "€".repeat(1_000_000))),
        ("line ends in a section", format!("<a><![CDATA[{}\r]]></a>", text(1_450_000))),
        ("a little of each", format!("<a>{}&lt;{}</a>", "<b c=''/>".repeat(12_000), text(900_000))),
    ];
    assert_eq!(dear.len(), 8);
    for (what, message) in &dear {
        assert_eq!(too(message), TOO_DEAR, "{what}");
    }
    for (what, message) in [
        ("a million bytes with few references", format!("<a>&lt;{}&gt;</a>", text(1_000_000))),
        ("a mebibyte of escaped markup", format!("<a>{}</a>", "&lt;tag attribute=\"value\"&gt;some text in it&lt;/tag&gt;".repeat(19_500))),
        ("two and a half million bytes outside ASCII", format!("<a>{}</a>", "€".repeat(833_333))),
        ("a section as long as a message may be", format!("<a><![CDATA[{}]]></a>", text(ORDINARY - 100))),
        ("more, where an administrator allows more", format!("<a><![CDATA[{}]]>&lt;</a>", text(4 * ORDINARY))),
    ] {
        assert!(read(message.as_bytes()).is_ok(), "{what}");
    }
}

fn namespaces(range: Range<usize>) -> String {
    numbered(range, |i| format!(" xmlns:p{i}='u{i}'"))
}

fn numbered(range: Range<usize>, piece: impl Fn(usize) -> String) -> String {
    range.map(piece).fold(String::new(), |all, piece| all + &piece)
}

#[test]
fn a_document_type_is_refused() {
    assert_eq!(refused("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), Unreadable::DocumentType);
    assert_eq!(refused("<?xml version='1.0'?>\n<!doctype a><a/>"), Unreadable::DocumentType);
    assert_eq!(refused("<!-- x --> <?y z?><!-- > --><!DOCTYPE a"), Unreadable::DocumentType);
    assert!(read(b"<a><![CDATA[<!DOCTYPE a>]]><!--<!DOCTYPE a>--></a>").is_ok());
}

#[test]
fn only_utf8_is_read() {
    assert!(read(b"\xEF\xBB\xBF<?xml version='1.0' encoding='utf-8'?><a/>").is_ok());
    assert!(read(b"<?xml version='1.0'?><a>\xC3\xBC</a>").is_ok());
    for (bytes, name) in [
        (&b"\xFF\xFE<\0a\0/\0>\0"[..], "UTF-16"),
        (b"\xFE\xFF\0<\0a\0/\0>", "UTF-16"),
        (b"<\0a\0/\0>\0", "UTF-16"),
        (b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xFC</a>", "ISO-8859-1"),
        (b"<?xml version='1.0' encoding = 'windows-1252' ?><a/>", "windows-1252"),
    ] {
        let result = read(bytes).map(|_| ());
        assert_eq!(result, Err(Unreadable::Encoding(name.to_owned())));
    }
    assert_eq!(read(b"<a>\xFC</a>").map(|_| ()), Err(Unreadable::Utf8(3)));
}

#[test]
fn broken_xml_is_told_with_its_place() {
    for (message, expected) in [
        ("<a>\n <b></a>", 2),
        ("<a>\n\n&nothing;</a>", 3),
        ("<a b='1' b='2'/>", 1),
        ("<p:a/>", 1),
        ("", 1),
        ("plain text", 1),
        ("<a>", 1),
        ("<a/><b/>", 1),
        ("</a>", 1),
        ("<a/>\n</a>", 2),
        ("<a>& </a>", 1),
    ] {
        match refused(message) {
            Unreadable::Malformed { line, why, .. } => assert_eq!(line, expected, "{message:?}: {why}"),
            other => panic!("{message:?}: {other:?}"),
        }
    }
}

/// Pieces of XML in any order: often broken, sometimes not, always of the sort that two parsers may read differently.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<a>".to_owned()),
        Just("</a>".to_owned()),
        Just("<b c='>' d=\"<'\"/>".to_owned()),
        Just("<p:q xmlns:p='u' p:r='1' r='2'/>".to_owned()),
        Just("<!-- <x> -- -->".to_owned()),
        Just("<!--<x y='z'>-->".to_owned()),
        Just("<?pi <x>?>".to_owned()),
        Just("<![CDATA[<x>]]]]><![CDATA[>]]>".to_owned()),
        Just("&lt;&#60;".to_owned()),
        Just("\r\n".to_owned()),
        Just("]]>".to_owned()),
        Just("<a\n>".to_owned()),
        "[ -~]{0,6}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| format!("<a>{}</a>", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What the scan does not see it cannot bound: whatever the parser accepts, the scan has counted at least as much of.
    #[test]
    fn the_scan_counts_all_that_the_parser_builds(message in soup()) {
        #[expect(clippy::disallowed_methods, reason = "the parser alone is what the scan is compared with")]
        if let Ok(tree) = roxmltree::Document::parse(&message) {
            let counts = scan(&message).unwrap();
            let elements: Vec<_> = tree.descendants().filter(roxmltree::Node::is_element).collect();
            prop_assert_eq!(counts.elements, elements.len());
            let attributes: usize = elements.iter().map(|element| element.attributes().len()).sum();
            prop_assert!(counts.attributes >= attributes);
            prop_assert_eq!(counts.depth, elements.iter().map(|element| element.ancestors().count() - 1).max().unwrap_or(0));
            prop_assert!(tree.descendants().count() <= 2 * counts.elements + 2 * counts.comments + 2 * counts.cdata + 16);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }
}
