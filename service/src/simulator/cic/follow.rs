//! The inactive one of a pair in two processes: it hears what the active one hands on (`heritage`), and takes its place when that is lost.

use super::{
    Cic, Mode,
    heritage::{BEAT, Heritage, Line},
};
use std::{io, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

/// Nothing was heard for so long: it is lost.
const SILENCE: Duration = BEAT.saturating_mul(3);
/// A connection may break while its server is well: it is looked for again for so long.
const GRACE: Duration = Duration::from_secs(1);
const AGAIN: Duration = Duration::from_millis(200);
/// Bytes of one line at most.
const LINE: u64 = 4 << 20;

impl Cic {
    /// Follows the active one whose listener for commands is here, however long it takes until that is there, and comes back when it is lost:
    /// then this one is active, with what that one has handed on.
    pub async fn follow(&self, admin: &str) {
        self.set_mode(Mode::Standby);
        let mut heritage = None;
        let mut lost = Instant::now();
        loop {
            match hear(admin).await {
                Ok(found) => (heritage, lost) = (Some(found), Instant::now()),
                Err(error) => tracing::debug!(admin, %error, "the active one cannot be followed"),
            }
            if heritage.is_some() && lost.elapsed() >= GRACE {
                break;
            }
            sleep(AGAIN).await;
        }
        self.inherit(heritage.unwrap_or_default()).await;
    }

    pub(super) async fn inherit(&self, heritage: Heritage) {
        self.with(|state| {
            for (call, id, members) in heritage.conferences() {
                state.scene.book.inherit(call, id, members);
            }
        });
        self.outside().take_over(heritage.into()).await;
        self.set_mode(Mode::Active);
    }
}

/// Hears the active one until it is lost; gives back all that it has said.
async fn hear(admin: &str) -> io::Result<Heritage> {
    let stream = timeout(SILENCE, TcpStream::connect(admin)).await??;
    let mut reader = BufReader::new(stream);
    reader.write_all(format!("GET /heritage HTTP/1.0\r\nHost: {admin}\r\n\r\n").as_bytes()).await?;
    let status = line(&mut reader).await?;
    if status.split(' ').nth(1) != Some("200") {
        return Err(io::Error::other(format!("it answers {status}")));
    }
    while !line(&mut reader).await?.is_empty() {}
    let mut heritage = Heritage::default();
    while let Ok(text) = line(&mut reader).await {
        if let Ok(line) = serde_json::from_str::<Line>(&text) {
            heritage.hear(line);
        }
    }
    Ok(heritage)
}

async fn line(reader: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = Vec::new();
    timeout(SILENCE, reader.take(LINE).read_until(b'\n', &mut line)).await??;
    // One that is not whole has broken off.
    let line = line.strip_suffix(b"\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(String::from_utf8_lossy(line).trim_end_matches('\r').to_owned())
}
