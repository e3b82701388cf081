//! Messages that are made to cost as much as possible: those that the parser alone would take minutes for, and what is just within the
//! guard's limits. Add a row for every new idea.

/// Bytes that a request may have by default.
const BODY: usize = 4 * 1024 * 1024;

/// Name and message.
pub(crate) fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let mut messages = parser_bombs();
    messages.extend(floods());
    messages.extend(within_the_limits());
    messages.extend(calls());
    messages.into_iter().map(|(name, message)| (name, message.into_bytes())).collect()
}

/// What costs a parser seconds to minutes that has no limits.
fn parser_bombs() -> Vec<(&'static str, String)> {
    let attributes = |count: usize| format!("<a{}/>", numbered(count, |i| format!(" a{i}=''")));
    let levels = |count: usize| format!("{}{}", numbered(count, |i| format!("<a xmlns:p{i}='u{i}'>")), "</a>".repeat(count));
    vec![
        ("80,000 attributes in one element", attributes(80_000)),
        ("40,000 namespaces in one element", format!("<a{}/>", numbered(40_000, |i| format!(" xmlns:p{i}='u{i}'")))),
        ("a namespace on each of 4,000 levels", levels(4000)),
        (
            "4,000 namespaces on the root, one on each of 4,000 children",
            format!("<a{}>{}</a>", namespaces(4000), numbered(4000, |i| format!("<b xmlns:q{i}='u'/>"))),
        ),
        ("500,000 nested elements", format!("{}{}", "<a>".repeat(500_000), "</a>".repeat(500_000))),
        (
            "a billion laughs",
            "<!DOCTYPE l [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]><l>&c;</l>"
                .to_owned(),
        ),
        ("an external entity", "<!DOCTYPE l [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><l>&a;</l>".to_owned()),
        ("a document type of four megabytes", format!("<!DOCTYPE l [{}]><l/>", fill("<!ENTITY a 'b'>", BODY - 100))),
    ]
}

/// As many of one thing as fit into a request.
fn floods() -> Vec<(&'static str, String)> {
    let flood = |piece: &str| format!("<a>{}</a>", fill(piece, BODY - 16));
    vec![
        ("a flood of elements", flood("<b/>")),
        ("a flood of end tags", flood("</b>")),
        ("a flood of comments", flood("<!---->")),
        ("a flood of processing instructions", flood("<?p?>")),
        ("a flood of CDATA sections", flood("<![CDATA[]]>")),
        ("a flood of references", flood("&lt;")),
        ("a flood of numeric references", flood("&#60;")),
        ("a flood of carriage returns", flood("\r")),
        ("a flood of brackets", flood("]]")),
        ("a flood of opening brackets", flood("<")),
        ("a flood of two-byte letters", flood("ü")),
        ("a flood of wide letters", flood("\u{FF21}")),
        ("plain text", flood("plain text ")),
        ("text and one reference", format!("<a>&lt;{}</a>", fill("x", BODY - 16))),
        ("one CDATA section", format!("<a><![CDATA[{}]]></a>", fill("x", BODY - 32))),
        ("one CDATA section of carriage returns", format!("<a><![CDATA[{}]]></a>", fill("\r", BODY - 32))),
        ("one comment", format!("<a><!--{}--></a>", fill("x", BODY - 32))),
        ("one comment that never ends", format!("<a><!--{}", fill("- ", BODY - 32))),
        ("one processing instruction that never ends", format!("<a><?{}", fill("? ", BODY - 32))),
        ("one attribute", format!("<a b='{}'/>", fill("x", BODY - 32))),
        ("text that looks like the end of a section", flood("]]&gt;")),
        ("a flood of closing brackets", flood(">")),
        ("a flood of half end tags", flood("</")),
        ("one attribute of references", format!("<a b='{}'/>", fill("&lt;", BODY - 32))),
        ("one attribute that never ends", format!("<a b='{}", fill(">", BODY - 32))),
        ("one name", format!("<{}/>", fill("n", BODY - 32))),
        ("one prefix", format!("<{}:a/>", fill("n", BODY - 32))),
        ("one reference", format!("<a>&{};</a>", fill("n", BODY - 32))),
        ("one namespace", format!("<a xmlns:p='{}'/>", fill("n", BODY - 32))),
        ("blanks in a tag", format!("<a{}/>", fill(" ", BODY - 32))),
        ("blanks before the root", format!("{}<a/>", fill(" ", BODY - 32))),
        ("nothing but zeros", "\0".repeat(BODY)),
    ]
}

