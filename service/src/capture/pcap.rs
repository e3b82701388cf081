//! Packets as `tcpdump -w` and Wireshark (format pcap) save them, put together to what was said on each connection. Only what HTTP over TCP
//! needs: Ethernet, Linux's `any`, loopback and raw IP; IPv4 and IPv6; packets that come twice or in disorder. Nothing that is encrypted.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
};

/// One request with its answer, as text in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Talk {
    /// Milliseconds since 1970.
    pub(super) at: i64,
    pub(super) bytes: Vec<u8>,
}

/// Is this a file of packets?
pub(super) fn is_meant(bytes: &[u8]) -> bool {
    Form::of(bytes).is_some()
}

/// Everything that was said, in the order in which it began.
///
/// # Errors
/// The packets are of a network that is not known.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Talk>, String> {
    let form = Form::of(bytes).ok_or("no packets")?;
    let link = form.u32(bytes, 20).unwrap_or_default() & 0xffff;
    let start = network(link).ok_or_else(|| format!("packets of the link type {link} are not known: record with `tcpdump -i any`"))?;
    let mut connections: HashMap<[(IpAddr, u16); 2], Connection> = HashMap::new();
    let mut at = 24;
    while let (Some(seconds), Some(fraction), Some(length)) = (form.u32(bytes, at), form.u32(bytes, at + 4), form.u32(bytes, at + 8)) {
        let Some(packet) = bytes.get(at + 16..).and_then(|rest| rest.get(..length as usize)) else { break };
        at += 16 + length as usize;
        let Some(segment) = start(packet).and_then(Segment::of) else { continue };
        let time = i64::from(seconds) * 1000 + i64::from(fraction / form.fractions);
        let mut ends = [segment.from, segment.to];
        ends.sort_unstable();
        connections.entry(ends).or_default().take(time, &segment);
    }
    let mut talks: Vec<Talk> = connections.into_values().flat_map(Connection::end).collect();
    talks.sort_by_key(|talk| talk.at);
    Ok(talks)
}

/// How the file is written.
struct Form {
    little: bool,
    /// Fractions of a second in a millisecond.
    fractions: u32,
}

/// A piece of one direction of a connection.
struct Segment<'p> {
    from: (IpAddr, u16),
    to: (IpAddr, u16),
    number: u32,
    opens: bool,
    data: &'p [u8],
}

/// Both directions of a connection.
#[derive(Default)]
struct Connection {
    sides: HashMap<(IpAddr, u16), Side>,
    /// Who spoke first: the client.
    client: Option<(IpAddr, u16)>,
    /// Who speaks now.
    speaker: Option<(IpAddr, u16)>,
    talks: Vec<Talk>,
}

/// What is known of one direction.
#[derive(Default)]
struct Side {
    next: Option<u32>,
    /// What came too early, by its distance from the first byte that is missing.
    early: BTreeMap<u32, Vec<u8>>,
}

/// Segments that may wait for one that is missing.
const EARLY: usize = 1000;

// === impl Form ===

impl Form {
    fn of(bytes: &[u8]) -> Option<Self> {
        let (little, fractions) = match bytes.get(..4)? {
            [0xd4, 0xc3, 0xb2, 0xa1] => (true, 1_000),
            [0xa1, 0xb2, 0xc3, 0xd4] => (false, 1_000),
            [0x4d, 0x3c, 0xb2, 0xa1] => (true, 1_000_000),
            [0xa1, 0xb2, 0x3c, 0x4d] => (false, 1_000_000),
            _ => return None,
        };
        Some(Self { little, fractions })
    }

    fn u32(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let four = bytes.get(at..)?.first_chunk::<4>()?;
        Some(if self.little { u32::from_le_bytes(*four) } else { u32::from_be_bytes(*four) })
    }
}

/// From a packet to the IP packet in it.
type Unwrap = fn(&[u8]) -> Option<&[u8]>;

