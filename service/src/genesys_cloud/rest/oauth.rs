//! Tokens by client credentials (RFC 6749 §4.4), with the library `oauth2`: id and secret go as HTTP Basic to the region's log-on host.

use super::{
    http::{Http, Unanswered},
    token::{Fresh, TokenSource},
};
use crate::{
    genesys_cloud::cloud::{CloudError, Fault},
    switch::BoxFuture,
};
use http_body_util::Full;
use hyper::{Request, StatusCode};
use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, RequestTokenError, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicErrorResponseType},
};
use secrecy::{ExposeSecret, SecretString};
use std::{sync::Arc, time::Duration};

/// Asks for the client's secret; anew for each token, so that a new secret needs no restart.
pub type Secret = Arc<dyn Fn() -> BoxFuture<Result<SecretString, String>> + Send + Sync>;

/// How long a token is believed to live that does not say so: the shortest that can be set for a client.
const SHORTEST: Duration = Duration::from_mins(5);

/// An OAuth client of the organisation.
pub struct OAuthClient {
    /// `https://login.mypurecloud.de/oauth/token` for example.
    pub token_url: String,
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}

// === impl OAuthClient ===

impl TokenSource for OAuthClient {
    fn fetch(&self, http: Arc<Http>) -> BoxFuture<Result<Fresh, CloudError>> {
        let (url, id, secret) = (self.token_url.clone(), self.id.clone(), Arc::clone(&self.secret));
        Box::pin(async move {
            let failed = |fault, message: String| CloudError { fault, message, correlation: None };
            let secret = secret().await;
            let secret = secret.map_err(|why| failed(Fault::Unauthorised, format!("the OAuth client's secret is not at hand: {why}")))?;
            let asked = format!("POST {url}");
            let wrong = |why: &dyn std::fmt::Display| failed(Fault::Invalid, format!("{asked}: {why}"));
            let client = BasicClient::new(ClientId::new(id))
                .set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()))
                .set_auth_type(AuthType::BasicAuth)
                .set_token_uri(TokenUrl::new(url).map_err(|error| wrong(&error))?);
            let send = |request: HttpRequest| {
                let http = Arc::clone(&http);
                async move { send(&http, request).await }
            };
            match client.exchange_client_credentials().request_async(&send).await {
                Ok(answer) => {
                    Ok(Fresh { secret: answer.access_token().secret().as_str().into(), lives: answer.expires_in().unwrap_or(SHORTEST) })
                }
                Err(RequestTokenError::ServerResponse(said)) => {
                    let fault = match said.error() {
                        BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => Fault::Unauthorised,
                        _ => Fault::Invalid,
                    };
                    let why = said.error_description().map(|text| format!(": {text}")).unwrap_or_default();
                    Err(failed(fault, format!("{asked} was answered with {}{why}", said.error().as_ref())))
                }
                Err(RequestTokenError::Request(why)) => Err(failed(Fault::Unreachable, format!("{asked}: {why}"))),
                // What is there may be a token: it is not repeated.
                Err(RequestTokenError::Parse(..)) => Err(wrong(&"what answers there gives no token")),
                Err(RequestTokenError::Other(why)) => Err(wrong(&why)),
            }
        })
    }
}

async fn send(http: &Http, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
    let (head, body) = request.into_parts();
    let answer = http.ask(Request::from_parts(head, Full::from(body))).await?;
    if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Unanswered::Ill(answer.status));
    }
    // A log-on page that comes instead of JSON is told apart by the library; so is a status other than 200.
    let mut response = HttpResponse::new(answer.body);
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    Ok(response)
}
