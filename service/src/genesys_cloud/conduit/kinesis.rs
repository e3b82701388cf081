//! Amazon Kinesis as the sink: `PutRecords` of the official SDK, over a connector of our own so that there is one HTTP and one TLS in the process.
//!
//! `PutRecords` keeps no order among the records of a call and may take some of them only: what became of each stands at its place in the answer.
//! The SDK repeats nothing; `delivery` does, because only it knows what must wait for what.

mod connector;
mod credentials;

pub use credentials::{Credentials, Secret};

use super::{
    avro::{self, Framing},
    event::Event,
    pace::Rate,
    sink::{Fate, Sink, Trouble},
    window::Outgoing,
};
use crate::switch::BoxFuture;
use aws_config::{
    BehaviorVersion, Region, SdkConfig, retry::RetryConfig, stalled_stream_protection::StalledStreamProtectionConfig,
    timeout::TimeoutConfig,
};
use aws_sdk_kinesis::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    primitives::Blob,
    types::PutRecordsRequestEntry,
};
use aws_smithy_async::{rt::sleep::TokioSleep, time::SystemTimeSource};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use connector::Network;
use std::{error::Error, fmt::Write, sync::Arc, time::Duration};
use tokio::sync::Mutex;

/// A record with its key, unless the stream was told to take larger ones.
const RECORD: usize = 1_048_576;
/// Records of a call.
const RECORDS: usize = 500;
/// What one shard takes in a second.
const SHARD_RECORDS: f64 = 1_000.0;
const SHARD_BYTES: f64 = 1_048_576.0;
/// Within this the SDK gives up a call, the log-in to a role included.
const PATIENCE: Duration = Duration::from_secs(20);
/// And within this it is given up itself.
const ANSWER: Duration = Duration::from_secs(30);

/// Parts of the names of errors that go by.
const PASSING: [&str; 6] = ["Throttl", "Throughput", "LimitExceeded", "InternalFailure", "ServiceUnavailable", "ExpiredToken"];
/// Words of whoever gives credentials that a person has to do something about.
const REFUSED: [&str; 6] =
    ["AccessDenied", "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidIdentityToken", "cannot be read", "profile"];
/// As much of an answer that could not be read is shown, in characters.
const EXCERPT: usize = 300;

/// What the file says.
#[derive(Clone)]
pub struct Settings {
    /// Name of the stream, or its ARN.
    pub stream: String,
    /// Region of AWS, `eu-central-1` for example.
    pub region: String,
    /// Another address than the region's own.
    pub endpoint: Option<String>,
    /// Another address of the service that gives credentials for a role.
    pub sts_endpoint: Option<String>,
    /// How records are framed.
    pub framing: Framing,
    /// As whom.
    pub credentials: Credentials,
}

/// See the module.
pub(super) struct Kinesis(Arc<Inner>);

struct Inner {
    settings: Settings,
    network: Network,
    /// Made at the first call, and anew after trouble with who we are.
    client: Mutex<Option<Client>>,
}

// === impl Kinesis ===

impl Kinesis {
    pub(super) fn new(settings: Settings) -> Self {
        Self(Arc::new(Inner { settings, network: Network::default(), client: Mutex::default() }))
    }
}

impl Sink for Kinesis {
    fn write(&self, event: &Event) -> Result<Option<Vec<u8>>, String> {
        let Some(bytes) = avro::write(event, self.0.settings.framing)? else { return Ok(None) };
        let whole = bytes.len() + event.conversation.to_string().len();
        if whole > RECORD { Err(format!("it has {whole} bytes, and a record may have {RECORD}")) } else { Ok(Some(bytes)) }
    }

    fn most(&self) -> usize {
        RECORDS
    }

    fn patience(&self) -> Duration {
        ANSWER
    }

    fn rate(&self) -> BoxFuture<Rate> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let shards = f64::from(inner.shards().await);
            Rate { events: SHARD_RECORDS * shards, bytes: SHARD_BYTES * shards }
        })
    }

    fn put(&self, call: Arc<Vec<Outgoing>>) -> BoxFuture<Result<Vec<Fate>, Trouble>> {
        let inner = Arc::clone(&self.0);
        Box::pin(async move { inner.put(&call).await })
    }
}

// === impl Inner ===

