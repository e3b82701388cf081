//! What is read, what is refused, and that everything is bounded.

use super::*;
use proptest::prelude::*;

#[test]
fn namespaces_come_from_the_nearest_declaration() {
    let root = read(b"<a xmlns='one' xmlns:p='two'><b/><p:c xmlns='three'><d/></p:c><b/></a>").unwrap();
    let seen: Vec<_> = root.children.iter().map(|child| (&*child.namespace, child.name.as_str())).collect();
    assert_eq!(seen, [("one", "b"), ("two", "c"), ("one", "b")]);
    assert_eq!(&*root.children[1].children[0].namespace, "three");
}

#[test]
fn text_is_the_sum_of_its_pieces() {
    let root =
        read("<?xml version='1.0'?><!-- c --><a>x&amp;<![CDATA[<y>]]>&#xE4;&#13;\r\nz<!-- c --></a> <!-- end -->".as_bytes()).unwrap();
    assert_eq!(root.text, "x&<y>ä\r\nz");
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let cases: &[&str] = &[
        "",
        " ",
        "text",
        "<a>",
        "</a>",
        "<a></b>",
        "<a><b></a></b>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a b='1' b='2'/>",
        "<a b='1'c='2'/>",
        "<a b=1/>",
        "<a b='<'/>",
        "<a b/>",
        "<p:a/>",
        "<a:b:c xmlns:a='x'/>",
        "<1a/>",
        "<a>&nbsp;</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>& b</a>",
        "<a>\u{1}</a>",
        "<a><![CDATA[\u{1}]]></a>",
        "<a><![CDATA[x]</a>",
        "<a><!-- x</a>",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>",
        "<a><?php 1?></a>",
        "<?xml-stylesheet href='x'",
        "<a xmlns='x' xmlns='y'/>",
    ];
    let accepted: Vec<_> = cases.iter().filter(|case| read(case.as_bytes()).is_ok()).collect();
    assert_eq!((cases.len(), accepted), (31, vec![]));
}

#[test]
fn every_bound_holds() {
    let nested = |n: usize| format!("{}{}", "<a>".repeat(n), "</a>".repeat(n));
    assert!(read(nested(DEPTH).as_bytes()).is_ok());
    assert_eq!(read(nested(DEPTH + 1).as_bytes()), Err(Error::TooMany("elements within elements")));
    assert_eq!(read(format!("<r>{}</r>", "<a/>".repeat(ELEMENTS)).as_bytes()), Err(Error::TooMany("elements")));
    let attributes = (0..=ATTRIBUTES).map(|n| format!(" a{n}='1'")).collect::<Vec<_>>().concat();
    assert_eq!(read(format!("<r{attributes}/>").as_bytes()), Err(Error::TooMany("attributes")));
    let declarations = |from: usize, to: usize| (from..to).map(|n| format!(" xmlns:p{n}='u'")).collect::<Vec<_>>().concat();
    let document = format!("<r{}><s{}><t{}/></s></r>", declarations(0, 60), declarations(60, 120), declarations(120, 180));
    assert_eq!(read(document.as_bytes()), Err(Error::TooMany("namespaces")));
    assert_eq!(read(&vec![b' '; BYTES + 1]), Err(Error::TooMany("bytes")));
    assert_eq!(read(b"<a>\xff</a>"), Err(Error::NotUtf8));
}

proptest! {
    #[test]
    fn what_is_escaped_is_read_back(text in "[ -~äß€\\t\\n\\r\u{10000}]{0,60}") {
        let mut document = String::from("<a b=\"");
        escape(&mut document, &text.replace(['\t', '\n'], " "));
        document.push_str("\">");
        escape(&mut document, &text);
        document.push_str("</a>");
        let root = read(document.as_bytes()).unwrap();
        prop_assert_eq!(&root.text, &text);
        prop_assert_eq!(&root.attributes[0].1, &text.replace(['\t', '\n'], " "));
    }

    #[test]
    fn no_input_makes_the_reader_panic(text in "(<|>|/|a|:|=|'|\"| |xmlns|&|;|#|!|\\[|\\]|-|\\?|ä){0,60}") {
        let _ = read(text.as_bytes());
    }
}
