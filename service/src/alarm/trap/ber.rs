//! A trap as bytes (RFC 3416 in the Basic Encoding Rules, X.690), and what is read of a response. Net-SNMP judges both
//! (`tests/tests/snmp.rs`).

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const UNSIGNED: u8 = 0x42;
const TIME_TICKS: u8 = 0x43;
const RESPONSE: u8 = 0xA2;
const INFORM: u8 = 0xA6;
const TRAP: u8 = 0xA7;
/// `version` of SNMP v2c.
const V2C: i64 = 1;
/// A text of ours has this many bytes at most, as a `DisplayString` has (RFC 2579): a message must fit into one datagram.
const MOST_TEXT: usize = 255;

const SYS_UP_TIME: [u32; 9] = [1, 3, 6, 1, 2, 1, 1, 3, 0];
const SNMP_TRAP_OID: [u32; 11] = [1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0];

/// A trap, or an inform.
pub(super) struct Message<'a> {
    pub(super) community: &'a [u8],
    /// An inform.
    pub(super) confirmed: bool,
    pub(super) request: i32,
    /// Hundredths of a second.
    pub(super) up_time: u32,
    /// The arc of our objects.
    pub(super) enterprise: &'a [u32],
    pub(super) number: u16,
    pub(super) text: &'a str,
    pub(super) about: &'a str,
    pub(super) why: &'a str,
}

impl Message<'_> {
    pub(super) fn bytes(&self) -> Vec<u8> {
        // As SMIv2 has it (RFC 2578 §8): notifications below the arc's 0, objects below its 1, each with its instance.
        let notification = [self.enterprise, &[0, u32::from(self.number)]].concat();
        let object = |number: u32| [self.enterprise, &[1, number, 0]].concat();
        let variables = [
            variable(&SYS_UP_TIME, number(TIME_TICKS, self.up_time.into())),
            variable(&SNMP_TRAP_OID, identifier(&notification)),
            variable(&object(1), number(UNSIGNED, self.number.into())),
            variable(&object(2), text(self.text)),
            variable(&object(3), text(self.about)),
            variable(&object(4), text(self.why)),
        ];
        let variables = field(SEQUENCE, &variables.concat());
        let kind = if self.confirmed { INFORM } else { TRAP };
        let pdu = field(kind, &[number(INTEGER, self.request.into()), number(INTEGER, 0), number(INTEGER, 0), variables].concat());
        field(SEQUENCE, &[number(INTEGER, V2C), field(OCTET_STRING, self.community), pdu].concat())
    }
}

fn variable(name: &[u32], value: Vec<u8>) -> Vec<u8> {
    field(SEQUENCE, &[identifier(name), value].concat())
}

fn field(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(length) if length < 0x80 => out.push(length),
        _ => {
            let length = content.len().to_be_bytes();
            let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
            // A length has eight bytes at most.
            out.push(0x80 | u8::try_from(length.len()).unwrap_or_default());
            out.extend(length);
        }
    }
    out.extend(content);
    out
}

/// As few bytes as keep its sign.
fn number(tag: u8, value: i64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let spare = bytes.windows(2).take_while(|pair| (pair[0] == 0 && pair[1] < 0x80) || (pair[0] == 0xFF && pair[1] >= 0x80)).count();
    field(tag, &bytes[spare..])
}

fn identifier(numbers: &[u32]) -> Vec<u8> {
    let (first, rest) = numbers.split_at(numbers.len().min(2));
    let first = first.first().map_or(0, |first| u64::from(*first) * 40) + first.get(1).map_or(0, |second| u64::from(*second));
    let mut content = Vec::new();
    for number in std::iter::once(first).chain(rest.iter().map(|number| u64::from(*number))) {
        let groups = (1..10).take_while(|group| number >> (7 * group) > 0).count();
        for group in (0..=groups).rev() {
            let bits = u8::try_from((number >> (7 * group)) & 0x7F).unwrap_or_default();
            content.push(if group > 0 { bits | 0x80 } else { bits });
        }
    }
    field(OBJECT_IDENTIFIER, &content)
}

