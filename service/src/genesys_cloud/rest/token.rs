//! The token of a client: asked for once however many need it, anew before it ends, and once more when it is turned away.

use super::http::Http;
use crate::{
    genesys_cloud::cloud::{CloudError, Fault},
    switch::BoxFuture,
};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// Nobody waits longer for a token; a secret that lies in a key store has its part of it.
const DEADLINE: Duration = Duration::from_secs(30);
/// A token is asked for anew when so much of its life is over.
const SHARE: f64 = 0.8;

/// A token that has just been given.
pub(super) struct Fresh {
    pub(super) secret: SecretString,
    /// How long it lives.
    pub(super) lives: Duration,
}

/// Whoever gives tokens.
pub(super) trait TokenSource: Send + Sync + 'static {
    /// A new one, asked for by this way.
    fn fetch(&self, http: Arc<Http>) -> BoxFuture<Result<Fresh, CloudError>>;
}

/// A token and which one it is.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) secret: SecretString,
    number: u64,
}

/// See the module.
pub(super) struct Tokens {
    source: Box<dyn TokenSource>,
    http: Arc<Http>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    token: Option<(Token, Instant)>,
    given: u64,
}

// === impl Tokens ===

impl Tokens {
    pub(super) fn new(source: Box<dyn TokenSource>, http: Arc<Http>) -> Self {
        Self { source, http, kept: Mutex::default() }
    }

    /// A token that is good as far as we know. Whoever comes while one is asked for waits for that one.
    pub(super) async fn get(&self) -> Result<Token, CloudError> {
        let mut kept = self.kept.lock().await;
        match &kept.token {
            Some((token, until)) if Instant::now() < *until => Ok(token.clone()),
            _ => self.fetch(&mut kept).await,
        }
    }

    /// Another one, because this one was turned away; unless somebody else has already got another.
    pub(super) async fn instead_of(&self, refused: &Token) -> Result<Token, CloudError> {
        let mut kept = self.kept.lock().await;
        match &kept.token {
            Some((token, _)) if token.number != refused.number => Ok(token.clone()),
            _ => self.fetch(&mut kept).await,
        }
    }

    async fn fetch(&self, kept: &mut Kept) -> Result<Token, CloudError> {
        kept.token = None;
        let late = CloudError { fault: Fault::Unreachable, message: format!("no token came within {DEADLINE:?}"), correlation: None };
        let fresh = timeout(DEADLINE, self.source.fetch(Arc::clone(&self.http))).await.unwrap_or(Err(late))?;
        kept.given += 1;
        let token = Token { secret: fresh.secret, number: kept.given };
        kept.token = Some((token.clone(), Instant::now() + fresh.lives.mul_f64(SHARE)));
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genesys_cloud::rest::connect::{Connect, Stream};
    use secrecy::ExposeSecret;
    use std::{
        io,
        sync::atomic::{AtomicU32, Ordering},
    };

    struct Nowhere;

    impl Connect for Nowhere {
        fn connect(&self, _: bool, _: &str, _: u16) -> BoxFuture<io::Result<Box<dyn Stream>>> {
            Box::pin(async { Err(io::ErrorKind::ConnectionRefused.into()) })
        }
    }

    /// Gives `t1`, `t2`, …; each takes a second.
    #[derive(Clone, Default)]
    struct Counting(Arc<AtomicU32>);

    impl TokenSource for Counting {
        fn fetch(&self, _: Arc<Http>) -> BoxFuture<Result<Fresh, CloudError>> {
            let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
            Box::pin(async move {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(Fresh { secret: format!("t{number}").into(), lives: Duration::from_secs(1000) })
            })
        }
    }

    fn tokens() -> (Arc<Tokens>, Arc<AtomicU32>) {
        let source = Counting::default();
        let asked = Arc::clone(&source.0);
        (Arc::new(Tokens::new(Box::new(source), Arc::new(Http::new(Arc::new(Nowhere))))), asked)
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_asked_for_once_however_many_need_it_and_anew_before_it_ends() {
        let (tokens, asked) = tokens();
        let all = (0..20).map(|_| {
            let tokens = Arc::clone(&tokens);
            tokio::spawn(async move { tokens.get().await.map(|token| token.secret.expose_secret().to_owned()).unwrap() })
        });
        for task in all.collect::<Vec<_>>() {
            assert_eq!(task.await.unwrap(), "t1");
        }
        tokio::time::advance(Duration::from_secs(790)).await;
        assert_eq!(tokens.get().await.unwrap().secret.expose_secret(), "t1");
        tokio::time::advance(Duration::from_secs(20)).await;
        assert_eq!(tokens.get().await.unwrap().secret.expose_secret(), "t2");
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn several_whose_token_was_turned_away_ask_for_one_new_one() {
        let (tokens, asked) = tokens();
        let old = tokens.get().await.unwrap();
        let (one, other) = tokio::join!(tokens.instead_of(&old), tokens.instead_of(&old));
        assert_eq!(one.unwrap().secret.expose_secret(), other.unwrap().secret.expose_secret());
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }
}