impl Inner {
    async fn put(&self, call: &[Outgoing]) -> Result<Vec<Fate>, Trouble> {
        let client = self.client().await;
        let record = |event: &Outgoing| {
            PutRecordsRequestEntry::builder().data(Blob::new(event.bytes.clone())).partition_key(event.conversation.to_string()).build()
        };
        let records: Result<Vec<_>, _> = call.iter().map(record).collect();
        let records = records.map_err(|error| Trouble::Lasting(error.to_string()))?;
        let mut request = client.put_records().set_records(Some(records));
        request = if self.settings.stream.starts_with("arn:") {
            request.stream_arn(&self.settings.stream)
        } else {
            request.stream_name(&self.settings.stream)
        };
        match request.send().await {
            Ok(answer) => Ok(answer.records().iter().map(|record| fate(record.error_code(), record.error_message())).collect()),
            Err(error) => {
                let trouble = judge(&error);
                if matches!(trouble, Trouble::Lasting(_)) {
                    // Whatever is changed about it is to be seen with the next call.
                    *self.client.lock().await = None;
                }
                Err(trouble)
            }
        }
    }

    /// Open shards of the stream; one where that may not be asked.
    async fn shards(&self) -> u32 {
        let client = self.client().await;
        let request = client.describe_stream_summary();
        let request = if self.settings.stream.starts_with("arn:") {
            request.stream_arn(&self.settings.stream)
        } else {
            request.stream_name(&self.settings.stream)
        };
        let answer = request.send().await.ok().and_then(|answer| answer.stream_description_summary);
        let shards = answer.and_then(|summary| u32::try_from(summary.open_shard_count).ok());
        shards.unwrap_or(1).max(1)
    }

    async fn client(&self) -> Client {
        let mut client = self.client.lock().await;
        if let Some(client) = &*client {
            return client.clone();
        }
        let Settings { region, endpoint, sts_endpoint, credentials, .. } = &self.settings;
        let base = |endpoint: &Option<String>| {
            let mut base = SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new(region.clone()))
                .http_client(self.network.clone())
                .sleep_impl(TokioSleep::new())
                .time_source(SystemTimeSource::new())
                .retry_config(RetryConfig::disabled())
                .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build())
                // It watches what is streamed; nothing here is.
                .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
            base.set_endpoint_url(endpoint.clone());
            base
        };
        let provider = credentials.provider(base(sts_endpoint).build()).await;
        let config = base(endpoint).credentials_provider(provider).build();
        client.insert(Client::new(&config)).clone()
    }
}

/// What an entry of the answer says of its record.
fn fate(code: Option<&str>, message: Option<&str>) -> Fate {
    match code {
        None => Fate::Taken,
        Some(code) => Fate::Again(format!("{code}: {}", message.unwrap_or_default())),
    }
}

/// Will it go better by itself? What the service says by name, and 403 whatever it says: some write that answer in another form.
fn judge<E: ProvideErrorMetadata + Error + 'static>(error: &SdkError<E, HttpResponse>) -> Trouble {
    let code = error.code().unwrap_or_default();
    let mut words = words(error);
    let answer = match error {
        SdkError::ServiceError(answer) => answer.raw(),
        SdkError::ResponseError(answer) => answer.raw(),
        // Before anything was sent: who we are could not be found out. The words of whoever was asked are in it.
        SdkError::DispatchFailure(failure) if failure.is_other() || failure.is_user() => {
            let refused = REFUSED.iter().any(|word| words.contains(word));
            return if refused { Trouble::Lasting(words) } else { Trouble::Passing(words) };
        }
        _ => return Trouble::Passing(words),
    };
    let status = answer.status().as_u16();
    if code.is_empty() {
        let body = String::from_utf8_lossy(answer.body().bytes().unwrap_or_default());
        let excerpt: String = body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(EXCERPT).collect();
        // Writing to a text never fails.
        let _ = write!(words, ": HTTP {status}: {excerpt}");
    }
    if PASSING.iter().any(|word| code.contains(word)) || status >= 500 || status == 429 {
        Trouble::Passing(words)
    } else {
        Trouble::Lasting(words)
    }
}

/// An error with everything behind it.
fn words(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        let more = error.to_string();
        if !words.contains(&more) {
            // Writing to a text never fails.
            let _ = write!(words, ": {more}");
        }
        behind = error.source();
    }
    words
}