fn text(text: &str) -> Vec<u8> {
    let printable = text.replace(char::is_control, " ");
    field(OCTET_STRING, &printable.as_bytes()[..printable.floor_char_boundary(MOST_TEXT)])
}

/// Number and error-status of a response; `None`: it is none.
pub(super) fn response(bytes: &[u8]) -> Option<(i32, i64)> {
    let (message, _) = take(SEQUENCE, bytes)?;
    let (version, rest) = take(INTEGER, message)?;
    let (_community, rest) = take(OCTET_STRING, rest)?;
    let (pdu, _) = take(RESPONSE, rest)?;
    let (request, rest) = take(INTEGER, pdu)?;
    let (status, _) = take(INTEGER, rest)?;
    (integer(version)? == V2C).then_some(())?;
    Some((i32::try_from(integer(request)?).ok()?, integer(status)?))
}

/// Content of the field that the bytes begin with, if it has this tag and is whole, and what follows it.
fn take(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = if *length < 0x80 {
        (usize::from(*length), rest)
    } else {
        let (length, rest) = rest.split_at_checked(usize::from(length & 0x7F)).filter(|(length, _)| (1..=4).contains(&length.len()))?;
        (length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
    };
    (*found == tag).then(|| rest.split_at_checked(length)).flatten()
}

fn integer(bytes: &[u8]) -> Option<i64> {
    let first = *bytes.first().filter(|_| bytes.len() <= 8)?;
    Some(bytes.iter().fold(if first < 0x80 { 0 } else { -1 }, |sum, byte| sum << 8 | i64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_identifiers_are_written_as_x_690_says() {
        for (value, bytes) in [
            (0, &[0][..]),
            (127, &[127]),
            (128, &[0, 128]),
            (-1, &[0xFF]),
            (-129, &[0xFF, 0x7F]),
            (i64::from(u32::MAX), &[0, 255, 255, 255, 255]),
        ] {
            assert_eq!(number(INTEGER, value)[2..], *bytes, "{value}");
            assert_eq!(integer(bytes), Some(value));
        }
        assert_eq!(identifier(&[2, 999, 3]), [6, 3, 0x88, 0x37, 3], "the example of X.690 §8.19");
        assert_eq!(identifier(&[1, 3, 6, 1, 4, 1, 8072]), [6, 7, 0x2B, 6, 1, 4, 1, 0xBF, 0x08]);
    }

    #[test]
    fn a_text_is_cut_at_a_whole_character_and_has_no_lines() {
        let cut = text(&format!("{}ä\n", "x".repeat(254)));
        assert_eq!((cut[0], cut.len()), (OCTET_STRING, 2 + 1 + 254));
        assert_eq!(text("a\nb"), [OCTET_STRING, 3, b'a', b' ', b'b']);
    }

    #[test]
    fn a_response_is_read_and_nothing_else_is_taken_for_one() {
        let of = |kind: u8| {
            let pdu = field(kind, &[number(INTEGER, -7), number(INTEGER, 5), number(INTEGER, 0), field(SEQUENCE, &[])].concat());
            field(SEQUENCE, &[number(INTEGER, V2C), field(OCTET_STRING, b"public"), pdu].concat())
        };
        let good = of(RESPONSE);
        assert_eq!(response(&good), Some((-7, 5)));
        assert_eq!(response(&of(TRAP)), None);
        for end in 0..good.len() {
            assert_eq!(response(&good[..end]), None, "cut at {end}");
        }
        for place in 0..good.len() {
            for byte in 0..=255 {
                let mut other = good.clone();
                other[place] = byte;
                // Whatever it reads, it ends.
                let _ = response(&other);
            }
        }
    }
}
