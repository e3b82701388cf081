//! A telephone outside: demo calls into the embedded switch of a service that runs, through its listener for administrators.

use super::administrator::Administrator;
use secrecy::SecretString;
use serde_json::{Value, json};

/// What a call flow finds out about a customer: the guide's example, "Customer confirmation screen pop".
pub fn screen_pop(customer: &str) -> String {
    format!(
        "<?xml version = \"1.0\" encoding = \"UTF-8\"?>\n<ItemAttachedData>\n<Application id=\"CRM_IC/BUPA\">\n\
         <CURRENTCUSTOMER>{customer:0>32}</CURRENTCUSTOMER>\n<CURRENTCOMPONENT>890FD258977D284B9EEA965DEDA369EB\n</CURRENTCOMPONENT>\n\
         <BPCONFIRMED></BPCONFIRMED>\n</Application>\n</ItemAttachedData>"
    )
}

const JSON: &str = "Content-Type: application/json\r\n";

/// A telephone that reaches one service.
pub struct Telephone(Administrator);

// === impl Telephone ===

impl Telephone {
    /// A telephone for the service whose listener for administrators is here: `http://host:port` or `host:port`.
    ///
    /// # Errors
    /// What is wrong with the address, in words.
    pub fn new(admin: &str, token: Option<SecretString>) -> Result<Self, &'static str> {
        Administrator::new(admin, token).map(Self)
    }

    /// Somebody calls a workgroup or a user; gives back the call.
    ///
    /// # Errors
    /// Why it cannot be, and what to do.
    pub async fn call(&self, number: &str, to: &str, attached_data: &str) -> Result<String, String> {
        let body = json!({ "number": number, "to": to, "attached_data": attached_data }).to_string();
        self.placed(&body).await
    }

    async fn placed(&self, body: &str) -> Result<String, String> {
        let answer = self.0.ask("POST", "/callers", JSON, body).await?;
        let told: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let call = told.as_ref().and_then(|told| told["call"].as_str());
        call.map(str::to_owned).ok_or_else(|| format!("what answers at {} is no Jackfield of this version", self.0.url()))
    }

    /// Somebody comes in another way than by a call: `chat`, `callback` or `generic_object`; gives back what the switch calls it.
    ///
    /// # Errors
    /// Why it cannot be, and what to do.
    pub async fn come(&self, kind: &str, number: &str, name: &str, to: &str) -> Result<String, String> {
        let body = json!({ "kind": kind, "number": number, "name": name, "to": to }).to_string();
        self.placed(&body).await
    }

    /// The customer of a chat writes.
    ///
    /// # Errors
    /// Why he cannot, and what to do.
    pub async fn say(&self, chat: &str, text: &str) -> Result<(), String> {
        let body = json!({ "text": text }).to_string();
        self.0.ask("POST", &format!("/callers/{chat}/postings"), JSON, &body).await.map(drop)
    }

    /// The caller hangs up; nothing happens when the call has ended.
    ///
    /// # Errors
    /// Why it cannot be, and what to do.
    pub async fn hang_up(&self, call: &str) -> Result<(), String> {
        self.0.ask("DELETE", &format!("/callers/{call}"), "", "").await.map(drop)
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
