//! The stage `sld`: can SAP's System Landscape Directory be reached, where the file names one?

use super::{DEADLINE, report::Detail, sentences as say};
use shared::config::Sld;
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// Resolves its name and connects to it; nothing is sent.
pub(super) async fn inspect(sld: &Sld) -> Detail {
    let Some(host) = &sld.server else {
        return Detail::new("sld.server", say::SLD_OFF);
    };
    let port = ("port", sld.port.to_string());
    let addresses = match timeout(DEADLINE, lookup_host((host.as_str(), sld.port))).await {
        Ok(Ok(addresses)) => addresses.collect::<Vec<_>>(),
        Ok(Err(error)) => return Detail::with(host, say::SLD_UNKNOWN, [("why", error.to_string())]),
        Err(_) => return Detail::new(host, say::HOST_LATE),
    };
    match timeout(DEADLINE, TcpStream::connect(&addresses[..])).await {
        Ok(Ok(_)) => Detail::with(host, say::SLD_THERE, [port]),
        Ok(Err(error)) => Detail::with(host, say::SLD_SILENT, [port, ("why", error.to_string())]),
        Err(_) => Detail::with(host, say::SLD_SILENT, [port, ("why", format!("no answer in {} s", DEADLINE.as_secs()))]),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::report::Verdict, *};
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn a_directory_that_is_named_must_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mut sld = Sld { port, ..Sld::default() };
        assert_eq!(inspect(&sld).await.verdict, Verdict::Skipped);
        sld.server = Some("127.0.0.1".to_owned());
        assert_eq!(inspect(&sld).await.verdict, Verdict::Ok);
        drop(listener);
        assert_eq!(inspect(&sld).await.verdict, Verdict::Failed);
        sld.server = Some("no-such-host.invalid".to_owned());
        assert_eq!(inspect(&sld).await.id, "check-sld-unknown");
    }
}