/// The way from a packet of this link type to its IP packet.
fn network(link: u32) -> Option<Unwrap> {
    Some(match link {
        // BSD's loopback.
        0 | 108 => |packet| packet.get(4..),
        1 => |packet| {
            let tagged = u16_at(packet, 12)? == 0x8100;
            packet.get(if tagged { 18 } else { 14 }..)
        },
        12 | 14 | 101 | 228 | 229 => |packet| Some(packet),
        // Linux's `any`, in its two versions.
        113 => |packet| packet.get(16..),
        276 => |packet| packet.get(20..),
        _ => return None,
    })
}

// === impl Segment ===

impl<'p> Segment<'p> {
    /// Of an IP packet that carries TCP.
    fn of(packet: &'p [u8]) -> Option<Self> {
        let (from, to, payload): (IpAddr, IpAddr, &[u8]) = match packet.first()? >> 4 {
            4 => {
                let header = usize::from(packet[0] & 0xf) * 4;
                let whole = packet.get(..usize::from(u16_at(packet, 2)?)).unwrap_or(packet);
                let address = |at: usize| packet.get(at..)?.first_chunk::<4>().map(|four| IpAddr::from(*four));
                // A later fragment has no header of TCP.
                let is_first = u16_at(packet, 6)?.trailing_zeros() >= 13;
                let is_tcp = *packet.get(9)? == 6 && is_first;
                (address(12)?, address(16)?, Some(whole.get(header..)?).filter(|_| is_tcp)?)
            }
            6 => {
                let whole = packet.get(..40 + usize::from(u16_at(packet, 4)?)).unwrap_or(packet);
                let address = |at: usize| packet.get(at..)?.first_chunk::<16>().map(|sixteen| IpAddr::from(*sixteen));
                let is_tcp = *packet.get(6)? == 6;
                (address(8)?, address(24)?, Some(whole.get(40..)?).filter(|_| is_tcp)?)
            }
            _ => return None,
        };
        let header = usize::from(payload.get(12)? >> 4) * 4;
        Some(Self {
            from: (from, u16_at(payload, 0)?),
            to: (to, u16_at(payload, 2)?),
            number: payload.get(4..)?.first_chunk::<4>().map(|four| u32::from_be_bytes(*four))?,
            opens: payload.get(13)? & 0x02 != 0,
            data: payload.get(header..)?,
        })
    }
}

// === impl Connection ===

impl Connection {
    fn take(&mut self, time: i64, segment: &Segment<'_>) {
        let side = self.sides.entry(segment.from).or_default();
        if segment.opens {
            // The number of the first byte that follows.
            *side = Side { next: Some(segment.number.wrapping_add(1)), early: BTreeMap::new() };
            return;
        }
        if segment.data.is_empty() {
            return;
        }
        let next = *side.next.get_or_insert(segment.number);
        let ahead = segment.number.wrapping_sub(next);
        if ahead < u32::MAX / 2 {
            if side.early.len() < EARLY {
                side.early.insert(ahead, segment.data.to_vec());
            }
        } else {
            // It begins before what is known: its end may be new.
            let known = usize::try_from(next.wrapping_sub(segment.number)).unwrap_or(usize::MAX);
            if let Some(new) = segment.data.get(known..).filter(|new| !new.is_empty()) {
                side.early.insert(0, new.to_vec());
            }
        }
        while let Some(data) = self.sides.get_mut(&segment.from).and_then(Side::ready) {
            self.say(time, segment.from, &data);
        }
    }

    fn say(&mut self, time: i64, from: (IpAddr, u16), data: &[u8]) {
        let client = *self.client.get_or_insert(from);
        // The client speaks again: the next request.
        if self.talks.is_empty() || (from == client && self.speaker != Some(client)) {
            self.talks.push(Talk { at: time, bytes: Vec::new() });
        }
        self.speaker = Some(from);
        if let Some(talk) = self.talks.last_mut() {
            talk.bytes.extend_from_slice(data);
        }
    }