/// Just what the guard lets through, in the dearest combinations.
fn within_the_limits() -> Vec<(&'static str, String)> {
    let long = |length: usize, i: usize| format!("{}{i:04}", "n".repeat(length - 4));
    vec![
        ("2.7 MB of wide letters", format!("<a>{}</a>", "\u{FF21}".repeat(900_000))),
        ("2.7 MB of two-byte letters", format!("<a>{}</a>", "ü".repeat(1_350_000))),
        ("20,000 elements", format!("<a>{}</a>", "<b/>".repeat(19_999))),
        ("20,000 elements and texts", format!("<a>{}</a>", "<b>x</b> ".repeat(19_999))),
        ("elements of 64 levels", format!("<a>{}</a>", format!("{}{}", "<b>".repeat(63), "</b>".repeat(63)).repeat(300))),
        ("60 namespaces and 6,000 names that use the last", format!("<a{}>{}</a>", namespaces(60), "<p59:b/>".repeat(6000))),
        (
            "60 long namespaces and 6,000 long names",
            format!(
                "<a{}>{}</a>",
                numbered(60, |i| format!(" xmlns:{}='u'", long(120, i))),
                format!("<{}:b/>", long(120, 59)).repeat(6000)
            ),
        ),
        (
            "64 attributes of one long namespace in 180 elements",
            format!(
                "<a xmlns:p='{}'>{}</a>",
                "u".repeat(256),
                format!("<b{}/>", numbered(64, |i| format!(" p:{}=''", long(100, i)))).repeat(180)
            ),
        ),
        (
            "two namespaces on each of 64 levels",
            format!("{}{}", numbered(64, |i| format!("<a xmlns:{}='u' xmlns:{}='u'>", long(200, i), long(200, i + 64))), "</a>".repeat(64)),
        ),
        ("40,000 attributes", format!("<a>{}</a>", "<b c='' d='' e='' f=''/>".repeat(9990))),
        (
            "5 attributes of 8 KiB in each of 100 elements",
            format!("<a>{}</a>", format!("<b{}/>", numbered(5, |i| format!(" a{i}='{}'", "\t".repeat(8000)))).repeat(100)),
        ),
        ("190,000 references", format!("<a>{}</a>", "&lt;".repeat(190_000))),
        ("100,000 numeric references", format!("<a>{}</a>", "&#x10FFFD;".repeat(100_000))),
        (
            "everything at once",
            format!(
                "<a{}>{}{}<![CDATA[{}]]></a>",
                namespaces(20),
                "<p0:b p1:c='' p2:d=''/>".repeat(6000),
                "&lt;long text ".repeat(100_000),
                "ü".repeat(1_000_000)
            ),
        ),
        (
            "everything at once, and let through",
            format!(
                "<a{}>{}{}<![CDATA[{}]]></a>",
                namespaces(20),
                "<p0:b p1:c='' p2:d=''/>".repeat(2000),
                "&lt;long text ".repeat(20_000),
                "ü".repeat(500_000)
            ),
        ),
        ("1.4 MB of escaped text", format!("<a>&lt;{}</a>", "x".repeat(1_400_000))),
        ("1.4 MB of carriage returns", format!("<a>{}</a>", "\r".repeat(1_400_000))),
        (
            "as much escaped XML as is let through",
            format!("<a>{}</a>", fill("&lt;tag attribute=\"value\"&gt;some text in it&lt;/tag&gt;", 1_070_000)),
        ),
        ("1,000 comments and texts", format!("<a>{}</a>", "<!-- x --> y ".repeat(1000))),
        ("1,000 CDATA sections", format!("<a>{}</a>", fill("<![CDATA[x]]>y", 14_000))),
    ]
}

