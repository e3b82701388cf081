//! A telephone outside: demo calls into the embedded switch of a service that runs, through its listener for administrators.

use super::sap::http::{Answer, Client, Url, Version};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::{io, time::Duration};

const DEADLINE: Duration = Duration::from_secs(5);

/// What a call flow finds out about a customer: the guide's example, "Customer confirmation screen pop".
pub fn screen_pop(customer: &str) -> String {
    format!(
        "<?xml version = \"1.0\" encoding = \"UTF-8\"?>\n<ItemAttachedData>\n<Application id=\"CRM_IC/BUPA\">\n\
         <CURRENTCUSTOMER>{customer:0>32}</CURRENTCUSTOMER>\n<CURRENTCOMPONENT>890FD258977D284B9EEA965DEDA369EB\n</CURRENTCOMPONENT>\n\
         <BPCONFIRMED></BPCONFIRMED>\n</Application>\n</ItemAttachedData>"
    )
}

/// A telephone that reaches one service.
pub struct Telephone {
    client: Client,
    token: Option<SecretString>,
    url: String,
}

// === impl Telephone ===

impl Telephone {
    /// A telephone for the service whose listener for administrators is here: `http://host:port` or `host:port`.
    ///
    /// # Errors
    /// What is wrong with the address, in words.
    pub fn new(admin: &str, token: Option<SecretString>) -> Result<Self, &'static str> {
        let url = if admin.contains("://") { admin.to_owned() } else { format!("http://{admin}") };
        let client = Client::new(Url::parse(&url)?, Version::Http10, DEADLINE);
        Ok(Self { client, token, url })
    }

    /// Somebody calls a workgroup or a user; gives back the call.
    ///
    /// # Errors
    /// Why it cannot be, and what to do.
    pub async fn call(&self, number: &str, to: &str, attached_data: &str) -> Result<String, String> {
        let body = json!({ "number": number, "to": to, "attached_data": attached_data }).to_string();
        let answer = self.ask("POST", "/callers", "Content-Type: application/json\r\n", &body).await?;
        let told: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let call = told.as_ref().and_then(|told| told["call"].as_str());
        call.map(str::to_owned).ok_or_else(|| format!("what answers at {} is no Jackfield of this version", self.url))
    }

    /// The caller hangs up; nothing happens when the call has ended.
    ///
    /// # Errors
    /// Why it cannot be, and what to do.
    pub async fn hang_up(&self, call: &str) -> Result<(), String> {
        self.ask("DELETE", &format!("/callers/{call}"), "", "").await.map(drop)
    }

    async fn ask(&self, method: &str, path: &str, fields: &str, body: &str) -> Result<Answer, String> {
        let token = self.token.as_ref().map(|token| format!("Authorization: Bearer {}\r\n", token.expose_secret())).unwrap_or_default();
        let answer = self.client.send(method, path, &format!("{token}{fields}"), body).await.map_err(|error| self.failed(&error))?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        let said = String::from_utf8_lossy(&answer.body);
        let said = said.trim();
        Err(if said.is_empty() || said.starts_with('<') {
            format!("{} answers with HTTP status {}", self.url, answer.status)
        } else {
            said.to_owned()
        })
    }

    fn failed(&self, error: &io::Error) -> String {
        let url = &self.url;
        match error.kind() {
            io::ErrorKind::TimedOut => format!("no answer from {url} within {DEADLINE:?}"),
            io::ErrorKind::InvalidData => format!("what answers at {url} is no Jackfield: {error}"),
            _ => format!("{url} cannot be reached: {error}; name the service's listener for administrators with --admin"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    /// Answers one request; gives back the address and what was asked.
    async fn service(answer: &'static str) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let task = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 16 << 10];
            let length = stream.read(&mut request).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        (address, task)
    }

    #[tokio::test]
    async fn a_call_is_asked_for_with_the_token_and_its_id_comes_back() {
        let (address, asked) = service("HTTP/1.0 201 Created\r\n\r\n{\"call\":\"7\"}").await;
        let telephone = Telephone::new(&address, Some("s3cret".into())).unwrap();
        assert_eq!(telephone.call("+4930", "Support", "<a/>").await.as_deref(), Ok("7"));
        let asked = asked.await.unwrap();
        assert!(
            asked.starts_with("POST /callers HTTP/1.0\r\nAuthorization: Bearer s3cret\r\nContent-Type: application/json\r\n"),
            "{asked}"
        );
        assert!(asked.contains(r#""to":"Support""#), "{asked}");
    }

    #[tokio::test]
    async fn a_refusal_is_told_in_the_services_words() {
        let (address, _asked) = service("HTTP/1.0 409 Conflict\r\n\r\nThere is nobody.\n").await;
        let telephone = Telephone::new(&format!("http://{address}"), None).unwrap();
        assert_eq!(telephone.call("1", "x", "").await, Err("There is nobody.".to_owned()));
        let unreachable = telephone.hang_up("7").await.unwrap_err();
        assert!(unreachable.contains("--admin"), "{unreachable}");
    }
}
