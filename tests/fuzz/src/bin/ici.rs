//! Every decoder of the interface: an operation by the first byte, its parameters by the rest, one after the other. What is understood is
//! answered, what is not gets a fault, and both can be read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use service::{
    domain::{Refusal, Reply},
    ici::Codec,
    soap,
};
use shared::profile::Profile;
use std::{
    fmt::Write,
    sync::{Arc, LazyLock},
};

static PROFILE: LazyLock<Arc<Profile>> = LazyLock::new(|| Arc::new(Profile::built_in()));
static CODEC: LazyLock<Codec> = LazyLock::new(|| Codec::new(Arc::clone(&PROFILE)));

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    match PROFILE.operations().get(usize::from(*first)) {
        Some(operation) => {
            let rest = String::from_utf8_lossy(rest);
            let mut texts = rest.split('\u{1}');
            let namespace = &PROFILE.interface(operation.key.interface()).namespace;
            let mut body = format!("<n:{} xmlns:n=\"{namespace}\" xmlns=\"{namespace}\">", operation.name);
            for slot in &operation.parameters {
                // What begins with a bracket is markup; whoever gives no more texts leaves parameters out.
                let Some(text) = texts.next() else { break };
                let _ = write!(body, "<{0}>{text}</{0}>", slot.name);
            }
            let user = texts.next().unwrap_or("ANNA");
            let message = format!(
                "<e:Envelope xmlns:e=\"{}\"><e:Header><h:user xmlns:h=\"h\">{user}</h:user></e:Header><e:Body>{body}</n:{}></e:Body></e:Envelope>",
                soap::ENVELOPE,
                operation.name
            );
            decode(message.as_bytes(), None);
        }
        // Any message, as it is.
        None => decode(rest, Some("\"urn:x#encoded\"").filter(|_| *first == 255)),
    }
});

fn decode(message: &[u8], action: Option<&str>) {
    let readable = |body: &[u8]| assert!(soap::read(body).is_ok(), "{}", String::from_utf8_lossy(body));
    match CODEC.decode(message, action, None) {
        Ok(decoded) => {
            readable(&CODEC.answer(decoded.operation, decoded.style, &Ok(Reply::Done)).body);
            let user = decoded.request.user.unwrap_or_else(|| "X".into());
            readable(&CODEC.answer(decoded.operation, decoded.style, &Err(Refusal::NotLoggedOn(user))).body);
        }
        Err(fault) => readable(&fault.body),
    }
}