/// Harmless XML that is dear to understand.
fn calls() -> Vec<(&'static str, String)> {
    let user = |body: &str, rest: &str| {
        format!(
            "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Header><u:user xmlns:u='u'>A</u:user></e:Header>\
             <e:Body>{body}{rest}</e:Body></e:Envelope>"
        )
    };
    let list = |entries: &str, rest: &str| {
        user(&format!("<setCurrentQueues xmlns='urn:IciUserInterface'><queues>{entries}</queues></setCurrentQueues>"), rest)
    };
    let data = |content: &str| {
        user(
            &format!(
                "<setAttachedData xmlns='urn:IciItemInterface'><itemId>1</itemId><attachedData>{content}</attachedData></setAttachedData>"
            ),
            "",
        )
    };
    vec![
        ("a list of 19,000 entries", list(&"<item>x</item>".repeat(19_000), "")),
        (
            "a list repeated 19,000 times",
            user(&format!("<setCurrentQueues xmlns='urn:IciUserInterface'>{}</setCurrentQueues>", "<queues>x</queues>".repeat(19_000)), ""),
        ),
        (
            "9,000 references to one long value",
            list(&"<item href='#x'/>".repeat(9000), &format!("<x id='x'>{}</x>", "long ".repeat(400_000))),
        ),
        ("9,000 references to nothing", list(&"<item href='#x'/>".repeat(9000), "")),
        ("a circle of references", list("<item href='#a'/>", "<x id='a' href='#b'/><x id='b' href='#a'/>")),
        ("a chain of 9,000 references", list("<item href='#x0'/>", &numbered(9000, |i| format!("<x id='x{i}' href='#x{}'/>", i + 1)))),
        ("a list in itself", list("<item href='#l'/>", "<x id='l'><item href='#l'/><item href='#l'/></x>")),
        ("9,000 identifiers", list("<item href='#x8999'/>", &numbered(9000, |i| format!("<x id='x{i}'>x</x>")))),
        (
            "19,000 unknown parameters",
            user(&format!("<accept xmlns='urn:IciItemInterface'>{}</accept>", "<whatItIs>x</whatItIs>".repeat(19_000)), ""),
        ),
        (
            "19,000 header blocks",
            user("<getAttributes xmlns='urn:IciUserInterface'/>", "")
                .replace("</e:Header>", &format!("{}</e:Header>", "<h/>".repeat(19_000))),
        ),
        (
            "attached data of as much escaped XML as is let through",
            data(&fill("&lt;tag attribute=\"value\"&gt;some text in it&lt;/tag&gt;", 1_060_000)),
        ),
        ("attached data of four megabytes in a CDATA section", data(&format!("<![CDATA[{}]]>", fill("<tag>some text</tag>", BODY - 600)))),
        ("attached data of 19,000 elements", data(&"<tag>text</tag>".repeat(18_900))),
        ("attached data of a million bytes with references", data(&fill("&amp;text of the customer, text of the customer;", 1_000_000))),
        ("attached data of carriage returns", data(&"\r".repeat(1_400_000))),
        ("attached data in 900 pieces", data(&fill("<![CDATA[some text]]><!-- x -->", 900 * 31))),
        (
            "a very long user",
            user("<getAttributes xmlns='urn:IciUserInterface'/>", "").replace(">A<", &format!(">{}<", "A".repeat(BODY - 600))),
        ),
        (
            "a very long item",
            user(&format!("<accept xmlns='urn:IciItemInterface'><itemId>{}</itemId></accept>", " ".repeat(BODY - 600)), ""),
        ),
    ]
}

fn namespaces(count: usize) -> String {
    numbered(count, |i| format!(" xmlns:p{i}='u{i}'"))
}

fn numbered(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

fn fill(piece: &str, bytes: usize) -> String {
    piece.repeat(bytes / piece.len())
}