    /// What waits behind a gap is taken as it is: half a message is better than none.
    fn end(mut self) -> Vec<Talk> {
        let rest: Vec<_> = self
            .sides
            .iter_mut()
            .flat_map(|(from, side)| std::mem::take(&mut side.early).into_values().map(|data| (*from, data)))
            .collect();
        let time = self.talks.last().map_or(0, |talk| talk.at);
        for (from, data) in rest {
            self.say(time, from, &data);
        }
        self.talks
    }
}

// === impl Side ===

impl Side {
    /// The next bytes in order, when they have come.
    fn ready(&mut self) -> Option<Vec<u8>> {
        let data = self.early.remove(&0)?;
        let length = u32::try_from(data.len()).ok()?;
        self.next = self.next.map(|next| next.wrapping_add(length));
        let early = std::mem::take(&mut self.early);
        for (ahead, later) in early {
            if let Some(ahead) = ahead.checked_sub(length) {
                self.early.insert(ahead, later);
                continue;
            }
            // Overlapping bytes have been said.
            let known = (length - ahead) as usize;
            if let Some(new) = later.get(known..).filter(|new| !new.is_empty()) {
                self.early.insert(0, new.to_vec());
            }
        }
        Some(data)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|two| u16::from_be_bytes(*two))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A packet of Ethernet from port to port.
    fn packet(from: u16, to: u16, number: u32, flags: u8, data: &[u8]) -> Vec<u8> {
        let mut packet = vec![0; 12];
        packet.extend([0x08, 0x00, 0x45, 0]);
        packet.extend(u16::try_from(40 + data.len()).unwrap().to_be_bytes());
        packet.extend([0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 1]);
        packet.extend(from.to_be_bytes());
        packet.extend(to.to_be_bytes());
        packet.extend(number.to_be_bytes());
        packet.extend([0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]);
        packet.extend(data);
        packet
    }

    fn file(packets: &[Vec<u8>]) -> Vec<u8> {
        let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
        for (second, packet) in packets.iter().enumerate() {
            file.extend(u32::try_from(second).unwrap().to_le_bytes());
            file.extend(5000_u32.to_le_bytes());
            let length = u32::try_from(packet.len()).unwrap().to_le_bytes();
            file.extend(length);
            file.extend(length);
            file.extend(packet);
        }
        file
    }

    #[test]
    fn packets_in_disorder_become_what_was_said() {
        let (client, server) = (4000, 80);
        let packets = [
            packet(client, server, 99, 0x02, b""),
            packet(client, server, 104, 0x18, b"two"),
            packet(client, server, 100, 0x18, b"one "),
            packet(client, server, 100, 0x18, b"one "),
            packet(server, client, 7, 0x18, b" answer"),
            packet(client, server, 107, 0x18, b"again"),
        ];
        let talks = read(&file(&packets)).unwrap();
        let said: Vec<_> = talks.iter().map(|talk| (talk.at, String::from_utf8_lossy(&talk.bytes).into_owned())).collect();
        assert_eq!(said, [(2005, "one two answer".to_owned()), (5005, "again".to_owned())]);
    }

    #[test]
    fn bytes_that_overlap_are_said_once_and_a_gap_loses_only_itself() {
        let packets = [packet(1, 2, 10, 0, b"abcd"), packet(1, 2, 12, 0, b"cdef"), packet(1, 2, 20, 0, b"xyz")];
        assert_eq!(read(&file(&packets)).unwrap()[0].bytes, b"abcdefxyz");
    }

    #[test]
    fn what_is_no_packet_is_left_out() {
        let mut broken = file(&[packet(1, 2, 10, 0, b"ok"), vec![1, 2, 3], vec![0; 60]]);
        broken.extend([1, 2, 3]);
        assert_eq!(read(&broken).unwrap().len(), 1);
        assert!(!is_meant(b"POST"));
        let mut strange = file(&[]);
        strange[20] = 99;
        assert!(read(&strange).unwrap_err().contains("link type 99"));
    }

    proptest::proptest! {
        #[test]
        fn no_packets_are_too_strange(noise in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _ = read(&[file(&[]), noise.clone()].concat());
            let _ = read(&file(&[noise]));
        }
    }
}
