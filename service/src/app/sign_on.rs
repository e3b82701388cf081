//! Single sign-on as the file asks for it: who vouches for whom, and the switch that knows the passwords.

use super::{exchange::Exchange, policy, source::Loaded};
use crate::{
    genesys_cloud::desired,
    saml::Provider,
    serve::{self, SignOn, Unproven},
    switch::NotProven,
};
use shared::genesys_cloud::consumers;
use std::sync::Arc;

/// What the file says of the web service, with single sign-on.
pub(super) fn serve(loaded: &Loaded, exchange: &Exchange) -> serve::Policy {
    let exchange = exchange.clone();
    let sign_on = provider(loaded).map(|provider| {
        // Asked of the switch that is in use at that moment.
        let prove: serve::Prove = Arc::new(move |user, password| {
            let work = exchange.switch().prove(user.into(), password);
            Box::pin(async move {
                let email = work.await.map_err(|why| match why {
                    NotProven::Wrong => Unproven::Wrong,
                    why => Unproven::Unavailable(why.to_string()),
                })?;
                // As the bridge writes it there, so that both mean the same user.
                desired::address(&email).ok_or(Unproven::NoEmail)
            })
        });
        Arc::new(SignOn { provider, prove })
    });
    serve::Policy { sign_on, ..policy::serve(loaded) }
}

/// The identity provider; `None`: there is none. The check lets no file pass without what it needs.
pub(super) fn provider(loaded: &Loaded) -> Option<Provider> {
    let (cloud, sso) = (&loaded.config.genesys_cloud, &loaded.config.genesys_cloud.sso);
    let (signer, others) = loaded.certificates.sso.clone()?;
    let url = sso.url.as_deref().filter(|_| sso.enabled)?.trim_end_matches('/');
    let consumers = consumers(cloud);
    Some(Provider {
        issuer: sso.issuer.clone().unwrap_or_else(|| url.to_owned()),
        login: format!("{url}/sso/login"),
        relying_party: sso.relying_party.clone().or_else(|| consumers.first().cloned())?,
        consumers,
        organization: cloud.organization.clone()?,
        service: sso.service_name.clone(),
        life: sso.life,
        signer,
        others,
    })
}
