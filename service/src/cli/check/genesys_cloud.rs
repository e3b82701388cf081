//! The stage `genesys_cloud`: could the bridge work with the organisation that the file names? Each host by itself, the token, the organisation, and
//! each permission that an enabled feature needs, tried without writing anything.

use super::{secrets, sentences as say};
use crate::{app::organisation, cli::report::Detail};
use organisation::{Found, Reached};
use shared::config::GenesysCloud;

pub(super) async fn inspect(settings: &GenesysCloud) -> Vec<Detail> {
    if !settings.enabled {
        return vec![Detail::new("genesys_cloud.enabled", say::CLOUD_OFF)];
    }
    if settings.client_secret.as_ref().is_some_and(secrets::is_out_of_sight) {
        return vec![Detail::new("genesys_cloud.client_secret", say::SECRET_OF_UNIT)];
    }
    let found = organisation::look(settings).await;
    found.into_iter().map(|one| detail(one, settings)).collect()
}

fn detail(found: Found, settings: &GenesysCloud) -> Detail {
    let of_client = "genesys_cloud.client_id";
    match found {
        Found::Host { url, reached } => host(&url, reached),
        Found::NoToken(why) => Detail::with(of_client, say::CLOUD_NO_TOKEN, [("why", why)]),
        Found::Organisation { name, short_name } => {
            Detail::with("genesys_cloud.organization", say::CLOUD_ORGANIZATION, [("name", name), ("short_name", short_name)])
        }
        Found::OtherOrganisation { is } => {
            let wanted = settings.organization.clone().unwrap_or_default();
            Detail::with("genesys_cloud.organization", say::CLOUD_OTHER_ORGANIZATION, [("is", is), ("wanted", wanted)])
        }
        Found::Unanswered { what, why } => Detail::with(what, say::CLOUD_UNANSWERED, [("why", why)]),
        Found::Permitted(there) => Detail::with(of_client, say::CLOUD_PERMITTED, [("permissions", there.join(", "))]),
        Found::Missing(permission) => Detail::with(permission, say::CLOUD_MISSING, [("permission", permission.to_owned())]),
        Found::Limit(limit) => Detail::with("genesys_cloud.requests_per_minute", say::CLOUD_LIMIT, [("limit", limit.to_string())]),
        Found::Skewed(seconds) => Detail::with("genesys_cloud", say::CLOUD_SKEWED, [("seconds", seconds.abs().to_string())]),
    }
}

fn host(url: &str, reached: Reached) -> Detail {
    let (sentence, why) = match reached {
        Reached::Open => (say::CLOUD_OPEN, String::new()),
        Reached::Unnamed(why) => (say::CLOUD_UNNAMED, why),
        Reached::Closed(why) => (say::CLOUD_CLOSED, why),
        Reached::Late => (say::CLOUD_LATE, String::new()),
        Reached::Untrusted => (say::CLOUD_UNTRUSTED, String::new()),
        Reached::OtherName => (say::CLOUD_OTHER_NAME, String::new()),
        Reached::NoTls(why) => (say::CLOUD_NO_TLS, why),
    };
    Detail::with(url, sentence, [("why", why)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::cloud::{Cloud, Faults, Site};
    use secrecy::SecretString;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn hosts_token_organisation_and_each_permission_are_looked_at_and_nothing_is_written() {
        let faults = Faults { allowed: 10_000, missing: vec!["routing:queue:edit".into(), "oauth:client:add".into()], ..Faults::default() };
        let cloud = Cloud::new(Site { clients: vec![("bridge".into(), SecretString::from("right"))], faults });
        let listening = cloud.listen("127.0.0.1:0".parse().unwrap(), None).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        let write = |text: &str| {
            std::fs::write(&secret, text).unwrap();
            std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        };
        write("right");
        let mut settings = GenesysCloud {
            host: Some(format!("http://{}", listening.address())),
            organization: Some("Double".into()),
            client_id: Some("bridge".into()),
            client_secret: format!("file:{}", secret.display()).parse().ok(),
            sync_platform_objects: true,
            ..GenesysCloud::default()
        };
        let look = async |settings: &GenesysCloud| -> Vec<String> { inspect(settings).await.into_iter().map(|detail| detail.id).collect() };
        assert_eq!(look(&settings).await, ["check-cloud-off"]);
        settings.enabled = true;
        let with_a_gap =
            ["check-cloud-open", "check-cloud-organization", "check-cloud-missing", "check-cloud-permitted", "check-cloud-limit"];
        assert_eq!(look(&settings).await, with_a_gap);
        settings.sync_platform_objects = false;
        assert_eq!(look(&settings).await, ["check-cloud-open", "check-cloud-organization", "check-cloud-permitted", "check-cloud-limit"]);
        settings.browser_clients = vec!["https://desk.example.com/".into()];
        assert_eq!(look(&settings).await, with_a_gap);
        cloud.set_faults(Faults { clock: 60, allowed: 10_000, ..Faults::default() });
        assert_eq!(look(&settings).await.last().map(String::as_str), Some("check-cloud-skewed"));
        for kind in ["users", "queues", "skills", "languages", "codes", "clients"] {
            assert_eq!(cloud.dump()[kind], serde_json::json!([]), "{kind}");
        }
        settings.organization = Some("other".into());
        assert_eq!(look(&settings).await, ["check-cloud-open", "check-cloud-other-organization"]);
        write("wrong");
        assert_eq!(look(&settings).await, ["check-cloud-open", "check-cloud-no-token"]);
        drop(listening);
        assert_eq!(look(&settings).await, ["check-cloud-closed"]);
        settings.host = Some("no-such-host.invalid".into());
        assert_eq!(look(&settings).await, ["check-cloud-unnamed", "check-cloud-unnamed"]);
    }
}
