//! The file for nginx. The guide's example lets whoever asks choose what the identity provider takes for its own address: by sending
//! `ININ-REMAP-BASE-URL` himself, and by the `Host` that it is made of where he does not. Here both are what the file says, whatever comes.

use serde_json::{Value, json};
use std::path::Path;

/// A proxy before the CIC servers of a site.
#[derive(Debug)]
pub(super) struct Proxy {
    name: String,
    port: u16,
    path: String,
    servers: Vec<String>,
    certificate: String,
    key: String,
}

impl Proxy {
    /// `port_there` is for servers without one.
    ///
    /// # Errors
    /// Something that cannot stand in such a file.
    pub(super) fn new(
        name: String,
        port: u16,
        path: String,
        servers: &[String],
        port_there: u16,
        [certificate, key]: [&Path; 2],
    ) -> Result<Self, String> {
        if !is_host(&name) {
            return Err(format!("{name:?} is no host: write a name without https:// and without a port"));
        }
        if path.is_empty() || !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(format!("{path:?} cannot be a part of the path: write letters, digits, - and _ only"));
        }
        if !(1..=8).contains(&servers.len()) {
            return Err("name one to eight CIC servers".into());
        }
        let servers = servers.iter().map(|server| place(server, port_there)).collect::<Result<_, _>>()?;
        let [certificate, key] = [certificate, key].map(file_name);
        Ok(Self { name, port, path, servers, certificate: certificate?, key: key? })
    }

    /// As a browser calls it.
    fn base(&self) -> String {
        let Self { name, port, path, .. } = self;
        if *port == 443 { format!("https://{name}/{path}") } else { format!("https://{name}:{port}/{path}") }
    }

    /// What Genesys Cloud has to be told (guide, the comments of its example).
    pub(super) fn provider(&self) -> Value {
        json!({
            "issuer": format!("https://{}", self.name),
            "target": format!("https://{}:{}/{}/ICNotifierIDP/login?loginType=saml", self.name, self.port, self.path),
        })
    }

    pub(super) fn remark(&self) -> String {
        let provider = self.provider();
        let text = |key: &str| provider[key].as_str().unwrap_or_default().to_owned();
        format!(
            "in Genesys Cloud, as a Generic SSO Provider: Provider's Issuer URI {}, Target URL {}; try the file with `nginx -t` before it is used",
            text("issuer"),
            text("target")
        )
    }

    /// The whole file.
    pub(super) fn file(&self) -> String {
        let Self { name, port, path, certificate, key, .. } = self;
        let servers = self.servers.iter().fold(String::new(), |all, server| all + "        server " + server + ";\n");
        let base = self.base();
        format!(
            r#"# Written by `jackfield sso nginx`: leads browsers to the identity provider of the CIC servers, for single sign-on to Genesys Cloud.
# Connections to the CIC servers are encrypted, but nginx does not look at their certificates: keep them in a network that you trust.
events {{
    worker_connections 1024;
}}

http {{
    server_tokens off;

    upstream pureconnect_servers {{
        # A browser stays with one server; the other one takes over when it is away.
        ip_hash;
{servers}    }}

    # Whoever asks for another name is no browser that Genesys Cloud has sent.
    server {{
        listen {port} ssl default_server;
        ssl_reject_handshake on;
        return 444;
    }}

    server {{
        listen {port} ssl;
        server_name {name};
        ssl_certificate "{certificate}";
        ssl_certificate_key "{key}";
        ssl_protocols TLSv1.2 TLSv1.3;
        # Credentials and SAML messages are small.
        client_max_body_size 256k;

        location /{path}/ {{
            rewrite ^/{path}/(.*)$ /$1 break;
            # All of these are set here whatever the client has sent: a base address of his choice would lead log-ons to his own server.
            proxy_set_header ININ-REMAP-BASE-URL "{base}";
            proxy_set_header Host "{name}";
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header Forwarded "";
            proxy_set_header X-Forwarded-Host "";
            proxy_connect_timeout 5s;
            proxy_read_timeout 60s;
            proxy_pass https://pureconnect_servers;
        }}

        location / {{
            return 404;
        }}
    }}
}}
"#
        )
    }
}

/// A name or an address of IPv4, in letters that mean nothing to nginx.
fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

/// A server of the upstream, with its port.
fn place(server: &str, port_there: u16) -> Result<String, String> {
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)),
        None => (server, Some(port_there)),
    };
    match port.filter(|_| is_host(host)) {
        Some(port) => Ok(format!("{host}:{port}")),
        None => Err(format!("{server:?} is no CIC server: write a host, or a host and a port")),
    }
}

/// A file's path within quotes.
fn file_name(file: &Path) -> Result<String, String> {
    let text = file.to_str().filter(|text| !text.is_empty() && !text.contains(|c: char| c.is_control() || "\"\\$".contains(c)));
    text.map(str::to_owned)
        .ok_or_else(|| format!("{} cannot be named in a file for nginx: its path has a quote, a \\ or a $", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(name: &str, path: &str, server: &str, certificate: &str) -> Result<Proxy, String> {
        Proxy::new(name.into(), 443, path.into(), &[server.into()], 8043, [Path::new(certificate), Path::new("/k.pem")])
    }

    #[test]
    fn nothing_that_is_given_can_write_a_line_of_its_own() {
        let good = ("app.example.com", "PureConnect", "10.1.2.3", "/a b.pem");
        assert!(proxy(good.0, good.1, good.2, good.3).unwrap().file().contains("server 10.1.2.3:8043;"));
        for bad in ["", "a;b", "a b", "a\nb", "a{b", "$host", "a\"b", "a/b", "-a"] {
            assert!(proxy(bad, good.1, good.2, good.3).is_err(), "name {bad:?}");
            assert!(bad == "-a" || proxy(good.0, bad, good.2, good.3).is_err(), "path {bad:?}");
            assert!(proxy(good.0, good.1, bad, good.3).is_err(), "server {bad:?}");
        }
        for bad in ["", "/a\"b", "/a\nb", "/$a", "/a\\"] {
            assert!(proxy(good.0, good.1, good.2, bad).is_err(), "file {bad:?}");
        }
        for bad in ["10.1.2.3:0", "10.1.2.3:x", ":1", "a:b:1"] {
            assert!(proxy(good.0, good.1, bad, good.3).is_err(), "server {bad:?}");
        }
    }
}
