//! Asking the service, and waiting for what takes minutes.

use super::Refused;
use crate::{cli::exit::Exit, simulator::administrator::Administrator};
use serde_json::Value;
use std::time::Duration;

/// How often it is asked whether an order is done.
const LOOK: Duration = Duration::from_millis(500);

pub(super) async fn get(service: &Administrator, path: &str) -> Result<Value, Refused> {
    read(service, &service.ask("GET", path, "", "").await.map_err(unavailable)?.body)
}

/// Orders something and waits for what comes of it. It ends by itself: the service's own deadlines see to that.
pub(super) async fn order(service: &Administrator, order: &Value) -> Result<Value, Refused> {
    let fields = "Content-Type: application/json\r\n";
    let begun = service.ask("POST", "/bridge/orders", fields, &order.to_string()).await.map_err(unavailable)?;
    let number = read(service, &begun.body)?["order"].clone();
    loop {
        let mut answer = get(service, &format!("/bridge/orders/{number}")).await?;
        match answer["state"].as_str() {
            Some("running") => tokio::time::sleep(LOOK).await,
            Some("done") => return Ok(answer["result"].take()),
            _ => {
                let exit = if answer["reason"]["id"] == "ground-changed" { Exit::Usage } else { Exit::Unavailable };
                return Err((exit, answer["reason"]["text"].as_str().unwrap_or("the order was not carried out").to_owned()));
            }
        }
    }
}

fn read(service: &Administrator, body: &[u8]) -> Result<Value, Refused> {
    serde_json::from_slice(body).map_err(|_| unavailable(format!("what answers at {} is no Jackfield of this version", service.url())))
}

fn unavailable(why: String) -> Refused {
    (Exit::Unavailable, why)
}
