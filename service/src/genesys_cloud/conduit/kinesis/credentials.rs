//! As whom we come to AWS. Secrets are asked for where the file says, each time; what a role is given is renewed by the SDK before it ends.

use crate::switch::BoxFuture;
use aws_config::{SdkConfig, profile::ProfileFileCredentialsProvider, provider_config::ProviderConfig, sts::AssumeRoleProvider};
use aws_credential_types::{
    Credentials as Key,
    provider::{ProvideCredentials, Result as Provided, SharedCredentialsProvider, error::CredentialsError, future},
};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_sdk_sts::Client as Sts;
use secrecy::{ExposeSecret, SecretString};
use std::{fmt, path::PathBuf, sync::Arc, time::SystemTime};

/// What a session of ours is called in the logs of AWS.
const SESSION: &str = "jackfield-conduit";

/// Gives a secret each time it is needed; `Err` in words.
pub type Secret = Arc<dyn Fn() -> BoxFuture<Result<SecretString, String>> + Send + Sync>;

/// As whom.
#[derive(Clone)]
pub enum Credentials {
    /// An access key.
    Static {
        /// Its id.
        id: String,
        /// Its secret.
        secret: Secret,
    },
    /// A profile of a file as the tools of AWS have it.
    Profile {
        /// Its name; `None`: `default`.
        name: Option<String>,
        /// The file; `None`: those of the service's user.
        file: Option<PathBuf>,
    },
    /// A role that somebody else may take on.
    AssumeRole {
        /// Its ARN.
        role: String,
        /// What whoever owns it wants to be told.
        external_id: Option<String>,
        /// Who takes it on.
        by: Box<Credentials>,
    },
    /// A role that is given for a token in a file.
    WebIdentity {
        /// Its ARN.
        role: String,
        /// The file, which somebody else renews.
        token: PathBuf,
    },
}

struct Static {
    id: String,
    secret: Secret,
}

#[derive(Debug)]
struct WebIdentity {
    sts: Sts,
    role: String,
    token: PathBuf,
}

// === impl Credentials ===

impl Credentials {
    /// Where the SDK has them from; `sts` is how it reaches the service that gives credentials for a role.
    pub(super) fn provider(&self, sts: SdkConfig) -> BoxFuture<SharedCredentialsProvider> {
        let this = self.clone();
        Box::pin(async move {
            match this {
                Self::Static { id, secret } => SharedCredentialsProvider::new(Static { id, secret }),
                Self::Profile { name, file } => SharedCredentialsProvider::new(profile(name, file, &sts)),
                Self::AssumeRole { role, external_id, by } => {
                    let by = by.provider(sts.clone()).await;
                    let mut builder = AssumeRoleProvider::builder(role).session_name(SESSION).configure(&sts);
                    if let Some(id) = external_id {
                        builder = builder.external_id(id);
                    }
                    SharedCredentialsProvider::new(builder.build_from_provider(by).await)
                }
                Self::WebIdentity { role, token } => SharedCredentialsProvider::new(WebIdentity { sts: Sts::new(&sts), role, token }),
            }
        })
    }
}

fn profile(name: Option<String>, file: Option<PathBuf>, sts: &SdkConfig) -> ProfileFileCredentialsProvider {
    let mut config = ProviderConfig::without_region().with_region(sts.region().cloned());
    if let Some(client) = sts.http_client() {
        config = config.with_http_client(client);
    }
    let mut builder = ProfileFileCredentialsProvider::builder().configure(&config);
    if let Some(name) = name {
        builder = builder.profile_name(name);
    }
    if let Some(file) = file {
        builder = builder.profile_files(EnvConfigFiles::builder().with_file(EnvConfigFileKind::Credentials, file).build());
    }
    builder.build()
}

// === impl Static ===

impl ProvideCredentials for Static {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let secret = (self.secret)().await.map_err(CredentialsError::not_loaded)?;
            Ok(Key::new(&self.id, secret.expose_secret(), None, None, "jackfield"))
        })
    }
}

impl fmt::Debug for Static {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Static").field("id", &self.id).finish_non_exhaustive()
    }
}

// === impl WebIdentity ===

impl WebIdentity {
    async fn credentials(&self) -> Provided {
        let token = tokio::fs::read_to_string(&self.token)
            .await
            .map_err(|error| CredentialsError::not_loaded(format!("the token {} cannot be read: {error}", self.token.display())))?;
        let request = self.sts.assume_role_with_web_identity().role_arn(&self.role).role_session_name(SESSION);
        let answer = request.web_identity_token(token.trim()).send().await.map_err(CredentialsError::provider_error)?;
        let given = answer.credentials.ok_or_else(|| CredentialsError::not_loaded("the role came without credentials"))?;
        let until = SystemTime::try_from(given.expiration).ok();
        Ok(Key::new(given.access_key_id, given.secret_access_key, Some(given.session_token), until, "jackfield"))
    }
}

impl ProvideCredentials for WebIdentity {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}
